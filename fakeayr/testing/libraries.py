"""Where the HTTP libraries are entered: for each one, what stands in for its public entry point.

- urllib3 (and requests, which uses it): `HTTPConnectionPool.urlopen`, which goes on with a
  `ConnectionCls` that needs no network; retries and redirects stay urllib3's own.
- httpcore (and httpx, which uses it): `handle_request` of its pools, which goes on with a network
  backend of ours.
- aiohttp: `BaseConnector.connect`, which is led to the fake's own address.
- urllib.request: `HTTPHandler.http_open` and `HTTPSHandler.https_open`.
- urllib3-future (and niquests, which uses it): `urlopen` too, led to the fake's own address.

What resolves names beside Python's own `socket` is entered to be refused: gevent, uvloop, pycurl
and curl_cffi.
"""

import copy
import inspect
import socket
import ssl
import sys
from collections.abc import Callable, Iterable
from functools import cache, partial
from http.client import HTTPConnection
from types import ModuleType
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from fakeayr.client.transport import TransportTimeout
from fakeayr.testing.wire import Conversation, Responder, Socket

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

Patch = tuple[Any, str, Any]
"""Owner, attribute, and what stands there while the interception lasts."""
_LOOKUPS: Final = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")


def _urllib3(module: ModuleType, fake: Responder) -> list[Patch]:
    from urllib3.connection import HTTPSConnection  # noqa: PLC0415 - loaded by now
    from urllib3.connectionpool import HTTPConnectionPool  # noqa: PLC0415

    if not issubclass(HTTPSConnection, HTTPConnection):
        return _urllib3_future(module, fake)

    class InProcess(HTTPSConnection):
        """A connection that is always there."""

        scheme = "https"
        is_verified = True
        is_connected = True

        def connect(self) -> None:
            """Needs no network."""
            port = "" if self.port in {None, 80, 443} else f":{self.port}"
            conversation = Conversation(fake, f"{self.scheme}://{self.host}{port}")
            self.sock = Socket(conversation, _read_timeout(self.timeout))

    class InProcessPlain(InProcess):
        """The same for http."""

        scheme = "http"

    original = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **named: Any) -> Any:
        if isinstance(pool.ConnectionCls, type) and issubclass(pool.ConnectionCls, InProcess):
            return original(pool, method, url, *args, **named)  # Once more: a retry or a redirect.
        if not fake.answers(_meant(pool, url).hostname, "requests/urllib3"):
            return original(pool, method, url, *args, **named)
        standing_in = copy.copy(pool)
        standing_in.pool = standing_in.QueueCls(1)
        standing_in.proxy = None
        standing_in.ConnectionCls = InProcess if pool.scheme == "https" else InProcessPlain
        return original(standing_in, method, url, *args, **named)

    return [(HTTPConnectionPool, "urlopen", urlopen)]


def _urllib3_future(module: ModuleType, fake: Responder) -> list[Patch]:
    """urllib3-future speaks with sockets of its own: it is led to the server."""
    pools = module.connectionpool, module._async.connectionpool
    return [
        (owner, "urlopen", _lead_urlopen(owner, fake))
        for owner in (pools[0].HTTPConnectionPool, pools[1].AsyncHTTPConnectionPool)
    ]


def _lead_urlopen(owner: Any, fake: Responder) -> Callable[..., Any]:
    original, signature = owner.urlopen, inspect.signature(owner.urlopen)

    def urlopen(pool: Any, method: str, url: str, *args: Any, **named: Any) -> Any:
        meant = _meant(pool, url)
        if not fake.answers(meant.hostname, "urllib3-future"):
            return original(pool, method, url, *args, **named)
        there = urlsplit(fake.server_url)
        target = (meant.path or "/") + (f"?{meant.query}" if meant.query else "")
        led = owner(there.hostname, there.port, timeout=pool.timeout, retries=pool.retries)
        call = signature.bind(led, method, target, *args, **named)
        headers = call.arguments.get("headers") or pool.headers or {}
        call.arguments["headers"] = {**headers, "Host": meant.netloc}
        return original(*call.args, **call.kwargs)

    return urlopen


def _meant(pool: Any, url: str) -> SplitResult:
    """What a pool is asked for; one of connections to a proxy is asked for whole URLs."""
    if not url.startswith("/"):
        return urlsplit(url)
    port = "" if pool.port in {None, 80, 443} else f":{pool.port}"
    return urlsplit(f"{pool.scheme}://{pool.host}{port}{url}")


