"""The journal: requests seen and answers given, without their secrets."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from fakeayr.ayrshare import secrets
from fakeayr.ayrshare.secrets import KnownSecrets

JOURNAL: Final = "journal"
"""Name of the journal among a store's logs."""
KEPT: Final = 1000
"""Entries kept for each account."""

_REDACTED: Final = secrets.HIDDEN
_SECRET_NAME: Final = re.compile(
    r"secret|password|token|jwt|authorization|privatekey|apikey|keys?$"
)
_LONGEST_TEXT: Final = 2_000
_MOST_ITEMS: Final = 100
_LARGEST_ENTRY_BYTES: Final = 64 * 1024
_SHORTEST_FILE: Final = 60
_LONGEST_SEARCHED: Final = 1024 * 1024
"""Longer texts can only be files; looking for secrets in them would take seconds."""
_DATA_URI: Final = re.compile(r"\s{0,20}data:[\w.+/;= -]{0,200},", re.ASCII | re.IGNORECASE)
_LONGEST_KNOWN: Final = 40
"""Names of fields are judged once, unless they are longer than any real one."""
# A PEM file, also in base64 or without its armour: lines of base64, or a long line that lost its
# breaks. The words of an error message that only speaks of armour are none.
_KEY_FILE: Final = re.compile(
    rf"BEGIN[^-]{{0,60}}-{{4,6}}(?:\\+[nrt]|[\s\"'+])*[\w+/=]{{12}}|{secrets.ENCODED_KEY_FILE}"
    r"|(?<![\w+/])(?:[\w+/]{200}|[\w+/]{60,}+[^\w+/]{1,4}[\w+/]{60})",
    re.ASCII,
)
_LINE: Final = re.compile(r"(?<![\w+/])[\w+/]{60,}", re.ASCII)
_FEWEST_SIGNS: Final = 24
"""A line of a key has more different ones, and one in hexadecimal fewer."""
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


class Redaction:
    """Takes secrets out of what the journal keeps.

    Args:
        known: Those whose values are known.
    """

    def __init__(self, known: KnownSecrets | None = None) -> None:
        self._known = known

    def values(self, value: Any) -> Any:
        """A copy of decoded JSON in which no secret stands, not even spread over its texts."""
        known = self._known
        if known is None:
            return self._value(value)
        kept = _UNKNOWING.values(value)
        # One look at everything: few calls carry a part of a key, and each look has a price.
        if not (known.stand_in("\n".join(_texts(kept))) or known.stand_in("\n".join(_names(kept)))):
            return kept
        kept = self._value(value)
        spread = known.stand_in("".join(_texts(kept)), encoded=False)
        return _REDACTED if spread else kept

    def text(self, text: str) -> str:
        """A text without what looks like a key or a token, cut where it is too long."""
        if len(text) > _SHORTEST_FILE:
            text = _leave_out_file(text)
        kept = _TOKEN.sub(_REDACTED, text)  # First: a token is long enough for a key file.
        if _is_key_file(kept):
            return _REDACTED
        kept = secrets.strike_from_urls(kept)
        if self._known is not None:
            kept = self._known(kept)
        if len(kept) <= _LONGEST_TEXT:
            return kept
        return f"{kept[:_LONGEST_TEXT]}… ({len(text)} characters)"

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return dict(self._field(*item) for item in islice(value.items(), _MOST_ITEMS))
        if isinstance(value, list):
            lines = "\n".join(_leave_out_file(inner) for inner in value if isinstance(inner, str))
            if _is_key_file(
                _TOKEN.sub(_REDACTED, lines)
            ):  # Line by line it would not look like one.
                return _REDACTED
            return [self._value(inner) for inner in value[:_MOST_ITEMS]]
        return value

    def _field(self, name: str, value: Any) -> tuple[str, Any]:
        shown, secret = _known_name(name) if len(name) <= _LONGEST_KNOWN else _read_name(name)
        if self._known is not None:
            shown = self._known(shown)
        # That a secret is missing is what a reader wants to see.
        hidden = secret and value is not None and value != ""
        return shown, _REDACTED if hidden else self._value(value)


_UNKNOWING: Final = Redaction()


@lru_cache(maxsize=16)
def redaction_for(private_key: str, *keys: str) -> Redaction:
    """What takes secrets out of texts about an account.

    Args:
        private_key: PEM text of its private key.
        keys: Its API key, and the key of a profile.
    """
    return Redaction(KnownSecrets(private_key, *keys))


def redacted_text(text: str) -> str:
    """A text without what looks like a key or a token, and not longer than the journal keeps."""
    return _UNKNOWING.text(text)


def _texts(value: Any) -> Iterator[str]:
    """The texts in decoded JSON, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(inner, str):
                yield name  # A key may have become the names of fields.
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _names(value: Any) -> Iterator[str]:
    """The names of fields in decoded JSON."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _is_key_file(text: str) -> bool:
    plain = unquote(text)
    return _KEY_FILE.search(plain) is not None or any(map(_is_key_line, _LINE.findall(plain)))


def _is_key_line(line: str) -> bool:
    """Whether a long line is base64 by its looks: neither a number, nor words, nor a path."""
    return (
        len(set(line)) >= _FEWEST_SIGNS
        and line.count("/") < len(line) / 12
        and not (line.islower() or line.isupper() or line.isalpha())
    )


def quoted(text: str) -> str:
    """The beginning of a text, redacted, to be named in a sentence."""
    return redacted_text(text)[:60]


def _leave_out_file(text: str) -> str:
    """A text; in place of a file in it, its length."""
    head = _DATA_URI.match(text)
    if head is None and len(text) <= _LONGEST_SEARCHED:
        return text
    return f"{'' if head is None else head[0]}… ({len(text)} characters)"


def _read_name(name: str) -> tuple[str, bool]:
    """A field's name as it may be shown, and whether the name says that its value is a secret."""
    plain = name.lower().partition("[")[0].replace("-", "").replace("_", "")
    return redacted_text(name), _SECRET_NAME.search(plain) is not None


_known_name = lru_cache(maxsize=1024)(_read_name)
