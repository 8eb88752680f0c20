"""The journal: requests seen and answers given, without their secrets."""

import re
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from fakeayr.ayrshare import secrets

JOURNAL: Final = "journal"
"""Name of the journal among a store's logs."""
KEPT: Final = 1000
"""Entries kept for each account."""

_REDACTED: Final = "[redacted]"
_SECRET_NAME: Final = re.compile(
    r"secret|password|token|jwt|authorization|privatekey|apikey|keys?$"
)
_LONGEST_TEXT: Final = 2_000
_MOST_ITEMS: Final = 100
_LARGEST_ENTRY_BYTES: Final = 64 * 1024
_LONGEST_KNOWN: Final = 40
"""Names of fields are judged once, unless they are longer than any real one."""
# A PEM file, also in base64 or without its armour: lines of base64, or a long line that lost its
# breaks. The words of an error message that only speaks of armour are none.
_KEY_FILE: Final = re.compile(
    r"BEGIN[^-]{0,60}-{4,6}[^-]{20}|LS0tLS1CRUdJTi"
    r"|(?<![\w+/])(?:[\w+/]{200}|[\w+/]{60,}+[^\w+/]{1,4}[\w+/]{60})",
    re.ASCII,
)
_TOKEN: Final = re.compile(secrets.SHORT)

_encode = msgspec.json.Encoder().encode


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A request and its answer.

    Attributes:
        time: When it came, UNIX seconds of the account's time.
        method: Its method.
        path: Its path.
        query: Its query parameters, redacted.
        ref_id: The profile it acted for.
        body: Its body, redacted; absent if it had none or could not be read.
        status: HTTP status of the answer; 0 if a fault let the connection break without one.
        answer: The answer's body, redacted.
        advice: What the integrator should mend although it may have been accepted.
        fault: Id and kind of the fault that hit it, such as `k3x9m2p4/reset`. After a fault that
            breaks the connection, `answer` is what got lost.
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
    fault: str | None = None


def encoded(entry: Entry) -> bytes:
    """An entry as a store keeps it; where it is too large, without what was sent and answered."""
    document = _encode(entry)
    if len(document) <= _LARGEST_ENTRY_BYTES:
        return document
    advice = [*entry.advice, "The journal left out what is too large to keep."]
    return _encode(msgspec.structs.replace(entry, query={}, body=None, answer=None, advice=advice))


def redacted(value: Any) -> Any:
    """A copy of decoded JSON in which no secret stands, not even in part."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, dict):
        return dict(_redacted_field(*item) for item in islice(value.items(), _MOST_ITEMS))
    if isinstance(value, list):
        lines = "\n".join(inner for inner in value if isinstance(inner, str))
        if _is_key_file(_TOKEN.sub(_REDACTED, lines)):  # Line by line it would not look like one.
            return _REDACTED
        return [redacted(inner) for inner in value[:_MOST_ITEMS]]
    return value


def redacted_text(text: str) -> str:
    """A text without what looks like a key or a token, and not longer than the journal keeps."""
    kept = _TOKEN.sub(_REDACTED, text)  # First: a token in a URL is long enough for a key file.
    if _is_key_file(kept):
        return _REDACTED
    return (
        kept if len(kept) <= _LONGEST_TEXT else f"{kept[:_LONGEST_TEXT]}… ({len(text)} characters)"
    )


def _is_key_file(text: str) -> bool:
    return _KEY_FILE.search(unquote(text)) is not None


def quoted(text: str) -> str:
    """The beginning of a text, redacted, to be named in a sentence."""
    return redacted_text(text)[:60]


def _redacted_field(name: str, value: Any) -> tuple[str, Any]:
    shown, secret = _known_name(name) if len(name) <= _LONGEST_KNOWN else _read_name(name)
    # That a secret is missing is what a reader wants to see.
    hidden = secret and value is not None and value != ""
    return shown, _REDACTED if hidden else redacted(value)


def _read_name(name: str) -> tuple[str, bool]:
    """A field's name as it may be shown, and whether the name says that its value is a secret."""
    plain = name.lower().partition("[")[0].replace("-", "").replace("_", "")
    return redacted_text(name), _SECRET_NAME.search(plain) is not None


_known_name = lru_cache(maxsize=1024)(_read_name)
