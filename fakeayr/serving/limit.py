"""An app as a server calls it."""

import contextlib
import io
import threading
from collections.abc import Iterable
from typing import Final
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from fakeayr.client.environ import WAIT

_WAITING: Final = "/_fakeayr/"
"""Calls below this path may wait for others: for a delivery, say, whose receiver calls back."""
_SMALL_BYTES: Final = 64 * 1024
"""Bodies up to this size are read ahead of the turn, which then is taken once."""


class Served:
    """An app as a server calls it: a few calls at once, but none waits for one that waits.

    Threads that work beside each other in one interpreter fight for it, which can cost as much as a
    signature. Two of them gain something nevertheless, where a core is free: signing lets go of the
    interpreter.

    Args:
        app: The app.
        at_once: Calls to work on at once; those that wait on purpose do not count.
    """

    def __init__(self, app: WSGIApplication, *, at_once: int) -> None:
        self._app = app
        self._turn = threading.Lock() if at_once == 1 else threading.Semaphore(at_once)
        self._stopping = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers a call when it is its turn."""
        if environ["PATH_INFO"].startswith(_WAITING):
            return self._app(environ, start_response)
        environ[WAIT] = self._wait
        environ["wsgi.input"] = self._read_ahead(environ) or _Body(
            environ["wsgi.input"], self._turn
        )
        with self._turn:
            return self._app(environ, start_response)

    @staticmethod
    def _read_ahead(environ: WSGIEnvironment) -> io.BytesIO | None:
        """A small body, whole; `None` for others, and where the app shall meet what went wrong."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isascii() or not length.isdigit() or len(length) > len(str(_SMALL_BYTES)):
            return None
        if int(length) > _SMALL_BYTES:
            return None
        with contextlib.suppress(Exception):
            return io.BytesIO(environ["wsgi.input"].read())
        return None

    def stop_waiting(self) -> None:
        """Ends every wait, since the server stops."""
        self._stopping.set()

    def _wait(self, seconds: float) -> None:
        self._turn.release()
        try:
            self._stopping.wait(seconds)
        finally:
            self._turn.acquire()


class _Body:
    """A request's body: who waits for it lets others work.

    Args:
        stream: The body as the server reads it.
        turn: The reader's turn.
    """

    def __init__(self, stream: InputStream, turn: "threading.Lock | threading.Semaphore") -> None:
        self._stream = stream
        self._turn = turn

    def read(self, *size: int) -> bytes:
        """Reads up to so many bytes, or all; Granian takes no -1 for that."""
        self._turn.release()
        try:
            return self._stream.read(*size)
        finally:
            self._turn.acquire()


def base_url(host: str, port: int) -> str:
    """The URL of a server that listens on a host name or IP address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
