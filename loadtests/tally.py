"""Counts what Locust's own statistics do not, and merges the counts of processes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

MOST_LISTED: Final = 20
"""Most losses and mistakes that are listed."""

FAULT: Final = "fault"
RATE_LIMIT: Final = "rate limit"
BROKEN: Final = "broken"
"""Kinds of failures on purpose: a fault, a rate limit, a broken connection."""


@dataclass
class LoadTally:
    """The counts of one process, or of several.

    Attributes:
        profiles: Profiles that were acknowledged.
        links: Links that must exist.
        posts: Posts that must stand on their networks.
        webhooks: Webhooks that must arrive.
        webhooks_failed: Those of them that failed according to the outbox.
        given_up: Flows that ended early because of failures on purpose.
        expected: Failures on purpose, by kind.
        broken_at: When connections broke, in UNIX seconds.
        hits: Calls that the faults hit, according to the fake.
        lost: What is missing, as lines.
        lost_count: How many are missing.
        exceptions: Mistakes of a scenario or an adapter, as lines.
        exception_count: How many there were.
        killed_at: When a worker of the server was killed, in UNIX seconds.
        cannot_run: Why the run could not continue.
        checked: Whether the check for losses is finished.
        webhooks_checked: Whether webhooks could be checked.
    """

    profiles: int = 0
    links: int = 0
    posts: int = 0
    webhooks: int = 0
    webhooks_failed: int = 0
    given_up: int = 0
    expected: dict[str, int] = field(default_factory=dict)
    broken_at: list[float] = field(default_factory=list)
    hits: int = 0
    lost: list[str] = field(default_factory=list)
    lost_count: int = 0
    exceptions: list[str] = field(default_factory=list)
    exception_count: int = 0
    killed_at: list[float] = field(default_factory=list)
    cannot_run: str = ""
    checked: bool = False
    webhooks_checked: bool = True

    @classmethod
    def merge(cls, tallies: Iterable["LoadTally"]) -> Self:
        """Returns the sum of tallies."""
        whole = cls(checked=True)
        expected: Counter[str] = Counter()
        for tally in tallies:
            expected.update(tally.expected)
            whole.profiles += tally.profiles
            whole.links += tally.links
            whole.posts += tally.posts
            whole.webhooks += tally.webhooks
            whole.webhooks_failed += tally.webhooks_failed
            whole.given_up += tally.given_up
            whole.broken_at += tally.broken_at
            whole.hits += tally.hits
            whole.lost += tally.lost[: MOST_LISTED - len(whole.lost)]
            whole.lost_count += tally.lost_count
            whole.exceptions += tally.exceptions[: MOST_LISTED - len(whole.exceptions)]
            whole.exception_count += tally.exception_count
            whole.killed_at += tally.killed_at
            whole.cannot_run = whole.cannot_run or tally.cannot_run
            whole.checked = whole.checked and tally.checked
            whole.webhooks_checked = whole.webhooks_checked and tally.webhooks_checked
        whole.expected = dict(expected)
        return whole

    def count_expected(self, kind: str) -> None:
        """Counts a failure on purpose."""
        self.expected[kind] = self.expected.get(kind, 0) + 1

    def add_lost(self, what: str) -> None:
        """Adds something that is missing, or a post that is there twice."""
        self.lost_count += 1
        if len(self.lost) < MOST_LISTED:
            self.lost.append(what)

    def add_mistake(self, what: str) -> None:
        """Adds a mistake of a scenario or an adapter."""
        self.exception_count += 1
        if len(self.exceptions) < MOST_LISTED and what not in self.exceptions:
            self.exceptions.append(what)

    def count_unexplained(self, *, seconds: float) -> int:
        """Returns how many failures looked as if they were on purpose, but were not.

        The fake's count of hits explains faults and broken connections. A worker that was killed at
        most `seconds` before also explains a broken connection.
        """
        by_kill = sum(
            any(killed - 1 <= broke <= killed + seconds for killed in self.killed_at)
            for broke in self.broken_at
        )
        looked_like = self.expected.get(FAULT, 0) + len(self.broken_at) - by_kill
        return max(0, looked_like - self.hits)

    def to_report(self) -> dict[str, Any]:
        """Returns the counts in the form in which a worker sends them to the master."""
        return asdict(self)

    @classmethod
    def from_report(cls, report: dict[str, Any]) -> Self:
        """Returns the tally from the result of `to_report`."""
        return cls(**report)
