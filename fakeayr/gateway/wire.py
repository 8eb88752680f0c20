"""A connection as the gateway holds it, and bytes passed between two of them."""

import asyncio
import contextlib
import time
from asyncio import StreamReader, StreamWriter
from typing import Final

_CHUNK_BYTES: Final = 64 * 1024
_LINGER_SECONDS: Final = 5.0
"""So long may a client go on sending when there is nothing more to come for it."""


class Wire:
    """One connection.

    Attributes:
        heard: When something last came or went, in seconds of a clock of no zero.
    """

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard = time.monotonic()

    @classmethod
    async def connect(cls, host: str, port: int) -> "Wire":
        """Connects to a server.

        Raises:
            OSError: It cannot be reached.
        """
        try:
            return cls(*await asyncio.open_connection(host, port))
        except UnicodeError as error:  # From looking up what is no host name.
            raise OSError("this is no host name") from error

    @property
    def addresses(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """Address and port of the other side, and of this one."""
        peer, own = (self._writer.get_extra_info(it) for it in ("peername", "sockname"))
        return peer[:2], own[:2]

    async def read(self) -> bytes:
        """What came; nothing once the other side is done."""
        data = await self._reader.read(_CHUNK_BYTES)
        self.heard = time.monotonic()
        return data

    async def write(self, data: bytes) -> None:
        """Sends bytes, at the speed at which the other side takes them."""
        self._writer.write(data)
        await self._writer.drain()
        self.heard = time.monotonic()

    async def start_tls(self, *args: object) -> None:
        """Goes on in TLS; takes what `StreamWriter.start_tls` takes."""
        await self._writer.start_tls(*args)  # type: ignore[arg-type]

    def finish(self) -> None:
        """Says that nothing more is sent."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        else:
            self._writer.close()

    async def linger(self) -> None:
        """Says that nothing more is sent, and lets the other side take it in.

        A connection that is closed while bytes are under way may lose the answer.
        """
        self.finish()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while await self.read():
                    pass

    def close(self) -> None:
        """Ends the connection."""
        self._writer.close()


async def relay(client: Wire, server: Wire, first: bytes = b"") -> None:
    """Passes bytes in both directions until both sides are done; `first` is the client's."""
    try:
        await server.write(first)
        await asyncio.gather(_pump(client, server), _pump_back(server, client))
    finally:
        server.close()


async def _pump(source: Wire, sink: Wire) -> None:
    while data := await source.read():
        await sink.write(data)
    sink.finish()


async def _pump_back(server: Wire, client: Wire) -> None:
    await _pump(server, client)
    asyncio.get_running_loop().call_later(_LINGER_SECONDS, client.close)
