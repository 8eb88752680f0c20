"""/_fakeayr/posts and /_fakeayr/publications: what was published, and how it goes next."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.posts import (
    IMAGE,
    codes,
    decide,
    link_all,
    made,
    published,
    refusal,
    state,
    submit,
)
from tests.support.receivers import advance


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


def posts(account: Account, **query: Any) -> list[dict[str, Any]]:
    """The account's posts."""
    response = account.get("/_fakeayr/posts", query_string=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.get_json()["posts"]
    return found


def decisions(account: Account) -> list[dict[str, Any]]:
    """The decisions that no publication has met yet."""
    found: list[dict[str, Any]] = account.get("/_fakeayr/publications").get_json()["publications"]
    return found


# What was published.


def test_posts_of_all_profiles_are_listed_the_oldest_first(
    account: Account, profile_key: str
) -> None:
    account.link("facebook", profile_key)
    first = made(account, "facebook")
    second = made(account, "facebook", profile_key=profile_key)
    assert [post["id"] for post in posts(account)] == [first["id"], second["id"]]
    assert [post["id"] for post in posts(account, limit=1)] == [second["id"]]
    assert [post["id"] for post in posts(account, profileKey=profile_key)] == [second["id"]]
    primary = posts(account, profileKey=account.api_key)
    assert [post["id"] for post in primary] == [first["id"]]


def test_one_post_is_found_by_its_id(account: Account, profile_key: str) -> None:
    account.link("facebook", profile_key)
    first = made(account, "facebook")
    second = made(account, "facebook", profile_key=profile_key)
    assert posts(account, id=first["id"]) == [posts(account)[0]]
    assert posts(account, id=second["id"], profileKey=profile_key) == [posts(account)[1]]
    assert posts(account, id=first["id"], profileKey=profile_key) == []
    assert posts(account, id="unknown") == []


def test_a_post_is_shown_as_it_was_published(account: Account) -> None:
    post = made(
        account,
        "facebook",
        "twitter",
        post={"default": "Bread", "twitter": "Bread on X"},
        mediaUrls={"facebook": [IMAGE]},
        twitterOptions={"thread": False},
    )
    (shown,) = posts(account)
    row = state(account, post["id"])
    assert {name: value for name, value in shown.items() if name != "published"} == row
    facebook, twitter = post["postIds"]
    assert shown["published"] == [
        {
            "platform": "facebook",
            "status": "success",
            "id": facebook["id"],
            "postUrl": facebook["postUrl"],
            "post": "Bread",
            "mediaUrls": [IMAGE],
            "options": {},
            "published": "2022-11-02T01:03:42.000Z",
        },
        {
            "platform": "twitter",
            "status": "success",
            "id": twitter["id"],
            "postUrl": twitter["postUrl"],
            "post": "Bread on X",
            "mediaUrls": [],
            "options": {"thread": False},
            "published": "2022-11-02T01:03:42.000Z",
        },
    ]


def test_what_was_refused_is_not_published(account: Account) -> None:
    decide(account, "fail", platform="facebook")
    submit(account, "facebook", "linkedin")
    (shown,) = posts(account)
    assert [one["platform"] for one in shown["published"]] == ["linkedin"]
    assert codes(shown) == {"facebook": 9400}


def test_a_post_says_when_the_next_thing_happens_to_it(account: Account) -> None:
    made(account, "facebook", scheduleDate="2022-11-02T02:03:42Z")
    assert posts(account)[0]["due"] == "2022-11-02T02:03:42.000Z"
    advance(account, 3_600)
    assert "due" not in posts(account)[0]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "10001"}, {"limit": "x"}])
def test_a_wrong_limit_is_refused(account: Account, query: dict[str, str]) -> None:
    assert refusal(account.get("/_fakeayr/posts", query_string=query)) == (400, 101)


def test_another_accounts_profile_is_refused(account: Account, open_account: OpenAccount) -> None:
    key = open_account().create_profile()["profileKey"]
    assert refusal(account.get("/_fakeayr/posts", query_string={"profileKey": key})) == (403, 144)
    body = {"outcome": "fail", "profileKey": key}
    assert refusal(account.post("/_fakeayr/publications", json=body)) == (403, 144)


# How it goes next.


