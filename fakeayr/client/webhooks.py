"""Checks a webhook's signature, as a receiver should."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from fakeayr.ayrshare.webhooks import SECOND_SIGNATURE_HEADER, SIGNATURE_HEADER


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Returns whether a delivery has a valid signature, in hex or base64.

    Args:
        body: The raw body. A body that was decoded and encoded again has another signature.
        headers: The delivery's headers.
        secret: The secret that the webhook was registered with.
    """
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    right = (digest.hex(), base64.b64encode(digest).decode())
    lowered = {name.lower(): value for name, value in headers.items()}
    sent = (lowered.get(name.lower(), "") for name in (SIGNATURE_HEADER, SECOND_SIGNATURE_HEADER))
    return any(
        hmac.compare_digest(value.encode(), known.encode()) for value in sent for known in right
    )


def read_environ(environ: Mapping[str, Any]) -> dict[str, str]:
    """Returns a request's headers from its WSGI environ, for `is_signed`."""
    return {
        name.removeprefix("HTTP_").replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
