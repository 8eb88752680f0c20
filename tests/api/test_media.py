"""/api/media: uploading, looking media up and resizing them; files at their addresses."""

import io
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata
from werkzeug.test import TestResponse

from fakeayr.api import post_body
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.media import RESIZE_DIMENSIONS
from fakeayr.domain.media import uploads
from fakeayr.domain.media.uploads import PIECE_BYTES, UPLOAD_MAX_BYTES, UPLOAD_URL_MAX_BYTES
from fakeayr.domain.refusals import Refused
from fakeayr.web.config import BODY_LIMIT_BYTES, Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.media import data_uri, image, noise, padded_image, size_of, video

UPLOAD: Final = "/api/media/upload"
FOREIGN: Final = "https://cdn.example/bread.jpg"
DAY: Final = 86_400
UUID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def upload(account: Account, data: bytes | None = None, **fields: Any) -> dict[str, Any]:
    """Uploads an image and returns the response."""
    answer = account.post(UPLOAD, json={"file": data_uri(data or image()), **fields})
    assert answer.status_code == 200, answer.text
    uploaded: dict[str, Any] = answer.get_json()
    return uploaded


def upload_file(
    account: Account, data: bytes, name: str, content_type: str = "application/octet-stream"
) -> TestResponse:
    """Uploads a file in a form."""
    body, form = encode_multipart_formdata({"file": (name, data, content_type)})
    return account.post(UPLOAD, data=body, headers={"Content-Type": form})


def upload_url(account: Account, **query: str) -> dict[str, Any]:
    """Asks for an upload URL."""
    answer = account.get("/api/media/uploadUrl", query_string=query or {"contentType": "mp4"})
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.get_json()
    return given


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The details of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.get_json()["code"] == code
    return str(answer.get_json().get("details"))


def meta(account: Account, url: str) -> dict[str, Any]:
    answer = account.get("/api/media/meta", query_string={"mediaUrl": url})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


# Uploading.


def test_an_uploaded_image_is_at_its_address(account: Account, client: FlaskClient) -> None:
    data = image(31, 17)
    uploaded = upload(account, data, fileName="bread.png", description="Bread")
    name = urlsplit(uploaded["url"]).path.rpartition("/")[2]
    assert uploaded == {
        "id": name.replace(".", "-"),
        "url": f"http://localhost/_media/{account.ref_id}/{name}",
        "fileName": "bread.png",
        "description": "Bread",
    }
    answer = client.get(uploaded["url"])
    assert (answer.status_code, answer.data, answer.content_type) == (200, data, "image/png")


def test_a_form_carries_the_file_itself(account: Account, client: FlaskClient) -> None:
    answer = account.post(
        UPLOAD, data={"file": (io.BytesIO(video()), "reel.mp4"), "description": "A reel"}
    )
    assert answer.status_code == 200, answer.text
    uploaded = answer.get_json()
    assert (uploaded["fileName"], uploaded["description"]) == ("reel.mp4", "A reel")
    assert client.get(uploaded["url"]).data == video()
    assert meta(account, uploaded["url"]) == {
        "status": "success",
        "url": uploaded["url"],
        "contentType": "video/mp4",
        "size": len(video()),
        "width": 1080,
        "height": 1920,
        "duration": 12.5,
    }


def test_the_older_path_does_the_same(account: Account, client: FlaskClient) -> None:
    answer = account.post("/api/upload", json={"file": data_uri(image())})
    assert client.get(answer.get_json()["url"]).data == image()


@pytest.mark.parametrize("content_type", ["application/octet-stream", "image/png"])
def test_the_name_says_what_a_file_without_a_type_is(
    account: Account, client: FlaskClient, content_type: str
) -> None:
    answer = upload_file(account, image(kind="JPEG"), "a.jpg", content_type)
    url = answer.get_json()["url"]
    assert url.endswith(".jpeg")
    assert client.get(url).content_type == "image/jpeg"


