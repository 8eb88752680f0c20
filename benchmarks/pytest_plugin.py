"""What the pytest plugin costs: starting a session, an account for a test, and a call.

    python benchmarks/pytest_plugin.py [--sessions 9] [--rounds 500]

A session begins in a fresh process for each sample. The best sample is the least disturbed one; the
median says what the machine did meanwhile.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import urllib3
from machine import Machine

from fakeayr.testing.account import Ayrshare
from fakeayr.testing.fake import started
from fakeayr.testing.interception import intercepting

TARGETS_MS = {"session": 300.0, "account": 1.0, "call": 1.0}
_SESSION = """
import time
import pytest  # It is there before any plugin.
begun = time.perf_counter(), time.process_time()
import fakeayr.testing.plugin
from fakeayr.testing.fake import started
with started() as server, server.account():
    print([time.perf_counter() - begun[0], time.process_time() - begun[1]])
"""


def session_starts(samples: int) -> tuple[list[float], list[float]]:
    """Seconds until the first account is there, imports included: by the clock, and of CPU."""
    command = [sys.executable, "-c", _SESSION]
    taken = [json.loads(subprocess.check_output(command)) for _ in range(samples)]
    return [wall for wall, _ in taken], [cpu for _, cpu in taken]


def timed(rounds: int, work: Callable[[], object]) -> list[float]:
    """Seconds of each round; the first ones, which warm things up, do not count."""
    taken = []
    for _ in range(rounds + 20):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return taken[20:]


def call_over(pool: urllib3.PoolManager, url: str, ayrshare: Ayrshare) -> Callable[[], object]:
    """A call of an application: GET /user."""
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    return lambda: pool.request("GET", f"{url}/user", headers=headers)


def report(what: str, taken: list[float], target_ms: float | None = None) -> None:
    """Prints a line: best and median in milliseconds, and the target."""
    best, median = min(taken) * 1000, statistics.median(taken) * 1000
    target = "" if target_ms is None else f"{target_ms:>8g}"
    print(f"{what:<52}{best:>9.2f}{median:>9.2f}{target}")


def main() -> None:
    """Measures and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=500)
    options = parser.parse_args()
    machine = Machine()
    print(f"{'milliseconds':<52}{'best':>9}{'median':>9}{'target':>8}")
    wall, cpu = session_starts(options.sessions)
    report("session start, with imports and the first account", wall, TARGETS_MS["session"])
    report("  CPU of it, all threads", cpu)
    with ExitStack() as exits:
        server = exits.enter_context(started())

        def account() -> None:
            with intercepting(server.transport, server.url), server.account():
                pass

        report("account for a test", timed(options.rounds, account), TARGETS_MS["account"])
        exits.enter_context(intercepting(server.transport, server.url))
        ayrshare = exits.enter_context(server.account())
        pool = exits.enter_context(urllib3.PoolManager())
        real = call_over(pool, "https://api.ayrshare.com/api", ayrshare)
        local = call_over(pool, ayrshare.api_url, ayrshare)
        report(
            "call to https://api.ayrshare.com, intercepted",
            timed(options.rounds, real),
            TARGETS_MS["call"],
        )
        report("call to api_url, over a socket", timed(options.rounds, local), TARGETS_MS["call"])
        profile = ayrshare.create_profile()
        report("profile.linked", timed(options.rounds, lambda: profile.linked))
        report("profile.linking_url()", timed(options.rounds, profile.linking_url))
    print(f"others used {machine.used_by_others(0):.0%} of this machine meanwhile")


if __name__ == "__main__":
    main()
