"""`redirect`: where All Done and the logo lead. A browser opens only http and https URLs there."""

from collections.abc import Iterable

from fakeayr.ayrshare import errors
from fakeayr.domain.linking import short_links
from fakeayr.domain.ports import Store
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import is_web_url


def asked(url: str | None) -> str | None:
    """A request's `redirect` as a browser opens it; `None` if it is empty.

    Raises:
        Refused: No browser should open it (101).
    """
    if not url:
        return None
    opened = usable(url)
    if opened is None:
        raise Refused(errors.INVALID_PARAMETERS, "redirect must be an http or https URL.")
    return opened


def followed(store: Store, urls: Iterable[str]) -> str | None:
    """Where the `redirect`s of a linking URL lead: the last one that a browser should open."""
    targets = [usable(short_links.resolved(store, url)) for url in urls]
    return next((target for target in reversed(targets) if target is not None), None)


def usable(url: str) -> str | None:
    """An http or https URL with its spaces encoded, as a browser does; `None` for others."""
    encoded = url.strip(" ").replace(" ", "%20")
    return encoded if is_web_url(encoded) else None
