"""What can be wrong with posts and their media."""

from functools import partial
from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

_refused: Final = partial(
    Row,
    so="The post is refused with code 136.",
    right='{"mediaUrls": ["https://acme.example/a.jpg"]}',
)

ROWS: Final = (
    Row(
        name="post-file-type-differs",
        sureness=Sureness.LIKELY,
        headline="An uploaded file is of another type than its sender says",
        seen="The file is {found}, not {said}.",
        so="Networks look at the content, and refuse what they do not take.",
        do="Send the file's own Content-Type, or leave it out.",
        basis=Basis.OURS,
        fact="the type is found out from the content",
        wrong="Content-Type: image/png, and a JPEG",
        right="Content-Type: image/jpeg, and a JPEG",
    ),
    Row(
        name="post-watermark-not-fetched",
        sureness=Sureness.HINT,
        headline="The watermark is left out",
        seen="The watermark stands at a URL of another server, and the fake fetches none.",
        so="Ayrshare would draw it; only this fake does not.",
        do="Upload it (POST /media/upload), and send the URL of the response.",
        basis=Basis.OURS,
        fact="the fake never fetches a URL",
        wrong='{"watermarkUrl": "https://acme.example/logo.png"}',
        right='{"watermarkUrl": "(a url of POST /media/upload)"}',
        allow="Where the picture itself does not matter.",
    ),
    _refused(
        name="post-media-http",
        headline="A medium's URL is not https",
        seen="The URL {url} begins with http:.",
        do="Serve the file over https.",
        fact="networks fetch media over https only",
        wrong='{"mediaUrls": ["http://acme.example/a.jpg"]}',
    ),
    _refused(
        name="post-media-no-url",
        headline="A medium's URL is none",
        seen="{url} is no URL.",
        do="Send the https address at which the network can fetch the file; upload a local one "
        "first.",
        fact="mediaUrls holds URLs",
        wrong='{"mediaUrls": ["./a.jpg"]}',
    ),
    Row(
        name="post-media-url",
        sureness=Sureness.HINT,
        headline="mediaUrl is an older spelling",
        seen="The request has {field}.",
        so="Ayrshare may take it or ignore it: its documentation names mediaUrls only.",
        do="Send mediaUrls.",
        basis=Basis.REPORTED,
        fact="older code says mediaUrl and media_urls",
        wrong='{"mediaUrl": "https://acme.example/a.jpg"}',
        right='{"mediaUrls": ["https://acme.example/a.jpg"]}',
    ),
)
