"""Which host names are Ayrshare's, and which of them a fake answers."""

from typing import Final

from fakeayr.ayrshare.hosts import API_HOSTS, PAGE_HOST, PARENT_DOMAIN

ANSWERED: Final = (*sorted(API_HOSTS), PAGE_HOST)
"""The host names that a fake answers: the API's and the linking page's."""

_DOTS: Final = str.maketrans("\u3002\uff0e\uff61", "...")
"""What counts as a dot in a host name."""


def is_answered(host: str | None) -> bool:
    """Whether a fake answers for this host."""
    return host is not None and host.lower() in ANSWERED


def is_ayrshare(host: object) -> bool:
    """Whether this is a host of the real Ayrshare, however it is spelt."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("latin-1")
    if not isinstance(host, str):
        return False
    name = host.lower() if host.isascii() else _encode_idna(host)
    return f".{name}".rstrip(".").endswith(f".{PARENT_DOMAIN}")


def _encode_idna(host: str) -> str:
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:  # No host at all, but whoever looks it up may be more lenient.
        return host.translate(_DOTS).lower()
