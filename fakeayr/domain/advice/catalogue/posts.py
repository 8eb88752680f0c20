"""What can be wrong with posts and their media."""

from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

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
)
