"""Running an app in worker processes, for `fakeayr serve`."""

import contextlib
import http.client
import logging
import multiprocessing
import resource
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
from fakeayr.serving import worker
from fakeayr.serving.create_app import create_app
from fakeayr.serving.event_loop import EventLoopApp
from fakeayr.serving.limit import base_url
from fakeayr.store.opening import open_store
from fakeayr.store.sqlite import IN_MEMORY
from fakeayr.web.config import Config

_STOPPED_WITHIN_SECONDS: Final = 2
"""How long a worker may go on with the calls it has when it should end."""
_ITSELF: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Where this machine itself reaches a server that listens on every address."""
_READY_POLL_SECONDS: Final = 0.01
_READY_WITHIN_SECONDS: Final = 30
_DATABASE_POLL_SECONDS: Final = 1
_AT_ONCE_WITH_DATABASE: Final = 8
"""Calls to work on at once where they wait for another machine for most of their time."""

_BACKLOG: Final = 4096
"""Connections that may wait to be accepted: many clients may start at once."""
_OWN_FILES: Final = 128
"""Files that a worker may need besides one for each connection."""
_MOST_CONNECTIONS: Final = 65_536
_FEW_CONNECTIONS: Final = 2_048
"""Below this limit of connections, a warning says so."""

_log = logging.getLogger("fakeayr")


class CannotServe(FakeayrError):
    """The server cannot start; the text says why and what to do, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How `serve` runs.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.
        workers: How many processes.
        state: Database file, or URL of a PostgreSQL database; `None` keeps everything in memory
            (or, with several workers, in a temporary database that goes with the server).
        config: How the app is set up.
    """

    host: str = "127.0.0.1"
    port: int = 8189
    workers: int = 1
    state: str | Path | None = field(default=None, repr=False)  # A URL may hold a password.
    config: Config = field(default_factory=Config)


def serve(
    options: Options, prepare: Callable[[str], None], when_ready: Callable[[str], None]
) -> None:
    """Serves until SIGINT, SIGTERM, or SIGHUP unless that is ignored (as `nohup` has it).

    Args:
        options: How.
        prepare: Called once with the server's URL before it answers; what it raises ends all.
        when_ready: Called once with the server's URL when it answers.

    Raises:
        CannotServe: The port is taken, the address is not this machine's, or the control surface
            would be open to others, through the address or the public URL.
        StoreUnusable: The state cannot be used.
        StoreUnreachable: Its database does not answer.
    """
    options = _checked(options)
    hangup_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    for number in worker.ENDING_SIGNALS:  # Until Granian takes over.
        if number != signal.SIGHUP or not hangup_ignored:
            signal.signal(number, lambda *_: sys.exit())
    with _reserved(options.host, options.port) as (address, port), _state(options) as state:
        url = base_url(_ITSELF.get(options.host, options.host), port)
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
        server.on_startup(partial(_announce, address, port, partial(when_ready, url)))
        worker.shield_starts()
        try:
            started = multiprocessing.Event()
            server.serve(target_loader=partial(_load, options, state, started), wrap_loader=False)
        except SystemExit as ended:
            if ended.code and not server.interrupt_signal:
                raise CannotServe("A worker process ended again and again.") from ended


def _checked(options: Options) -> Options:
    """The options, whose app knows whether others reach the address.

    Raises:
        CannotServe: They reach the server, and no control token protects it.
    """
    config = replace(options.config, listens_to_network=not is_loopback(options.host))
    if config.is_exposed and config.control_token is None:
        where = options.host if config.listens_to_network else config.public_url
        raise CannotServe(
            f"{where} can be reached by others: protect the control surface with "
            "FAKEAYR_CONTROL_TOKEN or --control-token."
        )
    return replace(options, config=config)


def _load(options: Options, state: str, served_before: Event) -> Any:
    """The `EventLoopApp` of a worker, in its process."""
    end = worker.End()
    if state == IN_MEMORY and served_before.is_set():
        _log.warning(
            "The worker process died, and all accounts, profiles and links with it, as they were "
            "in memory only. A new worker starts empty. With --state they would have outlived it."
        )
    served_before.set()
    while True:
        try:
            store = open_store(state)
            app = create_app(options.config, store=store)
        except StoreUnreachable as failure:
            _log.warning("A worker waits for its database. %s", failure)
            time.sleep(_DATABASE_POLL_SECONDS)
        else:
            worker.close_at_end(app.close)
            return EventLoopApp(
                app,
                body_limit_bytes=options.config.body_limit_bytes,
                on_start=end.serves,
                threads=_AT_ONCE_WITH_DATABASE if store.remote else 0,
            )


def _raise_connection_limit() -> int:
    """Lets each process have as many connections as the system allows it, and returns how many.

    Whoever connects beyond that waits until another client leaves.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _OWN_FILES
    files = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft == resource.RLIM_INFINITY or soft >= files:
        files = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    most = max(1, files - _OWN_FILES)
    if most < _FEW_CONNECTIONS:
        _log.warning(
            "Each worker holds at most %d connections, as the system allows it %d open files: "
            "raise the limit with `ulimit -n` to have more clients at once.",
            most,
            files,
        )
    return most


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
