"""What counts in the length of a text: characters as a person sees them, emoji, URLs."""

from typing import Final

import regex

from fakeayr.ayrshare.posting.networks import X_COUNTING

GRAPHEME: Final = regex.compile(r"\X")
"""In a row of flags it looks back to the first one, for each."""
FLAG: Final = regex.compile(r"\p{Regional_Indicator}{2}")
MARKED: Final = regex.compile(r"\P{M}*\p{M}{0,30}")
HEAVY: Final = regex.compile(f"[^{''.join(f'{a}-{b}' for a, b in X_COUNTING.light)}]")
_VARIED: Final = r"(?:\p{Emoji_Modifier}|\uFE0F)"
EMOJI: Final = regex.compile(
    r"\p{Regional_Indicator}{2}"
    r"|[0-9#*]\uFE0F?\u20E3"
    rf"|(?:\p{{Emoji_Presentation}}{_VARIED}?|\p{{Extended_Pictographic}}{_VARIED})"
    rf"(?:\u200D\p{{Extended_Pictographic}}{_VARIED}?)*"
    r"(?:[\U000E0020-\U000E007E]+\U000E007F)?"
)


def _labels(letters: str) -> str:
    """The names before the last one of a host; that there are at most nine keeps it linear."""
    return rf"(?:[{letters}](?:[{letters}_-]*[{letters}])?\.){{1,9}}"


_LETTERS: Final = r"\p{L}\p{N}"
_LATIN: Final = r"\p{Latin}0-9_@"
_WORD: Final = r"\p{Latin}\p{Cyrillic}0-9=_#/+&\u2013\-"
_BRACED: Final = rf"\([{_WORD}]*\)"
URL: Final = regex.compile(
    rf"(?<![{_LATIN}.$#/-])(?:https?://{_labels(_LETTERS)}\p{{L}}{{2,}}"
    rf"|{_labels('a-z0-9')}(?:{'|'.join(X_COUNTING.domains)}))(?![{_LATIN}-])"
    rf"(?::\d+)?(?:[/?](?:(?:[{_WORD}!*';:,.$%[\]~@|?]|{_BRACED})*(?:[{_WORD}]|{_BRACED}))?)?",
    regex.IGNORECASE,
)
