"""Measures the pytest plugin: the start of a session, an account for a test, and a call."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import urllib3

from benchmarks.measuring import median
from benchmarks.report import Goal, Table
from fakeayr.testing.account import Account
from fakeayr.testing.fake import run_fake

_WARMING = 20
"""Warm-up rounds."""
_SESSION = """
import time
import pytest  # It is there before any plugin.
begun = time.perf_counter()
import fakeayr.testing.plugin
from fakeayr.testing.fake import run_fake
with run_fake() as server, server.account():
    print(time.perf_counter() - begun)
"""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long something took.

    Attributes:
        what: What it was.
        seconds: How long, each time.
        at_most: How many milliseconds it should take.
    """

    what: str
    seconds: list[float]
    at_most: float | None = None

    @property
    def milliseconds(self) -> float:
        """The median in milliseconds."""
        return 1000 * median(self.seconds)


def measure(sessions: int, rounds: int) -> list[Timing]:
    """Measures everything.

    Args:
        sessions: Number of sessions to start, each in a new process.
        rounds: Number of rounds of everything else.
    """
    return list(_measure(sessions, rounds))


def _measure(sessions: int, rounds: int) -> Iterator[Timing]:
    starts = [json.loads(subprocess.check_output(_STARTING)) for _ in range(sessions)]
    yield Timing(what="session start: imports, first account", seconds=starts, at_most=300)
    with ExitStack() as exits:
        server = exits.enter_context(run_fake())

        def account() -> None:
            with server.intercept(), server.account():
                pass

        yield Timing(what="account for a test", seconds=_time(rounds, account), at_most=1)
        exits.enter_context(server.intercept())
        ayrshare = exits.enter_context(server.account())
        pool = exits.enter_context(urllib3.PoolManager())
        real = _call_over(pool, "https://api.ayrshare.com/api", ayrshare)
        local = _call_over(pool, ayrshare.api_url, ayrshare)
        yield Timing(what="GET /user, intercepted", seconds=_time(rounds, real), at_most=1)
        yield Timing(what="GET /user, over a socket", seconds=_time(rounds, local))
        profile = ayrshare.create_profile()
        yield Timing(what="profile.linked", seconds=_time(rounds, lambda: profile.linked))
        yield Timing(what="profile.linking_url()", seconds=_time(rounds, profile.linking_url))


_STARTING = [sys.executable, "-c", _SESSION]


def tabulate(timings: list[Timing]) -> Table:
    """Returns the table of the costs."""
    return Table(
        title="The pytest fixture",
        head=["what", "median", "best"],
        rows=[
            [one.what, f"{one.milliseconds:.2f} ms", f"{min(one.seconds) * 1000:.2f} ms"]
            for one in timings
        ],
        note="A session begins in a fresh process each time, with pytest itself loaded already.",
    )


def judge(timings: list[Timing]) -> list[Goal]:
    """Returns the goals, and what was reached."""
    return [
        Goal(
            what=f"pytest: {one.what}",
            value=one.milliseconds,
            at_most=one.at_most,
            form="{:.2f} ms",
        )
        for one in timings
        if one.at_most is not None
    ]


def _time(rounds: int, work: Callable[[], object]) -> list[float]:
    """Returns the seconds of each round after the warm-up."""
    taken = []
    for _ in range(_WARMING + rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return taken[_WARMING:]


def _call_over(pool: urllib3.PoolManager, url: str, ayrshare: Account) -> Callable[[], object]:
    """Returns a function that calls GET /user as an application would."""
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    return lambda: pool.request("GET", f"{url}/user", headers=headers)
