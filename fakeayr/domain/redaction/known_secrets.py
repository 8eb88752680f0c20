"""Secrets by their values: finding any part of them in texts, in whatever form, and removing it."""

import base64
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from fakeayr.domain.redaction.patterns import HIDDEN

_LETTERS: Final = re.compile(
    r"%(?P<code>[0-9A-Fa-f]{2})|\\+[nrt]|&#?\w{1,8};|[A-Za-z0-9]", re.ASCII
)
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}|\\|&#?\w{1,8};", re.ASCII)
_LOWER: Final = bytes(range(256)).lower()
_NOT_LETTERS: Final = bytes(sign for sign in range(256) if not bytes([sign]).isalnum())
_AROUND: Final = re.compile(r"[A-Za-z0-9_+/=%\\-]*")
_PART: Final = 8
"""So many letters of a private key in a row are a part of it."""
_KEY_PART: Final = 16
"""The same for an API key or in hexadecimal, where fewer may stand elsewhere by chance."""
_STEP: Final = 4
_SHORTEST_RUN: Final = 24
_ONLY_RUNS: Final = bytes(
    sign if bytes([sign]).isalnum() or sign in b"_+/=-" else ord(" ") for sign in range(256)
)
"""Leaves runs of letters that may be encoded, with spaces between them."""
_DIGIT: Final = re.compile(rb"[0-9]")
_HEXADECIMAL_DIGITS: Final = 48
"""An id of 40 hexadecimal digits encodes nothing."""
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]{%d}" % _HEXADECIMAL_DIGITS)
_GAP: Final = 24
"""What stands between two parts of a key, if it is no more than this, belongs to it."""


class PrivateKeyParts:
    """What is looked for of a private key.

    Args:
        pem: Its PEM text.

    Attributes:
        parts: Each `_PART` letters in a row of its body, as a number: it is compared the fastest.
    """

    def __init__(self, pem: str) -> None:
        self._pem = pem
        letters = _strip(self._body)
        self.parts = frozenset(part for start in range(_PART) for part in _parts(letters, start))

    @property
    def _body(self) -> str:
        return "".join(line for line in self._pem.splitlines() if "-" not in line)

    @cached_property
    def encoded(self) -> bytes:
        """The key in all encodings."""
        return b"\0".join(map(_strip, _writings(self._pem, self._body)))


class KnownSecrets:
    """Secrets whose values are known: their parts are found in whatever form they were written.

    That is in upper or lower case, broken into lines, with any signs between the letters, escaped,
    URL-encoded, in base64 (twice, too) or in hexadecimal. Each call of the API is looked at, so a
    text costs a few microseconds; what encodings give is only looked for where a text may be one.

    Args:
        private_key: A private key, or its PEM text.
        keys: API keys and profile keys.
    """

    def __init__(self, private_key: str | PrivateKeyParts, *keys: str) -> None:
        if isinstance(private_key, str):
            private_key = PrivateKeyParts(private_key)
        self._private_key = private_key
        self._keys = [_strip(key) for key in keys]

    def __call__(self, text: str) -> str:
        """The text without any part of them."""
        return self._remove_from(text) if self.are_in(text) else text

    def are_in(self, text: str, *, encoded: bool = True) -> bool:
        """Whether a text contains a part of them, of a dozen letters or a little more.

        Args:
            text: The text, or several of them in lines: a part that is spread over several lines is
                found, too.
            encoded: Whether to look for encodings, too.
        """
        if len(text) < _PART:
            return False
        may_have_escapes = "%" in text or "\\" in text or ("&" in text and ";" in text)
        if may_have_escapes and _ENCODED.search(text):
            letters = "".join(letter for letter, _, _ in _letters(text)).encode()
        else:
            letters = _strip(text)
        parts = self._private_key.parts
        if not (parts.isdisjoint(_parts(letters)) and parts.isdisjoint(_parts(letters, _STEP))):
            return True
        for key in self._keys:
            if _middle(key) in letters and any(part in letters for part in _cut(key, _KEY_PART)):
                return True
        return encoded and any(map(self._is_encoded_in, _find_encoded(text)))

    def _is_encoded_in(self, run: bytes) -> bool:
        letters, encoded = run.translate(_LOWER, _NOT_LETTERS), self._private_key.encoded
        return any(
            letters[start : start + _PART] in encoded
            for start in range(0, len(letters) - _PART + 1, _STEP)
        )

    def _remove_from(self, text: str) -> str:
        found = list(_letters(text))
        letters = "".join(letter for letter, _, _ in found).encode()
        keys = frozenset(part for key in self._keys for part in _cut(key, _KEY_PART))
        spans: list[list[int]] = []
        for start in range(len(letters) - _PART + 1):
            part, key = letters[start : start + _PART], letters[start : start + _KEY_PART]
            if _number(part) in self._private_key.parts or part in self._private_key.encoded:
                spans.append([found[start][1], found[start + _PART - 1][2]])
            if key in keys:
                spans.append([found[start][1], found[start + _KEY_PART - 1][2]])
        rest, end = [], 0
        for begin, stop in _joined(spans):
            around = _AROUND.match(text, stop)
            rest += [text[end:begin], HIDDEN]
            end = around.end() if around else stop
        return "".join([*rest, text[end:]])


