"""Checking a webhook's signature, as a receiver should."""

import hashlib
import hmac
from collections.abc import Mapping

from fakeayr.vendor.webhooks import SECOND_SIGNATURE_HEADER, SIGNATURE_HEADER


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether one of the signatures of a delivery is right.

    Args:
        body: The raw body, byte for byte as it arrived: a body that was decoded and encoded again
            has another signature.
        headers: Its headers.
        secret: The secret given at registration.
    """
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    lowered = {name.lower(): value for name, value in headers.items()}
    sent = (lowered.get(name.lower()) for name in (SIGNATURE_HEADER, SECOND_SIGNATURE_HEADER))
    return any(value is not None and hmac.compare_digest(value, expected) for value in sent)
