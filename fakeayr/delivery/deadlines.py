"""Ends connections whose other side takes too long."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Protocol

from fakeayr import real_time


class Connection(Protocol):
    """A connection with a socket, such as those of `http.client` and `smtplib`."""

    sock: socket.socket | None


@contextlib.contextmanager
def cut_off(connection: Connection, deadline: float) -> Iterator[None]:
    """Shuts a connection's socket down if the block lasts longer than until `deadline`.

    A socket's own timeout starts again with each byte; this one does not.

    Args:
        connection: The connection.
        deadline: A time of `real_time.monotonic`.
    """
    timer = threading.Timer(max(0.0, deadline - real_time.monotonic()), _shut_down, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def seconds_left(deadline: float) -> float:
    """Seconds until a time of `real_time.monotonic`; never zero, which would mean no timeout."""
    return max(0.001, deadline - real_time.monotonic())


def _shut_down(connection: Connection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            # Not the method of an SSL socket, which would break a concurrent read.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
