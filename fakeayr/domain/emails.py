"""The Connect Accounts e-mail."""

import math
import re
from typing import Any
from urllib.parse import urlsplit

from fakeayr.domain.refusals import Refused
from fakeayr.vendor import errors
from fakeayr.vendor.limits import EXPIRES_IN_MAX_MINUTES, EXPIRES_IN_MIN_MINUTES

_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")


def check_request(fields: dict[str, Any]) -> float:
    """Checks the `email` object of a request and answers its expiry in minutes.

    All six of `to`, `contactEmail`, `company`, `termsUrl`, `privacyUrl` and `expiresIn` (older
    spelling: `expireIn`) are required.

    Raises:
        Refused: One is missing or cannot be used (333).
    """
    for name, usable in (
        ("to", _is_address),
        ("contactEmail", _is_address),
        ("company", _is_text),
        ("termsUrl", is_web_url),
        ("privacyUrl", is_web_url),
    ):
        if not usable(fields.get(name)):
            raise Refused(errors.EMAIL_NOT_SENT, f"email.{name} is missing or invalid.")
    minutes = fields.get("expiresIn", fields.get("expireIn"))
    if not is_lifetime(minutes):
        raise Refused(errors.EMAIL_NOT_SENT, "email.expiresIn is missing or not 1 to 2880 minutes.")
    return float(minutes)  # type: ignore[arg-type]


def is_lifetime(minutes: object) -> bool:
    """Whether `minutes` is a number from 1 to 2880."""
    return (
        isinstance(minutes, int | float)
        and not isinstance(minutes, bool)
        and math.isfinite(minutes)
        and EXPIRES_IN_MIN_MINUTES <= minutes <= EXPIRES_IN_MAX_MINUTES
    )


def is_web_url(value: object) -> bool:
    """Whether `value` is an absolute http or https URL."""
    if not isinstance(value, str) or any(ord(character) <= 32 for character in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _is_address(value: object) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
