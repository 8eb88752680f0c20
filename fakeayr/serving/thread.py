"""Running an app in threads of the present process, for tests."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, Final

from cheroot import wsgi
from flask import Flask

from fakeayr.serving.limit import ConcurrencyLimit, base_url

_THREADS: Final = 16
_AT_ONCE: Final = 4
_WAITING: Final = 128
"""Connections that may wait to be taken: whoever finds no place tries again only a second later."""


@contextlib.contextmanager
def run_in_thread(app: Flask, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves an app from a thread and answers its URL; port 0 picks a free one."""
    limited = ConcurrencyLimit(app, at_once=_AT_ONCE)
    server = _ThreadServer((host, port), limited, numthreads=_THREADS, request_queue_size=_WAITING)
    ready: Future[None] = Future()

    def run() -> None:
        try:
            server.prepare()
        except BaseException as error:
            ready.set_exception(error)
        else:
            ready.set_result(None)
            server.serve()

    # The threads that a daemon starts are daemons too: they hold up no process that forgets them.
    thread = threading.Thread(target=run, name="fakeayr-server", daemon=True)
    thread.start()
    ready.result()
    try:
        yield base_url(host, server.bind_addr[1])
    finally:
        limited.stop_waiting()
        server.stop()
        thread.join()


class _Request(wsgi.Server.ConnectionClass.RequestHandlerClass):  # type: ignore[misc]
    """A request whose target may be in absolute form, as clients of a proxy send it."""

    def __init__(self, server: Any, connection: Any) -> None:
        super().__init__(server, connection, proxy_mode=True)


class _Connection(wsgi.Server.ConnectionClass):  # type: ignore[misc]
    RequestHandlerClass = _Request


class _ThreadServer(wsgi.Server):
    ConnectionClass = _Connection
    expiration_interval = 0.05  # Seconds; so long may `stop` take.
