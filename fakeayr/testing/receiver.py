"""A receiver of webhooks, built on pytest-httpserver: it checks signatures and waits."""

import contextlib
import json
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from fakeayr import real_time
from fakeayr.client.webhooks import is_signed
from fakeayr.testing.account import Account

_FOLDER = "/webhooks/"


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """A webhook as it arrived.

    Attributes:
        payload: The decoded body.
        headers: Its headers.
        body: The raw body.
        signed: Whether its signature is right for the receiver's secret.
    """

    payload: dict[str, Any]
    headers: dict[str, str]
    body: bytes
    signed: bool

    def __repr__(self) -> str:
        """What it reports, and whether to believe it."""
        return f"<Delivery {'signed' if self.signed else 'NOT signed'} {self.payload}>"


class WebhookReceiver:
    """Receives webhooks at an address of its own on this machine.

    Args:
        url: Where it receives.
        secret: What the deliveries are signed with.

    Attributes:
        url: Where it receives.
        secret: What the deliveries are signed with.
        status: What it answers; tests change it.
        deliveries: What has arrived, in order.
    """

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self.status = 200
        self.deliveries: list[Delivery] = []
        self._arrived = threading.Condition()

    def __repr__(self) -> str:
        """Address and what arrived."""
        return f"<WebhookReceiver {self.url} {self.deliveries}>"

    def register(self, account: Account, action: str = "social") -> None:
        """Registers it for an action of the account's primary profile, which all others inherit."""
        account.register_webhook(action, self.url, self.secret)

    def wait(self, count: int = 1, *, seconds: float = 5.0) -> list[Delivery]:
        """Waits until `count` deliveries have arrived, and returns all of them.

        Raises:
            AssertionError: Fewer arrived within `seconds`.
        """
        __tracebackhide__ = True
        deadline = real_time.monotonic() + seconds
        with self._arrived:
            while len(self.deliveries) < count:
                left = deadline - real_time.monotonic()
                if left <= 0:
                    those = f": {self.deliveries}" if self.deliveries else ""
                    raise AssertionError(
                        f"{len(self.deliveries)} of {count} webhooks arrived within {seconds:g} "
                        f"seconds{those}"
                    )
                self._arrived.wait(left)
            return list(self.deliveries)

    def receive(self, request: Request) -> Response:
        """Keeps a delivery and responds to it."""
        body, headers = request.get_data(), dict(request.headers)
        delivery = Delivery(
            payload=json.loads(body),
            headers=headers,
            body=body,
            signed=is_signed(body, headers, self.secret),
        )
        with self._arrived:
            self.deliveries.append(delivery)
            self._arrived.notify_all()
        return Response(status=self.status)


class Receivers:
    """One HTTP server with an address for each receiver, on a free port of this machine."""

    def __init__(self) -> None:
        self._server = HTTPServer(host="127.0.0.1")
        self._open: dict[str, WebhookReceiver] = {}

    def __enter__(self) -> "Receivers":
        """Starts the server."""
        every = re.compile(f"{_FOLDER}.+")
        self._server.expect_request(every).respond_with_handler(self._receive)
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops the server."""
        self._server.stop()

    @contextlib.contextmanager
    def receiver(self) -> Iterator[WebhookReceiver]:
        """A receiver with a secret of its own."""
        path = f"{_FOLDER}{secrets.token_hex(8)}"
        receiver = WebhookReceiver(self._server.url_for(path), secrets.token_hex(16))
        self._open[path] = receiver
        try:
            yield receiver
        finally:
            del self._open[path]
            if not self._open:
                self._server.clear_log()  # Else it would keep every delivery of the session.

    def _receive(self, request: Request) -> Response:
        receiver = self._open.get(request.path)
        return Response(status=404) if receiver is None else receiver.receive(request)
