"""How many posts the networks take in a minute and in 24 hours."""

from typing import Any

import pytest

from tests.support.accounts import Account
from tests.support.posts import (
    IMAGE,
    VIDEO,
    codes,
    decide,
    link_all,
    made,
    published,
    state,
    submit,
)
from tests.support.receivers import advance

MINUTE = 60
DAY = 86_400
VIDEOS: dict[str, Any] = {"mediaUrls": [VIDEO]}
CHRISTMAS = "2022-12-24T06:00:00Z"
REEL: dict[str, Any] = {"faceBookOptions": {"reels": True}, "mediaUrls": [VIDEO]}


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


def fill(account: Account, network: str, count: int, **fields: Any) -> None:
    """Makes so many posts on a network; with `apart`, so many seconds lie between them."""
    apart = fields.pop("apart", 0)
    for number in range(count):
        made(account, network, post=f"Bread {number}", **fields)
        if apart:
            advance(account, apart)


def refused(account: Account, network: str, **fields: Any) -> dict[str, Any]:
    """The error with which a network refuses one more post."""
    response = submit(account, network, post="One more", **fields)
    assert response.status_code == 400
    (error,) = response.get_json()["errors"]
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize(
    ("network", "fields", "limit", "posts"),
    [
        ("instagram", {"mediaUrls": [IMAGE]}, 50, "50 posts"),
        ("linkedin", {}, 150, "150 posts"),
        ("threads", {}, 250, "250 posts"),
        ("facebook", REEL, 30, "30 posts with reels"),
    ],
)
def test_a_network_takes_so_many_posts_in_24_hours(
    account: Account, network: str, fields: dict[str, Any], limit: int, posts: str
) -> None:
    made(account, network, post="The first", **fields)
    advance(account, DAY / 2)
    fill(account, network, limit - 1, **fields)
    error = refused(account, network, **fields)
    assert (error["code"], error["platform"]) == (9400, network)
    assert f"takes at most {posts} in 24 hours" in error["message"]
    assert len(published(account, network)) == limit
    advance(account, DAY / 2)  # Now the first one no longer counts.
    made(account, network, post="One more", **fields)
    assert codes(submit(account, network, post="Another", **fields).get_json()) == {network: 9400}


def test_tiktok_takes_six_posts_in_a_minute_and_fifteen_in_24_hours(account: Account) -> None:
    fill(account, "tiktok", 6, apart=1, **VIDEOS)
    assert "at most 6 posts in a minute" in refused(account, "tiktok", **VIDEOS)["message"]
    advance(account, MINUTE - 6)
    made(account, "tiktok", post="The seventh", **VIDEOS)
    assert refused(account, "tiktok", **VIDEOS)["code"] == 9400  # Five of them lie within it.


def test_tiktoks_day_is_counted_beside_its_minute(account: Account) -> None:
    fill(account, "tiktok", 15, apart=MINUTE, **VIDEOS)
    assert "at most 15 posts in 24 hours" in refused(account, "tiktok", **VIDEOS)["message"]
    advance(account, DAY - 15 * MINUTE)
    made(account, "tiktok", post="Tomorrow's bread", **VIDEOS)


def test_each_profile_and_each_network_counts_for_itself(account: Account) -> None:
    fill(account, "tiktok", 6, **VIDEOS)
    key = account.create_profile()["profileKey"]
    account.link("tiktok", key)
    made(account, "tiktok", profile_key=key, **VIDEOS)
    made(account, "instagram", **VIDEOS)
    post = submit(account, "tiktok", "linkedin", post="Both", **VIDEOS).get_json()
    assert codes(post) == {"tiktok": 9400}
    assert [one["platform"] for one in post["postIds"]] == ["linkedin"]


def test_what_a_network_refused_does_not_count_and_what_was_deleted_does(account: Account) -> None:
    decide(account, "fail", platform="tiktok", times=3)
    for number in range(3):
        submit(account, "tiktok", post=f"Failed {number}", **VIDEOS)
    gone = made(account, "tiktok", post="Deleted", **VIDEOS)["id"]
    account.delete("/api/post", json={"id": gone, "markManualDeleted": True})
    fill(account, "tiktok", 5, **VIDEOS)
    assert refused(account, "tiktok", **VIDEOS)["code"] == 9400


def test_a_scheduled_post_counts_when_it_appears(account: Account) -> None:
    posts = [
        made(account, "tiktok", post=f"Later {number}", scheduleDate=CHRISTMAS, **VIDEOS)["id"]
        for number in range(7)
    ]
    fill(account, "tiktok", 6, **VIDEOS)  # Those that wait do not count yet.
    advance(account, 60 * DAY)
    assert [state(account, one)["status"] for one in posts] == ["success"] * 6 + ["error"]
    assert codes(state(account, posts[-1])) == {"tiktok": 9400}


def test_a_link_may_tell_what_was_used_before(account: Account) -> None:
    account.link("instagram", usedQuota=49)
    (entry,) = made(account, "instagram", mediaUrls=[IMAGE])["postIds"]
    assert entry["usedQuota"] == 50
    assert refused(account, "instagram", mediaUrls=[IMAGE])["code"] == 9400


def test_other_facebook_posts_and_networks_without_a_quota_go_on(account: Account) -> None:
    fill(account, "facebook", 30, **REEL)
    made(account, "facebook", post="No Reel", **VIDEOS)
    fill(account, "bluesky", 260)


def test_quotas_can_be_switched_off(account: Account) -> None:
    account.change(settings={"postQuotas": False})
    fill(account, "tiktok", 20, **VIDEOS)
    fill(account, "instagram", 51, **VIDEOS)
    account.change(settings={"postQuotas": True})
    assert refused(account, "instagram", **VIDEOS)["code"] == 9400
