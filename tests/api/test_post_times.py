"""Posts and time: scheduling, approval, pauses, retries, and what follows a publication."""

from typing import Any

import pytest

from fakeayr.domain import profiles
from fakeayr.domain.posting import changes, shapes
from fakeayr.web.context import context
from tests.support.accounts import Account
from tests.support.clock import ManualClock
from tests.support.posts import (
    IMAGE,
    VIDEO,
    codes,
    decide,
    link_all,
    made,
    platforms,
    published,
    refusal,
    state,
    submit,
)
from tests.support.receivers import Receiver, advance, cause, deliveries

HOUR = 3_600
DAY = 24 * HOUR
IN_AN_HOUR = "2022-11-02T02:03:42Z"
IN_TWO_HOURS = "2022-11-02T03:03:42Z"
PAST = "2022-11-01T00:00:00Z"


@pytest.fixture
def account(account: Account, receiver: Receiver) -> Account:
    """An account with every network linked, and a receiver of the webhook `scheduled`."""
    link_all(account)
    receiver.register(account, "scheduled")
    return account


def later(account: Account, *networks: str, date: str = IN_AN_HOUR, **fields: Any) -> str:
    """Schedules a post, and returns its id."""
    return str(made(account, *networks, scheduleDate=date, **fields)["id"])


def told(receiver: Receiver, account: Account) -> list[dict[str, Any]]:
    """The webhooks that have arrived."""
    deliveries(account)
    return receiver.payloads


# Scheduled.


def test_a_post_is_scheduled(account: Account, receiver: Receiver) -> None:
    response = submit(account, "facebook", scheduleDate=IN_AN_HOUR)
    post = response.get_json()
    assert post == {
        "status": "scheduled",
        "scheduleDate": IN_AN_HOUR,
        "id": post["id"],
        "refId": account.ref_id,
        "post": "Fresh bread",
    }
    row = state(account, post["id"])
    assert (row["status"], row["type"], row["postIds"]) == ("pending", "scheduled", [])
    assert (row["created"], row["scheduleDate"]) == ("2022-11-02T01:03:42.000Z", IN_AN_HOUR)
    advance(account, HOUR - 1)
    assert state(account, post["id"])["status"] == "pending"
    assert published(account, "facebook") == []
    advance(account, 1)
    row = state(account, post["id"])
    assert (row["status"], platforms(row["postIds"])) == ("success", ["facebook"])
    assert published(account, "facebook")[0]["published"] == "2022-11-02T02:03:42.000Z"
    (payload,) = told(receiver, account)
    assert payload == {
        "action": "scheduled",
        "code": 200,
        "created": "2022-11-02T02:03:42Z",
        "errors": [],
        "hookId": payload["hookId"],
        "id": post["id"],
        "postIds": row["postIds"],
        "refId": account.ref_id,
        "status": "success",
        "title": "Primary Profile",
        "url": receiver.url,
    }


@pytest.mark.parametrize("date", ["2022-12-24T06:00:00+01:00", "2022-12-24 06:00", "2022-12-24"])
def test_the_date_is_returned_as_it_was_sent(account: Account, date: str) -> None:
    assert made(account, "facebook", scheduleDate=date)["scheduleDate"] == date


def test_a_past_date_is_now(account: Account, receiver: Receiver) -> None:
    post = made(account, "facebook", scheduleDate=PAST)
    assert (post["status"], platforms(post["postIds"])) == ("success", ["facebook"])
    assert state(account, post["id"])["type"] == "now"
    assert told(receiver, account) == []


def test_a_post_at_once_is_not_told_of(account: Account, receiver: Receiver) -> None:
    decide(account, "slow", platform="facebook", seconds=10)
    made(account, "facebook", "linkedin")
    advance(account, HOUR)
    assert platforms(published(account, "facebook")) == ["facebook"]
    assert told(receiver, account) == []


def test_a_scheduled_post_is_refused_as_a_whole(account: Account, receiver: Receiver) -> None:
    text = "a" * 600
    response = submit(account, "threads", "facebook", post=text, scheduleDate=IN_AN_HOUR)
    post = response.get_json()
    assert (response.status_code, post["status"], post["postIds"]) == (400, "error", [])
    assert codes(post) == {"threads": 132}
    advance(account, 2 * HOUR)
    assert published(account, "facebook") == []
    assert told(receiver, account) == []
    assert state(account, post["id"])["status"] == "error"