def test_an_image_of_another_type_is_taken_with_advice(account: Account) -> None:
    upload_file(account, image(kind="JPEG"), "a.png", "image/png")
    (entry,) = account.requests()
    (advice,) = entry["advice"]
    assert advice["name"] == "post-file-type-differs"
    assert advice["seen"] == "The file is image/jpeg, not image/png."


def test_what_is_no_image_is_kept_as_it_is(account: Account, client: FlaskClient) -> None:
    url = upload_file(account, b"a,b\n1,2\n", "posts.csv", "text/csv").get_json()["url"]
    answer = client.get(url)
    assert (answer.data, answer.content_type) == (b"a,b\n1,2\n", "text/csv")


def test_a_name_keeps_no_path(account: Account, client: FlaskClient) -> None:
    uploaded = upload(account, fileName="../../etc/\u202epasswd\r\nX: 1.png")
    assert uploaded["fileName"] == "passwdX: 1.png"
    answer = client.get(uploaded["url"])
    assert answer.headers["Content-Disposition"] == f"inline; filename={uploaded['url'][-40:]}"


@pytest.mark.parametrize(
    ("file", "code", "details"),
    [
        ("nonsense", 101, "file must be a data URI"),
        ("data:image/png;base64,@@@@", 101, "base64 is not valid"),
        ("https://cdn.example/a.png", 101, "file must be a data URI"),
        (5, 101, "file is a whole number, and must be a text."),
        (None, 101, "file is required"),
        ("data:image/png;base64,", 9400, "empty"),
        (data_uri(noise(100)), 9400, "not an image"),
        (data_uri(image()[:-5]), 9400, "incomplete"),
        (data_uri(video()[:-3], "video/mp4"), 9400, "incomplete"),
        (data_uri(image(), "video/mp4"), 9400, "not a video"),
    ],
)
def test_what_cannot_be_used_is_refused(
    account: Account, file: Any, code: int, details: str
) -> None:
    answer = account.post(UPLOAD, json={"file": file})
    assert details in refused(answer, 400, code)
    assert account.get("/api/media").get_json() == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data"),
        (b"abc", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
         "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n',
         "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 200 + b"--x--\r\n",
         "multipart/form-data; boundary=x"),
        (b"\x89PNG", "image/png"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(
    account: Account, body: bytes, content_type: str
) -> None:
    refused(account.post(UPLOAD, data=body, headers={"Content-Type": content_type}), 400, 101)


def test_a_form_with_files_is_for_uploads_only(account: Account) -> None:
    answer = account.post("/api/profiles", data={"title": (io.BytesIO(b"x"), "x")})
    assert "must be application/json" in refused(answer, 400, 101)


def test_thirty_megabytes_are_taken_and_no_more(account: Account, client: FlaskClient) -> None:
    largest = padded_image(UPLOAD_MAX_BYTES)
    for answer in (
        account.post(UPLOAD, json={"file": data_uri(largest)}),
        upload_file(account, largest, "a.png"),
    ):
        assert answer.status_code == 200, answer.text
        assert client.get(answer.get_json()["url"]).data == largest
    larger = padded_image(UPLOAD_MAX_BYTES + 1)
    for answer in (
        account.post(UPLOAD, json={"file": data_uri(larger)}),
        upload_file(account, larger, "a.png"),
    ):
        refused(answer, 413, 9413)
        assert answer.get_json()["message"] == "The file is too large."


def test_bodies_of_other_calls_stay_small(account: Account) -> None:
    body = {"mediaUrl": FOREIGN, "padding": "x" * BODY_LIMIT_BYTES}
    for path in ("/api/media/urlExists", "/api/media/resize", "/api/profiles", "/api/upload2"):
        assert account.post(path, json=body).status_code in {404, 413}
    refused(account.post("/api/media/urlExists", json=body), 413, 9413)


def test_a_body_limit_of_ones_own_spares_uploads(new_app: NewApp) -> None:
    account = Account.open(new_app(Config(body_limit_bytes=200)).test_client(), {})
    assert upload(account)["url"]
    assert account.post("/api/profiles", json={"title": "x" * 200}).status_code == 413


def test_a_file_does_not_fill_the_journal(account: Account) -> None:
    upload(account, padded_image(3_000_000))
    account.post(UPLOAD, json={"file": "x" * 3_000_000, "x" * 2_000_000: ["y" * 2_000_000]})
    account.post(UPLOAD, data={"file": (io.BytesIO(image()), "a.png"), "description": "A dot"})
    first, second, third = account.requests()
    assert first["body"] == {"file": "data:image/png;base64,… (4000022 characters)"}
    assert second["body"]["file"] == "… (3000000 characters)"
    assert len(str(second)) < 2_000
    assert third["body"] == {
        "file": f"a.png (image/png, {len(image())} bytes)",
        "description": "A dot",
    }


def test_a_fault_for_a_profile_hits_an_upload(account: Account, profile_key: str) -> None:
    order = {"kind": "error", "status": 500, "path": "/media/upload", "profileKey": profile_key}
    account.post("/_fakeayr/faults", json=order)
    assert upload(account)["url"]
    answer = account.post(
        UPLOAD, data={"file": (io.BytesIO(image()), "a.png")}, profile_key=profile_key
    )
    assert answer.status_code == 500


# Upload URLs.


@pytest.mark.parametrize(
    ("query", "content_type"),
    [
        ({"contentType": "mp4"}, "video/mp4"),
        ({"contentType": "mov"}, "video/quicktime"),
        ({"contentType": "quicktime"}, "video/quicktime"),
        ({"contentType": "png"}, "image/png"),
        ({"contentType": "jpg"}, "image/jpeg"),
        ({"contentType": "jpeg"}, "image/jpeg"),
        ({"contentType": "video/mp4"}, "video/mp4"),
        ({"fileName": "Reel.MP4"}, "video/mp4"),
        ({"fileName": "a.gif"}, "image/gif"),
        ({"fileName": "a.gif", "contentType": "mp4"}, "video/mp4"),
    ],
)
def test_an_upload_url_says_what_to_send(
    account: Account, query: dict[str, str], content_type: str
) -> None:
    assert upload_url(account, **query)["contentType"] == content_type


@pytest.mark.parametrize(
    "query", [{}, {"contentType": "exe"}, {"fileName": "reel"}, {"fileName": "a.unknown"}]
)
def test_an_upload_url_needs_to_know_what_comes(account: Account, query: dict[str, str]) -> None:
    refused(account.get("/api/media/uploadUrl", query_string=query), 400, 101)


def test_an_upload_url_takes_one_file(account: Account, client: FlaskClient) -> None:
    given = upload_url(account, fileName="reel.mp4")
    assert client.get(given["accessUrl"]).status_code == 404
    assert account.post(
        "/api/media/urlExists", json={"mediaUrl": given["accessUrl"]}
    ).get_json() == {
        "status": "error",
        "statusCode": 404,
        "statusText": "Not Found",
    }
    assert account.get("/api/media").get_json() == []
    first = client.put(given["uploadUrl"], data=video(), content_type="video/mp4")
    assert (first.status_code, first.data) == (200, b"")
    refused(client.put(given["uploadUrl"], data=video(), content_type="video/mp4"), 403, 9403)
    assert client.get(given["accessUrl"]).data == video()
    (listed,) = account.get("/api/media").get_json()
    assert (listed["url"], listed["fileName"]) == (given["accessUrl"], "reel.mp4")
    assert meta(account, given["accessUrl"])["duration"] == 12.5


def test_a_refused_file_does_not_use_an_upload_url_up(
    account: Account, client: FlaskClient
) -> None:
    url = upload_url(account)["uploadUrl"]
    refused(client.put(url, data=video(), content_type="video/quicktime"), 400, 9400)
    refused(client.put(url, data=video()), 400, 9400)
    refused(client.put(url, data=noise(1000), content_type="video/mp4"), 400, 9400)
    refused(client.put(url, data=b"", content_type="video/mp4"), 400, 9400)
    refused(client.put(f"{url}x", data=video(), content_type="video/mp4"), 403, 9403)
    refused(client.put(url.partition("?")[0], data=video(), content_type="video/mp4"), 403, 9403)
    assert client.put(url, data=video(), content_type="video/mp4; codecs=avc1").status_code == 200


def test_an_upload_url_works_for_thirty_minutes(
    account: Account, client: FlaskClient, clock: ManualClock
) -> None:
    late, punctual = upload_url(account), upload_url(account)
    clock.advance(minutes=30, seconds=-1)
    assert (
        client.put(punctual["uploadUrl"], data=video(), content_type="video/mp4").status_code == 200
    )
    clock.advance(seconds=1)
    refused(client.put(late["uploadUrl"], data=video(), content_type="video/mp4"), 403, 9403)


def test_an_upload_url_has_its_own_limit(account: Account, client: FlaskClient) -> None:
    given = upload_url(account, contentType="png")
    larger = padded_image(UPLOAD_URL_MAX_BYTES + 1)
    refused(client.put(given["uploadUrl"], data=larger, content_type="image/png"), 413, 9413)
    largest = padded_image(UPLOAD_URL_MAX_BYTES)
    answer = client.put(given["uploadUrl"], data=largest, content_type="image/png")
    assert answer.status_code == 200
    assert client.get(given["accessUrl"]).data == largest


def test_a_put_is_in_the_accounts_journal_without_its_secret(
    account: Account, client: FlaskClient, profile_key: str
) -> None:
    given = account.get(
        "/api/media/uploadUrl", query_string={"contentType": "mp4"}, profile_key=profile_key
    ).get_json()
    client.put(given["uploadUrl"], data=video(), content_type="video/mp4")
    client.get(given["accessUrl"])
    entry = account.requests()[-1]
    assert (entry["method"], entry["status"]) == ("PUT", 200)
    assert entry["query"] == {"token": "[redacted]"}
    assert entry["refId"] != account.ref_id
    token = given["uploadUrl"].partition("token=")[2]
    assert token not in str(account.requests())


# Files at their addresses.


def test_a_part_of_a_file_can_be_read(account: Account, client: FlaskClient) -> None:
    data = padded_image(3 * PIECE_BYTES)
    url = upload(account, data)["url"]
    for begin, end in ((0, 9), (PIECE_BYTES - 2, PIECE_BYTES + 2), (5, 2 * PIECE_BYTES + 7)):
        answer = client.get(url, headers={"Range": f"bytes={begin}-{end}"})
        assert answer.status_code == 206
        assert answer.data == data[begin : end + 1]
        assert answer.headers["Content-Range"] == f"bytes {begin}-{end}/{len(data)}"
    last = client.get(url, headers={"Range": "bytes=-7"})
    assert (last.status_code, last.data) == (206, data[-7:])
    beyond = client.get(url, headers={"Range": f"bytes={len(data)}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(data)}")


def test_a_client_need_not_get_a_file_twice(account: Account, client: FlaskClient) -> None:
    url = upload(account)["url"]
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(url)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(image()))


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.html", "text/html"),
        ("a.svg", "image/svg+xml"),
        ("a.xhtml", "application/xhtml+xml"),
        ("a.js", "text/javascript"),
    ],
)
def test_an_uploaded_page_cannot_act(
    account: Account, client: FlaskClient, name: str, content_type: str
) -> None:
    answer = upload_file(account, b"<script>alert(1)</script>", name, content_type)
    answer = client.get(answer.get_json()["url"])
    assert answer.mimetype == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_only_exact_addresses_lead_to_a_file(account: Account, client: FlaskClient) -> None:
    url = upload(account)["url"]
    path = urlsplit(url).path
    folder, owner, name = path.strip("/").split("/")
    for wrong in (
        f"/{folder}/{'0' * 40}/{name}",
        f"/{folder}/{owner}/{name[:-3]}jpg",
        f"/{folder}/{owner}/{name[:36]}",
        f"/{folder}/{owner}/{name.upper()}",
        f"/{folder}/{owner}/..%2f{name}",
        f"/{folder}/{owner}/%00",
    ):
        assert client.get(wrong).status_code == 404, wrong
        assert client.put(wrong, data=b"x").status_code == 404, wrong
    assert client.post(url).status_code == 405


