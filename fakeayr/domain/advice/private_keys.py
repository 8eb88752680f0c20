"""Rules about the `privateKey` of generateJWT: what has happened to it on its way.

Each damage that is found in a key is repaired before the next check, so that a text in quotes that
also lost its line ends yields two pieces of advice, and no third one that only follows from them.
Lengths are counted as the text came.
"""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from fakeayr.ayrshare.secrets import ANY_KEY
from fakeayr.domain.advice import shapes
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.redaction.redactions import quoted

PLACE: Final = "/privateKey"
_BOM: Final = "\ufeff"
_LINE_LENGTH: Final = 64
_LONGEST_NAME: Final = 300

_BEGIN: Final = re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]{1,40})-----")
_END: Final = re.compile(r"-----END [A-Z0-9 ]{1,40}-----")
_WRITTEN_BREAK: Final = re.compile(r"(?:\\+r)?\\+n")
_ONE_LINE: Final = re.compile(r"(-----BEGIN [A-Z0-9 ]+-----)(.*?)(-----END [A-Z0-9 ]+-----|\Z)")
_EDGES: Final = re.compile(r"(?m)^[ \t]+|[ \t]+(?=\r?$)")
_EMPTY_LINE: Final = re.compile(r"(?<=\n)[ \t\r]*\n")

_FILE_NAME: Final = re.compile(
    r"(?:file:|~|\.{0,2}[/\\]|[A-Za-z]:[/\\])[\w .~/\\:-]+|[\w .~/\\:-]+\.(?:key|pem|p8|txt|crt)"
)
_SHAPES: Final = {
    "key-empty": re.compile(""),
    "key-undefined": shapes.WORD,
    "key-unexpanded-variable": shapes.VARIABLE,
    "key-is-api-or-profile-key": re.compile(ANY_KEY),
}

_RSA: Final = bytes.fromhex("06092a864886f70d010101")
_ELLIPTIC: Final = bytes.fromhex("06072a8648ce3d0201")
_KINDS: Final = {
    "EC": "an elliptic curve's",
    "DSA": "DSA",
    "OPENSSH": "OpenSSH's own format",
}


def on_no_armour(text: str, *, is_base64: bool) -> Piece:
    """Says why no `-----BEGIN …-----` line was found.

    Args:
        text: The field as it came.
        is_base64: Whether the field `base64` is true.
    """
    word = text.strip().strip(shapes.QUOTES)
    found = next((name for name, shape in _SHAPES.items() if shape.fullmatch(word)), None)
    if found is None:
        found = _name_encoding(text, word, is_base64=is_base64)
    return advise(found, PLACE, word=quoted(word), length=len(text))


def on_damage(text: str) -> tuple[Piece, ...]:
    """Says what has happened to a key that has its first line, but not the form of a key file.

    Args:
        text: The key, without its base64 and URL encoding.
    """
    if "ENCRYPTED" in text:
        return (advise("key-encrypted", PLACE),)
    found: list[Piece] = []
    repaired = text
    for check in _CHECKS:
        piece, repaired = check(repaired)
        if piece is not None:
            found.append(piece)
    found += _on_body(repaired)
    if not found:
        lines = text.count("\n") + 1
        found.append(advise("key-not-exact", PLACE, length=len(text), lines=lines))
    return tuple(found)


def on_unreadable(pem: str) -> tuple[Piece, ...]:
    """Says why no RSA key can be read from a text that has the form of a key file."""
    return tuple(_on_body(pem)) or (advise("key-damaged", PLACE),)


def on_line_ends(pem: str) -> tuple[Piece, ...]:
    """Notes Windows' line ends in a key that was accepted."""
    count = pem.count("\r\n")
    return (advise("key-crlf", PLACE, count=count),) if count else ()


def _name_encoding(text: str, word: str, *, is_base64: bool) -> str:
    """Which piece of advice a text deserves that is no word, variable or other key."""
    if is_base64 and _BEGIN.search(text):
        return "key-base64-flag-without-base64"
    if _decodes_to_key(word):
        return "key-base64-without-flag"
    if len(text) <= _LONGEST_NAME and _FILE_NAME.fullmatch(word):
        return "key-is-file-name"
    return "key-not-base64" if is_base64 else "key-no-first-line"


def _decodes_to_key(word: str) -> bool:
    try:
        return _BEGIN.search(base64.b64decode(word, validate=False).decode("latin-1")) is not None
    except ValueError:
        return False


_Check = Callable[[str], tuple[Piece | None, str]]


def _mark(text: str) -> tuple[Piece | None, str]:
    plain = text.lstrip()
    if not plain.startswith(_BOM):
        return None, text
    return advise("key-byte-order-mark", PLACE), plain.lstrip(_BOM)


def _quotes(text: str) -> tuple[Piece | None, str]:
    plain = text.strip()
    found = next((sign for sign in (plain[0], plain[-1]) if sign in shapes.QUOTES), None)
    if found is None:
        return None, text
    return advise("key-quoted", PLACE, quote=found), plain.strip(shapes.QUOTES)


def _written_breaks(text: str) -> tuple[Piece | None, str]:
    plain, count = _WRITTEN_BREAK.subn("\n", text)
    return (advise("key-backslash-n", PLACE, count=count), plain) if count else (None, text)