def test_the_check_may_be_left_until_it_is_due(account: Account, receiver: Receiver) -> None:
    post_id = later(account, "threads", "facebook", post="a" * 600, validateScheduled=False)
    advance(account, HOUR)
    row = state(account, post_id)
    assert (row["status"], codes(row)) == ("error", {"threads": 132})
    assert platforms(row["postIds"]) == ["facebook"]
    (payload,) = told(receiver, account)
    assert (payload["status"], payload["errors"]) == ("error", row["errors"])
    assert payload["postIds"] == row["postIds"]


@pytest.mark.parametrize(
    ("event", "code"),
    [({"type": "revoke", "platform": "facebook"}, 161), ({"type": "suspend"}, 276)],
)
def test_what_is_lost_before_a_post_is_due_makes_it_fail(
    account: Account, receiver: Receiver, event: dict[str, str], code: int
) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    later(account, "facebook", profile_key=key)
    cause(account, event.pop("type"), profileKey=key, **event)
    advance(account, HOUR)
    (post,) = account.get("/_fakeayr/posts").get_json()["posts"]
    assert (post["status"], codes(post), post["published"]) == ("error", {"facebook": code}, [])
    assert [payload["status"] for payload in told(receiver, account)] == ["error"]


def test_an_unlinked_network_fails_when_the_post_is_due(account: Account) -> None:
    post_id = later(account, "facebook", "bluesky")
    account.delete("/api/profiles/social", json={"platform": "facebook"})
    advance(account, HOUR)
    assert codes(state(account, post_id)) == {"facebook": 156}


def test_the_posts_of_a_deleted_profile_never_appear(account: Account, receiver: Receiver) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    later(account, "facebook", profile_key=key)
    assert account.delete("/api/profiles", json={"profileKey": key}).status_code == 200
    advance(account, HOUR)
    assert published(account, "facebook") == []
    assert told(receiver, account) == []


def test_a_profiles_own_webhook_is_told(account: Account, other_receiver: Receiver) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    other_receiver.register(account, "scheduled", profile_key=key)
    later(account, "facebook", profile_key=key)
    advance(account, HOUR)
    (payload,) = told(other_receiver, account)
    assert payload["title"] == "Mia's Bakery"


def test_posts_appear_in_the_order_of_their_dates(account: Account, receiver: Receiver) -> None:
    second = later(account, "facebook", post="second", date=IN_TWO_HOURS)
    first = later(account, "facebook", post="first")
    third = later(account, "linkedin", post="third", date=IN_TWO_HOURS)
    advance(account, DAY)
    appeared = account.get("/_fakeayr/posts").get_json()["posts"]
    dates = {post["id"]: post["published"][0]["published"] for post in appeared}
    assert dates == {
        first: "2022-11-02T02:03:42.000Z",
        second: "2022-11-02T03:03:42.000Z",
        third: "2022-11-02T03:03:42.000Z",
    }
    sent = [payload["created"] for payload in told(receiver, account)]
    assert sent == sorted(sent)
    assert {payload["id"] for payload in receiver.payloads} == {first, second, third}


def test_real_time_publishes_too(account: Account, receiver: Receiver, clock: ManualClock) -> None:
    post_id = later(account, "facebook")
    clock.advance(seconds=HOUR)
    account.client.get("/_fakeayr/webhooks?wait=1", headers=account.headers)
    receiver.wait(1)
    assert state(account, post_id)["status"] == "success"


# TikTok.


def test_tiktok_names_its_id_later(account: Account, receiver: Receiver) -> None:
    post = made(account, "tiktok", "facebook", mediaUrls=[VIDEO])
    (_, entry) = post["postIds"]
    assert (entry["id"], entry["isVideo"]) == ("pending", True)
    advance(account, 59)
    assert state(account, post["id"])["postIds"][1]["id"] == "pending"
    advance(account, 61)
    named = state(account, post["id"])["postIds"][1]
    assert named["id"].isdecimal()
    assert named["postUrl"].endswith(named["id"])
    (payload,) = told(receiver, account)
    assert payload["subAction"] == "tikTokPublished"
    assert (payload["id"], payload["postIds"]) == (post["id"], [named])


