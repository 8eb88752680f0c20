"""Regular expressions for secrets, for all code that hides them.

None of them backtracks, so matching takes time in proportion to the text.
"""

import base64
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from fakeayr.ayrshare.tokens import SESSION_PREFIX

HIDDEN: Final = "[redacted]"
"""What stands in a secret's place."""

TOKEN = r"eyJ[\w.-]{20,}"
"""A JSON Web Token, or the beginning of one (reference)."""
SESSION_SECRET = rf"{SESSION_PREFIX}\w+"
"""The token in the URL of a link session (public-code)."""
ANY_KEY = r"[A-Z0-9]{7,8}(?:-[A-Z0-9]{7,8}){3}"
"""An API key or profile key: four groups of seven (documented) or eight (public-code)."""
KEY_FILE = (
    r"-----BEGIN [A-Z0-9 ]{0,40}-----(?:\\+[nrt]|%[0-9A-Fa-f]{2}|[\s\"'+])*"
    r"[\w+/=]{8}.*?(?:-----END [A-Z ]+-----|\Z)"
)
"""A PEM file, to its end, but not a sentence about one; it takes `re.DOTALL` (reference)."""
ENCODED_KEY_FILE = r"LS0tLS1CRUdJTi[\w+/=\s]*"
"""A PEM file in base64 (reference)."""

SHORT = f"{TOKEN}|{SESSION_SECRET}|{ANY_KEY}"
"""All secrets that fit on one line (reference)."""

_NAMES: Final = r"secret|passw|pwd|token|jwt|auth|key|signature|session|credential"
_IN_URLS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}:/{1,3})[^\s/?#\"'<>]*@"
    rf"|(?P<name>[?&;#][\w.%\[\]-]{{0,40}}?(?:{_NAMES})[\w.%\[\]-]{{0,40}}=)[^&;#\s\"'<>]+",
    re.ASCII | re.IGNORECASE,
)
_SEGMENT: Final = re.compile(
    r"(?<=[\w.])/(?=[A-Za-z_-]{0,200}\d)(?=[\d_-]{0,200}[A-Za-z])[\w-]{20,}(?=[/?#\s\"']|\Z)",
    re.ASCII,
)
"""A part of a URL's path that nobody has thought up."""
_USER: Final = re.compile(r":/{1,3}[^\s/?#\"'<>]*@", re.ASCII)
_LONG_SEGMENT: Final = re.compile(r"/[\w-]{20}", re.ASCII)
_END_OF_KEY: Final = re.compile(r"-[A-Z0-9]{7}")


def may_have_shape(text: str) -> bool:
    """Whether a text may hold what looks like a token, a key or a beginning of a key file.

    Most texts hold none, and this finds out at a fraction of what the expressions above cost.
    """
    return (
        "eyJ" in text
        or SESSION_PREFIX in text
        or "BEGIN" in text
        or "LS0tLS1CRUdJTi" in text
        or ("-" in text and _END_OF_KEY.search(text) is not None)
    )


def may_have_urls(text: str) -> bool:
    """Whether `strike_from_urls` may change a text; as cheap as `may_have_shape`."""
    if "=" in text:
        return True
    if ":/" not in text:
        return False
    if _USER.search(text) is not None:
        return True
    long = "://" in text and _LONG_SEGMENT.search(text) is not None
    return long and _SEGMENT.search(text) is not None  # Ids of posts are digits alone.


def strike_from_urls(text: str) -> str:
    """A text whose URLs have lost their passwords and tokens."""
    if not may_have_urls(text):
        return text
    struck = _IN_URLS.sub(_without_value, text)
    return _SEGMENT.sub(f"/{HIDDEN}", struck) if "://" in struck else struck


def _without_value(found: "re.Match[str]") -> str:
    return f"{found['scheme']}{HIDDEN}@" if found["scheme"] else f"{found['name']}{HIDDEN}"


_LETTERS: Final = re.compile(
    r"%(?P<code>[0-9A-Fa-f]{2})|\\+[nrt]|&#?\w{1,8};|[A-Za-z0-9]", re.ASCII
)
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}|\\|&#?\w{1,8};", re.ASCII)
_LOWER: Final = bytes(range(256)).lower()
_NOT_LETTERS: Final = bytes(sign for sign in range(256) if not bytes([sign]).isalnum())
_AROUND: Final = re.compile(r"[\w+/=%\\-]*", re.ASCII)
_PART: Final = 8
"""So many letters of a private key in a row are a part of it."""
_KEY_PART: Final = 16
"""The same for an API key or in hexadecimal, where fewer may stand elsewhere by chance."""
_STEP: Final = 4
_SHORTEST_RUN: Final = 24
_RUN: Final = re.compile(rf"[\w+/=-]{{{_SHORTEST_RUN},}}", re.ASCII)
_HEXADECIMAL: Final = re.compile(r"[0-9A-Fa-f]{48}")
"""An id of 40 hexadecimal digits encodes nothing."""
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
        return self._strike(text) if self.stand_in([text]) else text

    def stand_in(self, texts: Sequence[str], *, encoded: bool = True) -> bool:
        """Whether a part of them, of a dozen letters or a little more, stands in texts.

        Args:
            texts: The texts; a part that is spread over several in a row is found, too.
            encoded: Whether to look for encodings, too.
        """
        text = "\n".join(texts)
        if len(text) < _PART:
            return False
        if ("%" in text or "\\" in text or "&" in text) and _ENCODED.search(text):
            letters = "".join(letter for letter, _, _ in _letters(text)).encode()
        else:
            letters = _strip(text)
        parts = self._private_key.parts
        if not (parts.isdisjoint(_parts(letters)) and parts.isdisjoint(_parts(letters, _STEP))):
            return True
        if any(_middle(key) in letters and _shares(key, letters) for key in self._keys):
            return True
        long = [text for text in texts if len(text) >= _SHORTEST_RUN] if encoded else []
        return _may_be_encoded("\n".join(long)) and self._stand_encoded_in(letters)

    def _stand_encoded_in(self, letters: bytes) -> bool:
        encoded = self._private_key.encoded
        return any(
            letters[start : start + _PART] in encoded
            for start in range(0, len(letters) - _PART + 1, _STEP)
        )

    def _strike(self, text: str) -> str:
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
        struck, end = [], 0
        for begin, stop in _joined(spans):
            around = _AROUND.match(text, stop)
            struck += [text[end:begin], HIDDEN]
            end = around.end() if around else stop
        return "".join([*struck, text[end:]])


def _may_be_encoded(text: str) -> bool:
    """Whether a text has something in base64 or hexadecimal, by its looks."""
    return any(
        (run.upper() != run != run.lower() and any(map(str.isdigit, run)))
        or _HEXADECIMAL.search(run) is not None
        for run in _RUN.findall(text)
    )


def _parts(letters: bytes, start: int = 0) -> list[int]:
    """The parts of letters that lie side by side, each as a number."""
    end = len(letters) - (len(letters) - start) % _PART
    return memoryview(letters)[start:end].cast("Q").tolist() if end > start else []


def _number(part: bytes) -> int:
    return int.from_bytes(part, sys.byteorder)


def _middle(key: bytes) -> bytes:
    """What each part of a key that counts has in it, if the key has an ordinary length."""
    return key[len(key) - _KEY_PART : _KEY_PART] or key


def _shares(key: bytes, letters: bytes) -> bool:
    return any(part in letters for part in _cut(key, _KEY_PART))


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
