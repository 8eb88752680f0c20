"""The outbox: what left, waiting for it, sending it again, and several who send at once."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from fakeayr.domain.notifications import outbox
from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START
from tests.support.receivers import (
    Receiver,
    advance,
    deliveries,
    raw_receiver,
    register,
    statuses,
    times,
)

DAY: Final = 86_400


# Waiting for what is on its way.


def test_the_list_tells_at_once_how_it_stands_or_waits_if_asked(
    account: Account, receiver: Receiver
) -> None:
    receiver.gate.clear()
    receiver.register(account)
    account.link("facebook")
    receiver.wait(1)
    began = time.monotonic()
    assert deliveries(account, wait=0)[0]["attempts"] == []
    assert deliveries(account, wait=0.05)[0]["attempts"] == []
    assert time.monotonic() - began >= 0.05
    threading.Timer(0.05, receiver.gate.set).start()
    assert statuses(deliveries(account, wait=10)[0]) == [200]


def test_waiting_does_not_wait_for_retries_of_later(account: Account, receiver: Receiver) -> None:
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    began = time.monotonic()
    assert statuses(deliveries(account, wait=30)[0]) == [500]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("wait", ["-1", "31", "nan", "inf", "long", ""])
def test_waiting_has_its_limits(account: Account, wait: str) -> None:
    answer = account.get("/_fakeayr/webhooks", query_string={"wait": wait})
    assert answer.status_code == 400
    assert answer.get_json()["details"] == "wait must be a number from 0 to 30."


# Sending again.


def resend(account: Account, item_id: str) -> dict[str, Any]:
    """Sends a delivery once more and answers it as it is afterwards."""
    answer = account.post(f"/_fakeayr/webhooks/{item_id}/resend")
    assert answer.status_code == 200, answer.text
    delivery: dict[str, Any] = answer.get_json()
    return delivery


def test_a_delivery_can_be_sent_again(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    advance(account, 60)
    again = resend(account, delivery["id"])
    assert times(again) == [0, 60]
    assert again["state"] == "delivered"
    assert again | {"attempts": []} == delivery | {"attempts": []}
    assert receiver.payloads[0] == receiver.payloads[1]
    assert receiver.requests[1].headers["X-Ayrshare-Delivery-Attempt"] == "2"


def test_a_delivery_that_had_failed_can_be_sent_again(account: Account, receiver: Receiver) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    advance(account, 60)
    (delivery,) = deliveries(account)
    assert delivery["state"] == "failed"
    assert resend(account, delivery["id"])["state"] == "delivered"


def test_sending_again_is_one_attempt(account: Account, receiver: Receiver) -> None:
    receiver.answers = [200, 500]
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    assert resend(account, delivery["id"])["state"] == "failed"
    advance(account, DAY)
    assert statuses(deliveries(account)[0]) == [200, 500]


def test_sending_again_brings_a_retry_forward(account: Account, receiver: Receiver) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    advance(account, 2)
    assert resend(account, delivery["id"])["state"] == "pending"
    advance(account, DAY)
    assert times(deliveries(account)[0]) == [0, 2, 32]


def test_what_is_on_its_way_is_sent_again_once_it_has_arrived(
    account: Account, receiver: Receiver
) -> None:
    receiver.gate.clear()
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account, wait=0)
    receiver.wait(1)
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(resend, account, delivery["id"])
        assert len(receiver.requests) == 1
        receiver.gate.set()
        assert statuses(again.result(10)) == [200, 200]


@pytest.mark.parametrize("channel", ["webhooks", "emails"])
def test_an_unknown_id_cannot_be_sent_again(account: Account, channel: str) -> None:
    answer = account.post(f"/_fakeayr/{channel}/nobody/resend")
    assert answer.status_code in {400, 404}
    assert answer.get_json()["status"] == "error"


def test_another_accounts_delivery_cannot_be_sent_again(
    account: Account, open_account: OpenAccount, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    stranger = open_account()
    answer = stranger.post(f"/_fakeayr/webhooks/{delivery['id']}/resend")
    assert answer.status_code == 404
    assert len(receiver.requests) == 1


# The outbox.


def test_the_outbox_shows_what_left(account: Account, receiver: Receiver) -> None:
    receiver.register(account, secret="hush")
    account.link("facebook")
    (delivery,) = deliveries(account)
    assert json.loads(delivery.pop("body")) == receiver.payloads[0]
    assert delivery == {
        "id": delivery["id"],
        "time": START,
        "refId": account.ref_id,
        "state": "delivered",
        "action": "social",
        "hookId": receiver.payloads[0]["hookId"],
        "url": receiver.url,
        "attempts": [{"time": START, "status": 200}],
    }


def test_the_outbox_keeps_the_latest(
    account: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT", 3)
    receiver.register(account)
    for network in ("facebook", "linkedin", "reddit", "threads", "youtube"):
        account.link(network)
        deliveries(account)
    kept = [json.loads(delivery["body"])["platform"] for delivery in deliveries(account)]
    assert kept[-3:] == ["reddit", "threads", "youtube"]
    assert len(kept) <= 4


def test_what_is_not_delivered_yet_is_kept_in_any_case(
    account: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT", 1)
    receiver.answers = [500] * 5
    receiver.register(account)
    for network in ("facebook", "linkedin", "reddit", "threads", "youtube"):
        account.link(network)
    advance(account, 5)
    assert [statuses(delivery) for delivery in deliveries(account)] == [[500, 200]] * 5


def test_accounts_do_not_see_each_others_outbox(
    account: Account, open_account: OpenAccount, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("facebook")
    assert len(deliveries(account)) == 1
    assert deliveries(open_account()) == []


def test_a_deleted_profiles_deliveries_are_sent_to_the_end(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500, 500]
    key = account.create_profile()["profileKey"]
    receiver.register(account, profile_key=key, secret="hush")
    account.link("facebook", key)
    account.delete("/api/profiles", profile_key=key)
    advance(account, 60)
    assert statuses(deliveries(account)[0]) == [500, 500, 200]
    assert "X-Authorization-Content-SHA256" in receiver.requests[2].headers


def test_a_closed_account_sends_nothing_more(
    account: Account, open_account: OpenAccount, receiver: Receiver, other_receiver: Receiver
) -> None:
    receiver.gate.clear()
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    account.link("reddit")
    receiver.wait(1)
    assert account.delete("/_fakeayr/accounts").status_code == 200
    receiver.gate.set()
    other = open_account()
    other_receiver.register(other)
    other.link("facebook")
    assert statuses(deliveries(other)[0]) == [200]
    assert len(receiver.requests) == 1


# Several at once.


def test_moving_the_clock_waits_for_what_is_on_its_way(
    account: Account, receiver: Receiver
) -> None:
    receiver.gate.clear()
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    account.link("facebook")
    receiver.wait(1)
    with ThreadPoolExecutor(1) as pool:
        moved = pool.submit(advance, account, 60)
        assert not moved.done()
        receiver.gate.set()
        assert moved.result(10)["offset"] == 60
    assert times(deliveries(account)[0]) == [0, 5, 35]


def test_the_clock_moved_by_several_at_once_moves_by_the_sum(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500] * 100
    receiver.register(account)
    for network in ("facebook", "linkedin", "reddit", "threads", "youtube"):
        account.link(network)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: advance(account, 10), range(8)))
    assert advance(account, 0)["offset"] == 80
    found = deliveries(account)
    assert [statuses(delivery) for delivery in found] == [[500] * 3] * 5
    assert len(receiver.requests) == 15
    numbers = [
        (headers["X-Ayrshare-Delivery-Id"], headers["X-Ayrshare-Delivery-Attempt"])
        for headers in (request.headers for request in receiver.requests)
    ]
    assert len(set(numbers)) == 15


def test_a_receiver_may_call_the_api_while_it_receives(account: Account) -> None:
    seen: list[Any] = []

    def asking(connection: socket.socket) -> None:
        connection.recv(65_536)
        seen.append(account.get("/api/user").get_json()["activeSocialAccounts"])
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with raw_receiver(asking) as url:
        register(account, url)
        account.link("facebook")
        assert statuses(deliveries(account)[0]) == [200]
    assert seen == [["facebook"]]
