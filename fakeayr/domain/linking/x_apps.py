"""The integrator's own X app. Its credentials are never kept; a digest of the key names it."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.domain.model import Account
from fakeayr.domain.ports import Store
from fakeayr.domain.refusals import Refused

_KIND: Final = "x-app"
_REFERENCE: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class XCredentials:
    """What a request carries of an X app, in headers and in the body; empty counts as absent."""

    header_key: str | None = None
    header_secret: str | None = None
    body_key: str | None = None
    body_secret: str | None = None


def reference(credentials: XCredentials) -> str | None:
    """A name for the X app that tells nothing of its credentials; `None` without an app.

    Raises:
        Refused: Credentials stand in headers and body (434), or only half of them (188).
    """
    in_headers = credentials.header_key, credentials.header_secret
    in_body = credentials.body_key, credentials.body_secret
    if any(in_headers) and any(in_body):
        raise Refused(errors.X_CREDENTIALS_TWICE)
    key, secret = in_headers if any(in_headers) else in_body
    if not key and not secret:
        return None
    if not key or not secret:
        raise Refused(errors.X_CREDENTIALS_INCOMPLETE)
    return _digest(key)


class XApp(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an integrator's X app.

    Attributes:
        name: Its name, which the consent page shows.
        callback_approved: Whether the linking page's addresses are approved in it; if not, X
            answers 403.
    """

    name: str = "Your X app"
    callback_approved: bool = True


def register(store: Store, account: Account, key: str, app: XApp) -> str:
    """Notes an app's name and callbacks under a digest of its API key; answers its reference."""
    name = _digest(key)
    store.save_record(_KIND, f"{account.api_key} {name}", account.api_key, msgspec.json.encode(app))
    return name


def named(text: str | None) -> str | None:
    """A reference that stands in a URL; `None` for what cannot be one."""
    return text if text is not None and _REFERENCE.fullmatch(text) else None


def registered(store: Store, account: Account, name: str) -> XApp:
    """The app that a reference names; one that was never registered has approved callbacks."""
    document = store.record(_KIND, f"{account.api_key} {name}")
    return XApp() if document is None else msgspec.json.decode(document, type=XApp)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
