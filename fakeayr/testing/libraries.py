"""Where the HTTP libraries are entered: for each one, what stands in for its public entry point.

- urllib3 (and requests, which uses it): `HTTPConnectionPool.urlopen`, which goes on with a
  `ConnectionCls` that needs no network; retries and redirects stay urllib3's own.
- httpx: `HTTPTransport.handle_request` and `AsyncHTTPTransport.handle_async_request`.
- aiohttp: `BaseConnector.connect`, which is led to the fake's own address.
- urllib.request: `HTTPHandler.http_open` and `HTTPSHandler.https_open`.
"""

import copy
import io
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from http.client import HTTPResponse, RemoteDisconnected
from types import ModuleType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from fakeayr.client.transport import Headers, Reply, TransportError, TransportTimeout

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

Patch = tuple[Any, str, Any]
"""Owner, attribute, and what stands there while the interception lasts."""


class Responder(Protocol):
    """What answers intercepted requests."""

    @property
    def server_url(self) -> str:
        """Where the fake is reachable."""
        ...

    def answers(self, host: str | None, library: str) -> bool:
        """Whether the fake answers for a host; counts the call, and refuses Ayrshare's others."""
        ...

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None
    ) -> Reply:
        """Sends a request to the fake; see `Transport.send`."""
        ...


def _urllib3(module: ModuleType, fake: Responder) -> list[Patch]:
    from urllib3 import HTTPHeaderDict  # noqa: PLC0415 - loaded by now
    from urllib3 import HTTPResponse as Response  # noqa: PLC0415
    from urllib3.connection import HTTPSConnection  # noqa: PLC0415
    from urllib3.connectionpool import HTTPConnectionPool  # noqa: PLC0415

    class InProcess(HTTPSConnection):
        """A connection that is always there."""

        scheme = "https"
        is_verified = True
        is_closed = False
        is_connected = True
        _asked: tuple[str, str, Any, Any, dict[str, Any]]

        def connect(self) -> None:
            """Needs nothing."""

        def close(self) -> None:
            """Keeps nothing open."""

        def request(
            self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
        ) -> None:
            self._asked = (method, url, body, headers or {}, options)

        def getresponse(self) -> Response:  # type: ignore[override]
            method, url, body, headers, options = self._asked
            if url.startswith("/"):
                port = "" if self.port in {None, 80, 443} else f":{self.port}"
                url = f"{self.scheme}://{self.host}{port}{url}"
            try:
                sent = _texts(headers.items())
                reply = fake.send(method, url, sent, _whole(body), _seconds(self.timeout))
            except TransportTimeout as error:
                raise TimeoutError(str(error)) from error
            except TransportError as error:
                raise RemoteDisconnected(str(error)) from error
            return Response(
                body=_as_read(reply, method),
                headers=HTTPHeaderDict(reply.headers),
                status=reply.status,
                version=11,
                version_string="HTTP/1.1",
                reason=reply.reason,
                preload_content=options.get("preload_content", True),
                decode_content=options.get("decode_content", True),
                enforce_content_length=options.get("enforce_content_length", True),
                request_method=method,
                request_url=url,
            )

    class InProcessPlain(InProcess):
        """The same for http."""

        scheme = "http"

    original = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **named: Any) -> Any:
        # A pool of connections to a proxy is asked for whole URLs.
        host = pool.host if url.startswith("/") else urlsplit(url).hostname
        if isinstance(pool.ConnectionCls, type) and issubclass(pool.ConnectionCls, InProcess):
            return original(pool, method, url, *args, **named)  # Once more: a retry or a redirect.
        if not fake.answers(host, "requests/urllib3"):
            return original(pool, method, url, *args, **named)
        standing_in = copy.copy(pool)
        standing_in.pool = standing_in.QueueCls(1)
        standing_in.proxy = None
        standing_in.ConnectionCls = InProcess if pool.scheme == "https" else InProcessPlain
        return original(standing_in, method, url, *args, **named)

    return [(HTTPConnectionPool, "urlopen", urlopen)]


