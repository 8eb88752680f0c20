"""POST /validate/post, /validate/json, /validate/postLength and /validate/media."""

from typing import Any

import pytest

from fakeayr.domain.media.facts import MediaFacts, MediaKind
from fakeayr.domain.posting import publishing
from tests.support.accounts import Account, OpenAccount
from tests.support.posts import IMAGE, link_all, made, refusal
from tests.support.receivers import cause

FINE = (
    "No validation issues were found with this post. This is only an Ayrshare validation test and "
    "the post may still return an error by the social networks."
)
X_HEADERS = {"X-Twitter-OAuth1-Api-Key": "key", "X-Twitter-OAuth1-Api-Secret": "secret"}


def validate(account: Account, *platforms: str, post: Any = "Fresh bread", **fields: Any) -> Any:
    """Calls POST /validate/post."""
    headers = fields.pop("headers", None)
    body = {"post": post, "platforms": list(platforms), **fields}
    return account.post("/api/validate/post", json=body, headers=headers)


def test_a_good_post_is_found_good_and_not_posted(account: Account) -> None:
    link_all(account)
    for _ in range(2):
        response = validate(account, "facebook", "linkedin")
        assert response.status_code == 200
        assert response.get_json() == {"status": "success", "message": FINE}
    assert account.get("/_fakeayr/posts").get_json()["posts"] == []


def test_an_unlinked_network_is_a_warning(account: Account) -> None:
    account.link("facebook")
    body = validate(account, "facebook", "linkedin", "twitter").get_json()
    assert (body["status"], body["message"]) == ("success", FINE)
    assert [warning["platform"] for warning in body["warnings"]] == ["linkedin", "twitter"]
    assert body["warnings"][0] == {
        "action": "post",
        "status": "error",
        "code": 156,
        "message": "LinkedIn is not linked with Ayrshare. Please confirm the linkage on the Social "
        "Accounts page in your dashboard.",
        "platform": "linkedin",
    }


def test_a_problem_is_a_flat_error(account: Account) -> None:
    link_all(account)
    response = validate(account, "linkedin", "threads", post="a" * 501)
    assert response.status_code == 400
    assert response.get_json() == {
        "action": "post",
        "status": "error",
        "code": 132,
        "message": "Your post is too long for Threads. Please shorten to 500 characters. "
        "Overage: 1 characters.",
    }


def test_a_user_profiles_problems_are_not_wrapped(account: Account, profile_key: str) -> None:
    account.link("threads", profile_key)
    body = {"post": "a" * 501, "platforms": ["threads"]}
    response = account.post("/api/validate/post", json=body, profile_key=profile_key)
    assert refusal(response) == (400, 132)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"post": 7}, 101),
        ({"platforms": ["x"]}, 101),
        ({"mediaUrls": ["http://img.example/a.jpg"]}, 136),
        ({"scheduleDate": "soon"}, 101),
        ({"platforms": ["reddit"]}, 101),
        ({"platforms": ["instagram"]}, 9400),
        ({"platforms": ["twitter"], "post": "\U0001f35e" * 141}, 132),
        ({"platforms": ["instagram"], "mediaUrls": [IMAGE], "post": "#a #b #c #d #e #f"}, 151),
        ({"platforms": ["linkedin"], "mediaUrls": ["https://img.example/a.avi"]}, 138),
    ],
)
def test_each_problem_has_its_code(account: Account, fields: dict[str, Any], code: int) -> None:
    link_all(account)
    body = {"post": "Bread", "platforms": ["facebook"], **fields}
    assert refusal(account.post("/api/validate/post", json=body)) == (400, code)


def test_duplicates_and_lost_links_are_problems(account: Account) -> None:
    link_all(account)
    post_id = made(account, "facebook")["id"]
    response = validate(account, "facebook")
    assert refusal(response) == (400, 137)
    assert post_id in response.get_json()["details"]
    cause(account, "revoke", platform="instagram")
    assert refusal(validate(account, "instagram", post="b", mediaUrls=[IMAGE])) == (400, 322)