def _one_line(text: str) -> tuple[Piece | None, str]:
    plain = text.strip()
    found = None if "\n" in plain or "\r" in plain else _ONE_LINE.search(plain)
    if found is None:
        return None, text
    begin, body, end = found.groups()
    parts = body.split()
    if not parts:
        return advise("key-first-line-only", PLACE, length=len(text)), ""
    if not end:
        return None, text
    repaired = "\n".join([begin, *parts, end])
    if body != body.strip() or len(parts) > 1:
        count = sum(1 for _ in re.finditer(r"[ \t]+", body))
        return advise("key-newlines-became-spaces", PLACE, count=count), repaired
    count = -(-len(body) // _LINE_LENGTH) + 1
    return advise("key-newlines-lost", PLACE, length=len(text), count=count), repaired


def _around(text: str) -> tuple[Piece | None, str]:
    begin = _BEGIN.search(text)
    if begin is None:
        return None, text
    stop = max((end.end() for end in _END.finditer(text)), default=len(text))
    before, after = text[: begin.start()].strip(), text[stop:].strip()
    if not before and not after:
        return None, text
    piece = advise("key-text-around", PLACE, before=len(before), after=len(after))
    return piece, text[begin.start() : stop]


def _edges(text: str) -> tuple[Piece | None, str]:
    plain = text.strip()
    lines = plain.splitlines()
    count = sum(1 for line in lines if line.rstrip("\r") != line.strip())
    if not count or any(_lost_plus(line) for line in lines):
        return None, text
    return advise("key-indented", PLACE, count=count), _EDGES.sub("", plain)


def _lost_plus(line: str) -> bool:
    """Whether a line is as long as it must be, with spaces in it."""
    return len(line.rstrip("\r")) == _LINE_LENGTH and " " in line


def _empty_lines(text: str) -> tuple[Piece | None, str]:
    plain, count = _EMPTY_LINE.subn("", text.strip())
    return (advise("key-empty-lines", PLACE, count=count), plain) if count else (None, text)


_CHECKS: Final[tuple[_Check, ...]] = (
    _mark,
    _quotes,
    _written_breaks,
    _one_line,
    _around,
    _edges,
    _empty_lines,
)
"""The checks in their order; each returns the text without the damage."""


class _Der(NamedTuple):
    """What the first bytes of a key say of it."""

    kind: str
    length: int
    announced: int


def _on_body(text: str) -> Iterator[Piece]:
    """What is wrong with a key whose line ends and edges are right."""
    begin = _BEGIN.search(text)
    if begin is None:
        return
    label, inner = begin["label"], text[begin.end() :]
    end = _END.search(inner)
    if "PUBLIC" in label:
        yield advise("key-public", PLACE, armour=label)
        return
    kind = next((said for word, said in _KINDS.items() if label.startswith(word)), None)
    if kind is not None:
        yield advise("key-not-rsa", PLACE, kind=kind)
        return
    if end is None:
        yield advise("key-end-missing", PLACE, length=len(text))
        return
    body = inner[: end.start()]
    spaces = body.count(" ")
    if spaces:
        yield advise("key-plus-became-space", PLACE, count=spaces)
        return
    yield from _on_der(label, _read(body), is_even=_is_even(body))


def _on_der(label: str, der: _Der | None, *, is_even: bool) -> Iterator[Piece]:
    if der is None:
        return
    if der.kind not in {"PKCS#1", "PKCS#8"}:
        yield advise("key-not-rsa", PLACE, kind=der.kind)
    elif label not in {"RSA PRIVATE KEY", "PRIVATE KEY"}:
        yield advise("key-wrong-armour", PLACE, armour=label)
    elif (label == "PRIVATE KEY") != (der.kind == "PKCS#8"):
        yield advise("key-pkcs-confused", PLACE, armour=label, body=der.kind)
    if is_even and der.length < der.announced:
        yield advise("key-cut", PLACE, length=der.length, announced=der.announced)


def _is_even(body: str) -> bool:
    """Whether all lines but the last are equally long: in one that is not, a character is lost."""
    lengths = [len(line) for line in body.split()]
    return len(set(lengths[:-1])) <= 1


def _read(body: str) -> _Der | None:
    """The head of a key's body; `None` if it is not that of a private key."""
    letters = "".join(body.split()).rstrip("=")
    try:
        data = base64.b64decode(letters[: len(letters) - len(letters) % 4] + _rest(letters))
    except ValueError:
        return None
    if data[:1] != b"\x30" or len(data) < 32:
        return None
    size = data[1] & 0x7F if data[1] & 0x80 else 0
    announced = 2 + size + (int.from_bytes(data[2 : 2 + size], "big") if size else data[1])
    head = data[2 + size :]
    kind = _kind(head)
    return None if kind is None else _Der(kind, len(data), announced)


def _rest(letters: str) -> str:
    rest = letters[len(letters) - len(letters) % 4 :]
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""


def _kind(head: bytes) -> str | None:
    if head.startswith(b"\x02\x01\x01\x04"):
        return "an elliptic curve's"
    if not head.startswith(b"\x02\x01\x00"):
        return None
    if head[3:4] == b"\x02":
        return "PKCS#1"
    if head[3:4] == b"\x30":
        algorithm = head[5:40]
        if algorithm.startswith(_RSA):
            return "PKCS#8"
        return "an elliptic curve's" if algorithm.startswith(_ELLIPTIC) else "another algorithm's"
    return None
