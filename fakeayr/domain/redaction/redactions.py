"""Removing secrets from what the journal keeps, and from texts that quote a request."""

import re
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from fakeayr.ayrshare.secrets import ENCODED_KEY_FILE
from fakeayr.domain.journal import Entry
from fakeayr.domain.memo import Memo
from fakeayr.domain.redaction import patterns
from fakeayr.domain.redaction.known_secrets import KnownSecrets, PrivateKeyParts
from fakeayr.domain.redaction.patterns import HIDDEN

_SECRET_WORDS: Final = ("secret", "password", "token", "jwt", "authorization")
_SECRET_NAME: Final = re.compile(rf"{'|'.join(_SECRET_WORDS)}|privatekey|apikey|keys?$")
_LONGEST_TEXT: Final = 2_000
_MOST_ITEMS: Final = 100
_SHORTEST_FILE: Final = 60
_LONGEST_SEARCHED: Final = 1024 * 1024
"""Longer texts can only be files; looking for secrets in them would take seconds."""
_DATA_URI: Final = re.compile(r"\s{0,20}data:[\w.+/;= -]{0,200},", re.ASCII | re.IGNORECASE)
# A PEM file, also in base64 or without its armour: lines of base64, or a long line that lost its
# breaks. The words of an error message that only speaks of armour are none.
_KEY_FILE: Final = re.compile(
    rf"BEGIN[^-]{{0,60}}-{{4,6}}(?:\\+[nrt]|[\s\"'+])*[\w+/=]{{12}}|{ENCODED_KEY_FILE}"
    r"|(?<![\w+/])(?:[\w+/]{200}|[\w+/]{60,}+[^\w+/]{1,4}[\w+/]{60})",
    re.ASCII,
)
_SHORTEST_PATTERN: Final = 14
"""Letters of the shortest pattern that has no other signs: a key file in base64."""
_SHORTEST_LINE: Final = 60
_LINE: Final = re.compile(rf"(?<![A-Za-z0-9_+/])[A-Za-z0-9_+/]{{{_SHORTEST_LINE},}}")
_FEWEST_SIGNS: Final = 24
"""A line of a key has more different ones, and one in hexadecimal fewer."""


class Redaction:
    """Takes secrets out of what the journal keeps.

    Args:
        known: Those whose values are known.
    """

    def __init__(self, known: KnownSecrets | None = None) -> None:
        self._known = known

    def entry(self, entry: Entry) -> Entry:
        """An entry without patterns."""
        texts, names, fits = _texts_and_names(entry)
        redacted = entry
        if not (fits and _are_harmless(texts, names)):
            redacted = _BY_PATTERN._redact(entry)
            texts, names, _ = _texts_and_names(redacted)
        # Known secrets are looked for once in all texts: few calls have any, and each search costs.
        if self._known is None or not self._known.are_in("\n".join([*texts, *names])):
            return redacted
        return self._redact(entry)

    def values(self, value: Any) -> Any:
        """A copy of decoded JSON in which no secret stands, not even spread over its texts."""
        redacted = self._value(value)
        if self._known is None:
            return redacted
        texts: list[str] = []
        names: list[str] = []
        _collect([redacted], texts, names)
        is_spread = self._known.are_in("".join([*texts, *names]), encoded=False)
        return HIDDEN if is_spread else redacted

    def text(self, text: str) -> str:
        """A text without what looks like a key or a token, cut where it is too long."""
        if len(text) < _SHORTEST_PATTERN and text.isalnum():
            return text if self._known is None else self._known(text)
        if len(text) > _SHORTEST_FILE:
            text = _leave_out_file(text)
        redacted = text if _is_harmless(text, len(text)) else _remove_patterns(text)
        if self._known is not None:
            redacted = self._known(redacted)
        if len(redacted) <= _LONGEST_TEXT:
            return redacted
        return f"{redacted[:_LONGEST_TEXT]}… ({len(text)} characters)"

    def _redact(self, entry: Entry) -> Entry:
        query = self.values(entry.query)
        return msgspec.structs.replace(
            entry,
            path=self.text(entry.path),
            query=query if isinstance(query, dict) else {query: query},
            body=self.values(entry.body),
            answer=self.values(entry.answer),
            advice=[piece.map_texts(self.text) for piece in entry.advice],
        )

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {
                self.text(name): HIDDEN if _is_hidden(name, inner) else self._value(inner)
                for name, inner in islice(value.items(), _MOST_ITEMS)
            }
        if isinstance(value, list):
            lines = "\n".join(_leave_out_file(inner) for inner in value if isinstance(inner, str))
            if _is_key_file(patterns.remove_keys(lines)):  # No line alone looks like one.
                return HIDDEN
            return [self._value(inner) for inner in value[:_MOST_ITEMS]]
        return value


