"""Who may use the control surface: the person at this machine."""

import hmac
from urllib.parse import urlsplit

from flask import Request

from fakeayr.ayrshare import errors
from fakeayr.client import headers
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import is_loopback
from fakeayr.web.config import Config


def check(request: Request, config: Config) -> None:
    """Lets a control call through or refuses it.

    Raises:
        Refused: Its Host is neither loopback nor the public URL's (a rebound DNS name), a browser
            sends it from another origin, or it lacks the control token (403).
    """
    host = _hostname(f"//{request.host}")
    if not is_loopback(host) and (host is None or host != _hostname(config.public_url or "")):
        raise Refused(
            errors.CONTROL_REFUSED,
            "The Host header names neither this machine nor the --public-url of the server.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {_origin(request.host_url), _origin(config.public_url)}:
        raise Refused(errors.CONTROL_REFUSED, "A page of another origin cannot make it.")
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise Refused(errors.CONTROL_REFUSED, "A page of another site cannot make it.")
    wanted = config.control_token
    sent = request.headers.get(headers.CONTROL_TOKEN, "").encode("latin-1")  # As WSGI decoded it.
    if wanted is not None and not hmac.compare_digest(sent, wanted.encode()):
        raise Refused(errors.CONTROL_REFUSED, f"It needs the header {headers.CONTROL_TOKEN}.")


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _origin(url: str | None) -> str | None:
    """The origin of a URL as a browser writes it into the `Origin` header."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
