"""Where the HTTP libraries are entered: for each one, what stands in for its public entry point.

- urllib3 (and requests, which uses it): the `ConnectionCls` of a pool; retries stay urllib3's own.
- httpx: `HTTPTransport.handle_request` and `AsyncHTTPTransport.handle_async_request`.
- aiohttp: `BaseConnector.connect`, which is led to the fake's own address.
- urllib.request: `HTTPHandler.http_open` and `HTTPSHandler.https_open`.
"""

import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from http.client import HTTPResponse, RemoteDisconnected
from types import ModuleType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from fakeayr.testing.transport import Broken, Reply
from fakeayr.vendor.addresses import API_HOSTS, PAGE_HOST

Patch = tuple[Any, str, Any]
"""Owner, attribute, and what stands there while the interception lasts."""


class Answering(Protocol):
    """What answers intercepted requests."""

    @property
    def server_url(self) -> str:
        """Where the fake is reachable."""
        ...

    def send(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Reply:
        """Sends a request to the fake; see `Transport.send`."""
        ...


_ANSWERED: Final = API_HOSTS | {PAGE_HOST}


def is_ayrshare(host: object) -> bool:
    """Whether a host name is below ayrshare.com."""
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    name = f".{host}".lower().rstrip(".")
    return name.endswith(".ayrshare.com")


def _is_answered(host: str | None) -> bool:
    return host is not None and host.lower() in _ANSWERED


def _urllib3(module: ModuleType, fake: Answering) -> list[Patch]:
    from urllib3 import HTTPHeaderDict  # noqa: PLC0415 - loaded by now
    from urllib3.connection import HTTPSConnection  # noqa: PLC0415
    from urllib3.connectionpool import HTTPConnectionPool  # noqa: PLC0415
    from urllib3.response import HTTPResponse as Response  # noqa: PLC0415
    from urllib3.util.request import body_to_chunks  # noqa: PLC0415

    class InProcess(HTTPSConnection):
        """A connection that is always there."""

        scheme = "https"
        _asked: tuple[str, str, Any, dict[str, Any], dict[str, Any]]

        is_verified = True

        def connect(self) -> None:
            """Needs nothing."""

        @property
        def is_closed(self) -> bool:
            return False

        @property
        def is_connected(self) -> bool:
            return True

        def close(self) -> None:
            """Keeps nothing open."""

        def request(
            self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
        ) -> None:
            self._asked = (method, url, body, dict(headers or {}), options)

        def getresponse(self) -> Response:  # type: ignore[override]
            method, url, body, headers, options = self._asked
            chunks = body_to_chunks(body, method=method, blocksize=16_384).chunks or ()
            data = b"".join(
                chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in chunks
            )
            port = "" if self.port in {None, 80, 443} else f":{self.port}"
            target = url if "://" in url else f"{self.scheme}://{self.host}{port}{url}"
            try:
                reply = fake.send(method, target, _texts(headers.items()), data)
            except Broken as error:
                raise RemoteDisconnected(str(error)) from error
            return Response(
                body=io.BytesIO(reply.body),
                headers=HTTPHeaderDict(reply.headers),
                status=reply.status,
                version=11,
                reason=reply.reason,
                preload_content=False,
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
        absolute = urlsplit(url).hostname if "://" in url else None  # As a proxy is asked.
        if not _is_answered(absolute or pool.host):
            return original(pool, method, url, *args, **named)
        stand_in = type(pool)(pool.host, pool.port, retries=pool.retries, timeout=pool.timeout)
        stand_in.ConnectionCls = InProcess if pool.scheme == "https" else InProcessPlain
        return original(stand_in, method, url, *args, **named)

    return [(HTTPConnectionPool, "urlopen", urlopen)]


def _httpx(module: ModuleType, fake: Answering) -> list[Patch]:
    import httpx  # noqa: PLC0415 - loaded by now
    from anyio import to_thread  # noqa: PLC0415 - httpx needs it

    class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
        """A body that may have been cut off."""

        def __init__(self, reply: Reply) -> None:
            self._content = reply.body
            self._missing = int(reply.header("Content-Length") or 0) - len(reply.body)

        def _read(self) -> bytes:
            if self._missing > 0:
                raise httpx.RemoteProtocolError(
                    "peer closed connection without sending complete message body"
                )
            return self._content

        def __iter__(self) -> Iterator[bytes]:
            yield self._read()

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield self._read()

    def answer(request: httpx.Request, body: bytes) -> httpx.Response:
        headers = _texts(request.headers.multi_items())
        try:
            reply = fake.send(request.method, str(request.url), headers, body)
        except Broken as error:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from error
        stream = Body(reply) if request.method != "HEAD" else httpx.ByteStream(b"")
        extensions = {"reason_phrase": reply.reason.encode(), "http_version": b"HTTP/1.1"}
        return httpx.Response(
            reply.status, headers=reply.headers, stream=stream, extensions=extensions
        )

    original = httpx.HTTPTransport.handle_request
    original_async = httpx.AsyncHTTPTransport.handle_async_request

    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if not _is_answered(request.url.host):
            return original(transport, request)
        return answer(request, request.read())

    async def handle_async_request(
        transport: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        if not _is_answered(request.url.host):
            return await original_async(transport, request)
        body = await request.aread()
        return await to_thread.run_sync(answer, request, body)

    return [
        (httpx.HTTPTransport, "handle_request", handle_request),
        (httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request),
    ]


def _aiohttp(module: ModuleType, fake: Answering) -> list[Patch]:
    from aiohttp import BaseConnector  # noqa: PLC0415 - loaded by now

    original = BaseConnector.connect

    async def connect(connector: Any, request: Any, *args: Any, **named: Any) -> Any:
        meant = request.url
        if not _is_answered(meant.host):
            return await original(connector, request, *args, **named)
        there = urlsplit(fake.server_url)
        request.url = (
            meant.with_scheme(there.scheme).with_host(there.hostname).with_port(there.port)
        )
        try:
            return await original(connector, request, *args, **named)
        finally:
            request.url = meant

    return [(BaseConnector, "connect", connect)]


def _urllib(module: ModuleType, fake: Answering) -> list[Patch]:
    class Socket:
        """What `http.client` reads an answer from."""

        def __init__(self, content: bytes) -> None:
            self._content = content

        def makefile(self, _: str) -> io.BytesIO:
            """The answer as a file."""
            return io.BytesIO(self._content)

    def standing_in(original: Callable[..., Any]) -> Callable[..., Any]:
        def opened(handler: Any, request: Any) -> Any:
            if not _is_answered(urlsplit(request.full_url).hostname):
                return original(handler, request)
            data = request.data
            body = data if isinstance(data, bytes) else b"".join(data or ())
            try:
                reply = fake.send(
                    request.get_method(), request.full_url, _texts(request.header_items()), body
                )
            except Broken as error:
                raise module.error.URLError(RemoteDisconnected(str(error))) from error
            answer = HTTPResponse(Socket(_raw(reply)), method=request.get_method())  # type: ignore[arg-type]
            answer.begin()
            answer.url = request.full_url
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


def _raw(reply: Reply) -> bytes:
    """An answer as it would have come over the wire."""
    lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body


def _texts(headers: Any) -> list[tuple[str, str]]:
    return [(_text(name), _text(value)) for name, value in headers]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


PATCHES: Final[dict[str, Callable[[Any, Answering], list[Patch]]]] = {
    "urllib3": _urllib3,
    "httpx": _httpx,
    "aiohttp": _aiohttp,
    "urllib.request": _urllib,
}
"""What to replace in each library, once its module is loaded."""
