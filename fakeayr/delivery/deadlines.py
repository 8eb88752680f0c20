"""Ends connections whose other side takes too long, however it manages to."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Protocol

from fakeayr import real_time


class Connection(Protocol):
    """What speaks over a socket, such as those of `http.client` and `smtplib`."""

    sock: socket.socket | None


@contextlib.contextmanager
def cut_off(connection: Connection, deadline: float) -> Iterator[None]:
    """Shuts a connection's socket down at an instant of `real_time.monotonic`.

    A socket's own timeout begins again with each byte; this one does not.
    """
    timer = threading.Timer(max(0.0, deadline - real_time.monotonic()), _shut_down, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut_down(connection: Connection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            # The plain method: that of an SSL socket would pull it from under its reader.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
