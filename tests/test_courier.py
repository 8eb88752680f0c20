"""Who sends what is in the outbox: threads that end, and processes that may end at any moment."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from support.accounts import Account
from support.clock import ManualClock
from support.receivers import (
    Receiver,
    closed_port,
    deliveries,
    eventually,
    register,
    statuses,
)

from fakeayr.app import create_app
from fakeayr.domain.outbox import LEASE_SECONDS
from fakeayr.store.sqlite import SqliteStore
from fakeayr.vendor.networks import NETWORKS

_PREFIX: Final = "fakeayr-"


def senders() -> list[str]:
    """Names of the threads that send, or wait for something to send."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("fakeayr-courier", "fakeayr-delivery"))]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Earlier tests may have left apps behind that wait for their collection."""
    gc.collect()
    assert eventually(lambda: senders() == [])


# Threads.


def test_an_app_without_anything_to_send_starts_no_thread(account: Account) -> None:
    account.link("facebook")
    assert senders() == []


def test_threads_end_when_everything_is_sent(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    for network in NETWORKS:
        account.link(network)
    assert len(deliveries(account)) == len(NETWORKS)
    assert eventually(lambda: senders() == [])
    account.link("facebook")
    assert len(deliveries(account)) == len(NETWORKS) + 1
    assert len(receiver.requests) == len(NETWORKS) + 1


def test_apps_that_are_gone_leave_no_threads_whatever_they_had_to_send() -> None:
    def leave_a_retry_behind() -> None:
        account = Account.opened(create_app(clock=ManualClock()).test_client(), {})
        register(account, f"http://127.0.0.1:{closed_port()}/")
        account.link("facebook")
        assert deliveries(account)[0]["state"] == "pending"
        assert "fakeayr-courier" in senders()

    for _ in range(10):
        leave_a_retry_behind()
    gc.collect()
    assert eventually(lambda: senders() == [])


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


# Processes.


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A database that processes share."""
    return tmp_path / "state"


@contextlib.contextmanager
def served(state: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`fakeayr serve` with a database, in a group of processes of its own."""
    command = [sys.executable, "-m", "fakeayr", "serve", "--port", "0", "--state", str(state)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            assert server.stdout is not None
            base = next(line.split()[1] for line in server.stdout if line.startswith("  API  "))
            yield base.removesuffix("/api"), server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def linked_by_a_process_that_dies(state: Path, receiver: Receiver) -> str:
    """The API key of an account whose server was killed while its delivery was under way."""
    with served(state) as (url, server):

        def call(path: str, body: dict[str, Any], api_key: str = "") -> Any:
            headers = {"Authorization": f"Bearer {api_key}"}
            answer = requests.post(f"{url}{path}", json=body, headers=headers, timeout=10)
            assert answer.status_code in {200, 201}, answer.text
            return answer.json()

        api_key: str = call("/_fakeayr/accounts", {})["apiKey"]
        call("/api/hook/webhook", {"action": "social", "url": receiver.url}, api_key)
        call("/_fakeayr/links", {"platform": "facebook"}, api_key)
        receiver.wait(1)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)
    return api_key


def adopted(state: Path, clock: ManualClock, api_key: str) -> Account:
    """The account in another process's app on the same database."""
    client = create_app(store=SqliteStore(state), clock=clock, shared=True).test_client()
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
    state: Path, receiver: Receiver
) -> None:
    receiver.gate.clear()
    api_key = linked_by_a_process_that_dies(state, receiver)
    receiver.gate.set()
    clock = ManualClock(time.time())
    account = adopted(state, clock, api_key)
    assert deliveries(account, wait=0.1)[0]["attempts"] == []
    clock.advance(seconds=LEASE_SECONDS)
    first, second = receiver.wait(2)
    assert first.get_data() == second.get_data()
    (delivery,) = deliveries(account)
    assert delivery["state"] == "delivered"
    assert statuses(delivery) == [200]


def test_a_server_that_starts_takes_up_what_an_earlier_one_left(
    state: Path, receiver: Receiver
) -> None:
    receiver.gate.clear()
    api_key = linked_by_a_process_that_dies(state, receiver)
    receiver.gate.set()
    account = adopted(state, ManualClock(time.time() + LEASE_SECONDS), api_key)
    receiver.wait(2)  # Before anybody asks.
    assert deliveries(account)[0]["state"] == "delivered"


def test_processes_that_share_a_database_never_make_the_same_attempt_twice(
    state: Path, receiver: Receiver, other_receiver: Receiver
) -> None:
    clock = ManualClock()
    opened = Account.opened(create_app(store=SqliteStore(state), clock=clock).test_client(), {})
    accounts = [adopted(state, clock, opened.api_key) for _ in range(3)]
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
