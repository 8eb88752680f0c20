"""Runs a WSGI app on Granian's event loop (the RSGI interface), without a thread for each call.

The loop reads a request's body and then calls the app on the loop's own thread, so that threads do
not compete for the interpreter. A call that waits on purpose must not block the loop: a latency
fault suspends its call, which runs in a greenlet, until the loop's timer resumes it. Other calls
that may wait run in threads.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, cast
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]
from greenlet import getcurrent, greenlet

from fakeayr.client.environ import UNDERSCORED, WAIT, header_key
from fakeayr.serving.limit import (
    BODY_WITHIN_SECONDS,
    HEAVY,
    MAY_WAIT,
    MOST_DISCARDED_BYTES,
    ConcurrencyLimit,
)
from fakeayr.web.faults import ConnectionBroken

_LATE_BODY_POLL_SECONDS: Final = 1
_MOST_THREADS: Final = 1024
"""Most calls that can wait in threads at the same time. Threads start when they are needed."""
_HEAVY_AT_ONCE: Final = 2
"""How many calls work on files at the same time; each may need a few hundred megabytes."""
_UNREADABLE: Final = "\ufffd".encode().decode("latin-1")
"""Replaces header values that are not ASCII. No key, token or content type has such a value."""
_CLOSE: Final = ("Connection", "close")

_ENVIRON: Final[Mapping[str, Any]] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,  # Werkzeug needs this for chunked bodies.
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class CollectedResponse:
    """The app's response, collected before any of it is sent.

    Attributes:
        status: The status code; 0 if the connection is to be closed without a response.
        headers: The headers.
        body: The body, or the part of it that is sent before a fault breaks the connection.
        broken: Whether a fault breaks the connection after `body`.
    """

    __slots__ = ("body", "broken", "headers", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.broken = False

    def collect(self, app: WSGIApplication, environ: WSGIEnvironment) -> "CollectedResponse":
        """Calls the app and returns this object."""
        parts: list[bytes] = []
        try:
            chunks: Iterable[bytes] = app(environ, self._start)
            try:
                parts.extend(chunks)
            finally:
                getattr(chunks, "close", bool)()
        except ConnectionBroken:
            self.broken = True
        self.body = b"".join(parts)
        return self

    def _start(self, status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
        self.status, self.headers = int(status[:3]), headers

    async def send(self, protocol: HTTPProtocol) -> None:
        """Sends the response, or what comes before the place where a fault breaks it."""
        if not self.broken:
            protocol.response_bytes(self.status, self.headers, self.body)
        elif self.status:  # Granian closes the connection if the body is too short.
            await protocol.response_stream(self.status, self.headers).send_bytes(self.body)
        else:  # Granian sends nothing if the headers contradict each other.
            contradiction = [("Content-Length", "1"), ("Transfer-Encoding", "chunked")]
            protocol.response_bytes(500, contradiction, b"x")


class EventLoopApp:
    """An RSGI application that calls a WSGI app.

    Args:
        app: The WSGI app.
        body_limit: Returns the size above which the app refuses bodies of requests for a path.
        on_start: Called with the loop before the first request.
        threads: How many calls run in threads at the same time; for apps whose calls wait for
            another machine most of the time. 0 runs calls on the loop.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        body_limit: Callable[[str], int],
        on_start: Callable[[asyncio.AbstractEventLoop], None],
        threads: int = 0,
    ) -> None:
        self._app = ConcurrencyLimit(app, at_once=threads) if threads else app
        self._all_in_threads = threads > 0
        self._heavy = ConcurrencyLimit(app, at_once=_HEAVY_AT_ONCE)
        self._body_limit = body_limit
        self._on_start = on_start
        self._threads = ThreadPoolExecutor(_MOST_THREADS, "fakeayr-call")
        self._idle: list[greenlet] = []
        self._reading: dict[asyncio.Task[None], float] = {}
        self._late: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by Granian before it serves requests."""
        self._on_start(loop)
        self._end_late_bodies(loop)

    def _end_late_bodies(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancels late reads, once a second: a timer for each would cost a tenth of a call."""
        now = loop.time()
        for task, deadline in self._reading.items():
            if deadline <= now and task not in self._late:
                self._late.add(task)
                task.cancel()
        loop.call_later(_LATE_BODY_POLL_SECONDS, self._end_late_bodies, loop)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Called by Granian for each request."""
        environ = _make_environ(scope)
        try:
            environ["wsgi.input"] = io.BytesIO(await self._read_body_in_time(environ, protocol))
        except TimeoutError:
            protocol.response_empty(408, [_CLOSE])
        except ProtocolClosed:  # It is too short, or its chunks are malformed.
            protocol.response_empty(400, [_CLOSE])
        else:
            await (await self._call(environ)).send(protocol)

    async def _read_body_in_time(self, environ: WSGIEnvironment, protocol: HTTPProtocol) -> bytes:
        """Returns the request's body.

        Raises:
            TimeoutError: The body does not arrive in time.
            ProtocolClosed: The body ends early, or its chunks are malformed.
        """
        length = environ.get("CONTENT_LENGTH")
        if length is None and "HTTP_TRANSFER_ENCODING" not in environ:
            return b""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._reading[task] = task.get_loop().time() + BODY_WITHIN_SECONDS
        try:
            limit = self._body_limit(environ["PATH_INFO"])
            if length is not None and int(length) <= limit:
                return await protocol()
            return await self._read_large(protocol, limit)
        except asyncio.CancelledError:
            if task in self._late:
                raise TimeoutError from None
            raise
        finally:
            del self._reading[task]
            self._late.discard(task)

    async def _read_large(self, protocol: HTTPProtocol, limit: int) -> bytes:
        """Returns enough of a body for the app to see that it is too large; discards the rest."""
        body, read = bytearray(), 0
        async for chunk in protocol:
            body += chunk[: limit + 1 - len(body)]
            read += len(chunk)
            if read > MOST_DISCARDED_BYTES:
                break
        return bytes(body)

    async def _call(self, environ: WSGIEnvironment) -> CollectedResponse:
        is_heavy = environ["PATH_INFO"].startswith(HEAVY)
        if is_heavy or self._all_in_threads or environ["PATH_INFO"].startswith(MAY_WAIT):
            loop = asyncio.get_running_loop()
            app, collect = self._heavy if is_heavy else self._app, CollectedResponse().collect
            return await loop.run_in_executor(self._threads, collect, app, environ)
        environ[WAIT] = _suspend
        call = self._idle.pop() if self._idle else greenlet(self._run_calls)
        outcome = call.switch(environ)
        while not isinstance(outcome, CollectedResponse):
            await asyncio.sleep(outcome)
            outcome = call.switch()
        self._idle.append(call)
        return outcome

    def _run_calls(self, environ: WSGIEnvironment) -> None:
        """Runs calls one after the other: switching greenlets costs less than creating one."""
        loop = getcurrent().parent
        while loop is not None:
            environ = loop.switch(CollectedResponse().collect(self._app, environ))


def _suspend(seconds: float) -> None:
    """Returns to the loop from within a call; the call continues after `seconds`."""
    getcurrent().parent.switch(seconds)  # type: ignore[union-attr]


def _make_environ(scope: Scope) -> WSGIEnvironment:
    environ = dict(_ENVIRON)
    host, _, port = scope.server.rpartition(":")
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = scope.path.encode().decode("latin-1")
    environ["QUERY_STRING"] = scope.query_string.encode().decode("latin-1")
    environ["SERVER_PROTOCOL"] = f"HTTP/{scope.http_version}"
    environ["SERVER_NAME"], environ["SERVER_PORT"] = host.strip("[]"), port
    environ["REMOTE_ADDR"] = scope.client.rpartition(":")[0].strip("[]")
    headers = scope.headers
    for header, value in headers.items():
        name = header_key(header)
        if name is None:
            environ.setdefault(UNDERSCORED, []).append(header)
        elif name in environ:
            joint = "; " if name == "HTTP_COOKIE" else ","
            environ[name] = f"{environ[name]}{joint}{value}"
        else:
            environ[name] = value
    for header in headers.keys():  # noqa: SIM118 - not a dict; `items` omits values that are not ASCII
        name = header_key(header)
        if name is not None:
            environ.setdefault(name, _UNREADABLE)
    if scope.authority:  # Of a target in absolute form; the Host does not count then (RFC 9112).
        environ["HTTP_HOST"] = scope.authority
    return environ