@pytest.mark.parametrize(("days", "put"), [(90, False), (30, True)])
def test_files_are_kept_for_their_days(
    account: Account, client: FlaskClient, clock: ManualClock, days: int, put: bool
) -> None:
    if put:
        given = upload_url(account)
        client.put(given["uploadUrl"], data=video(), content_type="video/mp4")
        url = given["accessUrl"]
    else:
        url = upload(account)["url"]
    clock.advance(seconds=days * DAY - 1)
    assert client.get(url).status_code == 200
    clock.advance(seconds=1)
    assert client.get(url).status_code == 404
    assert account.get("/api/media").get_json() == []
    answer = account.get("/api/media/meta", query_string={"mediaUrl": url})
    refused(answer, 400, 9400)


def test_files_go_with_their_account(account: Account, client: FlaskClient) -> None:
    url = upload(account)["url"]
    account.delete("/_fakeayr/accounts")
    assert client.get(url).status_code == 404


def test_a_full_account_says_so_and_loses_nothing(
    account: Account,
    client: FlaskClient,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    open_account: OpenAccount,
) -> None:
    monkeypatch.setattr(uploads, "ACCOUNT_MAX_MEGABYTES", 2)
    kept = upload(account, padded_image(1_500_000))["url"]
    given = upload_url(account, contentType="png")
    for answer in (
        account.post(UPLOAD, json={"file": data_uri(padded_image(700_000))}),
        client.put(given["uploadUrl"], data=padded_image(700_000), content_type="image/png"),
    ):
        assert "DELETE /_fakeayr/media" in refused(answer, 507, 9507)
    assert len(client.get(kept).data) == 1_500_000
    assert client.put(given["uploadUrl"], data=image(), content_type="image/png").status_code == 200
    assert upload(open_account(), padded_image(1_500_000))
    clock.advance(seconds=90 * DAY)
    assert upload(account, padded_image(1_500_000))


