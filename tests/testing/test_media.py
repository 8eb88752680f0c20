"""Media in the fixture: hard-coded addresses, declarations and uploads."""

import sys
import urllib.request

import pytest
import requests

from fakeayr import FakeAyrshare
from fakeayr.client.api import CallRefused
from fakeayr.testing import Account
from tests.support.media import image, size_of, video

API = "https://api.ayrshare.com/api"


def headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.api_key}"}


def test_an_application_uploads_and_reads_at_ayrshares_addresses(ayrshare: Account) -> None:
    with requests.Session() as session:
        session.headers.update(headers(ayrshare))
        files = {"file": ("bread.png", image(31, 17))}
        uploaded = session.post(f"{API}/media/upload", files=files, timeout=30).json()
        assert uploaded["url"].startswith("https://images.ayrshare.com/")
        given = session.get(f"{API}/media/uploadUrl", params={"contentType": "mp4"}, timeout=30)
        put = requests.put(
            given.json()["uploadUrl"],
            data=video(),
            headers={"Content-Type": "video/mp4"},
            timeout=30,
        )
        assert put.status_code == 200
        body = {"mediaUrl": uploaded["url"], "platform": "tiktok"}
        resized = session.post(f"{API}/media/resize", json=body, timeout=30).json()["url"]
        assert resized.startswith("https://media.ayrshare.com/")
        assert size_of(session.get(resized, timeout=30).content) == (1080, 1920)
    with urllib.request.urlopen(uploaded["url"]) as answer:
        assert answer.read() == image(31, 17)
    picture, clip, small = ayrshare.uploads
    assert (picture.id, picture.width, picture.height) == (uploaded["id"], 31, 17)
    assert (
        repr(picture) == f"<UploadedFile 'bread.png' image/png: {len(image(31, 17))} bytes, 31x17>"
    )
    assert repr(clip) == f"<UploadedFile video/mp4: {len(video())} bytes, 1080x1920, 12.5 s>"
    assert small.content_type == "image/jpeg"
    assert requests.get(picture.url, timeout=30).content == image(31, 17)


def test_an_awaited_file_is_listed_as_such(ayrshare: Account) -> None:
    requests.get(f"{API}/media/uploadUrl?fileName=reel.mp4", headers=headers(ayrshare), timeout=30)
    (awaited,) = ayrshare.uploads
    assert repr(awaited) == "<UploadedFile 'reel.mp4' video/mp4: awaited>"
    assert not awaited.reachable
    ayrshare.clock.advance(minutes=31)
    assert ayrshare.uploads == []


def test_a_test_declares_what_a_url_holds(ayrshare: Account) -> None:
    url = "https://cdn.example/reel"
    ayrshare.declare_media(
        url, content_type="video/mp4", bytes=5, width=1080, height=1920, seconds=700
    )
    meta = requests.get(
        f"{API}/media/meta", params={"mediaUrl": url}, headers=headers(ayrshare), timeout=30
    ).json()
    assert (meta["contentType"], meta["size"], meta["duration"]) == ("video/mp4", 5, 700)
    ayrshare.declare_media(url, reachable=False)
    body = {"mediaUrl": url}
    exists = requests.post(
        f"{API}/media/urlExists", json=body, headers=headers(ayrshare), timeout=30
    )
    assert exists.json()["status"] == "error"
    assert [call.path for call in ayrshare.requests] == ["/api/media/meta", "/api/media/urlExists"]


def test_a_declaration_that_cannot_be_says_why(ayrshare: Account) -> None:
    with pytest.raises(CallRefused, match="http or https URL"):
        ayrshare.declare_media("reel.mp4")
    with pytest.raises(CallRefused, match="width"):
        ayrshare.declare_media("https://cdn.example/a.png", width=-1)


def test_it_works_without_pytest() -> None:
    with FakeAyrshare() as ayrshare:
        ayrshare.declare_media("https://cdn.example/a.png", width=5)
        answer = requests.post(
            f"{API}/upload", files={"file": image()}, headers=headers(ayrshare), timeout=30
        )
        assert answer.status_code == 200, answer.text
        assert [one.bytes for one in ayrshare.uploads] == [len(image())]


STARTED = """
import sys
import fakeayr
with fakeayr.FakeAyrshare() as ayrshare:
    ayrshare.declare_media("https://cdn.example/a.png")
    print(*sorted({"PIL", "pymediainfo"} & set(sys.modules)))
"""


def test_a_fake_starts_without_what_measures_files() -> None:
    import subprocess  # noqa: PLC0415 - only here

    printed = subprocess.check_output([sys.executable, "-c", STARTED], text=True)
    assert printed.split() == []
