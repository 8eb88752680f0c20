"""Ayrshare's host names, and which of them a fake serves."""

from typing import Final

from fakeayr.ayrshare.hosts import (
    API_HOSTS,
    PAGE_HOST,
    PARENT_DOMAIN,
    RESIZED_HOST,
    UPLOADS_HOST,
)

ANSWERED: Final = (*sorted(API_HOSTS), PAGE_HOST, UPLOADS_HOST, RESIZED_HOST)
"""The host names that a fake serves: those of the API, the linking page and media."""

_DOTS: Final = str.maketrans("\u3002\uff0e\uff61", "...")
"""Other characters that count as a dot in a host name."""


def is_answered(host: str | None) -> bool:
    """Returns whether a fake serves this host name."""
    return host is not None and host.lower() in ANSWERED


def is_ayrshare(host: object) -> bool:
    """Returns whether this is a host name of the real Ayrshare, in any spelling."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("latin-1")
    if not isinstance(host, str):
        return False
    name = host.lower() if host.isascii() else _encode_idna(host)
    return f".{name}".rstrip(".").endswith(f".{PARENT_DOMAIN}")


def _encode_idna(host: str) -> str:
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:  # Not a host name, but a resolver may be more lenient.
        return host.translate(_DOTS).lower()
