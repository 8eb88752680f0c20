"""POST, GET and DELETE /_fakeayr/media: what foreign URLs hold, and what was uploaded."""

from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.domain.media import declared
from tests.support.accounts import Account, OpenAccount
from tests.support.media import data_uri, image, video

PATH: Final = "/_fakeayr/media"
URL: Final = "https://cdn.example/reel.mp4"


def declare(account: Account, **fields: Any) -> TestResponse:
    return account.post(PATH, json={"url": URL} | fields)


def meta(account: Account, url: str = URL) -> dict[str, Any]:
    answer = account.get("/api/media/meta", query_string={"mediaUrl": url})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return {name: value for name, value in found.items() if name not in {"status", "url"}}


def listed(account: Account) -> dict[str, Any]:
    answer: dict[str, Any] = account.get(PATH).get_json()
    return answer


def test_a_url_holds_what_was_declared(account: Account) -> None:
    told = declare(account, bytes=4_000_000, width=1080, height=1920, seconds=30)
    facts = {
        "url": URL,
        "contentType": "video/mp4",
        "kind": "video",
        "reachable": True,
        "bytes": 4_000_000,
        "width": 1080,
        "height": 1920,
        "seconds": 30.0,
    }
    assert told.get_json() == {"status": "success"} | facts
    assert listed(account) == {"declared": [facts], "uploads": []}
    assert meta(account) == {
        "contentType": "video/mp4",
        "size": 4_000_000,
        "width": 1080,
        "height": 1920,
        "duration": 30.0,
    }


def test_a_later_declaration_replaces_an_earlier_one(account: Account) -> None:
    declare(account, bytes=1, contentType="image/GIF; x=1".partition(";")[0])
    assert listed(account)["declared"][0]["kind"] == "gif"
    declare(account, seconds=2)
    assert meta(account) == {"contentType": "video/mp4", "duration": 2.0}
    assert len(listed(account)["declared"]) == 1


def test_a_url_may_lead_nowhere(account: Account) -> None:
    declare(account, reachable=False)
    body = {"mediaUrl": URL}
    assert account.post("/api/media/urlExists", json=body).get_json()["statusCode"] == 404
    assert account.post("/api/media/urlExists", json={"mediaUrl": f"{URL}?"}).get_json() == {
        "status": "success",
        "contentType": "video/mp4",
    }


def test_a_declaration_counts_before_an_upload(account: Account) -> None:
    answer = account.post("/api/media/upload", json={"file": data_uri(image())})
    url = answer.get_json()["url"]
    assert meta(account, url)["width"] == 30
    declare(account, url=url, width=9_000)
    assert meta(account, url) == {"contentType": "image/png", "width": 9_000}


def test_accounts_declare_for_themselves(account: Account, open_account: OpenAccount) -> None:
    declare(account, width=5)
    other = open_account()
    assert listed(other)["declared"] == []
    assert "width" not in meta(other)


def test_uploads_are_listed_with_those_that_are_awaited(
    account: Account, client: FlaskClient
) -> None:
    body = {"file": data_uri(image()), "fileName": "a.png", "description": "A"}
    uploaded = account.post("/api/media/upload", json=body).get_json()
    given = account.get("/api/media/uploadUrl?contentType=mp4").get_json()
    first, second = listed(account)["uploads"]
    assert first == {
        "id": uploaded["id"],
        "url": uploaded["url"],
        "contentType": "image/png",
        "kind": "image",
        "reachable": True,
        "bytes": len(image()),
        "width": 30,
        "height": 20,
        "refId": account.ref_id,
        "created": "2022-11-02T01:03:42Z",
        "fileName": "a.png",
        "description": "A",
    }
    assert (second["url"], second["reachable"]) == (given["accessUrl"], False)
    client.put(given["uploadUrl"], data=video(), content_type="video/mp4")
    assert listed(account)["uploads"][1]["seconds"] == 12.5


def test_everything_can_be_removed(
    account: Account, client: FlaskClient, open_account: OpenAccount
) -> None:
    accounts = [account, open_account()]
    urls = []
    for one in accounts:
        declare(one, width=5)
        answer = one.post("/api/media/upload", json={"file": data_uri(image())})
        urls.append(answer.get_json()["url"])
    assert account.delete(PATH).get_json() == {"status": "success"}
    assert listed(account) == {"declared": [], "uploads": []}
    assert [client.get(url).status_code for url in urls] == [404, 200]
    assert len(listed(accounts[1])["declared"]) == 1


def test_declarations_are_bounded(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "MOST", 2)
    for name in ("a", "b", "a"):
        assert declare(account, url=f"https://cdn.example/{name}").status_code == 200
    refused = declare(account, url="https://cdn.example/c")
    assert (refused.status_code, refused.get_json()["code"]) == (507, 9507)
    assert len(listed(account)["declared"]) == 2


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, "url is required"),
        ({"url": "reel.mp4"}, "url must be an http or https URL"),
        ({"url": "ftp://cdn.example/a"}, "url must be an http or https URL"),
        ({"url": "https://cdn.example/" + "a" * 8_000}, "url"),
        ({"url": URL, "contentType": "video"}, "contentType"),
        ({"url": URL, "contentType": "video/mp4\n"}, "contentType"),
        ({"url": URL, "bytes": -1}, "bytes"),
        ({"url": URL, "bytes": 1.5}, "bytes"),
        ({"url": URL, "width": 0}, "width"),
        ({"url": URL, "height": 10**9}, "height"),
        ({"url": URL, "seconds": "5"}, "seconds"),
        ({"url": URL, "reachable": "no"}, "reachable"),
        ({"url": URL, "size": 5}, "size"),
    ],
)
def test_what_cannot_be_is_refused(account: Account, body: dict[str, Any], details: str) -> None:
    answer = account.post(PATH, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    assert details in answer.get_json()["details"]


def test_a_url_may_be_longer_than_an_index_takes(account: Account) -> None:
    url = f"https://cdn.example/{'a' * 7_900}"
    assert declare(account, url=url, width=7).status_code == 200
    assert meta(account, url)["width"] == 7