def _find_encoded(text: str) -> list[bytes]:
    """What seems to be in base64 or hexadecimal in a text."""
    runs = text.encode("ascii", "replace").translate(_ONLY_RUNS).split()
    return [run for run in runs if len(run) >= _SHORTEST_RUN and _is_encoded(run)]


def _is_encoded(run: bytes) -> bool:
    if run.upper() != run != run.lower() and _DIGIT.search(run) is not None:
        return True
    return len(run) >= _HEXADECIMAL_DIGITS and _HEXADECIMAL.search(run) is not None


def _parts(letters: bytes, start: int = 0) -> list[int]:
    """The parts of letters that lie side by side, each as a number."""
    end = len(letters) - (len(letters) - start) % _PART
    return memoryview(letters)[start:end].cast("Q").tolist() if end > start else []


def _number(part: bytes) -> int:
    return int.from_bytes(part, sys.byteorder)


def _middle(key: bytes) -> bytes:
    """What each part of a key that counts has in it, if the key has an ordinary length."""
    return key[len(key) - _KEY_PART : _KEY_PART] or key


def _joined(spans: list[list[int]]) -> Iterator[list[int]]:
    """Spans in order, those that lie close together as one."""
    present: list[int] | None = None
    for span in sorted(spans):
        if present is not None and span[0] <= present[1] + _GAP:
            present[1] = max(present[1], span[1])
            continue
        if present is not None:
            yield present
        present = span
    if present is not None:
        yield present


def _letters(text: str) -> Iterator[tuple[str, int, int]]:
    """The letters and digits of a text in lower case, and where each begins and ends."""
    for match in _LETTERS.finditer(text):
        letter = chr(int(match["code"], 16)) if match["code"] else match[0]
        if len(letter) == 1 and letter.isascii() and letter.isalnum():
            yield letter.lower(), match.start(), match.end()


def _writings(pem: str, body: str) -> Iterator[str]:
    yield body.encode().hex()
    yield pem.encode().hex()
    for text in (pem, body, pem.replace("\n", "\r\n"), pem.replace("\n", "\\n")):
        once = _in_base64(text.encode())
        yield from once
        yield from _in_base64(base64.b64encode(text.encode()))


def _in_base64(data: bytes) -> list[str]:
    """A text in base64, whatever stands in front of it."""
    return [base64.b64encode(data[skipped:]).decode() for skipped in range(3)]


def _strip(text: str) -> bytes:
    """The letters and digits of a text, in lower case."""
    return text.encode("ascii", "ignore").translate(_LOWER, _NOT_LETTERS)


def _cut(letters: bytes, size: int) -> Iterator[bytes]:
    """All parts of a size."""
    return (letters[start : start + size] for start in range(len(letters) - size + 1))
