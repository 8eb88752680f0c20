"""What a row of the catalogue says of one mistake."""

from enum import StrEnum
from functools import cached_property
from string import Formatter
from typing import Final

import msgspec

DOCS: Final = "docs/advice.md"


class Sureness(StrEnum):
    """How sure a piece of advice is, the surest first."""

    CERTAIN = "certain"
    """It fails, or does something else than its sender can want."""
    LIKELY = "likely"
    """It hardly is what its sender wants."""
    HINT = "hint"
    """There is a better way."""


class Basis(StrEnum):
    """How well the fact is known that a piece of advice rests on."""

    DOCUMENTED = "documented"
    """Ayrshare's documentation says so."""
    REPORTED = "reported"
    """Users or their code say so."""
    OURS = "our choice"
    """It is not public; the fake does the simplest thing."""


class Row(msgspec.Struct, frozen=True, dict=True):
    """One mistake, and what to say of it. Names in braces are filled in for each request.

    Attributes:
        name: Its name: the group, then the bad thing. It never changes, and reads after "allow".
        headline: What is wrong, without how to mend it and without a full stop.
        seen: What was seen in the request, in sentences.
        do: What to do, as an imperative.
        so: What Ayrshare does, in sentences.
        fact: The fact it rests on, without a full stop.
        wrong: An example of it, for the documentation.
        right: The same as it should be.
        sureness: How sure it is.
        basis: How well the fact is known.
        allow: When it may be allowed.
        false_alarms: Correct use that it is known to meet.
    """

    name: str
    headline: str
    seen: str
    do: str
    so: str
    fact: str
    wrong: str
    right: str
    sureness: Sureness = Sureness.CERTAIN
    basis: Basis = Basis.DOCUMENTED
    allow: str = "Where a test makes the mistake on purpose."
    false_alarms: str = "None known."

    @property
    def docs(self) -> str:
        """Where the documentation explains it."""
        return f"{DOCS}#{self.name}"

    @cached_property
    def gaps(self) -> frozenset[str]:
        """The names in braces."""
        texts = (self.headline, self.seen, self.so, self.do)
        return frozenset(
            gap for text in texts for _, gap, _, _ in Formatter().parse(text) if gap is not None
        )
