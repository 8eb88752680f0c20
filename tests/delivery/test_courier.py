"""Who sends what is in the outbox: threads that end, and processes that may end at any moment."""

import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.notifications.outbox import LEASE_SECONDS
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import development
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.receivers import (
    Receiver,
    closed_port,
    deliveries,
    register,
    statuses,
)
from tests.support.servers import development_headers, eventually, start


def senders() -> list[str]:
    """Names of the threads that send, or wait for something to send."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("fakeayr-courier", "fakeayr-delivery"))]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Deliveries of earlier tests may still be under way."""
    eventually(lambda: senders() == [])


# Threads.


def test_an_app_without_anything_to_send_starts_no_thread(account: Account) -> None:
    account.link("facebook")
    assert senders() == []


def test_threads_end_when_everything_is_sent(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    for network in NETWORKS:
        account.link(network)
    assert len(deliveries(account)) == len(NETWORKS)
    eventually(lambda: senders() == [])
    account.link("facebook")
    assert len(deliveries(account)) == len(NETWORKS) + 1
    assert len(receiver.requests) == len(NETWORKS) + 1


def test_an_app_that_is_closed_leaves_no_thread_whatever_it_had_to_send() -> None:
    with closing(create_app(clock=ManualClock())) as app:
        account = Account.open(app.test_client(), {})
        register(account, f"http://127.0.0.1:{closed_port()}/")
        account.link("facebook")
        assert deliveries(account)[0]["state"] == "pending"
        assert "fakeayr-courier" in senders()
    assert senders() == []


def test_what_is_under_way_when_an_app_is_closed_is_sent_again(
    new_app: NewApp,
    state: Path,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    with closing(create_app(store=SqliteStore(state), clock=clock)) as app:
        account = Account.open(app.test_client(), {})
        receiver.register(account)
        receiver.gate.clear()
        account.link("facebook")
        eventually(lambda: "fakeayr-delivery" in senders())
    receiver.gate.set()
    receiver.wait(1)
    eventually(lambda: senders() == [])
    assert [record for record in caplog.records if record.name == "fakeayr"] == []
    clock.advance(seconds=LEASE_SECONDS)
    later = adopted(new_app, state, clock, account.api_key)
    first, second = receiver.wait(2)
    assert deliveries(later)[0]["state"] == "delivered"
    identity = "X-Ayrshare-Delivery-Id"
    assert first.headers[identity] == second.headers[identity]


def test_a_thread_waits_for_a_retry_and_makes_it(
    account: Account, receiver: Receiver, clock: ManualClock
) -> None:
    """Nobody calls; only time passes."""
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    assert len(deliveries(account)) == 1
    clock.advance(seconds=5)
    receiver.wait(2)


def test_the_next_delivery_to_a_receiver_follows_at_once(
    account: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread looks by the clock whether the receiver is free again."""
    for name in ("_SHORTEST_PAUSE_SECONDS", "_LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(f"fakeayr.delivery.courier.{name}", 60.0)
    receiver.gate.clear()
    receiver.register(account)
    for network in ("facebook", "reddit", "threads"):
        account.link(network)
    receiver.wait(1)
    receiver.gate.set()
    receiver.wait(3)


def test_a_process_has_only_so_many_deliveries_under_way(
    account: Account,
    receiver: Receiver,
    other_receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fakeayr.delivery.courier._AT_ONCE", 1)
    key = account.create_profile()["profileKey"]
    receiver.gate.clear()
    receiver.register(account)
    other_receiver.register(account, profile_key=key)
    account.link("facebook")
    receiver.wait(1)
    account.link("facebook", key)
    assert [item["attempts"] for item in deliveries(account, wait=0.1)] == [[], []]
    assert other_receiver.requests == []
    receiver.gate.set()
    other_receiver.wait(1)


# Processes.


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A database that processes share."""
    return tmp_path / "state"


def link_in_a_process_that_dies(state: Path, receiver: Receiver) -> None:
    """Links a network by way of a server that is killed while it delivers the webhook."""
    server = start("--state", str(state), folder=state.parent)

    def call(path: str, body: dict[str, Any]) -> None:
        headers = development_headers()
        answer = requests.post(f"{server.url}{path}", json=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text

    with server.process:
        try:
            call("/api/hook/webhook", {"action": "social", "url": receiver.url})
            call("/_fakeayr/links", {"platform": "facebook"})
            receiver.wait(1)
        finally:
            server.kill()


def adopted(
    new_app: NewApp, state: Path, clock: ManualClock, api_key: str = development.API_KEY
) -> Account:
    """An account in another process's app on the same database."""
    client = new_app(store=SqliteStore(state), clock=clock).test_client()
    opened = client.get("/_fakeayr/accounts", headers={"Authorization": f"Bearer {api_key}"})
    described = opened.get_json()
    return Account(
        api_key=api_key,
        domain=described["domain"],
        private_key="",
        ref_id=described["refId"],
        plan=described["plan"],
        max_pack=described["maxPack"],
        client=client,
    )


def test_what_a_killed_process_had_begun_another_one_does_when_the_lease_is_over(
    new_app: NewApp, state: Path, receiver: Receiver
) -> None:
    receiver.gate.clear()
    link_in_a_process_that_dies(state, receiver)
    receiver.gate.set()
    clock = ManualClock(time.time())
    account = adopted(new_app, state, clock)
    assert deliveries(account, wait=0.1)[0]["attempts"] == []
    clock.advance(seconds=LEASE_SECONDS)
    first, second = receiver.wait(2)
    assert first.get_data() == second.get_data()
    (delivery,) = deliveries(account)
    assert delivery["state"] == "delivered"
    assert statuses(delivery) == [200]


def test_whoever_asks_for_the_outbox_lets_a_server_take_up_what_another_one_left(
    new_app: NewApp, state: Path, receiver: Receiver
) -> None:
    clock = ManualClock(time.time())
    account = adopted(new_app, state, clock)  # It finds nothing to do, and goes to sleep.
    receiver.gate.clear()
    link_in_a_process_that_dies(state, receiver)
    receiver.gate.set()
    clock.advance(seconds=2 * LEASE_SECONDS)
    assert deliveries(account)[0]["state"] == "delivered"


def test_a_server_that_starts_takes_up_what_an_earlier_one_left(
    new_app: NewApp, state: Path, receiver: Receiver
) -> None:
    receiver.gate.clear()
    link_in_a_process_that_dies(state, receiver)
    receiver.gate.set()
    account = adopted(new_app, state, ManualClock(time.time() + LEASE_SECONDS))
    receiver.wait(2)  # Before anybody asks.
    assert deliveries(account)[0]["state"] == "delivered"


def test_processes_that_share_a_database_never_make_the_same_attempt_twice(
    new_app: NewApp, state: Path, receiver: Receiver, other_receiver: Receiver
) -> None:
    clock = ManualClock()
    opened = Account.open(new_app(store=SqliteStore(state), clock=clock).test_client(), {})
    accounts = [adopted(new_app, state, clock, opened.api_key) for _ in range(3)]
    key = opened.create_profile()["profileKey"]
    for each in (receiver, other_receiver):
        each.answers = [500] * 10
    receiver.register(opened)
    other_receiver.register(opened, profile_key=key)
    for number, network in enumerate(NETWORKS):
        accounts[number % 3].link(network)
        accounts[(number + 1) % 3].link(network, key)
    opened.post("/_fakeayr/clock", json={"advance": 60})
    found = deliveries(opened)
    assert [delivery["state"] for delivery in found] == ["delivered"] * 2 * len(NETWORKS)
    made = [
        (headers["X-Ayrshare-Delivery-Id"], headers["X-Ayrshare-Delivery-Attempt"])
        for headers in (request.headers for request in receiver.requests + other_receiver.requests)
    ]
    assert len(made) == len(set(made)) == sum(len(delivery["attempts"]) for delivery in found)