def _httpcore(module: ModuleType, fake: Responder) -> list[Patch]:
    import httpcore  # noqa: PLC0415 - loaded by now

    def respond(conversation: Conversation, timeout: float | None) -> bytes:
        try:
            return conversation.respond(timeout)
        except TransportTimeout as error:
            raise httpcore.ReadTimeout(str(error)) from error

    class Stream(httpcore.NetworkStream):
        """A connection that is always there."""

        def __init__(self, conversation: Conversation) -> None:
            self.conversation = conversation
            self.unread: bytes | None = None

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self.conversation.write(buffer)
            self.unread = None

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            if self.unread is None:
                self.unread = respond(self.conversation, timeout)
            return self.take(max_bytes)

        def take(self, max_bytes: int) -> bytes:
            unread = self.unread or b""
            taken, self.unread = unread[:max_bytes], unread[max_bytes:]
            return taken

        def start_tls(self, *_: Any, **__: Any) -> "Stream":
            return self

        def close(self) -> None:
            """Keeps nothing open."""

    class AsyncStream(httpcore.AsyncNetworkStream):
        """The same beside an event loop, which goes on, and may stop to wait for it."""

        def __init__(self, conversation: Conversation) -> None:
            self._stream = Stream(conversation)

        async def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self._stream.write(buffer)

        async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            from anyio import to_thread  # noqa: PLC0415 - httpcore needs it here

            stream = self._stream
            if stream.unread is None:
                stream.unread = await to_thread.run_sync(
                    respond, stream.conversation, timeout, abandon_on_cancel=True
                )
            return stream.take(max_bytes)

        async def start_tls(self, *_: Any, **__: Any) -> "AsyncStream":
            return self

        async def aclose(self) -> None:
            """Keeps nothing open."""

    class Backend(httpcore.NetworkBackend):
        def __init__(self, origin: str) -> None:
            self._origin = origin

        def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
            return Stream(Conversation(fake, self._origin))

    class AsyncBackend(httpcore.AsyncNetworkBackend):
        def __init__(self, origin: str) -> None:
            self._origin = origin

        async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
            return AsyncStream(Conversation(fake, self._origin))

    def origin(request: httpcore.Request) -> str:
        url = request.url
        port = "" if url.port is None else f":{url.port}"
        return f"{url.scheme.decode()}://{url.host.decode('latin-1')}{port}"

    original = httpcore.ConnectionPool.handle_request
    original_async = httpcore.AsyncConnectionPool.handle_async_request

    def handle_request(
        pool: httpcore.ConnectionPool, request: httpcore.Request
    ) -> httpcore.Response:
        if not fake.answers(request.url.host.decode("latin-1"), "httpx"):
            return original(pool, request)
        led = httpcore.ConnectionPool(_no_tls(), network_backend=Backend(origin(request)))
        return original(led, request)

    async def handle_async_request(
        pool: httpcore.AsyncConnectionPool, request: httpcore.Request
    ) -> httpcore.Response:
        if not fake.answers(request.url.host.decode("latin-1"), "httpx"):
            return await original_async(pool, request)
        led = httpcore.AsyncConnectionPool(_no_tls(), network_backend=AsyncBackend(origin(request)))
        return await original_async(led, request)

    return [
        (httpcore.ConnectionPool, "handle_request", handle_request),
        (httpcore.AsyncConnectionPool, "handle_async_request", handle_async_request),
    ]


@cache
def _no_tls() -> ssl.SSLContext:
    """An unused context; without one httpcore would load all authorities for each call."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


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
    class InProcessUrllib(HTTPConnection):
        """A connection that is always there."""

        def __init__(self, origin: str, usual_port: int, *args: Any, **named: Any) -> None:
            self._origin = origin
            self.default_port = usual_port
            super().__init__(*args, **named)

        def connect(self) -> None:
            """Needs no network."""
            timeout = _read_timeout(self.timeout)
            self.sock = Socket(Conversation(fake, self._origin), timeout)

    def wrap_open(original: Callable[..., Any]) -> Callable[..., Any]:
        def opened(handler: Any, request: Any) -> Any:
            url = urlsplit(request.full_url)
            if not fake.answers(url.hostname, "urllib.request"):
                return original(handler, request)
            usual_port = 443 if url.scheme == "https" else 80
            connection = partial(InProcessUrllib, f"{url.scheme}://{url.netloc}", usual_port)
            return handler.do_open(connection, request)

        return opened

    return [
        (owner, name, wrap_open(vars(owner)[name]))
        for owner, name in (
            (module.HTTPHandler, "http_open"),
            (module.HTTPSHandler, "https_open"),
        )
    ]


def _read_timeout(timeout: Any) -> float | None:
    """A timeout as a number; what is none stands for the socket module's default."""
    known = timeout is None or isinstance(timeout, int | float)
    return timeout if known else socket.getdefaulttimeout()