def test_a_scheduled_tiktok_post_is_told_of_twice(account: Account, receiver: Receiver) -> None:
    later(account, "tiktok", mediaUrls=[VIDEO])
    advance(account, HOUR + 121)
    first, second = told(receiver, account)
    assert "subAction" not in first
    assert first["postIds"][0]["id"] == "pending"
    assert second["subAction"] == "tikTokPublished"


def test_an_id_may_stay_unknown(account: Account, receiver: Receiver) -> None:
    decide(account, "pending", platform="tiktok")
    post = made(account, "tiktok", mediaUrls=[VIDEO])
    advance(account, DAY)
    assert state(account, post["id"])["postIds"][0]["id"] == "pending"
    assert told(receiver, account) == []


# Slow networks, first comments.


def test_a_slow_network_takes_its_time(account: Account, receiver: Receiver) -> None:
    decide(account, "slow", platform="facebook", seconds=30)
    post_id = later(account, "facebook", "linkedin")
    advance(account, HOUR)
    row = state(account, post_id)
    assert (row["status"], platforms(row["postIds"])) == ("processing", ["linkedin"])
    assert told(receiver, account) == []
    advance(account, 30)
    row = state(account, post_id)
    assert (row["status"], platforms(row["postIds"])) == ("success", ["facebook", "linkedin"])
    (payload,) = told(receiver, account)
    assert platforms(payload["postIds"]) == ["facebook", "linkedin"]


def test_a_link_may_be_lost_while_the_network_takes_its_time(account: Account) -> None:
    decide(account, "slow", platform="facebook")
    post = made(account, "facebook")
    cause(account, "revoke", platform="facebook")
    advance(account, 60)
    row = state(account, post["id"])
    assert (row["status"], codes(row)) == ("error", {"facebook": 161})


def test_a_first_comment_follows(account: Account) -> None:
    comment = {"comment": "Come early", "mediaUrls": [IMAGE]}
    made(account, "facebook", "bluesky", "pinterest", firstComment=comment, mediaUrls=[IMAGE])
    advance(account, 19)
    assert "firstComment" not in published(account, "facebook")[0]
    advance(account, 1)
    seen = published(account, "facebook")[0]["firstComment"]
    assert seen == {
        "id": seen["id"],
        "comment": "Come early",
        "mediaUrls": [IMAGE],
        "published": "2022-11-02T01:04:02.000Z",
    }
    assert published(account, "bluesky")[0]["firstComment"]["mediaUrls"] == []
    assert "firstComment" not in published(account, "pinterest")[0]


def test_tiktoks_first_comment_needs_longer(account: Account) -> None:
    made(account, "tiktok", firstComment={"comment": "Come early"}, mediaUrls=[VIDEO])
    advance(account, 89)
    assert "firstComment" not in published(account, "tiktok")[0]
    advance(account, 1)
    assert published(account, "tiktok")[0]["firstComment"]["comment"] == "Come early"


def test_a_deleted_post_gets_no_comment(account: Account) -> None:
    post = made(account, "facebook", firstComment={"comment": "Come early"})
    account.delete("/api/post", json={"id": post["id"]})
    advance(account, 60)
    assert "firstComment" not in published(account, "facebook")[0]


# Approval and pauses.


def test_a_post_waits_for_its_approval(account: Account, receiver: Receiver) -> None:
    response = submit(account, "facebook", requiresApproval=True, scheduleDate=IN_AN_HOUR)
    post = response.get_json()
    assert (response.status_code, post["status"]) == (200, "awaiting approval")
    assert post["scheduleDate"] == IN_AN_HOUR
    row = state(account, post["id"])
    assert (row["status"], row["requiresApproval"], row["approved"]) == (
        "awaiting approval",
        True,
        False,
    )
    approved = account.patch("/api/post", json={"id": post["id"], "approved": True})
    assert approved.get_json()["status"] == "success"
    row = state(account, post["id"])
    assert (row["status"], row["approved"]) == ("pending", True)
    assert row["approvedDate"] == "2022-11-02T01:03:42.000Z"
    advance(account, HOUR)
    assert state(account, post["id"])["status"] == "success"
    assert len(told(receiver, account)) == 1


