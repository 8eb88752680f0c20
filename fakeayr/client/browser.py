"""A minimal browser: cookies, redirects and forms."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urljoin

from fakeayr.client.transport import Reply, Transport
from fakeayr.errors import FakeayrError

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MOST_REDIRECTS: Final = 10
_KEEP_METHOD: Final = frozenset({307, 308})


class TooManyRedirects(FakeayrError):
    """A page redirects too often."""


class Browser:
    """Keeps the cookies of each origin and follows redirects.

    Args:
        transport: How to send requests.

    Attributes:
        url: The URL of the current page, after redirects.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._cookies: dict[str, dict[str, str]] = {}
        self.url = ""

    def forget(self) -> None:
        """Deletes all cookies."""
        self._cookies.clear()

    def get(self, url: str, *, follow: bool = True) -> Reply:
        """Opens a URL. Arguments and errors are those of `submit`."""
        return self._visit("GET", url, b"", follow)

    def submit(self, url: str, fields: Mapping[str, str], *, follow: bool = True) -> Reply:
        """Submits a form and returns the response.

        Args:
            url: The URL to send it to.
            fields: The form's fields.
            follow: Whether to follow redirects; if not, a redirect is returned.

        Raises:
            TransportError: There was no response.
            TooManyRedirects: There were more than ten redirects.
        """
        return self._visit("POST", url, urlencode(fields).encode(), follow)

    def _visit(self, method: str, url: str, body: bytes, follow: bool) -> Reply:
        for _ in range(_MOST_REDIRECTS):
            reply = self._send(method, url, body)
            location = reply.header("Location") if 300 <= reply.status < 400 else None
            if location is None or not follow:
                return reply
            url = urljoin(url, location)
            if reply.status not in _KEEP_METHOD:
                method, body = "GET", b""
        raise TooManyRedirects(f"More than {_MOST_REDIRECTS} redirects, the last to {url}.")

    def _send(self, method: str, url: str, body: bytes) -> Reply:
        self.url = url
        cookies = self._cookies.setdefault("/".join(url.split("?", 1)[0].split("/", 3)[:3]), {})
        headers = [("Accept", "text/html")]
        if cookies:
            headers.append(
                ("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
            )
        if method == "POST":
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        reply = self._transport.send(method, url, headers, body)
        for line in reply.header_values("Set-Cookie"):
            name, _, rest = line.partition("=")
            cookies[name.strip()] = rest.partition(";")[0]
        return reply
