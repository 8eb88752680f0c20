"""Running an app in worker processes, for `fakeayr serve`."""

import contextlib
import http.client
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.constants import Interfaces
from granian.server import Server as Granian

from fakeayr.client.environ import OUTSIDE_CONTRACT
from fakeayr.domain.ports import StoreUnreachable
from fakeayr.domain.urls import is_loopback
from fakeayr.serving import worker
from fakeayr.serving.create_app import create_app
from fakeayr.serving.limit import Served, base_url
from fakeayr.store.opening import open_store
from fakeayr.store.sqlite import IN_MEMORY
from fakeayr.web.config import Config
from fakeayr.web.faults import ConnectionBroken

_STOPPED_WITHIN_SECONDS: Final = 2
"""How long a worker may go on with the calls it has when it should end."""
_GRANIAN_SENDS_WITHIN_SECONDS: Final = 0.1
_ITSELF: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Where this machine itself reaches a server that listens on every address."""
_READY_POLL_SECONDS: Final = 0.01
_READY_WITHIN_SECONDS: Final = 30
_DATABASE_POLL_SECONDS: Final = 1
_AT_ONCE_WITH_DATABASE: Final = 8
"""Calls to work on at once where they wait for another machine for most of their time."""

_log = logging.getLogger("fakeayr")


class CannotServe(Exception):
    """The server cannot start; the text says why and what to do, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How `serve` runs.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.
        workers: How many processes.
        threads: How many calls each of them has at once, those that wait included.
        state: Database file, or URL of a PostgreSQL database; `None` keeps everything in memory
            (or, with several workers, in a temporary database that goes with the server).
        config: How the app is set up.
    """

    host: str = "127.0.0.1"
    port: int = 8189
    workers: int = 1
    threads: int = 64
    state: str | Path | None = field(default=None, repr=False)  # A URL may hold a password.
    config: Config = field(default_factory=Config)


def serve(
    options: Options, prepare: Callable[[str], None], when_ready: Callable[[str], None]
) -> None:
    """Serves until SIGINT or SIGTERM.

    Args:
        options: How.
        prepare: Called once with the server's URL before it answers; what it raises ends all.
        when_ready: Called once with the server's URL when it answers.

    Raises:
        CannotServe: The port is taken, the address is not this machine's, or the control surface
            would be open to a network.
        StoreUnusable: The state cannot be used.
        StoreUnreachable: Its database does not answer.
    """
    if not is_loopback(options.host) and options.config.control_token is None:
        raise CannotServe(
            f"{options.host} can be reached by others: protect the control surface "
            "with --control-token."
        )
    for number in (signal.SIGINT, signal.SIGTERM):  # Until Granian takes over.
        signal.signal(number, lambda *_: sys.exit())
    with _reserved(options.host, options.port) as (address, port), _state(options) as state:
        url = base_url(_ITSELF.get(options.host, options.host), port)
        prepare(url)
        server = Granian(
            "fakeayr",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=options.workers,
            blocking_threads=options.threads,
            workers_kill_timeout=_STOPPED_WITHIN_SECONDS,
            respawn_failed_workers=True,
            log_enabled=False,
        )
        server.on_startup(partial(_announce, address, port, partial(when_ready, url)))
        worker.shield_starts()
        try:
            server.serve(target_loader=partial(_load, options, state), wrap_loader=False)
        except SystemExit as ended:
            if ended.code and not server.interrupt_signal:
                raise CannotServe("A worker process ended again and again.") from ended


class _ServedByGranian(Served):
    """Makes Granian hang up where a fault breaks the connection.

    Without an answer: Granian answers 500 to an exception, but its HTTP library sends nothing and
    hangs up when the headers contradict each other about the body's length. In the middle of a
    body: Granian hangs up, but what it was given just before may not have left yet.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer = super().__call__(environ, start_response)
        except ConnectionBroken:
            start_response("500 ", [("Content-Length", "1"), ("Transfer-Encoding", "chunked")])
            return ()
        return self._breaking_late(answer) if OUTSIDE_CONTRACT in environ else answer

    @staticmethod
    def _breaking_late(answer: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from answer
        except ConnectionBroken:
            time.sleep(_GRANIAN_SENDS_WITHIN_SECONDS)
            raise


def _load(options: Options, state: str) -> WSGIApplication:
    worker.end_with_server()
    cores = max(1, (os.cpu_count() or 1) // options.workers)
    while True:
        try:
            store = open_store(state)
            app = create_app(options.config, store=store)
        except StoreUnreachable as failure:
            _log.warning("A worker waits for its database. %s", failure)
            time.sleep(_DATABASE_POLL_SECONDS)
        else:
            worker.close_at_end(app.close)
            at_once = max(cores, _AT_ONCE_WITH_DATABASE) if store.remote else cores
            return _ServedByGranian(app, at_once=at_once)


@contextlib.contextmanager
def _state(options: Options) -> Iterator[str]:
    """The database of a server: checked before workers start, removed if it is temporary."""
    if options.state is None and options.workers == 1:
        yield IN_MEMORY
        return
    folder = None if options.state else tempfile.mkdtemp(prefix="fakeayr-")
    path = options.state or Path(folder or "") / "state.sqlite"
    try:
        open_store(path).close()
        yield str(path)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _reserved(host: str, port: int) -> Iterator[tuple[str, int]]:
    """The IP address and port to listen on, which no other server can take meanwhile.

    Each worker listens with a socket of its own. Sockets that share a port in this way would let a
    second server in, unnoticed; one that is bound beforehand, and then agrees to share, keeps it
    out.
    """
    with contextlib.ExitStack() as held:
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            reserved = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(address)
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        except (OSError, OverflowError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CannotServe(
                f"Cannot listen on {host} port {port}: {reason}. "
                "Choose another with --host and --port (0 picks a free port)."
            ) from error
        name = reserved.getsockname()
        yield name[0], name[1]


def _announce(address: str, port: int, when_ready: Callable[[], None]) -> None:
    threading.Thread(
        target=_wait_until_ready, args=(address, port, when_ready), daemon=True
    ).start()


def _wait_until_ready(address: str, port: int, when_ready: Callable[[], None]) -> None:
    local = _ITSELF.get(address, address)
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(local, port, timeout=_READY_WITHIN_SECONDS)
        try:
            connection.request("GET", "/_fakeayr/health")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(_READY_POLL_SECONDS)
        else:
            when_ready()
            return
        finally:
            connection.close()
