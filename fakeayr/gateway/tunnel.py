"""The gateway: a proxy and a TLS port that lead the vendor's host names to a fake.

Both pass bytes on to the fake's plain port once TLS is taken off. As a proxy it refuses Ayrshare's
other hosts, and passes everything else on to where it was meant.
"""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import threading
import time
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult

from fakeayr.client import hosts
from fakeayr.gateway.authority import Authority
from fakeayr.gateway.forwarding import ESTABLISHED, forward, open_tunnel
from fakeayr.gateway.owners import is_our_users
from fakeayr.gateway.requests import HEAD_SECONDS, Asked, ProxyRefusal, read_request
from fakeayr.gateway.wire import Wire, relay
from fakeayr.serving import open_files

_LOOPBACK: Final = "127.0.0.1"
_TLS_HANDSHAKE: Final = 0x16
"""First byte of whoever speaks TLS."""
_WAITING: Final = 128
"""Connections that may wait to be taken."""
_LOOKUPS: Final = 32
"""Host names that may be looked up at once; a slow resolver holds up only those behind them."""
_DESCRIPTORS_FOR_EACH: Final = 6
"""A connection through the proxy takes five, with the fake's own."""
_DESCRIPTORS_FOR_OTHERS: Final = 64
_MOST_CONNECTIONS: Final = 2048
_SILENT_SECONDS: Final = 5.0
"""Whoever is silent for longer makes room for newcomers when there is none."""
_SAY_AGAIN_SECONDS: Final = 60.0
_RUN_OUT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_Serve = Callable[[Wire], Awaitable[None]]
_logger: Final = logging.getLogger("fakeayr.gateway")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a gateway listens on this machine.

    Attributes:
        proxy: The proxy.
        tls: The port that answers as the vendor's hosts.
    """

    proxy: int
    tls: int


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Where a gateway leads to.

    Attributes:
        fake: Host and port of the fake.
        proxies: The user's own proxies for other hosts, by scheme (`http`, `https`).
    """

    fake: tuple[str, int]
    proxies: Mapping[str, SplitResult] = field(default_factory=dict)