# What is refused where it resolves names by itself.


def guard_sockets(module: Any, fake: Responder) -> list[Patch]:
    """The name resolution of `socket`, or a module like it: all hosts pass but Ayrshare's."""

    def guard_lookup(resolve: Callable[..., Any]) -> Callable[..., Any]:
        def resolve_others(host: Any = None, *arguments: Any, **named: Any) -> Any:
            fake.refuse(host)
            return resolve(host, *arguments, **named)

        return resolve_others

    def guard_connect(connect: Callable[..., Any]) -> Callable[..., Any]:
        def connect_others(it: socket.socket, address: Any) -> Any:
            if isinstance(address, tuple) and address:
                fake.refuse(address[0])
            return connect(it, address)

        return connect_others

    return [
        *((module, name, guard_lookup(getattr(module, name))) for name in _LOOKUPS),
        *(
            (module.socket, name, guard_connect(getattr(module.socket, name)))
            for name in ("connect", "connect_ex")
        ),
    ]


def _gevent(module: Any, fake: Responder) -> list[Patch]:
    """Sockets of gevent, which may also stand in for Python's own."""
    patches = guard_sockets(module, fake)
    lookups = [patch for patch in patches if patch[1] in _LOOKUPS]
    common = sys.modules["gevent._socketcommon"]
    inner = [(common, name, replacement) for _, name, replacement in lookups]
    return [*(lookups if module.socket is socket.socket else patches), *inner]


def _uvloop(module: Any, fake: Responder) -> list[Patch]:
    def guard(original: Callable[..., Any], place: int) -> Callable[..., Any]:
        async def guarded(loop: Any, *args: Any, **named: Any) -> Any:
            fake.refuse(args[place] if len(args) > place else named.get("host"))
            return await original(loop, *args, **named)

        return guarded

    return [
        (module.Loop, "getaddrinfo", guard(module.Loop.getaddrinfo, 0)),
        (module.Loop, "create_connection", guard(module.Loop.create_connection, 1)),
    ]


def _pycurl(module: Any, fake: Responder) -> list[Patch]:
    class Curl(module.Curl):  # type: ignore[misc]
        """Refuses Ayrshare's hosts when it is given a URL."""

        def setopt(self, option: int, *value: Any) -> None:
            if option == module.URL:
                _refuse_url(fake, value[0])
            super().setopt(option, *value)

    return [(module, "Curl", Curl)]


def _curl_cffi(module: Any, fake: Responder) -> list[Patch]:
    original = module.Curl.setopt

    def setopt(curl: Any, option: Any, value: Any) -> Any:
        if option == module.CurlOpt.URL:
            _refuse_url(fake, value)
        return original(curl, option, value)

    return [(module.Curl, "setopt", setopt)]


def _refuse_url(fake: Responder, url: Any) -> None:
    text = url.decode("latin-1") if isinstance(url, bytes) else str(url)
    fake.refuse(urlsplit(text if "//" in text else f"//{text}").hostname)


Patches = Callable[[Any, Responder], Iterable[Patch]]
PATCHES: Final[dict[str, Patches]] = {
    "socket": guard_sockets,
    "urllib3": _urllib3,
    "urllib3_future": _urllib3_future,
    "httpcore": _httpcore,
    "aiohttp": _aiohttp,
    "urllib.request": _urllib,
    "gevent.socket": _gevent,
    "uvloop": _uvloop,
    "pycurl": _pycurl,
    "curl_cffi": _curl_cffi,
}
"""What to replace in each library, once its module is loaded."""

NAMES: Final = ("requests", "urllib3", "httpx", "aiohttp", "urllib.request")
"""The libraries that are intercepted."""

OTHER_TOOLS: Final = ("pytest_httpx", "requests_mock", "responses", "respx", "vcr")
"""Modules of tools that replace the same places."""
