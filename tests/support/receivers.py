"""Receivers of webhooks: real HTTP servers on this machine, well-behaved and otherwise."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support.accounts import Account
from tests.support.clock import START

_SECONDS: Final = 30.0
"""How long a test waits for something that should happen at once."""


@dataclass
class Receiver:
    """Keeps the requests that it gets, and responds as the test says.

    Attributes:
        url: Its URL.
        answers: The next responses or their statuses, in order; then 200.
        requests: The requests, in order.
        gate: While it is closed, requests wait.
    """

    url: str = ""
    answers: list[int | Response] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def register(
        self,
        account: Account,
        action: str = "social",
        *,
        profile_key: str | None = None,
        secret: str | None = None,
    ) -> None:
        """Registers it for an action of the primary profile, or of a User Profile."""
        register(account, self.url, action, profile_key=profile_key, secret=secret)

    def wait(self, count: int = 1) -> list[Request]:
        """Waits until `count` requests have arrived, and returns all."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.requests) >= count, _SECONDS)
        assert came, f"{len(self.requests)} of {count} requests arrived"
        return list(self.requests)

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """The decoded bodies of the requests."""
        return [msgspec.json.decode(request.get_data()) for request in self.requests]

    def receive(self, request: Request) -> Response:
        """Responds to a request."""
        request.get_data()
        with self._arrived:
            self.requests.append(request)
            answer = self.answers.pop(0) if self.answers else 200
            self._arrived.notify_all()
        self.gate.wait(_SECONDS)
        return Response(status=answer) if isinstance(answer, int) else answer


@contextlib.contextmanager
def new_receiver(server: HTTPServer) -> Iterator[Receiver]:
    """Adds a receiver with its own URL to a server."""
    path = f"/webhook/{secrets.token_hex(8)}"
    receiver = Receiver(url=server.url_for(path))
    receiver.gate.set()
    server.expect_request(path, method="POST").respond_with_handler(receiver.receive)
    try:
        yield receiver
    finally:
        receiver.gate.set()


@contextlib.contextmanager
def raw_receiver(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Runs a server that calls `answer` with each connection; yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, contextlib.suppress(OSError):
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/webhook"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(_SECONDS)


def read_request(connection: socket.socket) -> bytes:
    """Reads a whole request: head and body."""
    with connection.makefile("rb") as lines:
        head = b"".join(iter(lines.readline, b"\r\n"))
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        return head + lines.read(length)


def register(
    account: Account,
    url: str,
    action: str = "social",
    *,
    profile_key: str | None = None,
    secret: str | None = None,
) -> None:
    """Registers a URL for an action of the primary profile, or of a User Profile."""
    body = {"action": action, "url": url, "secret": secret}
    answer = account.post("/api/hook/webhook", json=body, profile_key=profile_key)
    assert answer.status_code == 200, answer.text


def closed_port() -> int:
    """Returns a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def deliveries(account: Account, *, wait: float = _SECONDS) -> list[dict[str, Any]]:
    """Returns the webhooks in the account's outbox, once none is due or being sent."""
    answer = account.get("/_fakeayr/webhooks", query_string={"wait": wait})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["webhooks"]
    return found


def times(delivery: dict[str, Any]) -> list[float]:
    """Returns the times of a delivery's attempts, in seconds after the start of the test."""
    return [attempt["time"] - START for attempt in delivery["attempts"]]


def statuses(delivery: dict[str, Any]) -> list[int | None]:
    """Returns the statuses of a delivery's attempts."""
    return [attempt.get("status") for attempt in delivery["attempts"]]


def advance(account: Account, seconds: float) -> dict[str, Any]:
    """Moves the account's clock, and waits for retries and expiries that are due."""
    answer = account.post("/_fakeayr/clock", json={"advance": seconds})
    assert answer.status_code == 200, answer.text
    moved: dict[str, Any] = answer.get_json()
    return moved


def cause(account: Account, kind: str, **order: Any) -> None:
    """Causes an event that Ayrshare's system would cause."""
    answer = account.post("/_fakeayr/events", json={"type": kind, **order})
    assert answer.status_code == 200, answer.text