@contextlib.contextmanager
def run_tunnel(
    authority: Authority, routes: Routes, *, tls_port: int = 0, most: int | None = None
) -> Iterator[Ports]:
    """Runs a gateway in a thread.

    Args:
        authority: Signs for the vendor's hosts.
        routes: Where it leads to.
        tls_port: Where to answer as the vendor's hosts; 0 picks a free port.
        most: Connections that it holds at once; as many as this process may have files, unless
            given.

    Raises:
        OSError: The TLS port cannot be had.
    """
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(_LOOKUPS, "fakeayr-gateway-lookup"))
    gateway = _Gateway(authority, routes, most or _count_connections())
    loop.set_exception_handler(gateway.complain)
    thread = threading.Thread(target=loop.run_forever, name="fakeayr-gateway", daemon=True)
    thread.start()
    logger = logging.getLogger("asyncio")
    logger.addFilter(_says_something)
    try:
        yield asyncio.run_coroutine_threadsafe(gateway.open(tls_port), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(gateway.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        logger.removeFilter(_says_something)


def _says_something(record: logging.LogRecord) -> bool:
    """Whether a message is worth the user's eyes; this one comes with every connection's end."""
    return "eof_received() has no effect" not in record.getMessage()


def _count_connections() -> int:
    """How many connections this process has descriptors for."""
    wanted = _DESCRIPTORS_FOR_OTHERS + _DESCRIPTORS_FOR_EACH * _MOST_CONNECTIONS
    files = open_files.count_allowed(wanted)
    return max(1, (files - _DESCRIPTORS_FOR_OTHERS) // _DESCRIPTORS_FOR_EACH)


class _Gateway:
    """The two listeners and the connections they have open."""

    def __init__(self, authority: Authority, routes: Routes, most: int) -> None:
        self._context = authority.context()
        self._ways = routes
        self._most = most
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._clients: dict[asyncio.Task[None], Wire] = {}
        self._complained = -_SAY_AGAIN_SECONDS
        self._relieved = 0.0

    async def open(self, tls_port: int) -> Ports:
        """Begins to listen."""
        tls = await self._listen(self._to_fake, tls_port, full=_close)
        return Ports(tls=tls, proxy=await self._listen(self._as_proxy, 0, full=self._refuse))

    async def close(self) -> None:
        """Ends the listeners and every connection."""
        await asyncio.sleep(0)  # What was accepted just now begins, and can be ended in order.
        for server in self._servers:
            server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

    def complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Says once in a while that the system gives no more connections, and makes room."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _RUN_OUT:
            loop.default_exception_handler(context)
            return
        now = time.monotonic()
        if now - self._relieved >= 1:
            self._relieved = now
            self._make_room()
        if now - self._complained >= _SAY_AGAIN_SECONDS:
            self._complained = now
            _logger.warning(
                "fakeayr's gateway cannot take new connections (%s): raise the limit with "
                "ulimit -n, or keep fewer open.",
                os.strerror(error.errno),
            )

    async def _listen(self, serve: _Serve, port: int, *, full: _Serve) -> int:
        def connected(reader: StreamReader, writer: StreamWriter) -> None:
            wire = Wire(reader, writer)
            room = len(self._clients) < self._most or self._make_room()
            task = self._serve(serve if room else full, wire)
            if room:
                self._clients[task] = wire

        server = await asyncio.start_server(connected, _LOOPBACK, port, backlog=_WAITING)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def _serve(self, serve: _Serve, wire: Wire) -> asyncio.Task[None]:
        def ended(task: asyncio.Task[None]) -> None:
            self._serving.discard(task)
            self._clients.pop(task, None)
            wire.close()

        task = asyncio.create_task(_serve_until_gone(serve, wire))
        self._serving.add(task)
        task.add_done_callback(ended)
        return task

    def _make_room(self) -> bool:
        """Ends the connection that has been silent longest; returns whether there was one."""
        if not self._clients:
            return False
        task, wire = min(self._clients.items(), key=lambda it: it[1].heard)
        if time.monotonic() - wire.heard < _SILENT_SECONDS:
            return False
        del self._clients[task]
        task.cancel()
        return True

    async def _refuse(self, wire: Wire) -> None:
        """Refuses a newcomer, because there is no room."""
        why = f"fakeayr's gateway has {self._most} connections open and can take no more."
        await wire.write(ProxyRefusal(503, why).answer)
        if len(self._serving) < 2 * self._most:
            await wire.linger()

    async def _to_fake(self, client: Wire) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            await client.start_tls(self._context)
            first = await client.read()  # The fake's threads are not for those who say nothing.
        if first:
            await relay(client, await Wire.connect(*self._ways.fake), first)

    async def _as_proxy(self, client: Wire) -> None:
        try:
            asked = await read_request(client)
            if hosts.is_answered(asked.host):
                await self._as_vendor(asked, client)
            elif hosts.is_ayrshare(asked.host):
                raise ProxyRefusal(403, f"fakeayr keeps you from the real {asked.host}.")
            else:
                await self._elsewhere(asked, client)
        except ProxyRefusal as refusal:
            await client.write(refusal.answer)
            await client.linger()

    async def _as_vendor(self, asked: Asked, client: Wire) -> None:
        """Leads a client to the fake: its request, or a tunnel in which it may speak TLS."""
        if not asked.tunnel:
            fake = await Wire.connect(*self._ways.fake)
            await forward(asked, asked.for_server(), client, fake)
            return await client.linger()
        await client.write(ESTABLISHED)
        first = asked.rest
        if not first:
            async with asyncio.timeout(HEAD_SECONDS):
                first = await client.read()
        if first[:1] == bytes([_TLS_HANDSHAKE]):
            await relay(client, await self._without_tls(), first)
        elif first:
            await relay(client, await Wire.connect(*self._ways.fake), first)
        return None

    async def _without_tls(self) -> Wire:
        """A way to the fake for whoever speaks TLS."""
        near, far = socket.socketpair()
        loop = asyncio.get_running_loop()
        reader = StreamReader()

        def connected(reader: StreamReader, writer: StreamWriter) -> None:
            self._serve(self._to_fake, Wire(reader, writer))

        await loop.connect_accepted_socket(lambda: StreamReaderProtocol(reader, connected), far)
        return Wire(*await asyncio.open_connection(sock=near))

    async def _elsewhere(self, asked: Asked, client: Wire) -> None:
        """Passes on what is not for Ayrshare."""
        if not asked.tunnel and asked.scheme == "https":
            raise ProxyRefusal(400, "fakeayr's proxy needs CONNECT for https.")
        proxy = self._ways.proxies.get(asked.scheme)
        host, port = asked.host, asked.port
        if proxy is not None:
            host, port = proxy.hostname or "", proxy.port or 80
        try:
            server = await Wire.connect(host, port)
        except OSError as error:
            raise ProxyRefusal(502, f"{asked.host} cannot be reached: {error}") from error
        if proxy is None:
            request = asked.for_server()
        else:
            known = proxy.username is not None and is_our_users(*client.addresses)
            request = asked.for_proxy(proxy, known=known)
        if not asked.tunnel:
            await forward(asked, request, client, server)
            await client.linger()
        elif proxy is None:
            await client.write(ESTABLISHED)
            await relay(client, server, asked.rest)
        else:
            await open_tunnel(request, client, server, asked.rest)


async def _close(_: Wire) -> None:
    """Refuses a newcomer where no response can be sent."""


async def _serve_until_gone(serve: _Serve, wire: Wire) -> None:
    with contextlib.suppress(OSError, EOFError):  # One side went away, or said nothing.
        await serve(wire)
