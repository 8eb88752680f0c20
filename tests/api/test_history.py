"""GET /history and GET /history/:id."""

from typing import Any

import pytest

from fakeayr.domain.posting.posts import PostFilter
from fakeayr.store.sqlite import SqliteStore
from tests.support.accounts import Account
from tests.support.posts import decide, link_all, made, refusal, submit
from tests.support.receivers import advance

DAY = 86_400
LATER = "2022-12-24T06:00:00Z"


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


def history(account: Account, profile_key: str | None = None, **query: Any) -> list[dict[str, Any]]:
    """The rows of GET /history; empty if there is nothing to show."""
    response = account.get("/api/history", query_string=query, profile_key=profile_key)
    body = response.get_json()
    if response.status_code == 400:
        assert body["history"]["code"] == 221, body
        return []
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = body["history"]
    assert body["count"] == len(rows)
    return rows


def ids(account: Account, profile_key: str | None = None, **query: Any) -> list[str]:
    """The ids of the rows."""
    return [row["id"] for row in history(account, profile_key, **query)]


def test_nothing_to_show_is_an_error_below_history(account: Account) -> None:
    response = account.get("/api/history")
    assert response.status_code == 400
    assert response.get_json() == {
        "history": {
            "action": "get",
            "status": "error",
            "code": 221,
            "message": "History not found",
        },
        "count": 0,
    }


def test_posts_are_listed_the_newest_first(account: Account) -> None:
    made_ids = [made(account, "facebook", post=f"bread {number}")["id"] for number in range(3)]
    body = account.get("/api/history").get_json()
    assert [row["id"] for row in body["history"]] == made_ids[::-1]
    assert body["history"][0] == account.get(f"/api/history/{made_ids[2]}").get_json()
    assert {name: value for name, value in body.items() if name != "history"} == {
        "refId": account.ref_id,
        "count": 3,
        "lastUpdated": "2022-11-02T01:03:42.000Z",
        "nextUpdate": "2022-11-02T01:03:42.000Z",
    }


def test_long_histories_come_from_a_cache(account: Account) -> None:
    made(account, "facebook")
    body = account.get("/api/history?limit=26").get_json()
    assert body["nextUpdate"] == "2022-11-02T01:04:42.000Z"


