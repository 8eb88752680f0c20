"""How long a text is for each network."""

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from fakeayr.ayrshare.posting.networks import POSTING, X_COUNTING, Counting


def length(text: str, counting: Counting) -> int:
    """Returns the length of a text as a network counts it."""
    return _COUNTERS[counting](text)


def fits(text: str, counting: Counting, limit: int) -> bool:
    """Whether a text is within a limit; most texts need not be counted for that."""
    most = len(text) if text.isascii() else 2 * len(text)
    if counting is Counting.WEIGHTED:
        most += X_COUNTING.url * text.count(".")  # Every URL has one.
    return most <= limit or length(text, counting) <= limit


def lengths(text: str) -> dict[str, Any]:
    """Returns what POST /validate/postLength says of a text.

    For each network that it covers the length, whether that is allowed, and the limit.
    """
    shown: dict[str, Any] = {}
    limits = {}
    for name, row in POSTING.items():
        if row.length_name is None:
            continue
        counted = length(text, row.counting)
        limits[name] = row.text_limit
        shown[f"{row.length_name}WeightedLength"] = counted
        shown[f"{row.length_name}Valid"] = counted <= row.text_limit
        if row.longer_with is not None:
            limits[f"{name}Long"] = row.longer_with[1]
            shown[f"{row.length_name}LongValid"] = counted <= row.longer_with[1]
    return {**shown, "maxCharLimits": limits}


def _characters(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _graphemes(text: str) -> int:
    if text.isascii():
        return len(text) - text.count("\r\n")
    from fakeayr.domain.posting import text_patterns  # noqa: PLC0415 - slow, and seldom needed

    letters = text_patterns.FLAG.sub("x", text)
    return sum(1 for _ in text_patterns.GRAPHEME.finditer(letters))


def _weighted(text: str) -> int:
    """As twitter-text does: emoji and URLs as wholes, and every other character by its weight."""
    from fakeayr.domain.posting import text_patterns  # noqa: PLC0415 - slow, and seldom needed

    urls = emoji = heavy = 0
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "." in text:
        text, urls = text_patterns.URL.subn("", text)
    if not text.isascii():
        text, emoji = text_patterns.EMOJI.subn("", _compose(text))
        heavy = sum(1 for _ in text_patterns.HEAVY.finditer(text))
    return urls * X_COUNTING.url + (emoji + heavy) * X_COUNTING.heavy + len(text) - heavy


def _compose(text: str) -> str:
    """The text in Unicode's form NFC, with at most 30 marks on a letter put in their order.

    Python's time to order marks grows with the square of their number, and no other thread runs
    meanwhile.
    """
    from fakeayr.domain.posting import text_patterns  # noqa: PLC0415 - slow, and seldom needed

    pieces = text_patterns.MARKED.findall(text)
    return "".join(unicodedata.normalize("NFC", piece) for piece in pieces)


_COUNTERS: Final[dict[Counting, Callable[[str], int]]] = {
    Counting.CHARACTERS: _characters,
    Counting.GRAPHEMES: _graphemes,
    Counting.WEIGHTED: _weighted,
}
