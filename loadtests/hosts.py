"""Checks which hosts a load test may send requests to."""

from urllib.parse import urlsplit

from fakeayr.client.hosts import is_ayrshare
from fakeayr.domain.urls import is_loopback
from fakeayr.loadtests.errors import CannotLoad


class HostRefused(CannotLoad):
    """Load tests send no requests to this host."""


class HostGuard:
    """Allows requests to this machine, and to others only with the user's consent.

    Args:
        owned: Whether the user has confirmed that the other hosts are theirs.
    """

    def __init__(self, *, owned: bool) -> None:
        self._owned = owned
        self._known: set[str] = set()

    def check(self, url: str) -> None:
        """Checks a URL before a request.

        Raises:
            HostRefused: It is not an http(s) URL, its host is the real Ayrshare's, or its host is
                another machine and `owned` is false.
        """
        origin = url.split("?", 1)[0].split("#", 1)[0]
        authority = "/".join(origin.split("/", 3)[:3])
        if authority in self._known:
            return
        try:
            parts = urlsplit(authority)
            host, _port = parts.hostname, parts.port
        except ValueError:
            host = None
        plain = authority.isprintable() and not set(authority) & set(" \\")
        if host is None or parts.scheme not in {"http", "https"} or not plain:
            raise HostRefused(f"{authority!r} is not a URL; it must look like http://HOST:PORT.")
        if is_ayrshare(host):
            raise HostRefused(
                f"{host} is the real Ayrshare, which must not be load-tested; nothing was sent."
            )
        if not self._owned and not is_loopback(host):
            raise HostRefused(
                f"{host} is not this machine; add --i-own-this-host if you may load-test it."
            )
        self._known.add(authority)
