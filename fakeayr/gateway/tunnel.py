"""The gateway: an HTTPS proxy and a TLS port that lead the vendor's host names to a fake.

Both pass bytes on to the fake's plain port once TLS is taken off. As a proxy it refuses Ayrshare's
other hosts, and tunnels everything else to where it was meant.
"""

import asyncio
import contextlib
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from fakeayr.gateway.authority import HOSTS, Authority

_CHUNK_BYTES: Final = 64 * 1024
_LONGEST_HEAD_BYTES: Final = 64 * 1024
_LOOPBACK: Final = "127.0.0.1"


_Serve = Callable[[StreamReader, StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a gateway listens on this machine.

    Attributes:
        proxy: The HTTPS proxy.
        tls: The port that answers as the vendor's hosts.
    """

    proxy: int
    tls: int


@contextlib.contextmanager
def opened(authority: Authority, fake: tuple[str, int], *, tls_port: int = 0) -> Iterator[Ports]:
    """Runs a gateway in a thread.

    Args:
        authority: Signs for the vendor's hosts.
        fake: Host and port where the fake is reachable.
        tls_port: Where to answer as the vendor's hosts; 0 picks a free port.

    Raises:
        OSError: The TLS port cannot be had.
    """
    loop = asyncio.new_event_loop()
    gateway = _Gateway(authority, fake)
    thread = threading.Thread(target=loop.run_forever, name="fakeayr-gateway", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(gateway.open(tls_port), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(gateway.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Gateway:
    """The two listeners and the connections they have open."""

    def __init__(self, authority: Authority, fake: tuple[str, int]) -> None:
        self._context = authority.context()
        self._fake = fake
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def open(self, tls_port: int) -> Ports:
        """Begins to listen."""
        tls = await asyncio.start_server(
            self._tracked(self._to_fake), _LOOPBACK, tls_port, ssl=self._context
        )
        proxy = await asyncio.start_server(
            self._tracked(self._as_proxy), _LOOPBACK, 0, limit=_LONGEST_HEAD_BYTES
        )
        self._servers = [tls, proxy]
        return Ports(proxy=proxy.sockets[0].getsockname()[1], tls=tls.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Ends the listeners and every connection."""
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _tracked(self, serve: _Serve) -> _Serve:
        async def tracked(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)
            try:
                with contextlib.suppress(OSError, EOFError):  # One side went away.
                    await serve(reader, writer)
            finally:
                writer.close()

        return tracked

    async def _to_fake(self, reader: StreamReader, writer: StreamWriter) -> None:
        await _relay(reader, writer, *await asyncio.open_connection(*self._fake))

    async def _as_proxy(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return await _refuse(writer, 431, "The request's head is too long.")
        method, _, rest = head.decode("latin-1").partition(" ")
        target = rest.partition(" ")[0]
        if method != "CONNECT":
            return await self._absolute(head, target, reader, writer)
        host, port = _host_and_port(target)
        if host in HOSTS:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.drain()
            await writer.start_tls(self._context)
            return await self._to_fake(reader, writer)
        if host.endswith("ayrshare.com"):
            return await _refuse(writer, 403, f"fakeayr keeps you from the real {host}.")
        try:
            there = await asyncio.open_connection(host, port)
        except OSError as error:
            return await _refuse(writer, 502, f"{host} cannot be reached: {error}")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return await _relay(reader, writer, *there)

    async def _absolute(
        self, head: bytes, target: str, reader: StreamReader, writer: StreamWriter
    ) -> None:
        """A request in absolute form, as some clients send a proxy instead of CONNECT."""
        if _host_of(target) not in HOSTS:
            return await _refuse(writer, 502, "fakeayr's proxy knows CONNECT only.")
        there_reader, there_writer = await asyncio.open_connection(*self._fake)
        there_writer.write(head)
        return await _relay(reader, writer, there_reader, there_writer)


async def _relay(
    reader: StreamReader,
    writer: StreamWriter,
    there_reader: StreamReader,
    there_writer: StreamWriter,
) -> None:
    """Passes bytes in both directions until both sides are done."""
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


async def _refuse(writer: StreamWriter, status: int, why: str) -> None:
    text = why.encode()
    writer.write(
        f"HTTP/1.1 {status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode()
        + text
    )
    await writer.drain()


def _host_and_port(target: str) -> tuple[str, int]:
    host, _, port = target.rpartition(":")
    return host.strip("[]").lower(), int(port) if port.isascii() and port.isdigit() else 443


def _host_of(target: str) -> str | None:
    try:
        return urlsplit(target).hostname
    except ValueError:
        return None
