"""How requests reach a fake: straight into its app in this process, or over HTTP to another one."""

import io
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_NOT_PREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
_WITHIN_SECONDS = 60


class Broken(Exception):
    """The connection broke before an answer came."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: HTTP status.
        reason: The words behind it.
        headers: Names and values, in order.
        body: The body, as far as it came.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Transport(Protocol):
    """Sends a request for any of the fake's hosts."""

    def send(self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Reply:
        """Sends a request.

        Args:
            method: Its method.
            url: Absolute; its host may be the fake's or one of the vendor's.
            headers: Names and values.
            body: The body.

        Raises:
            Broken: The connection broke before an answer came.
        """
        ...


class WsgiTransport:
    """Calls an app of this process, in the caller's thread.

    Args:
        app: The app.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def send(self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Reply:
        """See `Transport.send`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, answered: list[tuple[str, str]], _: Any = None) -> Any:
            started.append((status, list(answered)))
            return None

        parts: Any = ()
        try:
            parts = self._app(_environ(method, url, headers, body), start_response)
            content = b"".join(parts)
        except ConnectionError as error:
            raise Broken(str(error)) from error
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, answered = started[-1]
        code, _, reason = status.partition(" ")
        return Reply(int(code), reason, answered, b"" if method == "HEAD" else content)


class HttpTransport:
    """Sends requests to a fake that runs elsewhere; the `Host` stays the one that was meant.

    Args:
        url: Where it runs.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._own = threading.local()

    def send(self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> Reply:
        """See `Transport.send`."""
        wanted = urlsplit(url)
        path = (wanted.path or "/") + (f"?{wanted.query}" if wanted.query else "")
        kept = {name: value for name, value in headers if name.lower() not in _HOP_BY_HOP}
        kept = {"Host": wanted.netloc} | kept
        try:
            return self._exchange(method, path, kept, body)
        except (HTTPException, OSError) as error:
            self._own.connection = None
            raise Broken(f"{self._target.geturl()}: {error}") from error

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            kind = HTTPSConnection if self._target.scheme == "https" else HTTPConnection
            host, port = self._target.hostname or "", self._target.port
            connection = self._own.connection = kind(host, port, timeout=_WITHIN_SECONDS)
        connection.request(method, path, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        if answer.will_close:
            self._own.connection = None
        return Reply(answer.status, answer.reason, answer.getheaders(), content)


def _environ(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
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
        if lowered in _HOP_BY_HOP or lowered == "host":
            continue
        key = _NOT_PREFIXED.get(lowered) or "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
