"""Short links: `redirect` is shortened in the URL that generateJWT answers."""

import hashlib
from typing import Final

from fakeayr.domain.model import Account
from fakeayr.domain.ports import Store

_KIND: Final = "short-link"
PATH: Final = "/r/"
"""Short links live below this path of the linking page's host (inferred)."""


def shorten(store: Store, account: Account, page_url: str, target: str) -> str:
    """The short link for `target`; the same target gives an account the same link."""
    digest = hashlib.sha256(f"{account.api_key} {target}".encode()).hexdigest()[:12]
    if store.record(_KIND, digest) is None:
        store.save_record(_KIND, digest, account.api_key, target.encode())
    return f"{page_url}{PATH}{digest}"


def target(store: Store, short_id: str) -> str | None:
    """Where a short link leads."""
    document = store.record(_KIND, short_id)
    return None if document is None else document.decode()


def resolved(store: Store, url: str) -> str:
    """Where a URL leads if it is one of our short links; any other URL is answered unchanged."""
    _, found, short_id = url.rpartition(PATH)
    return (target(store, short_id) if found else None) or url