def test_the_number_of_files_is_bounded(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "ACCOUNT_MAX_FILES", 2)
    upload(account)
    upload_url(account)
    refused(account.post(UPLOAD, json={"file": data_uri(image())}), 507, 9507)
    answer = account.get("/api/media/uploadUrl", query_string={"contentType": "mp4"})
    refused(answer, 507, 9507)


# The gallery.


def test_the_gallery_has_the_files_of_one_profile(account: Account, profile_key: str) -> None:
    first = upload(account, fileName="a.png", description="A")
    upload(account, fileName="b.png")
    other = account.post(UPLOAD, json={"file": data_uri(image())}, profile_key=profile_key)
    listed = account.get("/api/media").get_json()
    assert [one["fileName"] for one in listed] == ["a.png", "b.png"]
    assert listed[0] == first | {"contentType": "image/png", "created": "2022-11-02T01:03:42Z"}
    (of_profile,) = account.get("/api/media", profile_key=profile_key).get_json()
    assert of_profile["id"] == other.get_json()["id"]


# Looking media up.


@pytest.mark.parametrize(
    ("url", "content_type"),
    [(FOREIGN, "image/jpeg"), ("https://cdn.example/a.mp4", "video/mp4")],
)
def test_a_foreign_url_exists(account: Account, url: str, content_type: str) -> None:
    answer = account.post("/api/media/urlExists", json={"mediaUrl": url})
    assert answer.get_json() == {"status": "success", "contentType": content_type}
    assert meta(account, url) == {"status": "success", "url": url, "contentType": content_type}


