"""An app as a server calls it."""

import threading
from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from fakeayr.api.faults import WAIT

WORKING_AT_ONCE: Final = 8
"""Calls that a worker works on at once; those that wait on purpose do not count."""


class Served:
    """An app as a server calls it, with a way to wait that does not hold up other calls."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._turns = threading.Semaphore(WORKING_AT_ONCE)
        self._stopping = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers a call when it is its turn."""
        environ[WAIT] = self._wait
        with self._turns:
            return self._app(environ, start_response)

    def stop_waiting(self) -> None:
        """Ends every wait, since the server stops."""
        self._stopping.set()

    def _wait(self, seconds: float) -> None:
        self._turns.release()
        try:
            self._stopping.wait(seconds)
        finally:
            self._turns.acquire()


def base_url(host: str, port: int) -> str:
    """The URL of a server that listens on a host name or IP address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
