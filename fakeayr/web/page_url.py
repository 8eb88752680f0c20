"""Where the fake is reachable, as the present request sees it."""

from fakeayr.ayrshare import errors, hosts
from fakeayr.client.hosts import is_answered
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import host_name
from fakeayr.web.app import present_request
from fakeayr.web.context import context


def page_url() -> str:
    """Where browsers reach the linking page, without a slash at the end.

    That is the public URL if one is set. Otherwise a request for one of the vendor's host names
    gets the vendor's address of the page, and any other one its own host.

    Raises:
        Refused: It has none that could stand in a URL (101).
    """
    return _own_url(hosts.PAGE_URL)


def media_url(path: str, *, resized: bool = False) -> str:
    """Where clients reach a file of the fake; see `page_url`.

    Args:
        path: The path of its address.
        resized: Whether POST /media/resize has made it: that has a host of its own.

    Raises:
        Refused: The request has no host that could stand in a URL (101).
    """
    return _own_url(hosts.RESIZED_URL if resized else hosts.UPLOADS_URL) + path


def _own_url(vendors: str) -> str:
    """The public URL, the vendor's address if that is how the fake was called, or its own host."""
    request = present_request()
    public = context().config.public_url
    if public is not None:
        return public.rstrip("/")
    if _is_vendors(request.host):
        return vendors
    if not request.host.partition(":")[0]:
        raise Refused(errors.INVALID_PARAMETERS, "The Host header does not name a host.")
    return f"{request.scheme}://{request.host}".rstrip("/")


def is_https() -> bool:
    """Whether the browser used https; a proxy may have taken TLS off on the way."""
    request = present_request()
    public = context().config.public_url or ""
    return request.is_secure or public.startswith("https:") or _is_vendors(request.host)


def _is_vendors(host: str) -> bool:
    return is_answered(host_name(host))
