"""How requests reach a fake: straight into its app in this process, or over HTTP to another one."""

import io
import select
import sys
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from fakeayr.client.environ import WAIT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Headers = Iterable[tuple[str, str]]

_NOT_PREFIXED: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
_MADE_HERE: Final = _HOP_BY_HOP | {"host", "content-length"}
_PATIENCE_SECONDS: Final = 60


class Broken(Exception):
    """The connection broke before an answer came."""


class TimedOut(Broken):
    """No answer came within the time that the client gives it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: HTTP status.
        reason: The words behind it.
        headers: Names and values, in order.
        body: The body as far as it came; where the connection broke, shorter than `length`.
        length: How long it should be.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    length: int

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Transport(Protocol):
    """Sends requests for any of the fake's hosts."""

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """Sends a request.

        Args:
            method: Its method.
            url: Absolute; its host may be the fake's or one of the vendor's.
            headers: Names and values.
            body: The body.
            timeout: How many seconds the client waits for an answer; for ever if `None`.

        Raises:
            Broken: The connection broke before an answer came.
            TimedOut: The client's patience was over before an answer came.
        """
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


class WsgiTransport:
    """Calls an app of this process, in the caller's thread.

    Args:
        app: The app.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._closed = threading.Event()

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        if self._closed.is_set():
            raise Broken("The fake has ended.")
        patience = _Patience(timeout, self._closed)
        environ = _environ(method, url, headers, body)
        environ[WAIT] = patience.wait
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks: list[bytes] = []

        def start_response(status: str, answered: list[tuple[str, str]], _: Any = None) -> Any:
            started[:] = [(status, list(answered))]

        try:
            parts: Any = self._app(environ, start_response)
            try:
                for part in parts:
                    chunks.append(part)
            finally:
                getattr(parts, "close", lambda: None)()
        except ConnectionError as error:  # Ordered by the test, maybe in the middle of the body.
            if not started:
                raise Broken("Remote end closed connection without response") from error
        if patience.over:
            raise TimedOut("timed out")
        (status, answered), content = started[0], b"".join(chunks)
        code, _, reason = status.partition(" ")
        length = int(dict(answered).get("Content-Length", len(content)))
        if method == "HEAD":
            content, length = b"", 0
        return Reply(int(code), reason, answered, content, length)

    def close(self) -> None:
        """Lets no further call through, and ends the waits of those that somebody gave up."""
        self._closed.set()


class _Patience:
    """How long a client waits: what is slower than that ends for it, but still takes effect."""

    def __init__(self, seconds: float | None, closed: threading.Event) -> None:
        self._left = seconds
        self._closed = closed
        self.over = False

    def wait(self, seconds: float) -> None:
        """Waits as long as a call is to be late, but never longer than the client does."""
        if self._left is not None and seconds > self._left:
            self.over = True
            seconds = self._left
        self._closed.wait(seconds)


class HttpTransport:
    """Sends requests to a fake that runs elsewhere; the `Host` stays the one that was meant.

    Args:
        url: Where it runs.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._idle: deque[HTTPConnection] = deque()

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        connection = self._connection(_PATIENCE_SECONDS if timeout is None else timeout)
        try:
            reply, reusable = _exchange(connection, method, url, headers, body)
        except TimeoutError as error:
            connection.close()
            raise TimedOut("timed out") from error
        except (HTTPException, OSError) as error:
            connection.close()
            raise Broken(f"{self._target.geturl()}: {error}") from error
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """See `Transport.close`."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self, timeout: float) -> HTTPConnection:
        while True:
            try:
                known = self._idle.pop()
            except IndexError:
                break
            if known.sock is not None and not select.select([known.sock], [], [], 0)[0]:
                known.sock.settimeout(timeout)
                return known
            known.close()  # The server has closed it meanwhile.
        kind = HTTPSConnection if self._target.scheme == "https" else HTTPConnection
        return kind(self._target.hostname or "", self._target.port, timeout=timeout)


def _exchange(
    connection: HTTPConnection, method: str, url: str, headers: Headers, body: bytes
) -> tuple[Reply, bool]:
    """Sends a request; answers what came back, and whether the connection is good for more."""
    wanted = urlsplit(url)
    path = (wanted.path or "/") + (f"?{wanted.query}" if wanted.query else "")
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", wanted.netloc.rpartition("@")[2])
    for name, value in headers:
        if name.lower() not in _MADE_HERE:
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


def _environ(method: str, url: str, headers: Headers, body: bytes) -> dict[str, Any]:
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
        lowered = name.lower()
        if lowered in _MADE_HERE:
            continue
        key = _NOT_PREFIXED.get(lowered) or "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
