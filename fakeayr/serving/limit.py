"""Limits for servers that run calls in threads, and `base_url`."""

import threading
from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from fakeayr.client.environ import ENDING, WAIT

MAY_WAIT: Final = "/_fakeayr/"
"""Calls below this path may wait for other calls, for instance for a webhook's receiver."""
HEAVY: Final = ("/api/media/", "/api/upload", "/_media/")
"""Calls below these paths carry or decode files; other calls must not wait for them."""

BODY_WITHIN_SECONDS: Final = 10
"""Most time that a client may take to send a request's body."""
MOST_DISCARDED_BYTES: Final = 64 * 1024 * 1024
"""How much of a body that is too large is read: some clients read no response before."""


class ConcurrencyLimit:
    """A WSGI app that runs a few calls at the same time; calls that wait on purpose do not count.

    Many threads in one interpreter compete for it, which can cost as much as a signature. A few
    threads still help where a core is free, because signing releases the interpreter.

    Args:
        app: The WSGI app. It is called when the request's body has been read.
        at_once: How many calls run at the same time.
    """

    def __init__(self, app: WSGIApplication, *, at_once: int) -> None:
        self._app = app
        self._slots = threading.Semaphore(at_once)
        self._stopping = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Calls the app as soon as a slot is free."""
        if environ["PATH_INFO"].startswith(MAY_WAIT):
            environ[ENDING] = self._stopping.is_set
            return self._app(environ, start_response)
        environ[WAIT] = self._wait
        with self._slots:
            return self._app(environ, start_response)

    def stop_waiting(self) -> None:
        """Ends all waits, because the server stops."""
        self._stopping.set()

    def _wait(self, seconds: float) -> None:
        self._slots.release()
        try:
            self._stopping.wait(seconds)
        finally:
            self._slots.acquire()


def base_url(host: str, port: int) -> str:
    """Returns the URL of a server that listens on a host name or IP address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
