"""Posts on each database: restarts, several servers, and texts that a database may not like."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fakeayr.store.opening import open_store
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.posts import codes, decide, link_all, made, published, state, submit
from tests.support.receivers import Receiver, deliveries

IN_AN_HOUR = "2022-11-02T02:03:42Z"
HOUR = 3_600
ODD = ["\x00", "a\x00b", "\u2028", "\U0001f35e" * 50, "'; DROP TABLE posts; --", "%", "\ufeff"]


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.outside("postgres", "setpriv"))]
)
def database_state(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where servers keep their state."""
    if request.param == "postgres":
        return str(request.getfixturevalue("database"))
    return str(tmp_path / "state")


@pytest.fixture
def start(database_state: str, new_app: NewApp, clock: ManualClock) -> Callable[[], Any]:
    """Starts another server on the same state."""
    return lambda: new_app(store=open_store(database_state), clock=clock)


@pytest.fixture
def account(start: Callable[[], Any]) -> Account:
    """An account with every network linked."""
    account = Account.open(start().test_client(), {})
    link_all(account)
    return account


def at(server: Any, account: Account) -> Account:
    """The account as another server has it."""
    return Account(
        api_key=account.api_key,
        domain=account.domain,
        private_key=account.private_key,
        ref_id=account.ref_id,
        plan=account.plan,
        max_pack=account.max_pack,
        client=server.test_client(),
    )


def test_a_post_appears_though_its_server_was_restarted(
    start: Callable[[], Any], clock: ManualClock, receiver: Receiver
) -> None:
    first = start()
    account = Account.open(first.test_client(), {})
    account.link("facebook")
    receiver.register(account, "scheduled")
    post_id = made(account, "facebook", scheduleDate=IN_AN_HOUR)["id"]
    first.close()
    clock.advance(seconds=HOUR + 5)
    account = at(start(), account)
    receiver.wait(1)  # Before anybody asks.
    deliveries(account)
    assert state(account, post_id)["status"] == "success"
    assert len(published(account, "facebook")) == len(receiver.requests) == 1


def test_servers_publish_each_post_once(
    start: Callable[[], Any], account: Account, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.register(account, "scheduled")
    servers = [account, at(start(), account), at(start(), account)]
    decide(account, "fail", platform="linkedin", times=5)
    ids = [
        made(
            servers[number % 3],
            "facebook",
            "linkedin",
            post=f"bread number {number}",
            scheduleDate=IN_AN_HOUR,
        )["id"]
        for number in range(60)
    ]
    clock.advance(seconds=HOUR)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(deliveries, servers))
    assert Counter(payload["id"] for payload in receiver.payloads) == dict.fromkeys(ids, 1)
    assert len(published(account, "facebook")) == 60
    assert len(published(account, "linkedin")) == 55
    statuses = Counter(payload["status"] for payload in receiver.payloads)
    assert statuses == {"success": 55, "error": 5}
    rows = account.get("/api/history?limit=1000").get_json()["history"]
    assert [row["id"] for row in rows] == ids[::-1]


def test_advancing_the_clock_publishes_each_post_once(
    start: Callable[[], Any], account: Account, receiver: Receiver
) -> None:
    receiver.register(account, "scheduled")
    servers = [account, at(start(), account)]
    for number in range(10):
        made(servers[number % 2], "facebook", post=f"b {number}", scheduleDate=IN_AN_HOUR)

    def advance(server: Account) -> None:
        answer = server.post("/_fakeayr/clock", json={"advance": HOUR})
        assert answer.status_code == 200

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(advance, servers))
    deliveries(account)
    assert len(published(account, "facebook")) == len(receiver.requests) == 10


def test_an_idempotency_key_works_once_whoever_is_called(
    start: Callable[[], Any], account: Account
) -> None:
    servers = [account, at(start(), account)] * 4

    def post(server: Account) -> int:
        return submit(server, "telegram", idempotencyKey="k").status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(post, servers))
    assert statuses == {200: 1, 400: 7}
    assert len(published(account, "telegram")) == 1


def test_a_duplicate_is_found_whoever_is_called(start: Callable[[], Any], account: Account) -> None:
    other = at(start(), account)
    made(account, "facebook")
    assert codes(submit(other, "facebook").get_json()) == {"facebook": 137}


def test_a_quota_counts_on_every_server(start: Callable[[], Any], account: Account) -> None:
    account.change(settings={"monthlyPostQuota": 3})
    servers = [account, at(start(), account)] * 4

    def post(numbered: tuple[int, Account]) -> int:
        number, server = numbered
        return submit(server, "telegram", post=f"bread {number}").status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(post, enumerate(servers)))
    assert statuses == {200: 3, 429: 5}


@pytest.mark.parametrize("odd", ODD)
def test_no_text_breaks_a_database(account: Account, odd: str) -> None:
    refusals = {200, 400, 404}
    post: dict[str, Any] = {"post": odd, "platforms": ["telegram"], "notes": odd}
    response = account.post("/api/post", json={**post, "idempotencyKey": odd})
    assert response.status_code == 200, response.text
    assert state(account, response.get_json()["id"])["notes"] == odd
    assert account.post("/api/post", json={**post, "idempotencyKey": odd}).status_code == 400
    assert published(account, "telegram")[0]["post"] == odd
    for method, path, body in (
        ("DELETE", "/api/post", {"id": odd}),
        ("DELETE", "/api/post", {"bulk": [odd]}),
        ("PATCH", "/api/post", {"id": odd, "notes": odd}),
        ("PUT", "/api/post/retry", {"id": odd}),
        ("POST", "/api/auto-schedule", {"title": odd, "schedule": ["06:00Z"]}),
        ("DELETE", "/api/auto-schedule", {"title": odd}),
        ("POST", "/api/validate/post", {"post": odd, "platforms": ["telegram"]}),
        ("POST", "/_fakeayr/publications", {"outcome": "fail", "message": odd}),
    ):
        called = account.call(method, path, json=body)
        assert called.status_code in refusals | {201}, (method, path, called.text)
    for query in ({"autoRepostId": odd}, {"status": odd}, {"platforms": odd}, {"startDate": odd}):
        listed = account.get("/api/history", query_string=query)
        assert listed.status_code == 400, query
    for key in ({"profileKey": odd}, {"profileKeys": [odd]}):
        assert account.post("/api/post", json={**post, **key}).status_code == 403
