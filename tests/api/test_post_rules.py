"""POST /post: what is refused, by Ayrshare or by the networks."""

from typing import Any

import pytest

from fakeayr.domain.media.facts import MediaFacts, MediaKind
from fakeayr.domain.posting import publishing
from tests.support.accounts import Account, OpenAccount
from tests.support.posts import (
    IMAGE,
    VIDEO,
    codes,
    link_all,
    made,
    platforms,
    published,
    refusal,
    state,
    submit,
)
from tests.support.receivers import advance, cause

DAY = 86_400
X_HEADERS = {"X-Twitter-OAuth1-Api-Key": "key", "X-Twitter-OAuth1-Api-Secret": "secret"}


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


def refused(account: Account, *networks: str, **fields: Any) -> dict[str, Any]:
    """The response to a post that every network refuses."""
    response = submit(account, *networks, **fields)
    assert response.status_code == 400, response.text
    post: dict[str, Any] = response.get_json()
    assert (post["status"], post["postIds"]) == ("error", [])
    return post


# Links.


def test_a_network_that_is_not_linked_is_refused(account: Account) -> None:
    account.delete("/api/profiles/social", json={"platform": "facebook"})
    post = refused(account, "facebook")
    (error,) = post["errors"]
    assert error == {
        "action": "post",
        "status": "error",
        "code": 156,
        "message": "Facebook does not seem to be linked with Ayrshare. Please confirm the linkage "
        "on the Social Accounts page in your dashboard. "
        "https://docs.ayrshare.com/additional-info/troubleshooting",
        "platform": "facebook",
    }


@pytest.mark.parametrize(
    ("network", "code"),
    [("facebook", 161), ("linkedin", 161), ("twitter", 272), ("instagram", 322)],
)
def test_a_link_that_the_network_took_away_is_told_from_one_that_never_was(
    account: Account, network: str, code: int
) -> None:
    cause(account, "revoke", platform=network)
    assert codes(refused(account, network, mediaUrls=[IMAGE])) == {network: code}
    account.link(network)
    made(account, network, mediaUrls=[IMAGE])


# Texts.


@pytest.mark.parametrize(
    ("network", "limit"), [("threads", 500), ("linkedin", 3000), ("twitter", 280)]
)
def test_a_text_over_the_limit_is_refused(account: Account, network: str, limit: int) -> None:
    (error,) = refused(account, network, post="a" * (limit + 7))["errors"]
    assert error["code"] == 132
    assert str(limit) in error["message"]
    assert "Overage: 7 characters." in error["message"]
    made(account, network, post="a" * limit)


def test_more_hashtags_than_instagram_takes_are_refused(account: Account) -> None:
    text = " ".join(f"#tag{number}" for number in range(6))
    assert codes(refused(account, "instagram", post=text, mediaUrls=[IMAGE])) == {"instagram": 151}


# Media.