@pytest.mark.parametrize("date", [None, PAST])
def test_what_is_approved_without_a_future_date_goes_out_at_once(
    account: Account, receiver: Receiver, date: str | None
) -> None:
    post = made(account, "facebook", requiresApproval=True, scheduleDate=date)
    assert ("scheduleDate" in post) == (date is not None)
    advance(account, HOUR)
    assert state(account, post["id"])["status"] == "awaiting approval"
    approved = account.patch("/api/post", json={"id": post["id"], "approved": True}).get_json()
    assert platforms(approved["postIds"]) == ["facebook"]
    assert state(account, post["id"])["status"] == "success"
    assert told(receiver, account) == []


def test_a_post_is_approved_after_its_date(account: Account, receiver: Receiver) -> None:
    post_id = later(account, "facebook", requiresApproval=True)
    advance(account, 2 * HOUR)
    account.patch("/api/post", json={"id": post_id, "approved": True})
    assert state(account, post_id)["status"] == "success"
    assert [payload["status"] for payload in told(receiver, account)] == ["success"]


def test_a_paused_post_rests(account: Account, receiver: Receiver) -> None:
    post_id = later(account, "facebook")
    paused = {"id": post_id, "scheduledPause": True}
    assert account.patch("/api/post", json=paused).status_code == 200
    advance(account, DAY)
    assert state(account, post_id)["status"] == "paused"
    account.patch("/api/post", json={"id": post_id, "scheduledPause": False})
    assert state(account, post_id)["status"] == "success"
    assert len(told(receiver, account)) == 1


def test_a_post_that_goes_on_before_its_date_is_pending(account: Account) -> None:
    post_id = later(account, "facebook")
    for paused, status in ((True, "paused"), (False, "pending")):
        account.patch("/api/post", json={"id": post_id, "scheduledPause": paused})
        assert state(account, post_id)["status"] == status


# Retries.


def test_a_failed_post_is_retried_once(account: Account, receiver: Receiver) -> None:
    decide(account, "fail", platform="facebook")
    decide(account, "fail", platform="facebook")
    post = submit(account, "facebook", "linkedin").get_json()
    retry = account.put("/api/post/retry", json={"id": post["id"]})
    assert retry.get_json() == {"status": "success", "id": post["id"], "refId": account.ref_id}
    (payload,) = told(receiver, account)
    assert payload["status"] == "error"
    row = state(account, post["id"])
    assert (row["status"], row["type"]) == ("error", "scheduled")
    assert row["postIds"] == post["postIds"]
    assert refusal(account.put("/api/post/retry", json={"id": post["id"]})) == (400, 9400)


def test_a_retried_post_has_no_errors_while_it_waits(account: Account) -> None:
    decide(account, "fail", platform="facebook")
    post = submit(account, "facebook", "linkedin").get_json()
    with account.client.application.app_context():
        tenant = context().world.tenant(account.api_key)
        assert tenant is not None
        primary = profiles.get(tenant, account.api_key)
        row = shapes.history(changes.retry(tenant, primary, post["id"]))
    assert (row["status"], row["errors"], row["postIds"]) == ("pending", [], post["postIds"])


def test_a_retry_may_succeed(account: Account, receiver: Receiver) -> None:
    decide(account, "fail", platform="facebook", retryAvailable=True)
    post = submit(account, "facebook", "linkedin").get_json()
    assert post["errors"][0]["retryAvailable"] is True
    account.put("/api/post/retry", json={"id": post["id"]})
    (payload,) = told(receiver, account)
    row = state(account, post["id"])
    assert (payload["status"], row["status"], row["errors"]) == ("success", "success", [])
    assert platforms(row["postIds"]) == ["facebook", "linkedin"]
    assert len(published(account, "linkedin")) == 1


