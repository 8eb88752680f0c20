"""POST /_fakeayr/webhook-probes: each fault of a receiver yields its one piece of advice."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from fakeayr.ayrshare.webhooks import SIGNATURE_HEADER, SIGNATURES_HEADER, TIMESTAMP_HEADER
from fakeayr.client.webhooks import is_signed
from tests.support.accounts import Account
from tests.support.clock import ManualClock
from tests.support.receivers import Receiver, closed_port, deliveries, raw_receiver, read_request

PROBES: Final = "/_fakeayr/webhook-probes"
SECRET: Final = "hush-hush"
NAMES: Final = [
    *("right", "replay", "duplicate", "unknown-action", "out-of-order", "unsigned"),
    *("wrong-signature", "changed-body", "re-serialised", "other-spelling", "old-timestamp"),
    *("rotation-new", "rotation-old"),
]


def genuine(request: Request) -> bool:
    return is_signed(request.get_data(), dict(request.headers), SECRET)


def mac(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def signs_own_spelling(request: Request) -> bool:
    own = json.dumps(request.get_json(), separators=(",", ":"), ensure_ascii=False).encode()
    sent = request.headers.get(SIGNATURES_HEADER, "")
    return f"v1={mac(own)}" in sent.split(",")


def looks_at_one_signature(request: Request) -> bool:
    return request.headers.get(SIGNATURE_HEADER) == mac(request.get_data())


class Once:
    """Takes each hookId once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, request: Request) -> bool:
        hook_id = request.get_json()["hookId"]
        known = hook_id in self.seen
        self.seen.add(hook_id)
        return genuine(request) and not known


FAULTS: Final[dict[str, tuple[Callable[[Request], bool], list[str]]]] = {
    "takes everything": (lambda _: True, ["webhook-unsigned-accepted"]),
    "takes all that is signed": (
        lambda request: SIGNATURE_HEADER in request.headers,
        [
            "webhook-wrong-signature-accepted",
            "webhook-changed-body-accepted",
            "webhook-signature-of-own-spelling",
        ],
    ),
    "refuses everything": (lambda _: False, ["webhook-right-refused"]),
    "signs its own spelling": (signs_own_spelling, ["webhook-signature-of-own-spelling"]),
    "looks at one signature": (looks_at_one_signature, ["webhook-rotation-refused"]),
    "refuses repeats": (Once(), ["webhook-repeat-refused"]),
    "knows two actions": (
        lambda request: genuine(request) and request.get_json()["action"] in {"social", "feed"},
        ["webhook-unknown-action-refused"],
    ),
    "refuses late events": (
        lambda request: genuine(request) and request.get_json()["created"] > "2022-11-02T00:30:00Z",
        ["webhook-late-event-refused"],
    ),
}


@pytest.fixture
def receive(receiving_server: HTTPServer, clock: ManualClock) -> Callable[..., str]:
    """Starts a receiver: it takes what a function says; an old timestamp is refused first."""

    def receive(takes: Callable[[Request], bool], *, old: bool = False) -> str:
        def respond(request: Request) -> Response:
            stamp = float(request.headers.get(TIMESTAMP_HEADER, clock.now()))
            fresh = old or abs(clock.now() - stamp) < 300
            return Response(status=204 if fresh and takes(request) else 401)

        path = f"/probed/{time.monotonic_ns()}"
        receiving_server.expect_request(path).respond_with_handler(respond)
        return receiving_server.url_for(path)

    return receive


def probe(account: Account, url: str, **fields: Any) -> dict[str, Any]:
    answer = account.post(PROBES, json={"url": url, "secret": SECRET, **fields})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.get_json()
    return report


def advice(report: dict[str, Any]) -> list[str]:
    return [piece["name"] for piece in report["advice"]]


def test_a_right_receiver_gets_no_advice(account: Account, receive: Callable[..., str]) -> None:
    report = probe(account, receive(genuine))
    assert [result["name"] for result in report["probes"]] == NAMES
    assert all(result["right"] for result in report["probes"])
    assert advice(report) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_receiver_gets_the_one_right_advice(
    account: Account, receive: Callable[..., str], fault: str
) -> None:
    takes, expected = FAULTS[fault]
    report = probe(account, receive(takes))
    assert advice(report) == expected
    assert not all(result["right"] for result in report["probes"])


