"""Who may use the control surface: the person at this machine."""

import hmac
from typing import Final
from urllib.parse import urlsplit

from flask import Request

from fakeayr.ayrshare import errors
from fakeayr.client import headers
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import host_name, is_loopback
from fakeayr.web.config import Config

COOKIE: Final = "fakeayr-control"
"""Stands for the control token in a browser, which can send no header when it opens a page."""
_LOCAL: Final = "localhost"
"""Stands for the Host of a call that has none: no browser makes it."""


def check(request: Request, config: Config) -> None:
    """Lets a control call through or refuses it.

    Raises:
        Refused: It lacks the control token, or has another Host than this machine's where none is
            set (a rebound DNS name), or a browser sends it from another origin (403).
    """
    origin = request.headers.get("Origin")
    if config.control_token is not None:
        _check_token(request, config.control_token)
    elif not is_loopback(host_name(request.environ.get("HTTP_HOST", _LOCAL))):
        raise Refused(
            errors.CONTROL_REFUSED,
            "The Host header does not name this machine. A server that was started with "
            "--control-token takes such calls, with the token.",
        )
    if origin is not None and origin not in {_origin(request.host_url), _origin(config.public_url)}:
        raise Refused(errors.CONTROL_REFUSED, "A page of another origin cannot make it.")
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise Refused(errors.CONTROL_REFUSED, "A page of another site cannot make it.")


def cookie_of(token: str) -> str:
    """What a browser keeps that has sent the control token; the token cannot be found from it."""
    return hmac.digest(token.encode(), COOKIE.encode(), "sha256").hex()


def _check_token(request: Request, wanted: str) -> None:
    if is_token(request.headers.get(headers.CONTROL_TOKEN, ""), wanted):
        return
    kept = request.cookies.get(COOKIE, "")
    if not hmac.compare_digest(kept.encode(), cookie_of(wanted).encode()):
        raise Refused(errors.CONTROL_REFUSED, f"It needs the header {headers.CONTROL_TOKEN}.")


def is_token(sent: str, wanted: str) -> bool:
    """Whether what a header holds, as WSGI decoded it, is the control token."""
    return hmac.compare_digest(sent.encode("latin-1", "replace"), wanted.encode())


def _origin(url: str | None) -> str | None:
    """The origin of a URL as a browser writes it into the `Origin` header."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
