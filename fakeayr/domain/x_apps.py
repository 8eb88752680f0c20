"""The integrator's own X app. Its credentials are never kept; a digest of the key names it."""

import hashlib
from dataclasses import dataclass

from fakeayr.domain.refusals import Refused
from fakeayr.vendor import errors


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
    return hashlib.sha256(key.encode()).hexdigest()[:16]
