"""The gateway: a proxy and a TLS port that lead the vendor's host names to a fake.

Both pass bytes on to the fake's plain port once TLS is taken off. As a proxy it refuses Ayrshare's
other hosts, and passes everything else on to where it was meant.
"""

import asyncio
import contextlib
import logging
import threading
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from fakeayr.client import hosts
from fakeayr.gateway.authority import Authority

_CHUNK_BYTES: Final = 64 * 1024
_LONGEST_HEAD_BYTES: Final = 64 * 1024
_LOOPBACK: Final = "127.0.0.1"
_OF_ONE_CONNECTION: Final = (b"connection:", b"proxy-connection:", b"keep-alive:")
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"

_Serve = Callable[[StreamReader, StreamWriter], Awaitable[None]]
_Streams = tuple[StreamReader, StreamWriter]


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
def run_tunnel(authority: Authority, routes: Routes, *, tls_port: int = 0) -> Iterator[Ports]:
    """Runs a gateway in a thread.

    Args:
        authority: Signs for the vendor's hosts.
        routes: Where it leads to.
        tls_port: Where to answer as the vendor's hosts; 0 picks a free port.

    Raises:
        OSError: The TLS port cannot be had.
    """
    loop = asyncio.new_event_loop()
    gateway = _Gateway(authority, routes)
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


class _Gateway:
    """The two listeners and the connections they have open."""

    def __init__(self, authority: Authority, routes: Routes) -> None:
        self._context = authority.context()
        self._ways = routes
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def open(self, tls_port: int) -> Ports:
        """Begins to listen."""
        tls = await self._listen(self._to_fake, tls_port)
        return Ports(tls=tls, proxy=await self._listen(self._as_proxy, 0))

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

    async def _listen(self, serve: _Serve, port: int) -> int:
        def connected(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.create_task(_until_gone(serve, reader, writer))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
            task.add_done_callback(lambda _: writer.close())

        server = await asyncio.start_server(connected, _LOOPBACK, port, limit=_LONGEST_HEAD_BYTES)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _to_fake(self, reader: StreamReader, writer: StreamWriter) -> None:
        await writer.start_tls(self._context)
        await _relay(reader, writer, await asyncio.open_connection(*self._ways.fake))

    async def _as_proxy(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            method, (scheme, host, port), head = await _asked(reader)
            if hosts.is_answered(host):
                await self._as_vendor(reader, writer, b"" if method == "CONNECT" else head)
            elif hosts.is_ayrshare(host):
                raise _Refused(403, f"fakeayr keeps you from the real {host}.")
            else:
                there, first = await self._elsewhere(scheme, host, port, head)
                if not first:
                    writer.write(_ESTABLISHED)
                await _relay(reader, writer, there, first)
        except _Refused as refusal:
            writer.write(refusal.answer)
            await writer.drain()

    async def _as_vendor(self, reader: StreamReader, writer: StreamWriter, head: bytes) -> None:
        """Leads a client to the fake: its request, or a tunnel in which it speaks TLS."""
        if head:
            there = await asyncio.open_connection(*self._ways.fake)
            return await _relay(reader, writer, there, head)
        writer.write(_ESTABLISHED)
        await writer.drain()
        return await self._to_fake(reader, writer)

    async def _elsewhere(
        self, scheme: str, host: str, port: int, head: bytes
    ) -> tuple[_Streams, bytes]:
        """Connects to a host that is not Ayrshare's; answers what to send there first."""
        proxy = self._ways.proxies.get(scheme)
        try:
            if proxy is None:
                there = await asyncio.open_connection(host, port)
                return there, b"" if scheme == "https" else _for_server(head)
            there = await asyncio.open_connection(proxy.hostname, proxy.port or 80)
            return there, _for_proxy(head, proxy)
        except OSError as error:
            raise _Refused(502, f"{host} cannot be reached: {error}") from error


class _Refused(Exception):
    """The proxy does not do what it was asked."""

    def __init__(self, status: int, why: str) -> None:
        text = why.encode("ascii", "replace")  # Of a tunnel, clients show the status line alone.
        head = (
            f"Content-Type: text/plain\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        self.answer = b"HTTP/1.1 %d %s\r\n%s%s" % (status, text, head.encode(), text)


async def _until_gone(serve: _Serve, reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(OSError, EOFError):  # One side went away.
        await serve(reader, writer)


async def _asked(reader: StreamReader) -> tuple[str, tuple[str, str, int], bytes]:
    """What a proxy is asked: method, what is meant, and the request's whole head."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise _Refused(431, "The request's head is too long.") from error
    method, _, rest = head.decode("latin-1").partition(" ")
    meant = _meant(method, rest.partition(" ")[0])
    if meant is None:
        raise _Refused(400, "fakeayr's proxy needs a whole URL.")
    return method, meant, head


def _meant(method: str, target: str) -> tuple[str, str, int] | None:
    """Scheme, host and port that a request to a proxy means."""
    try:
        parts = urlsplit(f"https://{target}" if method == "CONNECT" else target)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _for_proxy(head: bytes, proxy: SplitResult) -> bytes:
    """A request's head as the user's own proxy wants it."""
    if proxy.username is None:
        return head
    known = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    line = b"Proxy-Authorization: Basic " + b64encode(known.encode())
    return head[:-2] + line + b"\r\n\r\n"


def _for_server(head: bytes) -> bytes:
    """A request's head as its server wants it, which then closes the connection."""
    request, *fields = head[:-4].split(b"\r\n")
    method, target, version = request.split(b" ", 2)
    url = urlsplit(target)
    path = (url.path or b"/") + (b"?" + url.query if url.query else b"")
    kept = [line for line in fields if not line.lower().startswith(_OF_ONE_CONNECTION)]
    request = b" ".join([method, path, version])
    return b"\r\n".join([request, *kept, b"Connection: close", b"", b""])


async def _relay(
    reader: StreamReader, writer: StreamWriter, there: _Streams, first: bytes = b""
) -> None:
    """Passes bytes in both directions until both sides are done."""
    there_reader, there_writer = there
    there_writer.write(first)
    try:
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
    finally:
        there_writer.close()


async def _pump(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    else:
        writer.close()
