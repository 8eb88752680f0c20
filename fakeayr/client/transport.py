"""Sends requests: into an app in this process, or over HTTP connections."""

import io
import json
import os
import select
import ssl
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from fakeayr.client.environ import UNDERSCORED, WAIT, header_key
from fakeayr.errors import FakeayrError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Headers = Iterable[tuple[str, str]]

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
_NOT_FORWARDED: Final = _HOP_BY_HOP | {"host", "content-length"}
_TIMEOUT_SECONDS: Final = 60


class TransportError(FakeayrError):
    """There was no response, or the connection broke."""


class TransportTimeout(TransportError):
    """There was no response in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response.

    Attributes:
        status: HTTP status.
        reason: The reason phrase.
        headers: Names and values, in order.
        body: The body. It is shorter than `length` if the connection broke.
        length: The full length of the body in bytes.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    length: int

    def header(self, name: str) -> str | None:
        """Returns the first header with this name, or `None`."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: str) -> list[str]:
        """Returns the values of all headers with this name, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Returns the body, decoded from JSON.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.body)


class Transport(Protocol):
    """Sends requests. Another HTTP library can be used by implementing this."""

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """Sends a request and returns the response.

        Args:
            method: The HTTP method.
            url: An absolute URL. Its host is the fake's, or one of Ayrshare's.
            headers: Names and values.
            body: The body.
            timeout: Seconds to wait for a response; `None` uses the transport's default.

        Raises:
            TransportError: The connection broke before there was a response.
            TransportTimeout: There was no response in time.
        """
        ...

    def close(self) -> None:
        """Closes idle connections."""
        ...


class WsgiTransport:
    """Calls an app in this process, on the caller's thread.

    A process that was forked from this one has only a copy of the app: there, requests go to the
    app's server.

    Args:
        app: The WSGI app.
        server_url: Returns the URL of the app's server, if it has one.
    """

    def __init__(self, app: "WSGIApplication", server_url: Callable[[], str] | None = None) -> None:
        self._app = app
        self._server_url = server_url
        self._closed = threading.Event()
        self._process = os.getpid()
        self._from_fork: HttpTransport | None = None

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        if os.getpid() != self._process:
            return self._reach_server().send(method, url, headers, body, timeout)
        if self._closed.is_set():
            raise TransportError("The fake has ended.")
        limit = _WaitLimit(timeout, self._closed)
        environ = _make_environ(method, url, headers, body)
        environ[WAIT] = limit.wait
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            started[:] = [(status, list(headers))]

        try:
            parts: Any = self._app(environ, start_response)
            try:
                for part in parts:
                    chunks.append(part)
            finally:
                getattr(parts, "close", lambda: None)()
        except ConnectionError as error:  # Caused by a fault, perhaps within the body.
            if not started:
                raise TransportError("Remote end closed connection without response") from error
        if limit.over:
            raise TransportTimeout("timed out")
        (status, received), content = started[0], b"".join(chunks)
        code, _, reason = status.partition(" ")
        length = int(dict(received).get("Content-Length", len(content)))
        if method == "HEAD":
            content, length = b"", 0
        return Reply(int(code), reason, received, content, length)

    def _reach_server(self) -> "HttpTransport":
        if self._from_fork is None:
            if self._server_url is None:
                raise TransportError("The app is in the process that this one was forked from.")
            self._from_fork = HttpTransport(self._server_url())
        return self._from_fork

    def close(self) -> None:
        """Refuses further calls, and ends the waits of running ones."""
        self._closed.set()


class _WaitLimit:
    """A client's timeout. A slower call times out for the client, but still takes effect."""

    def __init__(self, seconds: float | None, closed: threading.Event) -> None:
        self._left = seconds
        self._closed = closed
        self.over = False

    def wait(self, seconds: float) -> None:
        """Waits for `seconds`, but not longer than the client's timeout."""
        if self._left is not None and seconds > self._left:
            self.over = True
            seconds = self._left
        self._closed.wait(seconds)


class HttpTransport:
    """Sends requests over HTTP connections, which are kept open.

    Args:
        url: A server that gets all requests; the `Host` header is still that of the request's
            URL. Without it, each request goes to the host in its URL.
        context: The TLS settings; by default, the system's certificate authorities are trusted.
        timeout: Seconds to wait for a response, if a call does not say.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        context: ssl.SSLContext | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._target = None if url is None else urlsplit(url)
        self._context = context
        self._timeout = timeout
        self._idle: defaultdict[str, deque[HTTPConnection]] = defaultdict(deque)
        self._process = os.getpid()

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        target = self._target or urlsplit(url)
        if os.getpid() != self._process:  # The connections are those of the process that forked.
            self._process = os.getpid()
            self._idle.clear()
        idle = self._idle[f"{target.scheme}://{target.netloc}"]
        connection = self._take_connection(
            target, idle, self._timeout if timeout is None else timeout
        )
        try:
            reply, reusable = _exchange(connection, method, url, headers, body)
        except TimeoutError as error:
            connection.close()
            raise TransportTimeout("timed out") from error
        except (HTTPException, OSError) as error:
            connection.close()
            why = getattr(error, "strerror", None) or error
            raise TransportError(f"{target.scheme}://{target.netloc}: {why}") from error
        if reusable:
            idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """See `Transport.close`."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _take_connection(
        self, target: SplitResult, idle: deque[HTTPConnection], timeout: float
    ) -> HTTPConnection:
        while True:
            try:
                known = idle.pop()
            except IndexError:
                break
            if known.sock is not None and not select.select([known.sock], [], [], 0)[0]:
                known.sock.settimeout(timeout)
                return known
            known.close()  # The server has closed it.
        host, port = target.hostname or "", target.port
        if target.scheme == "https":
            return HTTPSConnection(host, port, timeout=timeout, context=self._context)
        return HTTPConnection(host, port, timeout=timeout)


def _exchange(
    connection: HTTPConnection, method: str, url: str, headers: Headers, body: bytes
) -> tuple[Reply, bool]:
    """Returns the response to a request, and whether the connection can be used again."""
    wanted = urlsplit(url)
    path = (wanted.path or "/") + (f"?{wanted.query}" if wanted.query else "")
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", wanted.netloc.rpartition("@")[2])
    for name, value in headers:
        if name.lower() not in _NOT_FORWARDED:
            connection.putheader(name, value.encode("latin-1"))
    if body or method in {"POST", "PUT", "PATCH"}:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    length = answer.length
    try:
        content = answer.read()
        whole = True
    except IncompleteRead as error:
        content, whole = error.partial, False
    reply = Reply(
        answer.status,
        answer.reason,
        answer.getheaders(),
        content,
        len(content) if length is None else length,
    )
    return reply, whole and not answer.will_close


def _make_environ(method: str, url: str, headers: Headers, body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        if name.lower() in _NOT_FORWARDED:
            continue
        key = header_key(name)
        if key is None:
            environ.setdefault(UNDERSCORED, []).append(name)
        else:
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
