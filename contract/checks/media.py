"""Media: uploads, and what is asked of a URL."""

import base64
import json
import re
from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.checks.scheduled_posts import multipart
from fakeayr.contract.expectations import (
    about,
    expect,
    expect_fields,
    expect_refusal,
    expect_success,
)
from fakeayr.contract.posts import SAMPLE_IMAGE
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOT_SERVED, ContractSession

_PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""
_UPLOAD_ID: Final = r"[0-9a-fA-F-]{36}-(png|jpeg|jpg)"


@check("media.uploaded", needs_posts=True)
def a_file_is_uploaded(session: ContractSession) -> None:
    """A file is uploaded as a data URI or in a form, and is served at its URL."""
    data = f"data:image/png;base64,{base64.b64encode(_PNG).decode()}"
    form, content_type = multipart("file", "bread.png", "image/png", _PNG)
    for path in ("/media/upload", "/upload"):
        body = {"file": data, "fileName": "bread.png", "description": "Bread"}
        made = session.call("POST", path, body=body)
        if path != "/media/upload" and made.status in NOT_SERVED:
            continue
        _expect_uploaded(session, made)
        expect_fields(made, description="Bread")
        made = session.call("POST", path, raw=form, headers={"Content-Type": content_type})
        _expect_uploaded(session, made)
    listed = session.call("GET", "/media")
    if listed.status not in NOT_SERVED:
        expect(str(made.fields["id"]) in listed.text, "GET /media does not list it", listed)


def _expect_uploaded(session: ContractSession, made: Answer) -> None:
    expect(made.status == 200, "the upload is refused", made)
    missing = [it for it in ("id", "url", "fileName") if it not in made.fields]
    expect(not missing, f"the upload lacks {missing}", made)
    expect_fields(made, fileName="bread.png")
    upload_id = str(made.fields["id"])
    expect(re.fullmatch(_UPLOAD_ID, upload_id), "the id is not UUID-type", made)
    _expect_served(session, made, str(made.fields["url"]))


def _expect_served(session: ContractSession, made: Answer, url: str) -> None:
    """Checks that a file is there; a fake serves it over plain HTTP."""
    if session.target.url.startswith("https://"):
        expect(url.startswith("https://"), "the URL is not https", made)
    page = session.target.open(url)
    expect(page.status == 200, "the file is not served", page)
    served = page.headers.get("content-type", "")
    expect(served.startswith("image/png"), f"it is served as {served}", page)
    expect("IHDR" in page.text, "another file is served", page)


@check("media.upload-required", needs_posts=True)
def an_upload_needs_a_file(session: ContractSession) -> None:
    """An upload without a file is refused."""
    for body in ({}, {"fileName": "bread.png"}, {"file": 7}, {"file": ""}):
        with about(str(body)):
            expect_refusal(session.call("POST", "/media/upload", body=body), status=400)


@check("media.upload-url")
def a_url_for_an_upload_is_given(session: ContractSession) -> None:
    """GET /media/uploadUrl gives two URLs and the type, by the name or the type of a file."""
    for query, content_type in (
        ({"fileName": "bread.png"}, "image/png"),
        ({"contentType": "png"}, "image/png"),
        ({"contentType": "jpg"}, "image/jpeg"),
        ({"fileName": "bread.mp4"}, "video/mp4"),
        ({"contentType": "mp4"}, "video/mp4"),
        ({"contentType": "mov", "fileName": "bread.mov"}, "video/quicktime"),
    ):
        answer = session.call("GET", "/media/uploadUrl", query=query)
        expect(answer.status == 200, f"{query} is refused", answer)
        told = str(answer.fields.get("contentType"))
        named = (content_type, content_type.partition("/")[2], str(query.get("contentType")))
        expect(told in named, f"contentType is {told}", answer)
        urls = [str(answer.fields.get(it)) for it in ("accessUrl", "uploadUrl")]
        for url in urls:
            expect(url.startswith(("https://", "http://")), "a URL is missing", answer)
        expect(urls[0] != urls[1], "both URLs are one", answer)
    refused = session.call("GET", "/media/uploadUrl")
    expect_refusal(refused, "InvalidParameters")
    refused = session.call("GET", "/media/uploadUrl", query={"contentType": "exe"})
    expect(refused.status == 400, "any contentType is accepted", refused)


@check("media.put", needs_posts=True)
def a_file_is_put(session: ContractSession) -> None:
    """A file is put to its URL once, and is served at the other one."""
    answer = session.call("GET", "/media/uploadUrl", query={"fileName": "bread.png"})
    url = str(answer.fields.get("uploadUrl"))
    content_type = str(answer.fields.get("contentType"))
    made = session.target.put(url, _PNG, content_type)
    expect(made.status == 200, "the file is refused", made)
    again = session.target.put(url, _PNG, content_type)
    expect(again.status != 200, "a second file is accepted", again)
    _expect_served(session, answer, str(answer.fields.get("accessUrl")))


@check("media.exists")
def a_url_is_looked_at(session: ContractSession) -> None:
    """POST /media/urlExists returns the type of what is at a URL."""
    answer = session.call("POST", "/media/urlExists", body={"mediaUrl": SAMPLE_IMAGE})
    expect_success(answer, contentType="image/jpeg")
    bodies: tuple[dict[str, Any], ...] = ({}, {"mediaUrl": None}, {"mediaUrl": 7})
    for body in bodies:
        refused = session.call("POST", "/media/urlExists", body=body)
        expect(refused.status == 400, f"{json.dumps(body)} is not refused with 400", refused)


@check("media.resized", needs_posts=True)
def an_image_is_resized(session: ContractSession) -> None:
    """POST /media/resize gives the URL of an image for a network, or of a size."""
    size = {"width": 100, "height": 100}
    for body in (
        {"mediaUrl": SAMPLE_IMAGE, "platform": "instagram"},
        {"imageUrl": SAMPLE_IMAGE, "platform": "facebook"},
        {"mediaUrl": SAMPLE_IMAGE, "dimensions": size},
    ):
        made = session.call("POST", "/media/resize", body=body)
        expect_success(made, f"{sorted(body)} are refused")
        url = str(made.fields.get("url"))
        expect(url.startswith(("https://", "http://")), "there is no url", made)
        if "platform" in body:
            expect_fields(made, platform=body["platform"])
    for body in ({"platform": "instagram"}, {"mediaUrl": SAMPLE_IMAGE}, {}):
        refused = session.call("POST", "/media/resize", body=body)
        expect(refused.status == 400, f"{sorted(body)} are not refused with 400", refused)
