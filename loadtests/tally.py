"""The tally: what a Locust process counts besides Locust's own figures, and how tallies merge."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

MOST_LISTED: Final = 20
"""Losses and mistakes that are listed one by one."""

FAULT: Final = "fault"
RATE_LIMIT: Final = "rate limit"
BROKEN: Final = "broken"
"""Kinds of what fails on purpose: an ordered fault, a rate limit, a connection that broke."""


@dataclass
class LoadTally:
    """Counts of one process, or of several together.

    Attributes:
        profiles: Profiles that were acknowledged.
        links: Links that must be there.
        webhooks: Webhooks that have to come.
        webhooks_failed: Those among them that are in the outbox as failed.
        given_up: Flows that ended early because of what was made to fail.
        expected: What failed on purpose, by kind.
        broken_at: When connections broke, in UNIX seconds.
        hits: Faults that the fake says it made.
        lost: What is missing, a line for each.
        lost_count: How many are missing.
        exceptions: Mistakes of a scenario or an adapter, a line for each.
        exception_count: How many there were.
        killed_at: When a worker of the server was killed, in UNIX seconds.
        cannot_run: Why the run could not go on.
        checked: Whether it was checked that nothing is lost.
        webhooks_checked: Whether webhooks could be seen at all.
    """

    profiles: int = 0
    links: int = 0
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
        """All of them together."""
        whole = cls(checked=True)
        expected: Counter[str] = Counter()
        for tally in tallies:
            expected.update(tally.expected)
            whole.profiles += tally.profiles
            whole.links += tally.links
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
        """Counts something that failed on purpose."""
        self.expected[kind] = self.expected.get(kind, 0) + 1

    def add_lost(self, what: str) -> None:
        """Notes something that is missing."""
        self.lost_count += 1
        if len(self.lost) < MOST_LISTED:
            self.lost.append(what)

    def add_mistake(self, what: str) -> None:
        """Notes a mistake of a scenario or an adapter."""
        self.exception_count += 1
        if len(self.exceptions) < MOST_LISTED and what not in self.exceptions:
            self.exceptions.append(what)

    def count_unexplained(self, *, seconds: float) -> int:
        """Failures that looked as if they were made on purpose, and were not.

        Faults are explained by the fake's own count; connections that broke also by a worker that
        was killed not more than `seconds` before.
        """
        by_kill = sum(
            any(killed - 1 <= broke <= killed + seconds for killed in self.killed_at)
            for broke in self.broken_at
        )
        looked_like = self.expected.get(FAULT, 0) + len(self.broken_at) - by_kill
        return max(0, looked_like - self.hits)

    def to_report(self) -> dict[str, Any]:
        """As it travels from a Locust worker to its master."""
        return asdict(self)

    @classmethod
    def from_report(cls, report: dict[str, Any]) -> Self:
        """From what `to_report` made."""
        return cls(**report)
