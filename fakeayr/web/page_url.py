"""Where the fake is reachable, as the present request sees it."""

from fakeayr.ayrshare import errors, hosts
from fakeayr.domain.refusals import Refused
from fakeayr.web.app import present_request
from fakeayr.web.context import context


def page_url() -> str:
    """Where browsers reach the linking page, without a slash at the end.

    A request for one of the vendor's host names gets the vendor's address of the page; any other
    one the public URL, or its own host where none is set.

    Raises:
        Refused: It has none that could stand in a URL (101).
    """
    request = present_request()
    name = request.host.partition(":")[0].lower()
    if name in hosts.API_HOSTS or name == hosts.PAGE_HOST:
        return hosts.PAGE_URL
    public = context().config.public_url
    if public is None and not name:
        raise Refused(errors.INVALID_PARAMETERS, "The Host header does not name a host.")
    return (public or f"{request.scheme}://{request.host}").rstrip("/")