def _httpx(module: ModuleType, fake: Responder) -> list[Patch]:
    import httpx  # noqa: PLC0415 - loaded by now
    from anyio import to_thread  # noqa: PLC0415 - httpx needs it

    class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
        """A body that may have been cut off."""

        def __init__(self, reply: Reply) -> None:
            self._reply = reply

        def __iter__(self) -> Iterator[bytes]:
            yield self._reply.body
            if len(self._reply.body) < self._reply.length:
                raise httpx.RemoteProtocolError(
                    "peer closed connection without sending complete message body (received "
                    f"{len(self._reply.body)} bytes, expected {self._reply.length})"
                )

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self:
                yield chunk

    def answer(request: httpx.Request, body: bytes) -> httpx.Response:
        headers = _texts(request.headers.multi_items())
        timeout = request.extensions.get("timeout", {}).get("read")
        try:
            reply = fake.send(request.method, str(request.url), headers, body, timeout)
        except TransportTimeout as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except TransportError as error:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from error
        extensions = {"reason_phrase": reply.reason.encode(), "http_version": b"HTTP/1.1"}
        return httpx.Response(
            reply.status, headers=reply.headers, stream=Body(reply), extensions=extensions
        )

    original = httpx.HTTPTransport.handle_request
    original_async = httpx.AsyncHTTPTransport.handle_async_request

    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if not fake.answers(request.url.host, "httpx"):
            return original(transport, request)
        return answer(request, request.read())

    async def handle_async_request(
        transport: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        if not fake.answers(request.url.host, "httpx"):
            return await original_async(transport, request)
        body = await request.aread()
        # Beside the event loop, which goes on, and may stop to wait for it.
        return await to_thread.run_sync(answer, request, body, abandon_on_cancel=True)

    return [
        (httpx.HTTPTransport, "handle_request", handle_request),
        (httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request),
    ]


def _aiohttp(module: ModuleType, fake: Responder) -> list[Patch]:
    from aiohttp import BaseConnector  # noqa: PLC0415 - loaded by now

    original = BaseConnector.connect

    async def connect(connector: Any, request: Any, *args: Any, **named: Any) -> Any:
        meant = request.url
        if not fake.answers(meant.host, "aiohttp"):
            return await original(connector, request, *args, **named)
        there = urlsplit(fake.server_url)
        request.update_proxy(None, None, None)
        request.url = (
            meant.with_scheme(there.scheme).with_host(there.hostname).with_port(there.port)
        )
        try:
            return await original(connector, request, *args, **named)
        finally:
            request.url = meant

    return [(BaseConnector, "connect", connect)]


def _urllib(module: ModuleType, fake: Responder) -> list[Patch]:
    def standing_in(original: Callable[..., Any]) -> Callable[..., Any]:
        def opened(handler: Any, request: Any) -> Any:
            if not fake.answers(urlsplit(request.full_url).hostname, "urllib.request"):
                return original(handler, request)
            method, url, body = request.get_method(), request.full_url, _whole(request.data)
            try:
                sent = _texts(request.header_items())
                reply = fake.send(method, url, sent, body, _seconds(request.timeout))
            except TransportTimeout as error:
                raise TimeoutError(str(error)) from error
            except TransportError as error:
                raise RemoteDisconnected(str(error)) from error
            answer = _as_read(reply, method)
            answer.url = url
            answer.msg = answer.reason  # type: ignore[assignment]  # As urllib.request does.
            return answer

        return opened

    return [
        (owner, name, standing_in(vars(owner)[name]))
        for owner, name in (
            (module.HTTPHandler, "http_open"),
            (module.HTTPSHandler, "https_open"),
        )
    ]


class _Wire:
    """What `http.client` reads an answer from, in place of a socket."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _: str) -> io.BytesIO:
        """The answer as a file."""
        return io.BytesIO(self._content)


def _as_read(reply: Reply, method: str) -> HTTPResponse:
    """An answer as it would have come over the wire."""
    lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    answer = HTTPResponse(_Wire(head + reply.body), method=method)  # type: ignore[arg-type]
    answer.begin()
    return answer


def _whole(body: Any) -> bytes:
    """A body in one piece: it may be nothing, text, bytes, a file, or come in pieces."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    return b"".join(_whole(piece) for piece in body)


def _texts(headers: Any) -> list[tuple[str, str]]:
    return [(_text(name), _text(value)) for name, value in headers]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _seconds(timeout: Any) -> float | None:
    """A timeout as a number; what is none stands for the socket module's default."""
    known = timeout is None or isinstance(timeout, int | float)
    return timeout if known else socket.getdefaulttimeout()


PATCHES: Final[dict[str, Callable[[Any, Responder], list[Patch]]]] = {
    "urllib3": _urllib3,
    "httpx": _httpx,
    "aiohttp": _aiohttp,
    "urllib.request": _urllib,
}
"""What to replace in each library, once its module is loaded."""

NAMES: Final = ("requests", *PATCHES)
"""The libraries that are intercepted."""