@pytest.mark.parametrize("fields", [{}, {"scheduleDate": IN_AN_HOUR}, {"requiresApproval": True}])
def test_only_what_failed_is_retried(account: Account, fields: dict[str, Any]) -> None:
    post_id = made(account, "facebook", **fields)["id"]
    assert refusal(account.put("/api/post/retry", json={"id": post_id})) == (400, 9400)
    unknown = account.put("/api/post/retry", json={"id": "AAAAAAAAAAAAAAAAAAAA"})
    assert refusal(unknown) == (400, 221)


# Series and auto schedules.


def test_a_post_is_repeated(account: Account, receiver: Receiver) -> None:
    response = submit(account, "facebook", autoRepost={"repeat": 3, "days": 2})
    body = response.get_json()
    assert (response.status_code, body["status"]) == (200, "scheduled")
    assert [post["status"] for post in body["posts"]] == ["success", "scheduled", "scheduled"]
    assert {post["autoRepostId"] for post in body["posts"]} == {body["autoRepostId"]}
    dates = [post.get("scheduleDate") for post in body["posts"]]
    assert dates == [None, "2022-11-04T01:03:42Z", "2022-11-06T01:03:42Z"]
    advance(account, 5 * DAY)
    assert len(published(account, "facebook")) == 3
    assert [payload["status"] for payload in told(receiver, account)] == ["success"] * 2


def test_a_series_may_begin_later(account: Account) -> None:
    series = {"repeat": 2, "days": 3, "startDate": "2022-12-24T06:00:00Z"}
    posts = submit(account, "facebook", autoRepost=series).get_json()["posts"]
    dates = [post["scheduleDate"] for post in posts]
    assert dates == ["2022-12-24T06:00:00Z", "2022-12-27T06:00:00Z"]


def test_a_series_that_should_have_begun_begins_now(account: Account) -> None:
    series = {"repeat": 3, "days": 2, "startDate": "2020-01-01T00:00:00Z"}
    posts = submit(account, "facebook", autoRepost=series).get_json()["posts"]
    assert [post["status"] for post in posts] == ["success", "scheduled", "scheduled"]
    dates = [post.get("scheduleDate") for post in posts]
    assert dates == [None, "2022-11-04T01:03:42Z", "2022-11-06T01:03:42Z"]


def test_a_series_of_a_user_profile_is_wrapped_flat(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    series = {"repeat": 2, "days": 3}
    body = submit(account, "facebook", autoRepost=series, profile_key=key).get_json()
    assert body["status"] == "success"
    assert [post["status"] for post in body["posts"]] == ["success", "scheduled"]


def test_posts_take_the_next_free_place(account: Account) -> None:
    account.post("/api/auto-schedule", json={"schedule": ["06:00Z", "13:05z"], "title": "bakery"})
    wish = {"schedule": True, "title": "bakery"}
    dates = [
        made(account, "facebook", post=f"bread {number}", autoSchedule=wish)["scheduleDate"]
        for number in range(3)
    ]
    assert dates == ["2022-11-02T06:00:00Z", "2022-11-02T13:05:00Z", "2022-11-03T06:00:00Z"]
    advance(account, 5 * HOUR)
    assert len(published(account, "facebook")) == 1
    schedules = account.get("/api/auto-schedule").get_json()["schedules"]
    assert schedules["bakery"]["lastScheduleDate"] == dates[-1]


def test_a_refused_post_leaves_its_place_free(account: Account) -> None:
    account.post("/api/auto-schedule", json={"schedule": ["06:00Z"]})
    text = "a" * 600
    assert submit(account, "threads", post=text, autoSchedule=True).status_code == 400
    post = made(account, "threads", autoSchedule={"schedule": True})
    assert post["scheduleDate"] == "2022-11-02T06:00:00Z"


def test_older_clients_name_the_schedule_beside_it(account: Account) -> None:
    account.post("/api/auto-schedule", json={"schedule": ["06:00Z"], "title": "bakery"})
    fields = {"autoSchedule": True, "autoScheduleTitle": "bakery"}
    assert made(account, "facebook", **fields)["scheduleDate"] == "2022-11-02T06:00:00Z"
    response = submit(account, "facebook", post="b", autoSchedule={"title": "Bakery"})
    assert refusal(response) == (400, 192)
