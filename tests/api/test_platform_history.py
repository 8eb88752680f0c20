"""GET /api/history/:platform: what a profile has on a network."""

from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.analytics import HISTORY_FIELDS
from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START
from tests.support.publishing import (
    advance,
    choose_analytics,
    delete_post,
    live_id,
    publish,
)

DAY: Final = 86_400
VIDEO: Final = "https://media.example/bread.mp4"
IMAGE: Final = "https://media.example/bread.jpg"
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "youtube": {"title": "Bread"},
    "pinterest": {"thumbNail": IMAGE},
}
TEXTS: Final = ["Rye bread", "A poppy seed roll", "Who wants a croissant?", "Pretzels", "Cake"]


def ask(
    account: Account, platform: str, profile_key: str | None = None, **query: Any
) -> TestResponse:
    """Asks what a profile has on a network."""
    return account.get(f"/api/history/{platform}", query_string=query, profile_key=profile_key)


def listed(account: Account, platform: str, **query: Any) -> dict[str, Any]:
    """What a profile has on a network."""
    answer = ask(account, platform, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def texts(account: Account, platform: str, **query: Any) -> list[str]:
    """The texts of what a profile has on a network."""
    return [row["post"] for row in listed(account, platform, **query)["posts"]]


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The message of a refusal, with its details."""
    body = answer.get_json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, "error")
    return f"{body['message']} {body.get('details', '')}".strip()


@pytest.fixture
def linked(account: Account) -> Account:
    """An account whose primary profile has every network."""
    for network in NETWORKS:
        account.link(network)
    return account


@pytest.mark.parametrize("network", HISTORY_FIELDS)
def test_each_network_lists_what_was_published(linked: Account, network: str) -> None:
    post = publish(linked, network, media=[VIDEO], options=OPTIONS)
    advance(linked, DAY)
    found = listed(linked, network)
    assert found.keys() == {"status", "posts", "meta", "lastUpdated", "nextUpdate"}
    assert (found["status"], found["meta"]) == ("success", {"pagination": {"hasMore": False}})
    assert found["lastUpdated"] == "2022-11-03T01:03:42.000Z"
    assert found["nextUpdate"] == "2022-11-03T01:04:42.000Z"
    (row,) = found["posts"]
    assert row["id"] == live_id(linked, post, network)
    for one in HISTORY_FIELDS[network]:
        value = row
        for name in one.path:
            value = value[name]


def test_numbers_are_those_of_the_analytics(linked: Account) -> None:
    post = publish(linked, "facebook")
    advance(linked, 20 * DAY)
    (row,) = listed(linked, "facebook")["posts"]
    body: dict[str, Any] = {"id": post.id}
    report = linked.post("/api/analytics/post", json=body).get_json()["facebook"]
    for name in ("likeCount", "commentsCount", "sharesCount"):  # Of a small post some stay 0.
        assert row[name] == report["analytics"][name]
    assert row["likeCount"] > 0


def test_numbers_can_be_left_out(linked: Account) -> None:
    publish(linked, "twitter")
    (row,) = listed(linked, "twitter", skipAnalytics="true")["posts"]
    assert row.keys() == {"authorId", "created", "editHistoryTweetIds", "id", "post", "postUrl"}


def test_nothing_published_is_an_empty_list(linked: Account) -> None:
    assert listed(linked, "threads")["posts"] == []


def test_what_is_not_on_the_network_is_not_listed(linked: Account) -> None:
    publish(linked, "linkedin", text=TEXTS[0])
    publish(linked, "facebook", text=TEXTS[1], scheduled=START + DAY)
    gone = publish(linked, "facebook", text=TEXTS[2])
    other = linked.create_profile()["profileKey"]
    linked.link("facebook", other)
    publish(linked, "facebook", text=TEXTS[3], profile_key=other)
    assert texts(linked, "facebook") == [TEXTS[2]]
    delete_post(linked, gone)
    assert texts(linked, "facebook") == []
    assert ask(linked, "facebook", other).get_json()["posts"][0]["post"] == TEXTS[3]


def test_the_one_that_was_published_last_comes_first(linked: Account) -> None:
    publish(linked, "threads", text=TEXTS[0], scheduled=START + 2 * DAY)
    advance(linked, DAY)
    publish(linked, "threads", text=TEXTS[1])
    advance(linked, 2 * DAY)
    assert texts(linked, "threads") == [TEXTS[0], TEXTS[1]]


def test_pages_follow_each_other(linked: Account) -> None:
    for text in TEXTS:
        publish(linked, "threads", text=text)
        advance(linked, 60)
    found, query = [], {"limit": 2}
    while True:
        page = listed(linked, "threads", **query)
        found.append([row["post"] for row in page["posts"]])
        if not page["meta"]["pagination"]["hasMore"]:
            break
        query["next"] = page["meta"]["pagination"]["next"]
    assert found == [TEXTS[4:2:-1], TEXTS[2:0:-1], TEXTS[:1]]
    assert "next" not in page["meta"]["pagination"]


def test_posts_of_one_instant_are_each_on_one_page(linked: Account) -> None:
    for text in TEXTS:
        publish(linked, "threads", text=text)
    first = listed(linked, "threads", limit=3)
    rest = texts(linked, "threads", limit=3, next=first["meta"]["pagination"]["next"])
    assert sorted([*(row["post"] for row in first["posts"]), *rest]) == sorted(TEXTS)


def test_ten_are_listed_unless_more_are_wanted(linked: Account) -> None:
    for letter in "abcdefghijk":
        publish(linked, "threads", text=letter * 9)
    assert len(listed(linked, "threads")["posts"]) == 10
    assert len(listed(linked, "threads", limit=500)["posts"]) == 11


def test_dates_narrow_the_list(linked: Account) -> None:
    for text in TEXTS[:3]:
        publish(linked, "threads", text=text)
        advance(linked, DAY)
    assert texts(linked, "threads", since="2022-11-03T01:03:42Z") == [TEXTS[2], TEXTS[1]]
    assert texts(linked, "threads", until="2022-11-03T01:03:42Z") == [TEXTS[1], TEXTS[0]]
    both = {"since": "2022-11-03", "until": "2022-11-04"}
    assert texts(linked, "threads", **both) == [TEXTS[1]]


def test_stories_are_listed_apart(linked: Account) -> None:
    for text in TEXTS[:3]:
        publish(linked, "instagram", text=text, media=[IMAGE])
    story = {"instagram": {"stories": True}}
    publish(linked, "instagram", text=TEXTS[3], media=[IMAGE], options=story)
    assert texts(linked, "instagram", dataType="stories") == [TEXTS[3]]
    assert sorted(texts(linked, "instagram", dataType="posts")) == sorted(TEXTS[:3])
    page = listed(linked, "instagram", limit=3)
    assert not page["meta"]["pagination"]["hasMore"]


def test_the_official_sdks_spelling_is_the_same(linked: Account) -> None:
    publish(linked, "threads", text=TEXTS[0])
    assert texts(linked, "threads", id="threads", source="python") == [TEXTS[0]]


def test_nobody_elses_posts_are_in_the_fake(linked: Account) -> None:
    publish(linked, "twitter")
    assert listed(linked, "twitter", userName="mia")["posts"] == []
    key = linked.create_profile()["profileKey"]
    answer = ask(linked, "twitter", key, userId="1")
    assert refused(answer, 400, 101).endswith("userId and userName do not go with Profile-Key.")
    answer = ask(linked, "threads", userId="1")
    assert refused(answer, 400, 101).endswith("userId and userName are for twitter only.")


@pytest.mark.parametrize(
    ("network", "name"),
    [("gmb", "Google Business Profile"), ("reddit", "Reddit"), ("telegram", "Telegram")],
)
def test_three_networks_are_not_covered(linked: Account, network: str, name: str) -> None:
    assert refused(ask(linked, network), 400, 9400) == f"{name} has no analytics."


def test_a_network_that_is_not_linked_is_refused(account: Account) -> None:
    assert refused(ask(account, "threads"), 400, 156).startswith("Threads does not seem to be")


def test_a_network_that_fails_leaves_an_error_in_the_place_of_a_row(linked: Account) -> None:
    for text in TEXTS[:2]:
        publish(linked, "threads", text=text)
        advance(linked, 60)
    choose_analytics(linked, "threads", outcome="failed")
    found = listed(linked, "threads")
    assert found["status"] == "partial"
    error, row = found["posts"]
    assert (error["status"], error["code"]) == ("error", 187)
    assert "id" not in error
    assert row["post"] == TEXTS[0]
    assert listed(linked, "threads")["status"] == "success"


def test_a_network_that_throttles_is_told(linked: Account) -> None:
    publish(linked, "facebook")
    choose_analytics(linked, "facebook", outcome="throttled")
    assert listed(linked, "facebook", skipAnalytics="true")["status"] == "success"
    assert "Facebook limits" in refused(ask(linked, "facebook"), 429, 444)
    assert listed(linked, "facebook")["status"] == "success"


@pytest.mark.parametrize(
    ("query", "start"),
    [
        ({"limit": 0}, "limit: "),
        ({"limit": 501}, "limit: "),
        ({"limit": "many"}, "limit: "),
        ({"since": "yesterday"}, "since holds yesterday, which is no date"),
        ({"until": "9999999999999999"}, "until holds "),
        ({"next": "x"}, "next must be the next of an earlier response."),
        ({"next": "\N{BREAD}"}, "next must be the next of an earlier response."),
        ({"next": "e30"}, "next must be the next of an earlier response."),
        ({"dataType": "reels"}, "dataType: "),
        ({"skipAnalytics": "perhaps"}, "skipAnalytics: "),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(
    linked: Account, query: dict[str, Any], start: str
) -> None:
    answer = ask(linked, "threads", **query)
    refused(answer, 400, 101)
    assert answer.get_json()["details"].startswith(start)


@pytest.mark.parametrize(("plan", "status"), [("free", 403), ("premium", 200)])
def test_the_plan_decides(open_account: OpenAccount, plan: str, status: int) -> None:
    account = open_account(plan=plan)
    account.link("threads")
    assert ask(account, "threads").status_code == status


def test_x_wants_its_apps_credentials_in_the_newer_age(newer: Account) -> None:
    newer.link("twitter")
    refused(ask(newer, "twitter"), 400, 419)
