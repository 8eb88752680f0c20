"""/_fakeayr/analytics: what networks report, and how they fail."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from tests.support.accounts import Account
from tests.support.publishing import advance, choose_analytics, live_id, publish


@pytest.fixture
def linked(account: Account) -> Account:
    """An account whose primary profile has every network."""
    for network in NETWORKS:
        account.link(network)
    return account


def of_post(account: Account, post_id: str, network: str) -> dict[str, Any]:
    """What a network reports of a post."""
    answer = account.post("/api/analytics/post", json={"id": post_id})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()[network]["analytics"]
    return found


def ask_account(account: Account, network: str, profile_key: str | None = None) -> TestResponse:
    """Asks what a network reports of an account."""
    body: dict[str, Any] = {"platforms": [network]}
    return account.post("/api/analytics/social", json=body, profile_key=profile_key)


def of_account(account: Account, network: str, profile_key: str | None = None) -> dict[str, Any]:
    """What a network reports of an account."""
    answer = ask_account(account, network, profile_key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()[network]["analytics"]
    return found


def details(account: Account, **order: Any) -> str:
    """Why an order is refused."""
    answer = account.post("/_fakeayr/analytics", json=order)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101), answer.text
    return str(answer.get_json()["details"])


# Values.


@pytest.mark.parametrize("by_network_id", [False, True])
def test_a_value_counts_for_a_post_by_either_id(linked: Account, by_network_id: bool) -> None:
    post = publish(linked, "facebook")
    post_id = live_id(linked, post, "facebook") if by_network_id else post.id
    values = {"likeCount": 12, "sharesCount": 40}
    choose_analytics(linked, "facebook", id=post_id, values=values)
    facebook = of_post(linked, post.id, "facebook")
    assert (facebook["likeCount"], facebook["sharesCount"]) == (12, 40)
    assert facebook["reactions"]["like"] == facebook["reactionsByType"]["like"] == 12
    assert 12 <= facebook["reactions"]["total"] <= 24
    advance(linked, 86_400)
    assert of_post(linked, post.id, "facebook")["likeCount"] == 12


def test_values_can_be_nested_and_of_every_kind(linked: Account) -> None:
    post = publish(linked, "facebook", "tiktok", "youtube", text="Rye")
    choose_analytics(linked, "facebook", id=post.id, values={"reactions": {"love": 3, "total": 99}})
    choose_analytics(linked, "facebook", id=post.id, values={"reactions.wow": 2})
    reactions = of_post(linked, post.id, "facebook")["reactions"]
    assert (reactions["love"], reactions["wow"], reactions["total"]) == (3, 2, 99)
    values = {
        "audienceCountries": [{"country": "DE", "percentage": 1.0}],
        "created": "2022-11-01T00:00:00Z",
        "fullVideoWatchedRate": 0.25,
        "tags": ["rye"],
    }
    choose_analytics(linked, "tiktok", id="1", values=values)
    body: dict[str, Any] = {"id": "1", "platforms": ["tiktok"], "searchPlatformId": True}
    report = linked.post("/api/analytics/post", json=body).get_json()["tiktok"]["analytics"]
    assert {name: report[name] for name in values} == values
    choose_analytics(linked, "facebook", values={"verified": True})
    assert of_account(linked, "facebook")["verified"] is True


def test_the_largest_values_can_be_read(linked: Account) -> None:
    largest = 2**53
    values = {"averageTimeWatched": largest, "videoViews": largest, "likeCount": largest}
    choose_analytics(linked, "tiktok", id="1", values=values)
    body = {"id": "1", "platforms": ["tiktok"], "searchPlatformId": True}
    report = linked.post("/api/analytics/post", json=body).get_json()["tiktok"]["analytics"]
    assert report["totalTimeWatched"] == largest
    choose_analytics(linked, "facebook", values={"reactions": {"like": largest}})
    assert of_account(linked, "facebook")["reactions"]["total"] > largest


def test_later_values_join_earlier_ones(linked: Account) -> None:
    post = publish(linked, "threads")
    choose_analytics(linked, "threads", id=post.id, values={"likes": 1, "views": 5})
    choose_analytics(linked, "threads", id=post.id, values={"likes": 2})
    threads = of_post(linked, post.id, "threads")
    assert (threads["likes"], threads["views"]) == (2, 5)


def test_values_of_one_post_are_not_anothers(linked: Account) -> None:
    first, second = publish(linked, "threads"), publish(linked, "threads", text="Poppy seed roll")
    choose_analytics(linked, "threads", id=first.id, values={"likes": 7})
    assert of_post(linked, second.id, "threads")["likes"] == 0


def test_a_value_counts_in_the_history_too(linked: Account) -> None:
    post = publish(linked, "threads")
    choose_analytics(linked, "threads", id=post.id, values={"likes": 7})
    (row,) = linked.get("/api/history/threads").get_json()["posts"]
    assert row["likes"] == 7


def test_a_value_of_the_history_counts_in_the_analytics_too(linked: Account) -> None:
    post = publish(linked, "pinterest", media=["https://media.example/a.jpg"])
    choose_analytics(linked, "pinterest", id=post.id, values={"pinClick": 7, "title": "Loaf"})
    (row,) = linked.get("/api/history/pinterest").get_json()["posts"]
    assert (row["pinClick"], row["title"]) == (7, "Loaf")
    assert of_post(linked, post.id, "pinterest")["pinClick"] == 7


def test_a_value_counts_for_the_account_of_one_profile(account: Account) -> None:
    keys = [account.create_profile(title)["profileKey"] for title in ("A", "B")]
    for key in [None, *keys]:
        account.link("instagram", key)
    choose_analytics(account, "instagram", profileKey=keys[0], values={"followersCount": 12})
    choose_analytics(account, "instagram", values={"followersCount": 13})
    counts = [of_account(account, "instagram", key)["followersCount"] for key in [*keys, None]]
    assert counts[0] == 12
    assert counts[1] > 1_000
    assert counts[2] == 13


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"likeCont": 1}, "values: facebook has no field likeCont here. Did you mean likeCount?"),
        ({"likeCount": -1}, "values.likeCount: Expected `int` >= 0."),
        ({"likeCount": 1.5}, "values.likeCount: Expected `int`, got `float`."),
        ({"likeCount": True}, "values.likeCount: Expected `int`, got `bool`."),
        ({"likeCount": "1"}, "values.likeCount: Expected `int`, got `str`."),
        ({"likeCount": 2**54}, "values.likeCount: Expected `int` <= 9007199254740992."),
        ({"likeCount": {"a": 1}}, "values.likeCount: Expected `int`, got `object`."),
        ({"reactions": 5}, "values: facebook has no field reactions here."),
        (
            {"reactions": {"lov": 5}},
            "values: facebook has no field reactions.lov here. Did you mean reactions.love?",
        ),
        ({"post": 5}, "values.post: Expected `str`, got `int`."),
        ({"created": "today"}, "values.created: Expected `str` matching regex"),
        ({"isPopular": 1}, "values.isPopular: Expected `bool`, got `int`."),
        ({"followersCount": 5}, "values: facebook has no field followersCount here."),
    ],
)
def test_a_value_that_no_response_can_have_is_refused(
    account: Account, values: dict[str, Any], expected: str
) -> None:
    assert details(account, platform="facebook", id="1", values=values).startswith(expected)


def test_a_row_of_a_list_has_its_fields(account: Account) -> None:
    values = {"audienceCountries": [{"country": "DE", "percent": 1}]}
    expected = "values.audienceCountries: Object"
    assert details(account, platform="tiktok", id="1", values=values).startswith(expected)


def test_a_network_without_analytics_has_no_values(account: Account) -> None:
    order = {"platform": "telegram", "id": "1", "values": {"likes": 1}}
    assert details(account, **order) == "values: telegram has no field likes here."


# Failures.


def test_a_networks_next_analytics_fail(linked: Account) -> None:
    choose_analytics(linked, "instagram", outcome="failed")
    answer = ask_account(linked, "instagram")
    assert (answer.status_code, answer.get_json()["code"]) == (400, 186)
    assert ask_account(linked, "instagram").status_code == 200


def test_throttling_is_a_429_with_a_code_of_its_own(linked: Account) -> None:
    choose_analytics(linked, "facebook", outcome="throttled", times=2)
    for _ in range(2):
        answer = ask_account(linked, "facebook")
        assert (answer.status_code, answer.get_json()["code"]) == (429, 444)
        expected = "Facebook limits the requests for analytics. Please try again later."
        assert answer.get_json()["message"] == expected
    assert ask_account(linked, "facebook").status_code == 200


def test_one_network_that_fails_leaves_the_others(linked: Account) -> None:
    post = publish(linked, "facebook", "threads")
    choose_analytics(linked, "facebook", outcome="throttled")
    answer = linked.post("/api/analytics/post", json={"id": post.id})
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["status"], found["errors"][0]["code"]) == ("partial", 444)
    assert "facebook" not in found
    again = linked.post("/api/analytics/post", json={"id": post.id}).get_json()
    assert again["status"] == "success"


def test_a_failure_can_be_one_profiles(account: Account) -> None:
    keys = [account.create_profile(title)["profileKey"] for title in ("A", "B")]
    for key in keys:
        account.link("threads", key)
    choose_analytics(account, "threads", outcome="failed", profileKey=keys[1])
    assert ask_account(account, "threads", keys[0]).status_code == 200
    assert ask_account(account, "threads", keys[1]).status_code == 400
    assert ask_account(account, "threads", keys[1]).status_code == 200


def test_what_is_not_asked_of_the_network_takes_no_failure(linked: Account) -> None:
    choose_analytics(linked, "threads", outcome="failed")
    assert ask_account(linked, "facebook").status_code == 200
    linked.delete("/_fakeayr/links", json={"platform": "threads"})
    assert ask_account(linked, "threads").get_json()["code"] == 156
    linked.link("threads")
    assert ask_account(linked, "threads").get_json()["code"] == 186


def test_a_later_decision_replaces_an_earlier_one(linked: Account) -> None:
    choose_analytics(linked, "threads", outcome="failed", times=5)
    choose_analytics(linked, "threads", outcome="throttled")
    assert ask_account(linked, "threads").status_code == 429
    assert ask_account(linked, "threads").status_code == 200


# Orders.


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, "platform is required."),
        ({"platform": "myspace", "values": {}}, "platform must be one of bluesky,"),
        ({"platform": "threads"}, "Either values or outcome is required."),
        (
            {"platform": "threads", "values": {}, "outcome": "failed"},
            "Either values or outcome is required.",
        ),
        ({"platform": "threads", "outcome": "lost"}, "outcome: Invalid enum value 'lost'."),
        ({"platform": "threads", "outcome": "failed", "times": 0}, "times: Expected `int` >= 1."),
        ({"platform": "threads", "values": {}, "id": "a b"}, "id: Expected `str` matching regex"),
        ({"platform": "threads", "values": {}, "post": "1"}, "Object contains unknown field"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused(
    account: Account, order: dict[str, Any], expected: str
) -> None:
    assert details(account, **order).startswith(expected)


def test_an_unknown_profile_is_refused(account: Account) -> None:
    order = {"platform": "threads", "outcome": "failed", "profileKey": "X"}
    answer = account.post("/_fakeayr/analytics", json=order)
    assert (answer.status_code, answer.get_json()["code"]) == (403, 144)


def test_accounts_do_not_see_each_others_values(account: Account, newer: Account) -> None:
    for one in (account, newer):
        one.link("threads", id="1")
    choose_analytics(account, "threads", values={"followersCount": 12})
    choose_analytics(account, "threads", outcome="failed")
    assert of_account(newer, "threads")["followersCount"] > 1_000