def test_a_profile_sees_its_own_posts(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    own = made(account, "facebook", profile_key=key)["id"]
    other = made(account, "facebook")["id"]
    assert ids(account, key) == ids(account, profileKey=key) == [own]
    assert ids(account) == [other]
    assert refusal(account.get(f"/api/history/{own}")) == (400, 221)
    found = account.get(f"/api/history/{own}?searchAllPosts=true").get_json()
    assert (found["id"], found["profileTitle"]) == (own, "Mia's Bakery")


def test_filters_can_be_combined(account: Account) -> None:
    now = made(account, "facebook")["id"]
    later = made(account, "linkedin", "facebook", post="later", scheduleDate=LATER)["id"]
    third = made(account, "bluesky", scheduleDate=LATER)["id"]
    gone = made(account, "linkedin", post="gone", scheduleDate=LATER)["id"]
    account.delete("/api/post", json={"id": gone})
    decide(account, "fail", platform="threads")
    failed = submit(account, "threads").get_json()["id"]
    everything = [failed, third, later, now]
    for query, wanted in (
        ({}, everything),
        ({"limit": 2}, everything[:2]),
        ({"lastRecords": 1}, everything[:1]),
        ({"limit": 3, "lastRecords": 1}, everything[:3]),
        ({"limit": 0}, []),
        ({"status": "success"}, [now]),
        ({"status": "error"}, [failed]),
        ({"status": "pending"}, [third, later]),
        ({"status": "deleted"}, [gone]),
        ({"status": "paused"}, []),
        ({"type": "immediate"}, [failed, now]),
        ({"type": "now"}, [failed, now]),
        ({"type": "scheduled"}, [third, later]),
        ({"platforms": "linkedin"}, [later]),
        ({"platforms": "linkedin,bluesky"}, [third, later]),
        ({"platforms": ["linkedin", "bluesky"]}, [third, later]),
        ({"platforms[0]": "facebook", "platforms[1]": "bluesky"}, [third, later, now]),
        ({"platform": "bluesky"}, [third]),
        ({"type": "scheduled", "platforms": "facebook"}, [later]),
    ):
        assert ids(account, **query) == wanted, query


def test_dates_choose_by_when_a_post_was_submitted(account: Account) -> None:
    old = made(account, "facebook", post="old")["id"]
    advance(account, 40 * DAY)
    new = made(account, "facebook", post="new")["id"]
    for query, wanted in (
        ({}, [new]),
        ({"lastDays": 41}, [new, old]),
        ({"lastDays": 0}, [new, old]),
        ({"startDate": "2022-11-01", "endDate": "2022-12-31"}, [new, old]),
        ({"startDate": "2022-11-01", "endDate": "2022-11-03"}, [old]),
        ({"startDate": "2022-11-02T01:03:42Z", "endDate": "2022-11-02T01:03:42Z"}, [old]),
        ({"startDate": "2022-11-01"}, [new]),
        ({"startDate": "2022-11-01", "lastDays": 0}, [new, old]),
        ({"startDate": "2023-01-01", "lastDays": 0}, []),
        ({"endDate": "2022-11-03", "lastDays": 0}, [old]),
        ({"endDate": "2022-11-03"}, []),
    ):
        assert ids(account, **query) == wanted, query


def test_a_series_is_listed_by_its_id(account: Account) -> None:
    made(account, "facebook")
    series = submit(account, "linkedin", autoRepost={"repeat": 2, "days": 2}).get_json()
    posts = [post["id"] for post in series["posts"]][::-1]
    assert ids(account, autoRepostId=series["autoRepostId"]) == posts
    assert ids(account, autoRepostId="all") == posts
    assert ids(account, autoRepostId="AAAAAAAAAAAAAAAAAAAA") == []
    (row,) = history(account, limit=1)
    assert row["autoRepostId"] == series["autoRepostId"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "1001"},
        {"limit": "-1"},
        {"limit": "many"},
        {"lastRecords": "1001"},
        {"lastDays": "-1"},
        {"lastDays": "x"},
        {"startDate": "yesterday"},
        {"endDate": ""},
        {"endDate": "9999-12-31"},
        {"status": "scheduled"},
        {"status": ""},
        {"type": "later"},
        {"platforms": "friendster"},
        {"platform": "facebook,friendster"},
    ],
)
def test_a_wrong_parameter_is_refused(account: Account, query: dict[str, str]) -> None:
    assert refusal(account.get("/api/history", query_string=query)) == (400, 101)


@pytest.mark.parametrize("post_id", ["x", "AAAAAAAAAAAAAAAAAAAA", "%00", "a%20b", "\u2665" * 50])
def test_an_unknown_id_is_refused(account: Account, post_id: str) -> None:
    for path in ("history", "post"):
        assert refusal(account.get(f"/api/{path}/{post_id}")) == (400, 221)


def test_25_posts_are_listed_unless_more_are_asked_for(account: Account) -> None:
    for number in range(30):
        made(account, "telegram", post=f"bread {number}")
    assert len(ids(account)) == 25
    assert len(ids(account, limit=1000)) == 30


def test_a_network_that_is_named_often_is_looked_up_once(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(account, "facebook", "telegram")
    looked_up: list[str | None] = []
    find = SqliteStore._find_posts

    def counting(
        self: SqliteStore, key: str, wanted: PostFilter, network: str | None = None
    ) -> Any:
        looked_up.append(network)
        return find(self, key, wanted, network)

    monkeypatch.setattr(SqliteStore, "_find_posts", counting)
    names = ",".join(["facebook", "telegram"] * 3_000)
    assert len(ids(account, platforms=names, platform="facebook")) == 1
    assert looked_up == ["facebook", "telegram"]