def test_media_are_checked(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_at(_: object, url: str, *, is_video: bool = False) -> MediaFacts:
        del is_video
        return MediaFacts(
            url=url, content_type="image/jpeg", kind=MediaKind.IMAGE, bytes=60_000_000
        )

    monkeypatch.setattr(publishing, "look_at", look_at)
    link_all(account)
    assert refusal(validate(account, "linkedin", mediaUrls=[IMAGE])) == (400, 254)


def test_all_stands_for_what_is_linked(account: Account) -> None:
    assert refusal(validate(account, "all")) == (400, 156)
    account.link("threads")
    assert validate(account, "all").get_json() == {"status": "success", "message": FINE}
    assert refusal(validate(account, "all", post="a" * 501)) == (400, 132)


def test_no_place_of_an_auto_schedule_is_taken(account: Account) -> None:
    account.link("facebook")
    account.post("/api/auto-schedule", json={"schedule": ["06:00Z"]})
    assert validate(account, "facebook", autoSchedule={"schedule": True}).status_code == 200
    assert made(account, "facebook", autoSchedule=True)["scheduleDate"] == "2022-11-02T06:00:00Z"


def test_the_newer_age_wants_x_credentials(newer: Account) -> None:
    newer.link("twitter")
    assert refusal(validate(newer, "twitter")) == (400, 419)
    assert validate(newer, "twitter", headers=X_HEADERS).status_code == 200


def test_validating_needs_a_premium_plan(open_account: OpenAccount) -> None:
    free = open_account(plan="free", maxPack=False)
    assert refusal(validate(free, "facebook")) == (403, 9403)
    media = free.post("/api/validate/media", json={"mediaUrl": IMAGE})
    assert refusal(media) == (403, 9403)
    lengths = free.post("/api/validate/postLength", json={"post": "a"})
    assert lengths.status_code == 200


@pytest.mark.parametrize("text", ['{"post": "Bread"}', "[1, 2]", "7", '"a"', "null"])
@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_json_is_found_valid(account: Account, text: str, kind: str) -> None:
    response = account.post("/api/validate/json", data=text, content_type=kind)
    assert response.get_json() == {"status": "success", "message": "Valid JSON. Nice Job!"}


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"{'a': 1}", b"bread", b'{"a": 1}}', b"\xff", b'"\\ud800', b"[" * 100_000, b"NaN"],
)
def test_what_is_no_json_is_refused(account: Account, text: bytes) -> None:
    response = account.post("/api/validate/json", data=text, content_type="text/plain")
    assert refusal(response) == (400, 101)


@pytest.mark.parametrize("path", ["/api/validate/postLength", "/api/post/checkPostWeight"])
def test_the_length_of_a_text_is_weighed(account: Account, path: str) -> None:
    body = account.post(path, json={"post": "\U0001f35e" * 150}).get_json()
    assert body["maxCharLimits"]["twitter"] == 280
    assert (body["twitterValid"], body["twitterWeightedLength"]) == (False, 300)
    assert (body["blueskyValid"], body["blueskyWeightedLength"]) == (True, 150)
    assert body["threadsValid"] is True


@pytest.mark.parametrize("path", ["/api/validate/postLength", "/api/post/checkPostWeight"])
@pytest.mark.parametrize("body", [{}, {"post": 7}, {"post": None}])
def test_a_text_is_required(account: Account, path: str, body: dict[str, Any]) -> None:
    assert refusal(account.post(path, json=body)) == (400, 101)


def test_a_medium_is_validated_without_being_fetched(account: Account) -> None:
    response = account.post("/api/validate/media", json={"mediaUrl": IMAGE})
    assert response.get_json() == {
        "status": "success",
        "mediaUrl": IMAGE,
        "contentType": "image/jpeg",
    }
    http = account.post("/api/validate/media", json={"mediaUrl": "http://img.example/a.jpg"})
    assert refusal(http) == (400, 136)
    for body in ({}, {"mediaUrl": ""}, {"mediaUrl": 7}):
        assert refusal(account.post("/api/validate/media", json=body)) == (400, 101)
