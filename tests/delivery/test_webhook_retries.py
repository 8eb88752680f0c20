"""Deliveries of webhooks that do not succeed: when they are sent again, and what they hold up."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from werkzeug import Response

from fakeayr.domain.notifications import outbox
from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START
from tests.support.receivers import (
    Receiver,
    advance,
    closed_port,
    deliveries,
    raw_receiver,
    register,
    statuses,
    times,
)

DAY: Final = 86_400
AT_ONCE: Final = 5.0
"""Seconds within which a call must be answered whatever receivers do: they have 10 for theirs."""


# The first age: again after 5 seconds and after 30 more.


def test_a_delivery_that_succeeds_is_not_sent_again(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("facebook")
    advance(account, DAY)
    (delivery,) = deliveries(account)
    assert delivery["state"] == "delivered"
    assert statuses(delivery) == [200]
    assert len(receiver.requests) == 1


def test_a_delivery_that_fails_is_sent_again_after_5_seconds_and_30_more(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    assert (delivery["state"], times(delivery)) == ("pending", [0])
    advance(account, 4.5)
    assert times(deliveries(account)[0]) == [0]
    advance(account, 0.5)
    assert times(deliveries(account)[0]) == [0, 5]
    advance(account, 29)
    assert times(deliveries(account)[0]) == [0, 5]
    advance(account, 1)
    (delivery,) = deliveries(account)
    assert times(delivery) == [0, 5, 35]
    assert statuses(delivery) == [500, 500, 500]
    assert delivery["state"] == "failed"
    advance(account, DAY)
    assert len(receiver.requests) == 3


def test_one_long_step_meets_every_retry_at_its_own_time(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    advance(account, DAY)
    assert times(deliveries(account)[0]) == [0, 5, 35]


def test_a_retry_that_succeeds_is_the_last(account: Account, receiver: Receiver) -> None:
    receiver.answers = [503, 204]
    receiver.register(account)
    account.link("facebook")
    advance(account, DAY)
    (delivery,) = deliveries(account)
    assert statuses(delivery) == [503, 204]
    assert delivery["state"] == "delivered"


@pytest.mark.parametrize("status", [204, 299])
def test_any_2xx_is_a_success(account: Account, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    receiver.register(account)
    account.link("facebook")
    assert deliveries(account)[0]["state"] == "delivered"


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 500, 599, 999])
def test_anything_else_is_sent_again(account: Account, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    receiver.register(account)
    account.link("facebook")
    advance(account, 5)
    assert statuses(deliveries(account)[0]) == [status, 200]


def test_every_attempt_has_the_same_body_and_ids_and_its_own_number(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    advance(account, 60)
    (delivery,) = deliveries(account)
    assert {request.get_data(as_text=True) for request in receiver.requests} == {delivery["body"]}
    ids = {request.headers["X-Ayrshare-Delivery-Id"] for request in receiver.requests}
    assert ids == {delivery["id"]}
    numbers = [request.headers["X-Ayrshare-Delivery-Attempt"] for request in receiver.requests]
    assert numbers == ["1", "2", "3"]


def test_a_redirect_is_not_followed(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    receiver.answers = [Response(status=307, headers={"Location": other_receiver.url})] * 3
    receiver.register(account)
    account.link("facebook")
    advance(account, 60)
    assert statuses(deliveries(account)[0]) == [307, 307, 307]
    assert other_receiver.requests == []


def test_an_event_that_failed_arrives_after_the_next_one(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    receiver.wait(1)
    account.link("twitter")
    receiver.wait(2)
    advance(account, 5)
    platforms = [payload["platform"] for payload in receiver.payloads]
    assert platforms == ["facebook", "twitter", "facebook"]


# The second age: up to nine times in an hour.


def test_in_the_second_age_a_delivery_is_tried_nine_times_in_an_hour(
    newer: Account, receiver: Receiver
) -> None:
    receiver.answers = [500] * 20
    receiver.register(newer)
    newer.link("facebook")
    advance(newer, DAY)
    (delivery,) = deliveries(newer)
    assert times(delivery) == [0, 5, 30, 90, 210, 450, 930, 1890, 3570]
    assert delivery["state"] == "failed"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_in_the_second_age_these_are_sent_again(
    newer: Account, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    receiver.register(newer)
    newer.link("facebook")
    advance(newer, 5)
    assert statuses(deliveries(newer)[0]) == [status, 200]


@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 404, 410, 422, 600, 999])
def test_in_the_second_age_other_answers_end_the_delivery(
    newer: Account, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    receiver.register(newer)
    newer.link("facebook")
    advance(newer, DAY)
    (delivery,) = deliveries(newer)
    assert statuses(delivery) == [status]
    assert delivery["state"] == "failed"


def test_an_account_that_changes_its_age_changes_its_retries(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500, 404]
    receiver.register(account)
    account.link("facebook")
    assert len(deliveries(account)) == 1
    account.change(age="link-sessions")
    advance(account, DAY)
    assert statuses(deliveries(account)[0]) == [500, 404]


# Receivers that misbehave.


def silent(_: socket.socket) -> None:
    """Closes the connection without a word."""


def garbage(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"\x00\xff I am no HTTP \r\n" * 1_000)


def endless_headers(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-more: and more\r\n")


def dripping(connection: socket.socket) -> None:
    """Sends a byte now and then, so that no single one is late."""
    connection.recv(65_536)
    for byte in b"HTTP/1.1 200 OK\r\n" + b"x-drop: another\r\n" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.01)


def half_a_line(connection: socket.socket) -> None:
    """Begins an answer that would be right if it went on."""
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK")
    hanging(connection)


def hanging(connection: socket.socket) -> None:
    """Reads until the other side has had enough."""
    while connection.recv(65_536):
        pass


def deliver_to(account: Account, url: str) -> dict[str, Any]:
    """The delivery of a link to this URL after all its attempts; the link came at once."""
    register(account, url)
    began = time.monotonic()
    account.link("facebook")
    assert time.monotonic() - began < AT_ONCE
    (delivery,) = deliveries(account)
    assert times(delivery) == [0]
    return delivery


@pytest.mark.parametrize("answer", [silent, garbage, endless_headers])
def test_what_is_no_answer_is_recorded_as_such_and_sent_again(
    account: Account, answer: Callable[[socket.socket], None]
) -> None:
    with raw_receiver(answer) as url:
        delivery = deliver_to(account, url)
        (attempt,) = delivery["attempts"]
        assert attempt["error"].startswith("There was no response: ")
        assert len(attempt["error"]) < 250
        assert "status" not in attempt
        assert delivery["state"] == "pending"
        advance(account, 60)
        assert times(deliveries(account)[0]) == [0, 5, 35]


def test_nobody_listening_is_recorded_as_such(account: Account) -> None:
    delivery = deliver_to(account, f"http://127.0.0.1:{closed_port()}/webhook")
    assert delivery["attempts"][0]["error"] == (
        "There was no response: [Errno 111] Connection refused"
    )


def test_an_unknown_host_is_recorded_as_such(account: Account) -> None:
    delivery = deliver_to(account, "https://no-such-host.invalid/webhook")
    assert delivery["attempts"][0]["error"].startswith("There was no response: ")


def test_port_0_is_no_port(account: Account) -> None:
    delivery = deliver_to(account, "http://127.0.0.1:0/webhook")
    assert delivery["attempts"][0]["error"].startswith("There was no response: ")


def test_of_an_answer_only_the_status_counts(account: Account) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n")

    with raw_receiver(answer) as url:
        delivery = deliver_to(account, url)
    assert (delivery["state"], statuses(delivery)) == ("delivered", [200])


def test_broken_tls_is_recorded_as_such(account: Account) -> None:
    with raw_receiver(garbage) as url:
        delivery = deliver_to(account, url.replace("http:", "https:"))
    assert "SSL" in delivery["attempts"][0]["error"]


@pytest.mark.parametrize("answer", [dripping, half_a_line])
def test_what_is_no_tls_is_noticed_at_once(
    account: Account, answer: Callable[[socket.socket], None]
) -> None:
    with raw_receiver(answer) as url:
        delivery = deliver_to(account, url.replace("http:", "https:"))
    assert "SSL" in delivery["attempts"][0]["error"]


@pytest.mark.parametrize(
    ("answer", "scheme"),
    [(hanging, "http"), (hanging, "https"), (dripping, "http"), (half_a_line, "http")],
)
def test_a_receiver_that_takes_too_long_is_recorded_as_503(
    open_account: OpenAccount, answer: Callable[[socket.socket], None], scheme: str
) -> None:
    account = open_account(settings={"webhookTimeout": 0.15})
    with raw_receiver(answer) as url:
        delivery = deliver_to(account, url.replace("http:", f"{scheme}:"))
    expected = {
        "time": START,
        "status": 503,
        "error": "The receiver did not respond within 0.15 seconds.",
    }
    assert delivery["attempts"] == [expected]


@pytest.mark.parametrize(("age", "seconds"), [("jwt", 10), ("link-sessions", 15)])
def test_a_receiver_has_10_seconds_in_the_first_age_and_15_in_the_second(
    open_account: OpenAccount, app: Any, age: str, seconds: float
) -> None:
    account = open_account(age=age)
    known = app.extensions["fakeayr"].world.store.account(account.api_key)
    assert outbox.answer_within(known) == seconds


def test_a_slow_body_does_not_change_the_status(open_account: OpenAccount) -> None:
    def slow_body(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\n")
        hanging(connection)

    account = open_account(settings={"webhookTimeout": 3})
    with raw_receiver(slow_body) as url:
        assert statuses(deliver_to(account, url)) == [202]


def test_a_broken_body_does_not_change_the_status(account: Account) -> None:
    def broken_body(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\nno number")

    with raw_receiver(broken_body) as url:
        assert statuses(deliver_to(account, url)) == [202]


def test_a_receiver_that_takes_no_connection_is_recorded_as_503(open_account: OpenAccount) -> None:
    account = open_account(settings={"webhookTimeout": 0.15})
    with contextlib.ExitStack() as waiting:
        server = waiting.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # They fill the queue of a server that accepts none.
            filling = waiting.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(server.getsockname())
        delivery = deliver_to(account, f"http://127.0.0.1:{server.getsockname()[1]}/webhook")
    assert statuses(delivery) == [503]


def test_a_hanging_receiver_holds_up_no_call_and_no_other_receiver(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    key = account.create_profile()["profileKey"]
    receiver.gate.clear()
    receiver.register(account)
    other_receiver.register(account, profile_key=key)
    for network in ("facebook", "twitter", "reddit"):
        account.link(network)
    receiver.wait(1)
    for network in ("facebook", "twitter", "reddit"):
        account.link(network, key)
    assert account.get("/api/user").status_code == 200
    assert len(other_receiver.wait(3)) == 3
    assert [item["attempts"] for item in deliveries(account, wait=0)[:3]] == [[]] * 3
    receiver.gate.set()
    assert [item["state"] for item in deliveries(account)] == ["delivered"] * 6


def test_more_hanging_receivers_than_deliveries_at_once_hold_up_no_call(
    open_account: OpenAccount, other_receiver: Receiver
) -> None:
    """A process sends 32 deliveries at once; the others wait for those, and nothing else does."""
    account = open_account(settings={"webhookTimeout": 15})
    released = threading.Event()

    def held(connection: socket.socket) -> None:
        connection.recv(65_536)
        released.wait()

    keys = [account.create_profile(f"Profile {number}")["profileKey"] for number in range(40)]
    other_receiver.register(account)
    with raw_receiver(held) as url:
        try:
            for number, key in enumerate(keys):
                register(account, f"{url}/{number}", profile_key=key)
            for key in keys:
                account.link("facebook", key)
                assert account.get("/api/user", profile_key=key).status_code == 200
            account.link("facebook")
            assert [item["attempts"] for item in deliveries(account, wait=0)] == [[]] * 41
        finally:
            released.set()
        other_receiver.wait(1)
