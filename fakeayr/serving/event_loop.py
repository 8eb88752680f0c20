"""A WSGI app on Granian's event loop (its interface RSGI), without a thread for each call.

The loop reads a request's body, and then calls the app in its own thread: no other thread is woken
for a call, and none fights for the interpreter. A call that waits on purpose must not hold up the
loop. A latency fault suspends its call, a greenlet, until the loop's timer resumes it. Whatever
else may wait runs in a thread that exists for such calls only.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final, cast
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]
from greenlet import getcurrent, greenlet

from fakeayr.client.environ import WAIT
from fakeayr.serving.limit import (
    BODY_WITHIN_SECONDS,
    MAY_WAIT,
    MOST_DISCARDED_BYTES,
    ConcurrencyLimit,
)
from fakeayr.web.faults import ConnectionBroken

_LOOK_SECONDS: Final = 1
_MOST_THREADS: Final = 1024
"""Calls that can wait at once in threads; a thread is started when it is needed."""
_UNREADABLE: Final = "\ufffd".encode().decode("latin-1")
"""Stands for a header's value that is not ASCII: no key, token or type has such a value."""
_CLOSE: Final = ("Connection", "close")

_ENVIRON: Final[Mapping[str, Any]] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,  # What Werkzeug looks at where a body comes in chunks.
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Answer:
    """What the app responds with, collected before anything is sent.

    Attributes:
        status: The status code; 0 where the connection is to be broken off without a response.
        headers: The headers.
        body: The body, or the part of it in front of the place where the connection is to break.
        broken: Whether a fault breaks the connection behind `body`.
    """

    __slots__ = ("body", "broken", "headers", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.broken = False

    def collect(self, app: WSGIApplication, environ: WSGIEnvironment) -> "Answer":
        """Calls the app."""
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
        """Sends the response, or as much of it as a fault lets through, and then hangs up."""
        if not self.broken:
            protocol.response_bytes(self.status, self.headers, self.body)
        elif self.status:  # Granian hangs up when less follows than Content-Length promises.
            await protocol.response_stream(self.status, self.headers).send_bytes(self.body)
        else:  # It sends nothing at all when the headers contradict each other.
            contradiction = [("Content-Length", "1"), ("Transfer-Encoding", "chunked")]
            protocol.response_bytes(500, contradiction, b"x")


class EventLoopApp:
    """A WSGI app as Granian calls it.

    Args:
        app: The app.
        body_limit_bytes: The app refuses larger bodies.
        on_start: Called with the loop before the first request.
        threads: How many calls to work on at once in threads, where they wait for another machine
            for most of their time; none runs on the loop then. 0 runs them on the loop.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        body_limit_bytes: int,
        on_start: Callable[[asyncio.AbstractEventLoop], None],
        threads: int = 0,
    ) -> None:
        self._app = ConcurrencyLimit(app, at_once=threads) if threads else app
        self._all_in_threads = threads > 0
        self._body_limit = body_limit_bytes
        self._on_start = on_start
        self._threads = ThreadPoolExecutor(_MOST_THREADS, "fakeayr-call")
        self._idle: list[greenlet] = []
        self._reading: dict[asyncio.Task[None], float] = {}
        self._late: set[asyncio.Task[None]] = set()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by Granian before it serves."""
        self._on_start(loop)
        self._end_late_bodies(loop)

    def _end_late_bodies(self, loop: asyncio.AbstractEventLoop) -> None:
        """Looks once a second: a timer for each body would cost a tenth of a call."""
        now = loop.time()
        for task, deadline in self._reading.items():
            if deadline <= now and task not in self._late:
                self._late.add(task)
                task.cancel()
        loop.call_later(_LOOK_SECONDS, self._end_late_bodies, loop)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Called by Granian for each request."""
        environ = _environ(scope)
        try:
            environ["wsgi.input"] = io.BytesIO(await self._read_body_in_time(environ, protocol))
        except TimeoutError:
            protocol.response_empty(408, [_CLOSE])
        except ProtocolClosed:  # It is shorter than it claims to be, or its chunks are malformed.
            protocol.response_empty(400, [_CLOSE])
        else:
            await (await self._call(environ)).send(protocol)

    async def _read_body_in_time(self, environ: WSGIEnvironment, protocol: HTTPProtocol) -> bytes:
        """The body.

        Raises:
            TimeoutError: It does not come in time.
            ProtocolClosed: It ends early, or its chunks are malformed.
        """
        length = environ.get("CONTENT_LENGTH")
        if length is None and "HTTP_TRANSFER_ENCODING" not in environ:
            return b""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._reading[task] = task.get_loop().time() + BODY_WITHIN_SECONDS
        try:
            if length is not None and int(length) <= self._body_limit:
                return await protocol()
            return await self._read_large(protocol)
        except asyncio.CancelledError:
            if task in self._late:
                raise TimeoutError from None
            raise
        finally:
            del self._reading[task]
            self._late.discard(task)

    async def _read_large(self, protocol: HTTPProtocol) -> bytes:
        """Enough of a body for the app to see that it is too large; the rest is dropped."""
        body, read = bytearray(), 0
        async for chunk in protocol:
            body += chunk[: self._body_limit + 1 - len(body)]
            read += len(chunk)
            if read > MOST_DISCARDED_BYTES:
                break
        return bytes(body)

    async def _call(self, environ: WSGIEnvironment) -> Answer:
        if self._all_in_threads or environ["PATH_INFO"].startswith(MAY_WAIT):
            loop = asyncio.get_running_loop()
            collect = Answer().collect
            return await loop.run_in_executor(self._threads, collect, self._app, environ)
        environ[WAIT] = _suspend
        call = self._idle.pop() if self._idle else greenlet(self._run_calls)
        outcome = call.switch(environ)
        while not isinstance(outcome, Answer):
            await asyncio.sleep(outcome)
            outcome = call.switch()
        self._idle.append(call)
        return outcome

    def _run_calls(self, environ: WSGIEnvironment) -> None:
        """Runs one call after the other in a greenlet, since a new one costs more than a switch."""
        loop = getcurrent().parent
        while loop is not None:
            environ = loop.switch(Answer().collect(self._app, environ))


def _suspend(seconds: float) -> None:
    """Returns to the loop from within a call, which goes on after so many seconds."""
    getcurrent().parent.switch(seconds)  # type: ignore[union-attr]


def _environ(scope: Scope) -> WSGIEnvironment:
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
        name = _variable(header)
        if name in environ:
            joint = "; " if name == "HTTP_COOKIE" else ","
            environ[name] = f"{environ[name]}{joint}{value}"
        else:
            environ[name] = value
    for header in headers.keys():  # noqa: SIM118 - it is no dict; `items` leaves out what is not ASCII
        environ.setdefault(_variable(header), _UNREADABLE)
    if scope.authority:  # Of a target in absolute form; the Host does not count then (RFC 9112).
        environ["HTTP_HOST"] = scope.authority
    return environ


@lru_cache(256)
def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
