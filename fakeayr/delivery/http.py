"""Delivers webhooks over HTTP."""

import contextlib
import http.client
import socket
import ssl
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from fakeayr import real_time
from fakeayr.ayrshare.webhooks import TIMEOUT_STATUS
from fakeayr.delivery.addresses import connect
from fakeayr.delivery.deadlines import cut_off, seconds_left
from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.notifications.outbox import Attempt, Outgoing
from fakeayr.domain.urls import is_loopback

_BODY_READ: Final = 64 * 1024
"""How much of a response is read, so that the receiver can send it."""
_LONGEST_REASON: Final = 200


class WebhookSender:
    """Sends webhooks. Only the response's status counts; redirects are not followed.

    TLS certificates are verified, except those of receivers on this machine.

    Args:
        plain_hosts: Hosts beside this machine to which plain http is let through; a state file may
            hold webhooks of a server that named others.
    """

    def __init__(self, plain_hosts: frozenset[str] = frozenset()) -> None:
        self._plain_hosts = plain_hosts

    def __call__(self, account: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        parts = urlsplit(outgoing.content["url"])
        named = is_loopback(parts.hostname) or parts.hostname in self._plain_hosts
        if parts.scheme != "https" and not named:
            return Attempt(time=now, error=f"No --webhook-host names {parts.hostname} any more.")
        return deliver(
            outgoing.content["url"],
            outgoing.content["body"].encode(),
            webhooks.headers(outgoing, now),
            within=outbox.answer_within(account),
            now=now,
        )


def deliver(
    url: str, body: bytes, headers: dict[str, str], *, within: float, now: float
) -> Attempt:
    """Makes one attempt to deliver a body. It never raises.

    Args:
        url: The receiver.
        body: The body.
        headers: The headers, but for `Host`.
        within: How many seconds the receiver may take.
        now: The account's time, UNIX seconds.
    """
    deadline = real_time.monotonic() + within
    try:
        status = _post(url, body, headers, deadline)
    except Exception as failure:  # Tools that forbid sockets raise anything.
        if isinstance(failure, TimeoutError) or real_time.monotonic() >= deadline:
            error = f"The receiver did not respond within {within:g} seconds."
            return Attempt(time=now, status=TIMEOUT_STATUS, error=error)
        reason = str(failure)[:_LONGEST_REASON] or type(failure).__name__
        return Attempt(time=now, error=f"There was no response: {reason}")
    return Attempt(time=now, status=status)


def _post(url: str, body: bytes, headers: dict[str, str], deadline: float) -> int:
    """Posts a body and returns the response's status.

    Raises:
        OSError: There was no connection, or it broke.
        HTTPException: The response is not HTTP.
        ValueError: The URL cannot be used.
    """
    parts = urlsplit(url)
    host = str(parts.hostname)
    default = 443 if parts.scheme == "https" else 80
    port = default if parts.port is None else parts.port
    connection = http.client.HTTPConnection(host, port)
    connection.sock = _connect(host, port, deadline, tls=parts.scheme == "https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    host_header = named if parts.port is None else f"{named}:{parts.port}"
    with contextlib.closing(connection), cut_off(connection, deadline):
        connection.request("POST", target, body, {"Host": host_header, **headers})
        response = connection.getresponse()
        if real_time.monotonic() >= deadline:  # A line that was cut off can look like a status.
            raise TimeoutError
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            response.read(_BODY_READ)
    return response.status


def _connect(host: str, port: int, deadline: float, *, tls: bool) -> socket.socket:
    connected = connect(host, port, deadline)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # The body follows at once.
    if not tls:
        return connected
    try:
        connected.settimeout(seconds_left(deadline))
        return _make_context(trusting=is_loopback(host)).wrap_socket(
            connected, server_hostname=host
        )
    except BaseException:
        connected.close()
        raise


@cache
def _make_context(*, trusting: bool) -> ssl.SSLContext:
    return ssl._create_unverified_context() if trusting else ssl.create_default_context()  # noqa: S323
