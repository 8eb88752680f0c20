"""Webhook deliveries over HTTP."""

import contextlib
import http.client
import socket
import ssl
import time
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from fakeayr.ayrshare.webhooks import TIMEOUT_STATUS
from fakeayr.delivery.addresses import connect
from fakeayr.delivery.deadlines import cut_off
from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.notifications.outbox import Attempt, Outgoing
from fakeayr.domain.urls import is_loopback

_BODY_READ: Final = 64 * 1024
"""So much of an answer is read, so that its sender need not notice that nobody wants it."""
_LONGEST_REASON: Final = 200


class WebhookSender:
    """Posts deliveries. Redirects are not followed; of the answer only the status counts.

    Certificates are checked, except those of receivers on this machine.
    """

    def __call__(self, account: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        within = outbox.answer_within(account)
        deadline = time.monotonic() + within
        try:
            status = _post(
                outgoing.content["url"],
                outgoing.content["body"].encode(),
                webhooks.headers(account, outgoing, now),
                deadline,
            )
        except (OSError, http.client.HTTPException, ValueError) as failure:
            if isinstance(failure, TimeoutError) or time.monotonic() >= deadline:
                error = f"The receiver did not answer within {within:g} seconds."
                return Attempt(time=now, status=TIMEOUT_STATUS, error=error)
            reason = str(failure)[:_LONGEST_REASON] or type(failure).__name__
            return Attempt(time=now, error=f"There was no answer: {reason}")
        return Attempt(time=now, status=status)


def _post(url: str, body: bytes, headers: dict[str, str], deadline: float) -> int:
    """Posts a body and answers the status.

    Raises:
        OSError: There was no connection, or it broke.
        HTTPException: What came back is not HTTP.
        ValueError: The URL cannot be used.
    """
    parts = urlsplit(url)
    host = str(parts.hostname)
    usual = 443 if parts.scheme == "https" else 80
    port = usual if parts.port is None else parts.port
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connected(host, port, deadline, tls=parts.scheme == "https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    host_header = named if parts.port is None else f"{named}:{parts.port}"
    with contextlib.closing(connection), cut_off(connection, deadline):
        connection.request("POST", target, body, {"Host": host_header, **headers})
        answer = connection.getresponse()
        if time.monotonic() >= deadline:  # A half line that was cut off can look like a status.
            raise TimeoutError
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            answer.read(_BODY_READ)
    return answer.status


def _connected(host: str, port: int, deadline: float, *, tls: bool) -> socket.socket:
    connected = connect(host, port, deadline)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # The body follows at once.
    if not tls:
        return connected
    try:
        connected.settimeout(_left(deadline))
        return _context(trusting=is_loopback(host)).wrap_socket(connected, server_hostname=host)
    except BaseException:
        connected.close()
        raise


def _left(deadline: float) -> float:
    return max(0.001, deadline - time.monotonic())


@cache
def _context(*, trusting: bool) -> ssl.SSLContext:
    return ssl._create_unverified_context() if trusting else ssl.create_default_context()  # noqa: S323
