"""Rules about what programs and people do with whole calls, or over several."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.journal import Entry, quoted
from fakeayr.domain.profiles import Profile


class Numbered(NamedTuple):
    """An entry of the journal with its id."""

    number: int
    entry: Entry


Conduct = Iterable[tuple[Piece, Sequence[Numbered]]]
"""What a rule finds, each with the calls that show it, oldest first."""


def on_opened_url(asked: Profile, shown: Profile) -> list[Piece]:
    """What to mend when a linking URL shows another profile than it was made for."""
    if asked.key == shown.key:
        return []
    titles = {"asked": quoted(asked.title), "shown": quoted(shown.title)}
    return [advise("conduct-other-profile-logged-in", "query jwt", **titles)]


RULES: Final[tuple[Callable[[Sequence[Numbered]], Conduct], ...]] = ()
"""The rules over several calls; each gets the journal, oldest entry first."""
