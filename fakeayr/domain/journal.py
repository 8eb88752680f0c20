"""The journal: requests seen and answers given, without their secrets."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

JOURNAL: Final = "journal"
"""Name of the journal among a store's logs."""
KEPT: Final = 1000
"""Entries kept for each account."""

_REDACTED: Final = "[redacted]"
_SECRET_FIELDS: Final = frozenset(
    {
        "privatekey",
        "profilekey",
        "profilekeys",
        "apikey",
        "twitterapikey",
        "twitterapisecret",
        "secret",
        "token",
        "jwt",
        "authorization",
        "password",
    }
)
_LONGEST_TEXT: Final = 2_000
_MOST_ITEMS: Final = 100
# A PEM file, also in base64.
_KEY_FILE: Final = re.compile("-----BEGIN|LS0tLS1CRUdJTi")
# A JSON Web Token, a link session's secret, or an API or profile key.
_TOKEN: Final = re.compile(r"eyJ[\w-]{5,}\.[\w.-]*|ayr_ls_\w+|\b[A-Z0-9]{7}(?:-[A-Z0-9]{7}){3}\b")


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A request and its answer.

    Attributes:
        time: When it came, UNIX seconds of the account's time.
        method: Its method.
        path: Its path.
        query: Its query parameters, redacted.
        ref_id: The profile it acted for.
        body: Its body, redacted; absent if it had none or could not be read.
        status: HTTP status of the answer.
        answer: The answer's body, redacted.
        advice: What the integrator should mend although it may have been accepted.
    """

    time: float
    method: str
    path: str
    query: dict[str, Any] = {}
    ref_id: str | None = None
    body: Any = None
    status: int
    answer: Any = None
    advice: list[str] = []


def redacted(value: Any) -> Any:
    """A copy of decoded JSON in which no secret stands, not even in part."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, Mapping):
        return {
            redacted_text(name): _REDACTED if _is_secret(name, inner) else redacted(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [redacted(inner) for inner in value[:_MOST_ITEMS]]
    return value


def redacted_text(text: str) -> str:
    """A text without what looks like a key or a token, and not longer than the journal keeps."""
    if _KEY_FILE.search(text):
        return _REDACTED
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
    return _TOKEN.sub(_REDACTED, text)


def _is_secret(name: str, value: Any) -> bool:
    if value is None or value == "":
        return False  # That a secret is missing is what a reader wants to see.
    plain = name.lower().partition("[")[0].replace("-", "").replace("_", "")
    return plain in _SECRET_FIELDS or "secret" in plain or "privatekey" in plain
