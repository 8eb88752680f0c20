"""`redirect`: where All Done and the logo lead, and the short links that stand for it in a URL."""

import hashlib
from collections.abc import Iterable
from typing import Final

from fakeayr.ayrshare import errors
from fakeayr.domain.ports import Store
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_web_url

SHORT_PATH: Final = "/r/"
"""Short links live below this path of the linking page's host (inferred)."""
_SHORT_LINKS: Final = Record(RecordKind.SHORT_LINK, str)


def check(url: str) -> str:
    """A request's `redirect` as a browser opens it.

    Raises:
        Refused: No browser should open it (101).
    """
    opened = normalize(url)
    if opened is None:
        raise Refused(errors.INVALID_PARAMETERS, "redirect must be an http or https URL.")
    return opened


def choose(store: Store, urls: Iterable[str]) -> str | None:
    """Where the `redirect`s of a linking URL lead: the last one that a browser should open."""
    targets = [normalize(resolve(store, url)) for url in urls]
    return next((target for target in reversed(targets) if target is not None), None)


def normalize(url: str) -> str | None:
    """An http or https URL with its spaces encoded, as a browser does; `None` for others."""
    encoded = url.strip(" ").replace(" ", "%20")
    return encoded if is_web_url(encoded) else None


def shorten(tenant: Tenant, page_url: str, target: str) -> str:
    """The short link for `target`; the same target gives an account the same link."""
    digest = hashlib.sha256(f"{tenant.api_key} {target}".encode()).hexdigest()[:12]
    if _SHORT_LINKS.get(tenant.store, digest) is None:
        _SHORT_LINKS.save(tenant.store, digest, owner=tenant.api_key, document=target)
    return f"{page_url}{SHORT_PATH}{digest}"


def find_target(store: Store, short_id: str) -> str | None:
    """Where a short link leads."""
    return _SHORT_LINKS.get(store, short_id)


def resolve(store: Store, url: str) -> str:
    """Where a URL leads if it is one of our short links; any other URL is returned unchanged."""
    _, found, short_id = url.rpartition(SHORT_PATH)
    return (find_target(store, short_id) if found else None) or url
