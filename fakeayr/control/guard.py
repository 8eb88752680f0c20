"""Who may use the control surface: the person at this machine."""

import hmac
import ipaddress
from typing import Final
from urllib.parse import urlsplit

from flask import Request

from fakeayr.config import Config
from fakeayr.domain.refusals import Refused
from fakeayr.vendor import errors

TOKEN_HEADER: Final = "X-Fakeayr-Control-Token"


def check(request: Request, config: Config) -> None:
    """Lets a control call through or refuses it.

    Raises:
        Refused: Its Host is neither loopback nor the public URL's (a rebound DNS name), a browser
            sends it from another origin, or it lacks the control token (403).
    """
    host = _hostname(f"//{request.host}")
    public = None if config.public_url is None else _hostname(config.public_url)
    if not is_loopback(host) and host != public:
        raise Refused(
            errors.CONTROL_REFUSED,
            "The Host header names neither this machine nor the --public-url of the server.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin.rstrip("/") not in {
        request.host_url.rstrip("/"),
        config.public_url,
    }:
        raise Refused(errors.CONTROL_REFUSED, "A page of another origin cannot make it.")
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise Refused(errors.CONTROL_REFUSED, "A page of another site cannot make it.")
    wanted = config.control_token
    sent = request.headers.get(TOKEN_HEADER, "")
    if wanted is not None and not hmac.compare_digest(sent.encode(), wanted.encode()):
        raise Refused(errors.CONTROL_REFUSED, f"It needs the header {TOKEN_HEADER}.")


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
