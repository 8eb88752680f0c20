"""The numbers of posts and accounts: made up without randomness, and consistent with each other.

They follow from a seed (which post or account it is) and from how far it has grown, so that they
are the same at every call for the same moment and never fall as time goes on. A number that
the tester has set counts; those that are shares of it follow.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from fakeayr.ayrshare.posting.analytics import (
    AUDIENCE,
    METRICS,
    ByMedium,
    Field,
    Fixed,
    Level,
    Medium,
    Product,
    Ratio,
    Rows,
    Share,
    Sum,
)
from fakeayr.domain.clock import DAY_SECONDS

Number = int | float

LARGEST: Final = 2**53
"""The largest count, which every reader of JSON can take."""
_POST_AUDIENCE: Final = (500, 5_000)
_ACCOUNT_AUDIENCE: Final = (200_000, 2_000_000)
_POST_HALF_SECONDS: Final = (0.5 * DAY_SECONDS, 2.0 * DAY_SECONDS)
_ACCOUNT_HALF_SECONDS: Final = 2 * 365.0 * DAY_SECONDS
_FIRST_BIRTH: Final = 1_325_376_000.0
_LAST_BIRTH: Final = 1_577_836_800.0
"""2012 and 2020: when accounts at the networks were opened, UNIX seconds."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured.

    Attributes:
        seed: Names it; another seed has other numbers.
        audience: How many see it in the end.
        flow: What share of everything that will ever come came in the time that is asked for.
        stock: What share of it is there at the end of that time.
        words: What is known of it, by the names in `WORDS`.
        medium: What it shows.
    """

    seed: str
    audience: float
    flow: float
    stock: float
    words: Mapping[str, Any] = field(default_factory=dict)
    medium: Medium = Medium.VIDEO


@dataclass(frozen=True, slots=True)
class Given:
    """Values that count instead of made-up ones.

    Attributes:
        values: By the fields' whole names.
        numbers: The same numbers by their names in `METRICS`: what is a share of them follows.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, Number] = field(default_factory=dict)


NOTHING_GIVEN: Final = Given()


def post_subject(seed: str, age: float, words: Mapping[str, Any], medium: Medium) -> Subject:
    """A post.

    Args:
        seed: Names it.
        age: Seconds since its publication.
        words: What is known of it.
        medium: What it shows.
    """
    half = _between(_POST_HALF_SECONDS, _fraction(seed, "half"))
    grown = _grown(age, half)
    audience = _between(_POST_AUDIENCE, _fraction(seed, AUDIENCE))
    return Subject(
        seed=seed, audience=audience, flow=grown, stock=grown, words=words, medium=medium
    )


def account_subject(
    seed: str, now: float, words: Mapping[str, Any], *, since: float | None = None
) -> Subject:
    """An account at a network.

    Args:
        seed: Names it.
        now: The instant it is looked at, UNIX seconds.
        words: What is known of it.
        since: From when on things count, UNIX seconds; `None` for all of its life.
    """
    birth = account_birth(seed)
    grown = _grown(now - birth, _ACCOUNT_HALF_SECONDS)
    before = 0.0 if since is None else _grown(since - birth, _ACCOUNT_HALF_SECONDS)
    audience = _between(_ACCOUNT_AUDIENCE, _fraction(seed, AUDIENCE))
    return Subject(seed=seed, audience=audience, flow=grown - before, stock=grown, words=words)


def account_birth(seed: str) -> float:
    """When an account at a network was opened, UNIX seconds."""
    return _between((_FIRST_BIRTH, _LAST_BIRTH), _fraction(seed, "birth"))


def report(
    fields: Iterable[Field], subject: Subject, given: Given = NOTHING_GIVEN
) -> dict[str, Any]:
    """The values of fields, nested as their names say.

    Args:
        fields: Which.
        subject: What is measured.
        given: What counts instead of made-up values.
    """
    numbers = _Numbers(subject, given.numbers)
    values: dict[str, Any] = {}
    for one in fields:
        if one.name in given.values:
            value = given.values[one.name]
        elif one.medium in {None, subject.medium}:
            value = _value(one, subject, numbers)
        else:
            continue
        *parents, name = one.path
        inner = values
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[name] = value
    return values


def _value(one: Field, subject: Subject, numbers: "_Numbers") -> Any:
    match one.holds:
        case Fixed(value=value):
            return value
        case Rows(rows=rows):
            return [dict(row) for row in rows]
        case ByMedium() as words:
            return getattr(words, subject.medium)
        case name if one.is_number:
            return numbers.find(name)
        case name:
            return subject.words[name]


class _Numbers:
    """The numbers of a subject, each worked out once."""

    def __init__(self, subject: Subject, given: Mapping[Any, Number]) -> None:
        self._subject = subject
        self._known: dict[str, Number] = dict(given)

    def find(self, name: str) -> Number:
        """The number that METRICS has under a name."""
        if name not in self._known:
            self._known[name] = self._make(name)
        return self._known[name]

    def _make(self, name: str) -> Number:
        seed = self._subject.seed
        match METRICS[name]:
            case Share() as share:
                return self._share(name, share)
            case Sum(parts=parts):
                return sum(self.find(part) for part in parts)
            case Ratio(part=part, whole=whole):
                total = self.find(whole)
                return round(min(1.0, self.find(part) / total), 4) if total else 0
            case Level(of=of, low=low, high=high):
                level = _between((low, high), _fraction(seed, name))
                return round(level, 2) if self.find(of) else 0
            case Product(count=count, level=level, factor=factor):
                return min(LARGEST, int(self.find(count) * self.find(level) * factor))

    def _share(self, name: str, share: Share) -> int:
        """From half of the share to all of it."""
        if share.video and self._subject.medium is not Medium.VIDEO:
            return 0
        subject = self._subject
        whole: float
        if share.of == AUDIENCE:
            whole = subject.audience * (subject.stock if share.stock else subject.flow)
        else:
            whole = self.find(share.of)
        return int(whole * share.share * (0.5 + _fraction(subject.seed, name) / 2))


def _grown(age: float, half: float) -> float:
    """How much has come by an age: nothing at first, half by `half`, and never quite everything."""
    age = max(age, 0.0)
    return age / (age + half)


def _between(bounds: tuple[float, float], fraction: float) -> float:
    low, high = bounds
    return low + (high - low) * fraction


@lru_cache(maxsize=10_000)
def _fraction(seed: str, name: str) -> float:
    """A number from 0 to 1 that belongs to a seed and a name."""
    digest = hashlib.blake2b(f"{seed}\n{name}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
