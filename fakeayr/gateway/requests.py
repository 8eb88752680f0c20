"""What a proxy is asked: a request's head, read once and looked at whole."""

import asyncio
import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import h11

from fakeayr.gateway.wire import Wire

HEAD_SECONDS: Final = 10.0
"""So long may a client take to say what it wants."""
LONGEST_HEAD_BYTES: Final = 64 * 1024
_END: Final = b"\r\n\r\n"
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.ASCII)
"""A host name or address in the one form that is read in one way only."""
_OF_ONE_CONNECTION: Final = frozenset(
    {b"connection", b"proxy-connection", b"keep-alive", b"te", b"upgrade", b"http2-settings"}
)
_NEVER_DROPPED: Final = frozenset({b"host", b"content-length", b"transfer-encoding"})

Field = tuple[bytes, bytes]


class ProxyRefusal(Exception):
    """The proxy does not do what it was asked."""

    def __init__(self, status: int, why: str) -> None:
        text = why.encode("ascii", "replace")  # Of a tunnel, clients show the status line alone.
        head = (
            f"Content-Type: text/plain\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        self.answer = b"HTTP/1.1 %d %s\r\n%s%s" % (status, text, head.encode(), text)


@dataclass(frozen=True)
class Asked:
    """A request to a proxy.

    Attributes:
        tunnel: Whether a tunnel is asked for, in which the client then speaks for itself.
        scheme: `http` or `https`.
        host: The host that is meant, in lower case.
        port: Its port.
        path: Path and query.
        event: The request as it came.
        connection: The client's side of the conversation, which reads the body.
    """

    tunnel: bool
    scheme: str
    host: str
    port: int
    path: str
    event: h11.Request
    connection: h11.Connection

    @property
    def rest(self) -> bytes:
        """What the client has sent behind the head."""
        return self.connection.trailing_data[0]

    def for_server(self) -> h11.Request:
        """The request as its server wants it, which then closes the connection."""
        fields = [it for it in self._fields() if it[0].lower() != b"proxy-authorization"]
        return self._request(self.path, [*fields, (b"Connection", b"close")])

    def for_proxy(self, proxy: SplitResult, *, known: bool) -> h11.Request:
        """The request as the user's own proxy wants it.

        Args:
            proxy: The proxy.
            known: Whether the client may use what the proxy's URL says of the user.
        """
        fields = self._fields()
        if known and proxy.username is not None:
            fields = [it for it in fields if it[0].lower() != b"proxy-authorization"]
            user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            fields.append((b"Proxy-Authorization", b"Basic " + b64encode(user.encode())))
        if self.tunnel:
            return self._request(f"{self._bracketed}:{self.port}", fields)
        url = f"{self.scheme}://{self._authority}{self.path}"
        return self._request(url, [*fields, (b"Connection", b"close")])

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def _authority(self) -> str:
        usual = self.port == (443 if self.scheme == "https" else 80)
        return self._bracketed if usual else f"{self._bracketed}:{self.port}"

    def _fields(self) -> list[Field]:
        """The fields that are not of this connection alone, with the host that is meant."""
        known = end_to_end(self.event)
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in known)
        without = {b"host", b"content-length"} if chunked else {b"host"}
        kept = [it for it in known if it[0].lower() not in without]
        return [(b"Host", self._authority.encode()), *kept]

    def _request(self, target: str, fields: list[Field]) -> h11.Request:
        return h11.Request(method=self.event.method, target=target, headers=fields)


def end_to_end(message: h11.Request | h11.Response) -> list[Field]:
    """The fields of a message that are for its receiver, not for whoever passes it on."""
    named = {
        it.strip().lower()
        for name, value in message.headers
        if name == b"connection"
        for it in value.split(b",")
    }
    dropped = (_OF_ONE_CONNECTION | named) - _NEVER_DROPPED
    fields = message.headers.raw_items()
    return [(name, value) for name, value in fields if name.lower() not in dropped]


async def read_request(client: Wire) -> Asked:
    """Reads what a client asks a proxy for.

    Raises:
        ProxyRefusal: It cannot be understood, is too long, or takes too long to come.
        EOFError: The client asks for nothing.
    """
    head, rest = await _read_head(client)
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=2 * LONGEST_HEAD_BYTES)
    connection.receive_data(_with_host(head) + rest)
    try:
        event = connection.next_event()
    except h11.RemoteProtocolError as error:
        raise ProxyRefusal(
            error.error_status_hint, f"fakeayr's proxy was asked: {error}."
        ) from error
    if not isinstance(event, h11.Request):
        raise EOFError
    return _parse(event, connection)


def _parse(event: h11.Request, connection: h11.Connection) -> Asked:
    tunnel, target = event.method == b"CONNECT", event.target.decode("ascii", "replace")
    url = f"https://{target}" if tunnel else target
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    host = parts.hostname or ""
    # Some take a backslash for a slash, and so another host.
    clear = _HOST.fullmatch(host) and "\\" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not clear:
        raise ProxyRefusal(400, "fakeayr's proxy needs a whole URL.")
    path = url.partition("#")[0][len(f"{parts.scheme}://{parts.netloc}") :]
    return Asked(
        tunnel=tunnel,
        scheme=parts.scheme,
        host=host,
        port=port,
        path=path if path.startswith("/") else f"/{path}",
        event=event,
        connection=connection,
    )


async def _read_head(client: Wire) -> tuple[bytes, bytes]:
    """A request's head, and what came behind it."""
    came = bytearray()
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            while (end := came.find(_END)) < 0 and len(came) <= LONGEST_HEAD_BYTES:
                data = await client.read()
                if not data:
                    raise EOFError
                came += data
    except TimeoutError as error:
        if not came:
            raise EOFError from error
        why = f"The request's head did not come within {HEAD_SECONDS:.0f} seconds."
        raise ProxyRefusal(408, why) from error
    if not 0 <= end <= LONGEST_HEAD_BYTES:
        raise ProxyRefusal(431, "The request's head is too long.")
    end += len(_END)
    return bytes(came[:end]), bytes(came[end:])


def _with_host(head: bytes) -> bytes:
    """A head with a Host field, which some clients leave out: a proxy's target names the host."""
    line, *fields = head.removesuffix(_END).split(b"\r\n")
    if not any(it.lower().startswith(b"host:") for it in fields):
        fields.insert(0, b"Host: ")
    return b"\r\n".join([line, *fields]) + _END
