"""One request to a server and its answer; then both connections end."""

import asyncio
import contextlib
from typing import Final

import h11

from fakeayr.gateway.requests import LONGEST_HEAD_BYTES, Asked, ProxyRefusal, end_to_end
from fakeayr.gateway.wire import Wire, relay

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_LONGEST_ANSWER: Final = 4 * LONGEST_HEAD_BYTES


async def forward(asked: Asked, request: h11.Request, client: Wire, server: Wire) -> None:
    """Passes a request on, and its answer back.

    What the client sends behind the request goes nowhere: it may be meant for another host.

    Args:
        asked: What the client asked for.
        request: That as the server wants it.
        client: The client.
        server: The server, whose connection ends with the answer.

    Raises:
        ProxyRefusal: The request's body cannot be understood.
        EOFError: The server does not respond, or breaks off.
    """
    exchange = _Exchange(
        _Peer(client, asked.connection),
        _Peer(server, h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_ANSWER)),
    )
    asking = None
    try:
        await exchange.there.send(request)
        asking = asyncio.create_task(exchange.pass_body())
        await exchange.pass_answer()
    finally:
        if asking is not None:
            asking.cancel()
        server.close()


async def open_tunnel(request: h11.Request, client: Wire, server: Wire, first: bytes) -> None:
    """Asks the user's own proxy for a tunnel, and passes bytes through it once it is there.

    Where the proxy refuses, its answer is the last of the connection: what the client would send
    next may be meant for another host. Nor does it get anything before the tunnel is there.

    Args:
        request: What the proxy is asked.
        client: The client.
        server: The proxy.
        first: What the client has sent already.

    Raises:
        EOFError: The proxy does not respond.
    """
    here = _Peer(client, h11.Connection(h11.SERVER))
    here.receive(_head(request))
    there = _Peer(server, h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_ANSWER))
    try:
        await there.send(request)
        await there.send(h11.EndOfMessage())
        answer = await there.next()
        while isinstance(answer, h11.InformationalResponse):
            answer = await there.next()
        if isinstance(answer, h11.Response) and not 200 <= answer.status_code < 300:
            await here.next()
            await here.send(_last(answer))
            await _Exchange(here, there).pass_answer()
            await client.linger()
        elif isinstance(answer, h11.Response):
            await client.write(ESTABLISHED + there.rest)
            await relay(client, server, first)
    except h11.ProtocolError as error:
        raise EOFError from error
    finally:
        server.close()


def _head(request: h11.Request) -> bytes:
    return h11.Connection(h11.CLIENT).send(request) or b""


class _Peer:
    """One side of an exchange."""

    def __init__(self, wire: Wire, connection: h11.Connection) -> None:
        self.wire = wire
        self._connection = connection

    @property
    def rest(self) -> bytes:
        """What came and was not read."""
        return self._connection.trailing_data[0]

    def receive(self, data: bytes) -> None:
        self._connection.receive_data(data)

    async def next(self) -> object:
        while (event := self._connection.next_event()) is h11.NEED_DATA:
            self._connection.receive_data(await self.wire.read())
        return event

    async def send(self, event: h11.Event) -> None:
        if data := self._connection.send(event):
            await self.wire.write(data)


class _Exchange:
    """A request and its answer, under way.

    Attributes:
        here: The client.
        there: The server.
    """

    def __init__(self, here: _Peer, there: _Peer) -> None:
        self.here = here
        self.there = there
        self._refusal: ProxyRefusal | None = None

    async def pass_body(self) -> None:
        """Passes the request's body on."""
        try:
            while isinstance(event := await self.here.next(), h11.Data | h11.EndOfMessage):
                with contextlib.suppress(OSError):  # Who has heard enough may answer nevertheless.
                    await self.there.send(event)
                if isinstance(event, h11.EndOfMessage):
                    return
        except h11.ProtocolError as error:
            self._refusal = ProxyRefusal(400, f"The request's body is broken: {error}.")
            self.there.wire.close()
        except OSError:
            self.there.wire.close()

    async def pass_answer(self) -> None:
        """Passes the answer back."""
        begun = False
        try:
            while not isinstance(event := await self.there.next(), h11.EndOfMessage):
                if isinstance(event, h11.Response):
                    begun = True
                    await self.here.send(_last(event))
                elif isinstance(event, h11.InformationalResponse | h11.Data):
                    await self.here.send(event)
                else:
                    raise EOFError
            await self.here.send(event)
        except h11.ProtocolError as error:
            if self._refusal is not None and not begun:
                raise self._refusal from error
            raise EOFError from error


def _last(response: h11.Response) -> h11.Response:
    """An answer that is the last of its connection."""
    return h11.Response(
        status_code=response.status_code,
        reason=response.reason,
        headers=[*end_to_end(response), (b"Connection", b"close")],
    )
