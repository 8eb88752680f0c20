"""Which hosts a load test may send anything to."""

from urllib.parse import urlsplit

from fakeayr.client.hosts import is_ayrshare
from fakeayr.domain.urls import is_loopback
from fakeayr.loadtests.errors import CannotLoad


class HostRefused(CannotLoad):
    """Nothing is sent there."""


class HostGuard:
    """Lets requests through to this machine, and elsewhere only where the user says so.

    Args:
        owned: Whether the user owns whatever else the run reaches.
    """

    def __init__(self, *, owned: bool) -> None:
        self._owned = owned
        self._known: set[str] = set()

    def check(self, url: str) -> None:
        """Refuses a URL that must not be called.

        Raises:
            HostRefused: It is no http(s) URL, it is the real Ayrshare's, or it is not this
                machine's and `owned` is false.
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
            raise HostRefused(f"{authority!r} is not the URL of a host.")
        if is_ayrshare(host):
            raise HostRefused(
                f"{host} is the real Ayrshare, which is never load-tested; nothing was sent to it."
            )
        if not self._owned and not is_loopback(host):
            raise HostRefused(
                f"{host} is not this machine; if it is yours to test, add --i-own-this-host."
            )
        self._known.add(authority)
