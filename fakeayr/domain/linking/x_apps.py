"""The integrator's own X app. Its credentials are never kept; a digest of the key names it."""

import hashlib
import re
from typing import Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

_REFERENCE: Final = re.compile(r"[0-9a-f]{16}")

Credentials = tuple[str | None, str | None]
"""An X app's key and secret; empty counts as absent."""


class XApp(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an integrator's X app.

    Attributes:
        name: Its name, which the consent page shows.
        callback_approved: Whether the linking page's addresses are approved in it; if not, X
            answers 403.
    """

    name: str = "Your X app"
    callback_approved: bool = True


_APPS: Final = Record(RecordKind.X_APP, XApp)


def reference(in_headers: Credentials, in_body: Credentials) -> str:
    """A name for the X app that reveals nothing of its credentials; one of the four is given.

    Raises:
        Refused: Credentials stand in headers and body (434), or only half of them (188).
    """
    if any(in_headers) and any(in_body):
        raise Refused(errors.X_CREDENTIALS_TWICE)
    key, secret = in_headers if any(in_headers) else in_body
    if not key or not secret:
        raise Refused(errors.X_CREDENTIALS_INCOMPLETE)
    return _digest(key)


def register(tenant: Tenant, key: str, app: XApp) -> str:
    """Notes an app's name and callbacks under a digest of its API key; returns its reference."""
    name = _digest(key)
    _APPS.save(tenant.store, tenant.api_key, name, owner=tenant.api_key, document=app)
    return name


def read_reference(text: str | None) -> str | None:
    """A reference that stands in a URL; `None` for what cannot be one."""
    return text if text is not None and _REFERENCE.fullmatch(text) else None


def find(tenant: Tenant, name: str) -> XApp:
    """The app that a reference names; one that was never registered has approved callbacks."""
    return _APPS.get(tenant.store, tenant.api_key, name) or XApp()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
