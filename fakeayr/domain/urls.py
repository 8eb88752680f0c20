"""Which URLs can be opened in a browser, and which hosts mean this machine."""

import contextlib
import ipaddress
import re
import socket
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9._~-]{1,253}|[0-9a-f:.]{2,45}")
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
"""Hosts that browsers read as an IPv4 address, or refuse."""
_HOST_HEADER = re.compile(
    r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[\w-]+(?:\.[\w-]+)*)\.?)(?::(?P<port>[0-9]{0,5}))?",
    re.ASCII,
)
_LAST_PORT = 65_535
_AUTHORITY = re.compile(r"[^/?#]*//([^/?#]*)")
_LONGEST_AUTHORITY = 1_000
"""Of a URL; Python's time to read one that is not ASCII grows with the square of its length."""


def is_web_url(value: object) -> bool:
    """Whether `value` is an absolute http or https URL that can stand in a Location header."""
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    authority = _AUTHORITY.match(value)
    if authority is None or len(authority[1]) > _LONGEST_AUTHORITY:
        return False
    try:
        parts = urlsplit(value)
        host = ascii_host(parts.hostname or "")
        usable = _HOST.fullmatch(host) is not None and parts.port != -1
        if ":" not in host and _NUMERIC.fullmatch(host):
            socket.inet_aton(host.removesuffix("."))
    except (ValueError, OSError):  # An unfinished address, a port out of range, an overlong label.
        return False
    return usable and parts.scheme in {"http", "https"}


def is_origin(value: str) -> bool:
    """Whether `value` is an origin as browsers write it: `https://app.example`."""
    if not is_web_url(value):
        return False
    parts = urlsplit(value)
    usual = {"http": 80, "https": 443}[parts.scheme]
    plain = value == f"{parts.scheme}://{parts.netloc}" and "@" not in value
    return plain and value.isascii() and value == value.lower() and parts.port != usual


def ascii_host(host: str) -> str:
    """A host name as browsers write it.

    Raises:
        ValueError: There can be no such host.
    """
    if not host.isascii():
        import idna  # noqa: PLC0415 - slow to import, and seldom needed

        with contextlib.suppress(idna.IDNAError):  # Stricter than browsers about symbols and `_`.
            host = idna.encode(host, uts46=True).decode()
    return host.encode("idna").decode()  # Labels must have the right length.


def host_name(header: str) -> str | None:
    """The host that a `Host` header names, in lower case and without a dot at its end.

    `None` if it can name none.
    """
    match = _HOST_HEADER.fullmatch(header)
    if match is None or int(match["port"] or 0) > _LAST_PORT:
        return None
    return (match["address"] or match["name"]).lower()


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    name = (host or "").lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # Python knows these from 3.13 on.
    return bool((mapped or address).is_loopback)