def hold(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> None:
    """Has every URL hold an image with these facts."""
    held = {"content_type": "image/jpeg", "kind": MediaKind.IMAGE, **facts}

    def look_at(_: object, url: str, *, is_video: bool = False) -> MediaFacts:
        del is_video
        return MediaFacts(url=url, **held)

    monkeypatch.setattr(publishing, "look_at", look_at)


def test_an_image_too_large_is_found_before_anything_is_sent(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, bytes=60_000_000)
    post = refused(account, "linkedin", mediaUrls=[IMAGE])
    assert post["validate"] is True
    (error,) = post["errors"]
    assert (error["code"], error["verifyCheck"]) == (254, True)


def test_a_reel_too_wide_is_found_before_anything_is_sent(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, content_type="video/mp4", kind=MediaKind.VIDEO, width=4_000)
    post = refused(account, "instagram", mediaUrls=[VIDEO])
    assert post["validate"] is True
    (error,) = post["errors"]
    assert (error["code"], error["verifyCheck"]) == (182, True)


def test_a_medium_that_cannot_be_reached_refuses_the_call(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, reachable=False)
    assert refusal(submit(account, "facebook", "linkedin", mediaUrls=[IMAGE])) == (400, 136)
    later: dict[str, Any] = {"scheduleDate": "2022-12-24T06:00:00Z", "mediaUrls": [IMAGE]}
    assert refusal(submit(account, "facebook", **later)) == (400, 136)
    post_id = made(account, "facebook", validateScheduled=False, **later)["id"]
    advance(account, 60 * DAY)
    assert codes(state(account, post_id)) == {"facebook": 136}


@pytest.mark.parametrize(
    ("network", "fields"),
    [
        ("instagram", {}),
        ("pinterest", {"mediaUrls": [VIDEO]}),
        ("youtube", {"mediaUrls": [VIDEO]}),
        ("reddit", {"title": "Bread"}),
        ("linkedin", {"mediaUrls": [IMAGE] * 10}),
        ("linkedin", {"mediaUrls": [IMAGE, VIDEO]}),
    ],
)
def test_what_a_network_requires_is_required(
    account: Account, network: str, fields: dict[str, Any]
) -> None:
    assert platforms(refused(account, network, **fields)["errors"]) == [network]


# Duplicates.


@pytest.mark.parametrize("again", ["Fresh bread", "fresh  BREAD!", "Fresh-bread \U0001f35e"])
def test_a_similar_text_is_refused_within_two_days(account: Account, again: str) -> None:
    first = made(account, "facebook")
    post = refused(account, "facebook", post=again)
    (error,) = post["errors"]
    assert error["code"] == 137
    assert first["id"] in error["details"]
    advance(account, 2 * DAY - 60)
    assert codes(refused(account, "facebook", post=again)) == {"facebook": 137}
    advance(account, 61)
    made(account, "facebook", post=again)


def test_another_text_network_or_profile_is_no_duplicate(account: Account) -> None:
    made(account, "facebook")
    made(account, "facebook", post="Fresh rolls")
    made(account, "linkedin")
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    made(account, "facebook", profile_key=key)


@pytest.mark.parametrize("network", ["pinterest", "reddit", "telegram"])
def test_some_networks_take_a_text_twice(account: Account, network: str) -> None:
    for _ in range(2):
        made(account, network, mediaUrls=[IMAGE], title="Bread", subreddit="baking")


def test_a_text_without_words_is_no_duplicate(account: Account) -> None:
    for _ in range(2):
        made(account, "facebook", post="", mediaUrls=[IMAGE])


def test_the_date_of_a_scheduled_post_counts(account: Account) -> None:
    made(account, "facebook", scheduleDate="2022-12-24T06:00:00Z")
    assert codes(refused(account, "facebook", scheduleDate="2022-12-25T06:00:00Z")) == {
        "facebook": 137
    }
    assert codes(refused(account, "facebook", scheduleDate="2022-12-23T06:00:00Z")) == {
        "facebook": 137
    }
    made(account, "facebook", scheduleDate="2022-12-26T06:00:01Z")
    made(account, "facebook")


def test_what_was_deleted_or_refused_is_no_duplicate(account: Account) -> None:
    post_id = made(account, "facebook")["id"]
    account.delete("/api/post", json={"id": post_id})
    account.delete("/api/profiles/social", json={"platform": "linkedin"})
    refused(account, "linkedin", post="Rolls")
    account.link("linkedin")
    made(account, "facebook")
    made(account, "linkedin", post="Rolls")


def test_a_post_that_was_moved_away_is_no_duplicate(account: Account) -> None:
    post_id = made(account, "facebook", scheduleDate="2022-12-24T06:00:00Z")["id"]
    moved = {"id": post_id, "scheduleDate": "2023-01-24T06:00:00Z"}
    assert account.patch("/api/post", json=moved).status_code == 200
    made(account, "facebook", scheduleDate="2022-12-24T06:00:00Z")
    assert codes(refused(account, "facebook", scheduleDate="2023-01-25T06:00:00Z")) == {
        "facebook": 137
    }


@pytest.mark.parametrize(("network", "code"), [("facebook", 107), ("twitter", 110)])
def test_networks_may_find_the_duplicate_themselves(
    account: Account, network: str, code: int
) -> None:
    account.change(settings={"duplicateErrors": "networks"})
    made(account, network)
    (error,) = refused(account, network)["errors"]
    shown = {"facebook": None, "twitter": "Fresh bread"}[network]  # Only X repeats the text.
    assert (error["code"], error.get("post")) == (code, shown)
    assert codes(refused(account, network, post="fresh bread")) == {network: 137}


# Keys, quotas, plans.


def test_an_idempotency_key_counts_once_for_each_profile(account: Account) -> None:
    made(account, "facebook", idempotencyKey="k1")
    assert refusal(submit(account, "facebook", post="b", idempotencyKey="k1")) == (400, 9400)
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    made(account, "facebook", profile_key=key, idempotencyKey="k1")
    wrapped = submit(account, "facebook", post="c", profile_key=key, idempotencyKey="k1")
    assert (wrapped.status_code, wrapped.get_json()["posts"][0]["code"]) == (400, 9400)


def test_an_idempotency_key_is_used_up_whatever_became_of_its_post(account: Account) -> None:
    cause(account, "revoke", platform="facebook")
    refused(account, "facebook", idempotencyKey="failed")
    deleted = made(account, "linkedin", idempotencyKey="deleted")["id"]
    account.delete("/api/post", json={"id": deleted})
    for key in ("failed", "deleted"):
        assert refusal(submit(account, "linkedin", post="b", idempotencyKey=key)) == (400, 9400)


def test_a_call_that_was_refused_as_a_whole_uses_up_no_key(account: Account) -> None:
    fields: dict[str, Any] = {"idempotencyKey": "k"}
    assert refusal(submit(account, "facebook", mediaUrls=["x"], **fields)) == (400, 136)
    made(account, "facebook", **fields)


def test_the_first_post_of_a_series_has_the_idempotency_key(account: Account) -> None:
    series = {"repeat": 2, "days": 2}
    assert submit(account, "facebook", autoRepost=series, idempotencyKey="k").status_code == 200
    assert refusal(submit(account, "facebook", post="b", idempotencyKey="k")) == (400, 9400)


def test_a_quota_may_be_used_up(account: Account) -> None:
    account.change(settings={"monthlyPostQuota": 2})
    made(account, "facebook", post="a")
    made(account, "facebook", post="b", scheduleDate="2022-12-24T06:00:00Z")
    assert refusal(submit(account, "facebook", post="c")) == (429, 106)
    assert account.get("/api/user").get_json()["monthlyPostCount"] == 2
    advance(account, 30 * DAY)  # It is December.
    made(account, "facebook", post="c")


def test_a_quota_is_a_profiles_own(account: Account) -> None:
    account.change(settings={"monthlyPostQuota": 0})
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    response = submit(account, "facebook", profile_key=key)
    assert (response.status_code, response.get_json()["posts"][0]["code"]) == (429, 106)


@pytest.mark.parametrize(
    "fields", [{"autoHashtag": True}, {"autoRepost": {"repeat": 2, "days": 2}}]
)
def test_a_plan_may_lack_a_feature(open_account: OpenAccount, fields: dict[str, Any]) -> None:
    free = open_account(plan="free", maxPack=False)
    free.link("facebook")
    made(free, "facebook")
    response = submit(free, "facebook", post="b", **fields)
    body = response.get_json()
    assert (response.status_code, body["status"], body["postIds"]) == (403, "error", [])
    assert [error["code"] for error in body["errors"]] == [169]


@pytest.mark.parametrize(
    "fields", [{"shortenLinks": True}, {"instagramOptions": {"autoResize": True}}]
)
def test_some_fields_need_the_max_pack(open_account: OpenAccount, fields: dict[str, Any]) -> None:
    account = open_account(maxPack=False)
    account.link("instagram")
    assert refusal(submit(account, "instagram", mediaUrls=[IMAGE], **fields)) == (403, 9403)


# Credentials of an X app.


def test_the_newer_age_wants_x_credentials(newer: Account) -> None:
    link_all(newer)
    assert refusal(submit(newer, "facebook", "twitter")) == (400, 419)
    for header in X_HEADERS:
        half = {header: "value"}
        response = submit(newer, "twitter", headers=half)
        assert refusal(response) == (400, 400)
        (missing,) = X_HEADERS.keys() - half.keys()
        assert missing in response.get_json()["message"]
    assert published(newer, "facebook") == []
    made(newer, "facebook", "twitter", headers=X_HEADERS)
    made(newer, "facebook", post="without X")


def test_the_older_age_asks_for_none(account: Account) -> None:
    made(account, "twitter")
    made(account, "twitter", post="b", headers={"X-Twitter-OAuth1-Api-Key": "key"})


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/api/post"), ("DELETE", "/api/delete")])
def test_a_deletion_on_x_wants_them_too(newer: Account, method: str, path: str) -> None:
    newer.link("twitter")
    post_id = made(newer, "twitter", headers=X_HEADERS)["id"]
    body = {"id": post_id}
    assert refusal(newer.call(method, path, json=body)) == (400, 419)
    (result,) = newer.call(method, path, json={"bulk": [post_id]}).get_json()
    assert (result["code"], result["id"]) == (419, post_id)
    assert state(newer, post_id)["status"] == "success"
    assert newer.call(method, path, json=body, headers=X_HEADERS).status_code == 200


def test_a_scheduled_post_is_deleted_without_them(newer: Account) -> None:
    newer.link("twitter")
    fields: dict[str, Any] = {"scheduleDate": "2022-12-24T06:00:00Z", "headers": X_HEADERS}
    post_id = made(newer, "twitter", **fields)["id"]
    assert newer.delete("/api/post", json={"id": post_id}).status_code == 200