def test_decisions_are_counted_and_matched_in_their_order(
    account: Account, profile_key: str
) -> None:
    link_all(account, profile_key)
    decide(account, "fail", code=1, platform="facebook", times=2)
    decide(account, "fail", code=2, profileKey=profile_key)
    decide(account, "fail", code=3, platform="linkedin", profileKey=account.api_key)
    assert [(it["code"], it["times"]) for it in decisions(account)] == [(1, 2), (2, 1), (3, 1)]
    of_profile = submit(account, "facebook", "linkedin", "bluesky", profile_key=profile_key)
    assert codes(of_profile.get_json()["posts"][0]) == {"bluesky": 2, "facebook": 1}
    assert [(it["code"], it["times"]) for it in decisions(account)] == [(1, 1), (3, 1)]
    of_primary = submit(account, "facebook", "linkedin", "bluesky").get_json()
    assert codes(of_primary) == {"facebook": 1, "linkedin": 3}
    assert decisions(account) == []
    made(account, "facebook", "linkedin", post="b")


def test_a_decision_does_not_wait_for_what_is_refused_anyway(account: Account) -> None:
    decide(account, "fail", code=1)
    assert codes(submit(account, "threads", post="a" * 501).get_json()) == {"threads": 132}
    assert len(decisions(account)) == 1


def test_a_failure_has_a_code_and_a_message(account: Account) -> None:
    decide(account, "fail", code=77_777, message="The oven is cold.", retryAvailable=True)
    (error,) = submit(account, "facebook").get_json()["errors"]
    assert error == {
        "action": "post",
        "status": "error",
        "code": 77_777,
        "message": "The oven is cold.",
        "platform": "facebook",
        "retryAvailable": True,
    }


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (None, "LinkedIn refused the post."),
        (110, "Status is a duplicate."),
        (159, "LinkedIn does not allow the same mention more than once a day."),
        (999, "LinkedIn refused the post."),
    ],
)
def test_a_known_code_has_its_message(account: Account, code: int | None, message: str) -> None:
    decide(account, "fail", code=code)
    (error,) = submit(account, "linkedin").get_json()["errors"]
    assert error["message"] == message


def test_decisions_hold_for_scheduled_posts(account: Account) -> None:
    decide(account, "fail", platform="facebook", code=161)
    post_id = made(account, "facebook", scheduleDate="2022-11-02T02:03:42Z")["id"]
    advance(account, 3_600)
    assert codes(state(account, post_id)) == {"facebook": 161}


def test_decisions_are_listed_and_taken_back(account: Account, profile_key: str) -> None:
    decide(account, "slow", platform="tiktok", seconds=5, times=3)
    decide(account, "pending", profileKey=profile_key)
    profile = account.get("/api/user", profile_key=profile_key).get_json()
    assert decisions(account) == [
        {"outcome": "slow", "platform": "tiktok", "times": 3, "seconds": 5.0},
        {"outcome": "pending", "refId": profile["refId"], "times": 1},
    ]
    assert account.delete("/_fakeayr/publications").get_json() == {"status": "success"}
    assert decisions(account) == []


def order(account: Account, **body: Any) -> TestResponse:
    """Calls POST /_fakeayr/publications."""
    return account.post("/_fakeayr/publications", json=body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "succeed"},
        {"outcome": "fail", "platform": "friendster"},
        {"outcome": "fail", "times": 0},
        {"outcome": "fail", "times": 1.5},
        {"outcome": "fail", "code": -1},
        {"outcome": "fail", "code": "161"},
        {"outcome": "fail", "message": "a" * 2001},
        {"outcome": "fail", "seconds": 5},
        {"outcome": "fail", "retryAvailable": "yes"},
        {"outcome": "fail", "platfrom": "facebook"},
        {"outcome": "slow", "seconds": 0},
        {"outcome": "slow", "seconds": 10**9},
        {"outcome": "slow", "code": 161},
        {"outcome": "pending", "message": "a"},
        {"outcome": "pending", "retryAvailable": True},
    ],
)
def test_a_wrong_decision_is_refused(account: Account, body: dict[str, Any]) -> None:
    assert refusal(order(account, **body)) == (400, 101)
    assert decisions(account) == []


def test_an_account_has_at_most_a_hundred(account: Account) -> None:
    for _ in range(100):
        assert order(account, outcome="fail").status_code == 201
    assert refusal(order(account, outcome="fail")) == (400, 101)


def test_each_account_decides_for_itself(account: Account, open_account: OpenAccount) -> None:
    other = open_account()
    other.link("facebook")
    decide(account, "fail")
    made(other, "facebook")
    assert published(account, "facebook") == []
