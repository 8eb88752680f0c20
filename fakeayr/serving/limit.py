"""An app as a server with threads calls it, and the URL of a server."""

import threading
from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from fakeayr.client.environ import WAIT

MAY_WAIT: Final = "/_fakeayr/"
"""Calls below this path may wait for others: for a delivery, say, whose receiver calls back."""

BODY_WITHIN_SECONDS: Final = 10
"""How long a client may take to send a request's body."""
MOST_DISCARDED_BYTES: Final = 64 * 1024 * 1024
"""So much of a body that is too large is read: its sender may not look for a response before."""


class ConcurrencyLimit:
    """An app that works on a few calls at once; those that wait on purpose do not count.

    Threads that work beside each other in one interpreter fight for it, which can cost as much as a
    signature. Two of them gain something nevertheless, where a core is free: signing lets go of the
    interpreter.

    Args:
        app: The app. The body of a request must be there when it is called.
        at_once: Calls to work on at once.
    """

    def __init__(self, app: WSGIApplication, *, at_once: int) -> None:
        self._app = app
        self._slots = threading.Semaphore(at_once)
        self._stopping = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Calls the app as soon as a slot is free."""
        if environ["PATH_INFO"].startswith(MAY_WAIT):
            return self._app(environ, start_response)
        environ[WAIT] = self._wait
        with self._slots:
            return self._app(environ, start_response)

    def stop_waiting(self) -> None:
        """Ends every wait, since the server stops."""
        self._stopping.set()

    def _wait(self, seconds: float) -> None:
        self._slots.release()
        try:
            self._stopping.wait(seconds)
        finally:
            self._slots.acquire()


def base_url(host: str, port: int) -> str:
    """The URL of a server that listens on a host name or IP address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