def test_an_old_timestamp_is_worth_a_hint(account: Account, receive: Callable[..., str]) -> None:
    report = probe(account, receive(genuine, old=True))
    assert advice(report) == ["webhook-old-timestamp-accepted"]
    assert report["advice"][0]["sureness"] == "hint"
    assert all(result["right"] for result in report["probes"])


def test_without_a_secret_nothing_that_should_be_refused_is_sent(
    account: Account, receiver: Receiver
) -> None:
    report = probe(account, receiver.url, secret=None)
    assert [result["name"] for result in report["probes"]] == NAMES[:5]
    assert advice(report) == ["webhook-without-secret"]
    assert SIGNATURE_HEADER not in receiver.requests[0].headers


def test_a_redirect_is_not_followed(account: Account, receiver: Receiver) -> None:
    receiver.answers = [Response(status=308, headers={"Location": receiver.url})] * len(NAMES)
    report = probe(account, receiver.url)
    assert advice(report) == ["webhook-redirects"]
    assert len(receiver.requests) == len(NAMES)


def test_nothing_more_is_sent_where_nobody_responds(account: Account) -> None:
    report = probe(account, f"http://127.0.0.1:{closed_port()}/")
    assert [result["name"] for result in report["probes"]] == ["right"]
    assert advice(report) == ["webhook-unreachable"]
    account.change(settings={"webhookTimeout": 0.05})
    with raw_receiver(stay_silent) as url:
        assert advice(probe(account, url)) == ["webhook-slow"]


def stay_silent(connection: socket.socket) -> None:
    """Reads a request, and waits until its sender gives up."""
    read_request(connection)
    connection.recv(1)


def test_the_deliveries_are_a_real_profiles(
    account: Account, receiver: Receiver, profile_key: str
) -> None:
    report = probe(account, receiver.url, profileKey=profile_key)
    assert receiver.payloads[0]["title"] == "Mia's Bakery"
    ids = [payload["hookId"] for payload in receiver.payloads]
    assert len(set(ids)) == len(ids) - 2  # Two repeat the first.
    assert SECRET not in json.dumps(report)
    assert account.get("/_fakeayr/webhooks").get_json() == {"webhooks": []}


def test_the_receiver_of_a_delivery_is_probed_with_its_own_secret(
    account: Account, receive: Callable[..., str], profile_key: str
) -> None:
    told: list[Any] = []

    def notes(request: Request) -> bool:
        told.append(request.get_json()["title"])
        return genuine(request)

    hook = {"action": "social", "url": receive(notes), "secret": SECRET}
    account.post("/api/hook/webhook", json=hook)
    account.link("facebook", profile_key)
    (delivery,) = deliveries(account)
    answer = account.post(f"/_fakeayr/webhooks/{delivery['id']}/probe")
    report = answer.get_json()
    assert [result["name"] for result in report["probes"]] == NAMES
    assert advice(report) == []
    assert set(told) == {"Mia's Bakery"}
    assert SECRET not in answer.text
    account.delete("/api/profiles", profile_key=profile_key)
    assert account.post(f"/_fakeayr/webhooks/{delivery['id']}/probe").status_code == 200
    assert told[-1] == "Primary Profile"
    assert account.post("/_fakeayr/webhooks/unknown/probe").status_code == 404
    account.change(settings={"webhookLoopbackHttp": False})
    assert account.post(f"/_fakeayr/webhooks/{delivery['id']}/probe").status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": "http://app.example/hooks"}, 400),
        ({"url": "ftp://127.0.0.1/"}, 400),
        ({"url": "not a URL"}, 400),
        ({}, 400),
        ({"url": "http://127.0.0.1:1/", "secret": ""}, 400),
        ({"url": "http://127.0.0.1:1/", "sceret": "x"}, 400),
        ({"url": "http://127.0.0.1:1/", "profileKey": "nobody's"}, 403),
    ],
)
def test_what_makes_no_sense_is_refused(
    account: Account, body: dict[str, Any], status: int
) -> None:
    assert account.post(PROBES, json=body).status_code == status
