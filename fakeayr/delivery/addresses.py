"""Connections to a host of several addresses, all within one limit of time."""

import socket
import threading
from concurrent.futures import Future
from typing import Any, Final

from fakeayr.delivery.deadlines import seconds_left
from fakeayr.domain.urls import is_loopback

_LOOPBACK: Final = ("127.0.0.1", "::1")


def connect(host: str, port: int, deadline: float) -> socket.socket:
    """Connects to the first address of a host that accepts.

    The names of this machine, such as `app.localhost`, are not looked up: they mean nothing else.

    Args:
        host: A name or an address.
        port: The port.
        deadline: When to give up, an instant of `real_time.monotonic`; looking up counts, too.

    Raises:
        TimeoutError: It is over.
        OSError: There is no such host, or no address of it accepts.
        ValueError: There can be no such host.
    """
    addresses = _find_addresses(host, port, deadline)
    failure: OSError = OSError(f"{host} has no address")
    for place, (family, address) in enumerate(addresses):
        others = len(addresses) - place
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds_left(deadline) / others)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            connection.settimeout(seconds_left(deadline))
            return connection
    raise failure


def _find_addresses(host: str, port: int, deadline: float) -> list[tuple[int, Any]]:
    if is_loopback(host) and host.lower().rstrip(".").endswith("localhost"):
        found = [_resolve(address, port) for address in _LOOPBACK]
        return [address for addresses in found for address in addresses]
    found_there: Future[list[tuple[int, Any]]] = Future()
    threading.Thread(
        target=_look_up, args=(found_there, host, port), name="fakeayr-look-up", daemon=True
    ).start()
    return found_there.result(seconds_left(deadline))  # The system's own limit may be minutes.


def _look_up(found: "Future[list[tuple[int, Any]]]", host: str, port: int) -> None:
    try:
        found.set_result(_resolve(host, port))
    except Exception as error:
        found.set_exception(error)


def _resolve(host: str, port: int) -> list[tuple[int, Any]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, *_, address in found]
