"""The server of a fake that lives in this process: it starts when somebody needs its address."""

import contextlib
import os
import sys
import threading
import weakref
from typing import Final

from flask import Flask

from fakeayr.errors import FakeayrError


class ServerRefused(FakeayrError, RuntimeError):
    """The fake's server may not open a socket, or cannot be reached from a forked process."""


_LIVE: Final[weakref.WeakSet["LocalServer"]] = weakref.WeakSet()


class LocalServer:
    """Serves an app in a thread, once it is asked to.

    Args:
        app: The app.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._exits = contextlib.ExitStack()
        self._url: str | None = None
        self._process = os.getpid()
        _LIVE.add(self)

    def start(self) -> str:
        """Starts the server unless it is up, and returns its URL.

        Raises:
            ServerRefused: Sockets are forbidden, or this process was forked from the fake's before
                the server was up.
        """
        if self._url is not None:
            return self._url
        if os.getpid() != self._process:
            raise ServerRefused(
                "This process was forked from the one with the fake Ayrshare, whose server could "
                "not be started. Read the fixture's api_url before the fork."
            )
        from fakeayr.serving.thread import run_in_thread  # noqa: PLC0415 - it loads the server

        with self._lock:
            if self not in _LIVE:
                raise ServerRefused("The fake Ayrshare has ended.")
            if self._url is None:
                try:
                    self._url = self._exits.enter_context(run_in_thread(self._app))
                except Exception as error:
                    raise ServerRefused(
                        "The fake Ayrshare's server, which this test needs for an address or for a "
                        f"client that insists on one, cannot be started: {error}{_hint()}"
                    ) from error
            return self._url

    def close(self) -> None:
        """Stops the server."""
        _LIVE.discard(self)
        if os.getpid() == self._process:
            self._exits.close()


def _hint() -> str:
    forbidden = "pytest_socket" in sys.modules
    return " If it is pytest-socket: run pytest with --allow-hosts=127.0.0.1." if forbidden else ""


def _prepare_fork() -> None:
    """A forked process reaches the fake through its server, so that must be up."""
    for server in list(_LIVE):
        with contextlib.suppress(ServerRefused):
            server.start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_prepare_fork)