_BY_PATTERN: Final = Redaction()


class Redactions:
    """Takes secrets out of texts about accounts; remembers the private keys it looked for last.

    Args:
        most: How many keys it remembers.
    """

    def __init__(self, most: int = 16) -> None:
        self._known: Memo[str, PrivateKeyParts] = Memo(most)

    def of(self, private_key: str, *keys: str) -> Redaction:
        """What takes secrets out of texts about an account.

        Args:
            private_key: PEM text of its private key.
            keys: Its API key, and the key of a profile.
        """
        known = self._known.get_or_make(private_key, lambda: PrivateKeyParts(private_key))
        return Redaction(KnownSecrets(known, *keys))


def redacted_text(text: str) -> str:
    """A text without what looks like a key or a token, and not longer than the journal keeps."""
    return _BY_PATTERN.text(text)


def _texts_and_names(entry: Entry) -> tuple[list[str], list[str], bool]:
    """The texts of an entry, the names of its fields, and whether it has no more than is kept."""
    texts = [entry.path, *(text for piece in entry.advice for text in piece.texts)]
    names: list[str] = []
    fits = _collect([entry.query, entry.body, entry.answer], texts, names)
    return texts, names, fits


def _collect(value: dict[str, Any] | list[Any], texts: list[str], names: list[str]) -> bool:
    """Appends the texts and the names of fields in decoded JSON, in their order.

    Returns:
        Whether the journal keeps all of its items.
    """
    fits = len(value) <= _MOST_ITEMS
    if isinstance(value, dict):
        names += value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, str):
            texts.append(inner)
        elif isinstance(inner, (dict, list)):
            fits = _collect(inner, texts, names) and fits
    return fits


def _are_harmless(texts: list[str], names: list[str]) -> bool:
    """Whether no text would be changed, and no field has a secret's name; in doubt, false.

    Most calls are harmless, and one search in all their texts costs a tenth of a search in each.
    """
    longest = max(map(len, chain(texts, names)), default=0)
    plain = _plain_name("\n".join(names))
    if "key" in plain or any(word in plain for word in _SECRET_WORDS):
        return False
    return longest <= _LONGEST_TEXT and _is_harmless("\n".join(chain(texts, names)), longest)


def _is_harmless(text: str, longest: int) -> bool:
    """Whether a text has nothing that looks like a secret; in doubt, false.

    Args:
        text: A text, or several lines.
        longest: Length of the longest of them.
    """
    if "%" in text or patterns.may_have_keys(text) or patterns.may_have_urls(text):
        return False
    return longest < _SHORTEST_LINE or _LINE.search(text) is None


def _remove_patterns(text: str) -> str:
    rest = patterns.remove_keys(text)  # First: a token is long enough for a key file.
    return HIDDEN if _is_key_file(rest) else patterns.redact_urls(rest)


def _is_key_file(text: str) -> bool:
    plain = unquote(text)
    lines = _LINE.findall(plain) if len(plain) >= _SHORTEST_LINE else []
    if not lines and not patterns.may_have_keys(plain):
        return False
    return _KEY_FILE.search(plain) is not None or any(map(_is_key_line, lines))


def _is_key_line(line: str) -> bool:
    """Whether a long line seems to be base64: neither a number, nor words, nor a path."""
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


def _is_hidden(name: str, value: Any) -> bool:
    """Whether a field is a secret by its name; a reader wants to see that one is missing."""
    if value is None or value == "":
        return False
    return (_has_short_secret_name if len(name) < _SHORTEST_PATTERN else _has_secret_name)(name)


def _has_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(_plain_name(name).partition("[")[0]) is not None


_has_short_secret_name = lru_cache(_has_secret_name)  # Too short to be a secret itself.


def _plain_name(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