def test_another_accounts_file_is_a_foreign_url(
    account: Account, open_account: OpenAccount
) -> None:
    url = upload(account)["url"]
    assert "size" not in meta(open_account(), url)
    assert meta(account, url)["size"] == len(image())


@pytest.mark.parametrize("name", ["mediaUrl", "imageUrl", "watermarkUrl"])
def test_every_address_must_be_one(account: Account, name: str) -> None:
    body = {"mediaUrl": FOREIGN, "platform": "tiktok", name: "bread.jpg"}
    if name == "imageUrl":
        del body["mediaUrl"]
    assert f"{name} must be" in refused(account.post("/api/media/resize", json=body), 400, 101)
    answer = account.get("/api/media/meta", query_string={"mediaUrl": "bread.jpg"})
    assert "mediaUrl must be" in refused(answer, 400, 101)


@pytest.mark.parametrize(
    "body",
    [{}, {"mediaUrl": "bread.jpg"}, {"mediaUrl": ""}, {"mediaUrl": 5}, {"mediaUrl": "x" * 9_000}],
)
def test_a_url_is_needed(account: Account, body: dict[str, Any]) -> None:
    refused(account.post("/api/media/urlExists", json=body), 400, 101)


@pytest.mark.parametrize(
    "url", ["x", "https://[", "https://\ud800", "javascript:1", "https://" + "a" * 7_000]
)
def test_no_url_is_too_strange(account: Account, url: str) -> None:
    answer = account.post(
        "/api/media/urlExists",
        data=f'{{"mediaUrl": "{url}"}}'.encode("utf-8", "surrogatepass"),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in {200, 400}


# Resizing.


def resize(account: Account, **body: Any) -> TestResponse:
    return account.post("/api/media/resize", json=body)


def test_every_network_has_dimensions() -> None:
    assert RESIZE_DIMENSIONS.keys() == NETWORKS.keys()


@pytest.mark.parametrize("name", ["mediaUrl", "imageUrl"])
def test_an_uploaded_image_is_resized(account: Account, client: FlaskClient, name: str) -> None:
    url = upload(account, image(300, 100))["url"]
    answer = resize(account, **{name: url}, platform="instagram").get_json()
    assert (answer["status"], answer["platform"]) == ("success", "instagram")
    assert answer["url"].endswith(".jpg")
    made = client.get(answer["url"])
    assert (made.content_type, size_of(made.data)) == ("image/jpeg", (1080, 1080))
    assert meta(account, answer["url"])["width"] == 1080
    assert len(account.get("/api/media").get_json()) == 1, "the gallery has what was uploaded"


def test_a_foreign_image_becomes_a_plain_one(account: Account, client: FlaskClient) -> None:
    answer = resize(account, mediaUrl=FOREIGN, dimensions={"width": 40, "height": 30})
    assert size_of(client.get(answer.get_json()["url"]).data) == (40, 30)


def test_everything_can_be_asked_for_at_once(account: Account, client: FlaskClient) -> None:
    url = upload(account, image(300, 100))["url"]
    answer = resize(
        account,
        mediaUrl=url,
        dimensions={"width": 64, "height": 64},
        watermarkUrl=url,
        effects={"blur": 3, "color": "#00f", "opacity": 0.5},
        mode="pad",
    )
    assert size_of(client.get(answer.get_json()["url"]).data) == (64, 64)


def test_a_foreign_watermark_is_left_out_with_advice(account: Account) -> None:
    answer = resize(account, mediaUrl=FOREIGN, platform="tiktok", watermarkUrl=FOREIGN)
    assert answer.status_code == 200
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "post-watermark-not-fetched"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"platform": "instagram"}, "mediaUrl is required."),
        ({"mediaUrl": FOREIGN}, "platform or dimensions is required."),
        ({"mediaUrl": FOREIGN, "platform": "myspace"}, "platform must be one of bluesky"),
        ({"mediaUrl": FOREIGN, "dimensions": {"width": 5}}, "height"),
        ({"mediaUrl": FOREIGN, "dimensions": {"width": 0, "height": 5}}, "dimensions.width"),
        ({"mediaUrl": FOREIGN, "dimensions": {"width": 4_001, "height": 5}}, "dimensions.width"),
        ({"mediaUrl": FOREIGN, "dimensions": [5, 5]}, "dimensions"),
        ({"mediaUrl": FOREIGN, "platform": "tiktok", "mode": "melt"}, "Choose one of crop"),
        ({"mediaUrl": FOREIGN, "platform": "tiktok", "effects": {"blur": -1}}, "effects.blur"),
        ({"mediaUrl": FOREIGN, "platform": "tiktok", "effects": {"opacity": 2}}, "effects.opacity"),
        ({"mediaUrl": FOREIGN, "platform": "tiktok", "effects": {"color": "x"}}, "effects.color"),
        *(
            ({"mediaUrl": FOREIGN, "platform": "tiktok", "effects": {"color": color}}, "color must")
            for color in (f"rgb({10**20},0,0)", f"hsl(1,{10**12}%,50%)", "#fff" + " " * 200)
        ),
    ],
)
def test_what_cannot_be_made_is_refused(
    account: Account, body: dict[str, Any], details: str
) -> None:
    assert details in refused(resize(account, **body), 400, 101)


