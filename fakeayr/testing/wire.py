"""A connection to the fake that needs no network: a library writes requests, and reads responses.

What libraries check on the way to a socket, such as the characters in a header, they check here
too.
"""

import io
from collections.abc import Callable
from typing import Any, Final, Protocol

from fakeayr.client.transport import Headers, Reply, TransportError, TransportTimeout

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MALFORMED: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
)
_OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})


class Responder(Protocol):
    """What responds to intercepted requests."""

    @property
    def server_url(self) -> str:
        """Where the fake is reachable."""
        ...

    def answers(self, host: str | None, library: str) -> bool:
        """Whether the fake stands in for a host; counts the call, and refuses Ayrshare's others."""
        ...

    def refuse(self, host: object) -> None:
        """Lets all hosts pass but Ayrshare's."""
        ...

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None
    ) -> Reply:
        """Sends a request to the fake; see `Transport.send`."""
        ...


class Conversation:
    """HTTP/1.1 as a library speaks it, in bytes.

    Args:
        fake: What responds.
        origin: Scheme, host and port that the library believes to speak with.
    """

    def __init__(self, fake: Responder, origin: str) -> None:
        self._fake = fake
        self._origin = origin
        self._sent = bytearray()

    def write(self, data: Any) -> None:
        """Takes a part of a request."""
        self._sent += data

    def respond(self, timeout: float | None) -> bytes:
        """The response to the request that was written; nothing if the connection breaks.

        Raises:
            TransportTimeout: It does not come within `timeout` seconds.
        """
        method, target, headers, body = _parse_request(bytes(self._sent))
        self._sent.clear()
        if not method.isupper() or " " in target:  # As the fake's server and Ayrshare's do.
            return _MALFORMED
        url = f"{self._origin}{target}" if target.startswith("/") else target
        try:
            reply = self._fake.send(method, url, headers, body, timeout)
        except TransportTimeout:
            raise
        except TransportError:
            return b""
        return _write_response(reply)


class _LateResponse(io.RawIOBase):
    """A response that is asked for when it is read: libraries expect a timeout there only."""

    def __init__(self, respond: Callable[[], bytes]) -> None:
        self._respond = respond
        self._response: io.BytesIO | None = None

    def readable(self) -> bool:
        """See `io.RawIOBase.readable`."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See `io.RawIOBase.readinto`.

        Raises:
            TimeoutError: The response does not come in time.
        """
        if self._response is None:
            self._response = io.BytesIO(self._respond())
        return self._response.readinto(buffer)


class Socket:
    """Stands where `http.client` has its socket."""

    def __init__(self, conversation: Conversation, timeout: float | None) -> None:
        self._conversation = conversation
        self._timeout = timeout

    def sendall(self, data: Any, *_: Any) -> None:
        """See `socket.socket.sendall`."""
        self._conversation.write(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What reads the response to what was sent."""
        return io.BufferedReader(_LateResponse(self._respond))

    def _respond(self) -> bytes:
        try:
            return self._conversation.respond(self._timeout)
        except TransportTimeout as error:
            raise TimeoutError(str(error)) from error

    def settimeout(self, seconds: float | None) -> None:
        """Sets how long to wait for a response."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """How long to wait for a response."""
        return self._timeout

    def setsockopt(self, *_: Any) -> None:
        """Has no options."""

    def shutdown(self, *_: Any) -> None:
        """Has nothing to shut down."""

    def close(self) -> None:
        """Has nothing to close."""


def _parse_request(sent: bytes) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Method, target, headers and body of a request as libraries write them."""
    head, _, body = sent.partition(b"\r\n\r\n")
    unfolded = head.decode("latin-1").replace("\r\n ", " ").replace("\r\n\t", " ")
    first, *lines = unfolded.split("\r\n")
    method, _, rest = first.partition(" ")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        headers.append((name, value.strip(" \t")))
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        body = _join_chunks(body)
    return method, rest.rpartition(" ")[0], headers, body


def _join_chunks(body: bytes) -> bytes:
    joined, rest = bytearray(), body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            break
        joined += rest[:length]
        rest = rest[length + 2 :]
    return bytes(joined)


def _write_response(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
    lines += [
        f"{name}: {value}"
        for name, value in reply.headers
        if name.lower() not in _OF_THE_CONNECTION
    ]
    if reply.header("Content-Length") is None:
        lines.append(f"Content-Length: {reply.length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body
