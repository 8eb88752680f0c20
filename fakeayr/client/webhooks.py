"""Checks a webhook's signature, as a receiver should."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from fakeayr.ayrshare.webhooks import SIGNATURE_HEADER, SIGNATURES_HEADER, SIGNATURES_VERSION


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Returns whether a delivery has a valid signature, in lower-case hex.

    Args:
        body: The raw body. A body that was decoded and encoded again has another signature.
        headers: The delivery's headers.
        secret: The secret that the webhook was registered with.
    """
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    lowered = {name.lower(): value for name, value in headers.items()}
    listed = (one.strip() for one in lowered.get(SIGNATURES_HEADER.lower(), "").split(","))
    sent = [
        one.removeprefix(SIGNATURES_VERSION) for one in listed if one.startswith(SIGNATURES_VERSION)
    ]
    sent.append(lowered.get(SIGNATURE_HEADER.lower(), ""))
    return any(hmac.compare_digest(one.encode(), right) for one in sent)


def read_environ(environ: Mapping[str, Any]) -> dict[str, str]:
    """Returns a request's headers from its WSGI environ, for `is_signed`."""
    return {
        name.removeprefix("HTTP_").replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