def test_only_images_are_resized(account: Account) -> None:
    clip = upload_file(account, video(), "a.mp4").get_json()["url"]
    for url in (clip, "https://cdn.example/a.mp4", "https://cdn.example/a.pdf"):
        assert "not an image" in refused(
            resize(account, mediaUrl=url, platform="tiktok"), 400, 9400
        )


# Whose calls they are.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", UPLOAD),
        ("GET", "/api/media/uploadUrl?contentType=mp4"),
        ("GET", "/api/media"),
        ("GET", f"/api/media/meta?mediaUrl={FOREIGN}"),
        ("POST", "/api/media/urlExists"),
        ("POST", "/api/media/resize"),
    ],
)
def test_a_wrong_key_is_refused(account: Account, method: str, path: str) -> None:
    body = {"file": data_uri(image()), "mediaUrl": FOREIGN, "platform": "tiktok"}
    sent = body if method == "POST" else None
    refused(
        account.call(method, path, json=sent, profile_key="AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"),
        403,
        144,
    )
    refused(account.call(method, path, json=sent, headers={"Authorization": "x"}), 403, 102)


# Where addresses lead.


@pytest.mark.parametrize(
    ("config", "host", "uploads_at", "resized_at"),
    [
        (Config(), "http://127.0.0.1:8189", "http://127.0.0.1:8189", "http://127.0.0.1:8189"),
        (
            Config(),
            "https://api.ayrshare.com",
            "https://images.ayrshare.com",
            "https://media.ayrshare.com",
        ),
        (
            Config(public_url="https://fake.example/"),
            "http://localhost",
            "https://fake.example",
            "https://fake.example",
        ),
    ],
)
def test_addresses_open_where_the_client_is(
    new_app: NewApp, config: Config, host: str, uploads_at: str, resized_at: str
) -> None:
    client = new_app(config).test_client()
    account = Account.open(client, {})
    answer = account.post(UPLOAD, json={"file": data_uri(image())}, base_url=host)
    url = answer.get_json()["url"]
    assert url.startswith(f"{uploads_at}/_media/")
    assert client.get(urlsplit(url).path, base_url=uploads_at).data == image()
    answer = account.get("/api/media/uploadUrl?contentType=png", base_url=host)
    assert answer.get_json()["uploadUrl"].startswith(f"{uploads_at}/_media/")
    body = {"mediaUrl": url, "platform": "tiktok"}
    answer = account.post("/api/media/resize", json=body, base_url=host)
    assert answer.get_json()["url"].startswith(f"{resized_at}/_media/")
    assert meta(account, url)["width"] == 30, "whatever host it names"


@pytest.mark.parametrize("host", ["http://localhost", "http://fakeayr:8189"])
def test_posts_take_an_uploaded_file_over_plain_http(account: Account, host: str) -> None:
    """Also in a container network, where the server has a name of its own."""
    path = urlsplit(upload(account)["url"]).path
    post_body.check_urls([f"{host}{path}"])
    if "localhost" not in host:
        with pytest.raises(Refused, match="https"):
            post_body.check_urls([f"{host}/bread.png"])
