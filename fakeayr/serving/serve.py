"""Runs the app in worker processes, for `fakeayr serve`."""

import contextlib
import http.client
import logging
import multiprocessing
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.server import Server as Granian

from fakeayr.domain.ports import StoreUnreachable
from fakeayr.domain.urls import is_loopback
from fakeayr.errors import FakeayrError
from fakeayr.serving import open_files, worker
from fakeayr.serving.create_app import create_app
from fakeayr.serving.event_loop import EventLoopApp
from fakeayr.serving.limit import base_url
from fakeayr.store.opening import open_store
from fakeayr.store.sqlite import IN_MEMORY
from fakeayr.web.config import Config

_STOPPED_WITHIN_SECONDS: Final = 2
"""How long a worker may take to finish its calls when the server stops."""
_LOCAL_ADDRESSES: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Where this machine reaches a server that listens on all addresses."""
_READY_POLL_SECONDS: Final = 0.01
_READY_WITHIN_SECONDS: Final = 30
_DATABASE_POLL_SECONDS: Final = 1
_AT_ONCE_WITH_DATABASE: Final = 8
"""Calls that run at the same time in a worker that waits for a database most of the time."""

_BACKLOG: Final = 4096
"""Most connections that wait to be accepted. Many clients may start at the same time."""
_OWN_FILES: Final = 128
"""Files that a worker may open in addition to one for each connection."""
_MOST_CONNECTIONS: Final = 65_536
_FEW_CONNECTIONS: Final = 2_048
"""A limit of connections below this is logged as a warning."""

_log = logging.getLogger("fakeayr")


class CannotServe(FakeayrError):
    """The server cannot start."""


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """The options of `serve`.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.
        workers: Number of processes.
        state: A SQLite file or the URL of a PostgreSQL database. `None` keeps everything in memory
            or, with several workers, in a temporary file that is deleted with the server.
        config: The app's configuration.
    """

    host: str = "127.0.0.1"
    port: int = 8189
    workers: int = 1
    state: str | Path | None = field(default=None, repr=False)  # A URL may contain a password.
    config: Config = field(default_factory=Config)


def serve(
    options: ServeOptions, prepare: Callable[[str], None], when_ready: Callable[[str], None]
) -> None:
    """Serves until SIGINT, SIGTERM or SIGHUP (unless SIGHUP is ignored, as under `nohup`).

    Args:
        options: What to serve, and where.
        prepare: Called once with the server's URL before the server starts. An exception in it
            stops the start.
        when_ready: Called once with the server's URL when the server responds.

    Raises:
        CannotServe: The port is taken, the address is not this machine's, or others could reach
            the control surface without a token.
        StoreUnusable: The state cannot be used.
        StoreUnreachable: The state's database does not respond.
    """
    options = _check_exposure(options)
    hangup_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    for number in worker.ENDING_SIGNALS:  # Until Granian sets its own handlers.
        if number != signal.SIGHUP or not hangup_ignored:
            signal.signal(number, lambda *_: sys.exit())
    with (
        _reserve_port(options.host, options.port) as (address, port),
        _prepare_state(options) as state,
    ):
        url = base_url(_LOCAL_ADDRESSES.get(options.host, options.host), port)
        prepare(url)
        server = Granian(
            "fakeayr",
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=options.workers,
            backlog=_BACKLOG,
            backpressure=_raise_connection_limit(),
            workers_kill_timeout=_STOPPED_WITHIN_SECONDS,
            respawn_failed_workers=True,
            log_enabled=False,
        )
        on_hangup = signal.SIG_IGN if hangup_ignored else server.signal_handler_interrupt
        server.on_startup(partial(signal.signal, signal.SIGHUP, on_hangup))  # No reload.
        waiting = threading.Thread(
            target=_wait_until_ready, args=(address, port, partial(when_ready, url)), daemon=True
        )
        server.on_startup(waiting.start)
        worker.shield_starts()
        try:
            started = multiprocessing.Event()
            server.serve(target_loader=partial(_load, options, state, started), wrap_loader=False)
        except SystemExit as ended:
            if ended.code and not server.interrupt_signal:
                raise CannotServe(
                    "The worker processes keep failing; see the errors above."
                ) from ended


def _check_exposure(options: ServeOptions) -> ServeOptions:
    """Returns the options with an app that knows whether others can reach its address.

    Raises:
        CannotServe: They can, and no control token protects the server.
    """
    config = replace(options.config, listens_to_network=not is_loopback(options.host))
    if config.is_exposed and config.control_token is None:
        where = options.host if config.listens_to_network else config.public_url
        raise CannotServe(
            f"Other machines can reach {where}: set FAKEAYR_CONTROL_TOKEN or --control-token "
            "to protect the control surface."
        )
    return replace(options, config=config)


def _load(options: ServeOptions, state: str, served_before: Event) -> Any:
    """Returns the app of a worker; runs in the worker's process."""
    end = worker.WorkerShutdown()
    if state == IN_MEMORY and served_before.is_set():
        _log.warning(
            "The worker process died. Its accounts, profiles and links were in memory only and are "
            "lost; a new worker starts empty. Use --state to keep them."
        )
    served_before.set()
    while True:
        try:
            store = open_store(state)
            app = create_app(options.config, store=store)
        except StoreUnreachable as failure:
            _log.warning("A worker waits for the database. %s", failure)
            time.sleep(_DATABASE_POLL_SECONDS)
        else:
            worker.close_at_end(app.close)
            return EventLoopApp(
                app,
                body_limit=options.config.body_limit,
                on_start=end.start_serving,
                threads=_AT_ONCE_WITH_DATABASE if store.remote else 0,
            )


def _raise_connection_limit() -> int:
    """Raises the limit of open files as far as the system allows.

    Returns:
        How many connections each worker may have. Further clients wait until another one leaves.
    """
    wanted = _MOST_CONNECTIONS + _OWN_FILES
    open_files.raise_limit(wanted)
    files = open_files.count_allowed(wanted)
    most = max(1, files - _OWN_FILES)
    if most < _FEW_CONNECTIONS:
        _log.warning(
            "Each worker accepts at most %d connections, because the system allows it %d open "
            "files. Raise the limit with `ulimit -n` to serve more clients.",
            most,
            files,
        )
    return most


@contextlib.contextmanager
def _prepare_state(options: ServeOptions) -> Iterator[str]:
    """Yields the database for the workers: checks it first, deletes it if it is temporary."""
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
def _reserve_port(host: str, port: int) -> Iterator[tuple[str, int]]:
    """Yields the IP address and port to listen on, and keeps other servers from taking the port.

    Each worker listens with its own socket on a shared port, which would also let a second server
    share it. A socket that is bound first, and only then allows sharing, prevents that.
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


def _wait_until_ready(address: str, port: int, when_ready: Callable[[], None]) -> None:
    local = _LOCAL_ADDRESSES.get(address, address)
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
