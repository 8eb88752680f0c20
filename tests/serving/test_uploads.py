"""Uploads to `fakeayr serve`: large files beside other calls, shared by all workers and servers."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.media import data_uri, image, padded_image, video
from tests.support.servers import development_headers, serving

pytestmark = pytest.mark.processes

AUTHORIZED = development_headers()
LARGEST = 30 * 1024 * 1024
Sessions = Callable[[str], requests.Session]


def upload(session: requests.Session, url: str, data: bytes) -> dict[str, Any]:
    answer = session.post(
        f"{url}/api/media/upload", files={"file": ("a.png", data, "image/png")}, headers=AUTHORIZED
    )
    assert answer.status_code == 200, answer.text
    uploaded: dict[str, Any] = answer.json()
    return uploaded


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_the_largest_file_arrives_and_others_are_served_meanwhile(
    tmp_path: Path, session_for: Sessions, options: tuple[str, ...]
) -> None:
    largest = padded_image(LARGEST)
    with serving(*options, folder=tmp_path) as served:
        session = session_for(served.url)
        sending = threading.Thread(
            target=upload, args=(session_for(served.url), served.url, largest)
        )
        sending.start()
        while sending.is_alive():
            answer = session.get(f"{served.url}/api/user", headers=AUTHORIZED, timeout=10)
            assert answer.status_code == 200
        sending.join()
        body = {"file": data_uri(largest)}
        answer = session.post(f"{served.url}/api/media/upload", json=body, headers=AUTHORIZED)
        assert session.get(answer.json()["url"]).content == largest
        part = session.get(answer.json()["url"], headers={"Range": f"bytes={LARGEST - 5}-"})
        assert (part.status_code, part.content) == (206, largest[-5:])


def test_what_is_too_large_is_refused(tmp_path: Path, session_for: Sessions) -> None:
    with serving(folder=tmp_path) as served:
        session = session_for(served.url)
        body = {"file": data_uri(padded_image(LARGEST + 1))}
        answer = session.post(f"{served.url}/api/media/upload", json=body, headers=AUTHORIZED)
        assert (answer.status_code, answer.json()["message"]) == (413, "The file is too large.")
        body = {"file": "x" * 42 * 1024 * 1024}
        answer = session.post(f"{served.url}/api/media/upload", json=body, headers=AUTHORIZED)
        assert (answer.status_code, answer.json()["code"]) == (413, 9413)
        answer = session.post(f"{served.url}/api/user", json=body, headers=AUTHORIZED)
        assert answer.status_code in {405, 413}
        given = session.get(
            f"{served.url}/api/media/uploadUrl?contentType=mp4", headers=AUTHORIZED
        ).json()
        answer = session.put(
            given["uploadUrl"],
            data=iter([bytes(1024 * 1024)] * 51),  # In chunks, without a Content-Length.
            headers={"Content-Type": "video/mp4"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, 9413)


@pytest.mark.parametrize(
    "state", ["file", pytest.param("postgres", marks=pytest.mark.outside("postgres", "setpriv"))]
)
def test_servers_share_files_across_restarts(
    request: pytest.FixtureRequest, tmp_path: Path, session_for: Sessions, state: str
) -> None:
    place = request.getfixturevalue("database") if state == "postgres" else "state"
    with serving("--state", place, folder=tmp_path) as one:
        session = session_for(one.url)
        uploaded = upload(session, one.url, padded_image(2_000_000))
        path = uploaded["url"].removeprefix(one.url)
        given = session.get(f"{one.url}/api/media/uploadUrl?contentType=mp4", headers=AUTHORIZED)
        with serving("--state", place, folder=tmp_path) as other:
            assert session_for(other.url).get(other.url + path).content == padded_image(2_000_000)
            put = given.json()["uploadUrl"].replace(one.url, other.url)
            answer = session_for(other.url).put(
                put, data=video(), headers={"Content-Type": "video/mp4"}
            )
            assert answer.status_code == 200
        assert session.get(given.json()["accessUrl"]).content == video()
    with serving("--state", place, folder=tmp_path) as again:
        assert len(session_for(again.url).get(again.url + path).content) == 2_000_000


@pytest.mark.outside("curl")
def test_curl_uploads_as_documented(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - only here

    (tmp_path / "dot.png").write_bytes(image())
    with serving(folder=tmp_path) as served:
        printed = subprocess.check_output(
            ["curl", "-sS", "-H", f"Authorization: {AUTHORIZED['Authorization']}", "-F",
             f"file=@{tmp_path / 'dot.png'}", f"{served.url}/api/upload"], text=True,
        )  # fmt: skip
    assert '"fileName":"dot.png"' in printed
