"""Under which names a server may be called.

A page of a stranger can make its own name lead to this machine (DNS rebinding). The browser then
takes what listens here for the stranger's server, and lets its page read and write everything. But
it still sends the stranger's name as `Host`.
"""

from functools import lru_cache
from typing import Final

from flask import Flask, Request

from fakeayr.ayrshare import errors
from fakeayr.client.hosts import is_answered
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import host_name, is_loopback
from fakeayr.web.app import present_request
from fakeayr.web.config import Config

_HOST: Final = "HTTP_HOST"
_CONTROL: Final = "/_fakeayr/"
"""Below it, the control surface has a guard of its own."""


def install(app: Flask, config: Config) -> None:
    """Makes an app check the `Host` of every request, but those of the control surface."""
    if config.listens_to_network:
        return

    @lru_cache(maxsize=64)
    def is_allowed(host: str | None) -> bool:
        return _is_allowed(host, config)

    @app.before_request
    def check_present() -> None:
        request = present_request()
        if not (request.path.startswith(_CONTROL) or is_allowed(request.environ.get(_HOST))):
            raise _refuse()


def check(request: Request, config: Config) -> None:
    """Lets a request through, or refuses it.

    On a server that listens on this machine only, its `Host` must be this machine's, Ayrshare's or
    the public URL's. A request without the header comes from no browser. One that listens to a
    network may have any name there.

    Raises:
        Refused: It names another host (421).
    """
    if not (config.listens_to_network or _is_allowed(request.environ.get(_HOST), config)):
        raise _refuse()


def _is_allowed(host: str | None, config: Config) -> bool:
    if host is None:
        return True
    name = host_name(host)
    return is_loopback(name) or is_answered(name) or _is_public(name, config)


def _refuse() -> Refused:
    return Refused(
        errors.MISDIRECTED,
        "The Host header must name this machine, a host of Ayrshare or that of --public-url: "
        "start the server with --public-url if it has this name.",
    )


def _is_public(name: str | None, config: Config) -> bool:
    public = config.public_host
    return name is not None and public is not None and name == public.removesuffix(".")
