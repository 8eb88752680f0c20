"""Advice as values that print usefully in a failing assertion."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from fakeayr.domain.spelling import near


@dataclass(frozen=True, slots=True, repr=False)
class Advice:
    """A piece of advice: what was found in one request, and how to mend it.

    Attributes:
        name: Its name, such as `key-newlines-became-spaces`; docs/advice.md explains each.
        sureness: `certain`, `likely` or `hint`.
        headline: What is wrong.
        seen: What was seen.
        so: What Ayrshare does.
        do: What to do.
        fact: The fact that it rests on.
        docs: Where it is explained.
        place: Where in the request: a JSON pointer, `header NAME`, `query NAME` or `path`.
        count: How often it was found.
        method: The method of the first request.
        path: The path of the first request.
        requests: Ids of requests in the journal.
    """

    name: str
    sureness: str
    headline: str
    seen: str
    so: str
    do: str
    fact: str
    docs: str
    place: str | None = None
    count: int = 1
    method: str | None = None
    path: str | None = None
    requests: list[int] = field(default_factory=list)

    def __repr__(self) -> str:
        """The same in angle brackets."""
        return f"<Advice {self}>"

    def __str__(self) -> str:
        """One line: its name, what is wrong, what was seen, and what to do."""
        often = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.name}{often}: {self.headline}. Seen: {self.seen} Do: {self.do}"


def find_unwelcome(
    advice: Iterable[Advice], allow: Collection[str], *, hints: bool = False
) -> list[Advice]:
    """What of some advice is neither allowed nor a hint only.

    Args:
        advice: The advice.
        allow: Names, or patterns with `*`, of what is allowed.
        hints: Whether hints count, too.

    Raises:
        ValueError: No advice has a name that is allowed.
    """
    check_allowed(allow)
    wrong = [piece for piece in advice if hints or piece.sureness != "hint"]
    return [piece for piece in wrong if not is_allowed(piece.name, allow)]


def is_allowed(name: str, allow: Iterable[str]) -> bool:
    """Whether advice is allowed by its name, or by a pattern with `*`."""
    return any(fnmatchcase(name, allowed) for allowed in allow)


def check_allowed(allow: Iterable[str]) -> None:
    """Checks names, or patterns with `*`, of advice that is allowed.

    Raises:
        ValueError: No advice has such a name.
    """
    from fakeayr.domain.advice.catalogue import CATALOGUE  # noqa: PLC0415 - seldom needed

    for allowed in allow:
        if not any(fnmatchcase(name, allowed) for name in CATALOGUE):
            hint = near(allowed, CATALOGUE) or " fakeayr explain lists all."
            raise ValueError(f"There is no advice {allowed!r}.{hint}")
