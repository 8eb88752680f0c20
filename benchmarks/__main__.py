"""The benchmark: one run, one machine, all tables.

    python -m benchmarks [--quick] [--no-peers] [--write docs/benchmarks.md]

Each figure is the median of several rounds. Each round measures all contenders, in another order,
with bare signatures before and after each. Ratios are valid on a busy machine too; rates need a
quiet one.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks import (
    contenders,
    document,
    fake,
    growth,
    machine,
    peers,
    plot,
    posting,
    pytest_plugin,
)
from benchmarks.load import CONNECTIONS, find_generator
from benchmarks.measuring import Bench, median
from benchmarks.report import Table, tabulate_goals
from fakeayr.errors import FakeayrError

PROFILES = 1_000
"""Profiles of each account that the contenders know."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured.

    Attributes:
        rounds: Number of samples of each case.
        seconds: Length of the load for each sample of a contender, in seconds.
        starts: Number of starts of each server, and of pytest sessions.
        calls: Number of calls of each kind through the pytest fixture.
        sizes: Numbers of profiles.
        posting: How much posting is measured.
    """

    rounds: int
    seconds: float
    starts: int
    calls: int
    sizes: tuple[int, ...]
    posting: posting.PostingEffort


QUICK = Effort(
    rounds=1,
    seconds=1,
    starts=1,
    calls=50,
    sizes=growth.SIZES[:2],
    posting=posting.PostingEffort(rounds=1, calls=100, sizes=(1_000, 10_000), due=2_000),
)
FULL = Effort(
    rounds=5,
    seconds=2,
    starts=5,
    calls=500,
    sizes=growth.SIZES,
    posting=posting.PostingEffort(rounds=5, calls=400, sizes=(1_000, 1_000_000), due=100_000),
)


@dataclass(frozen=True, kw_only=True)
class BenchmarkResults:
    """The results of all measurements."""

    beside: contenders.Results
    grown: growth.Growth
    posted: posting.PostingResults
    fixture: list[pytest_plugin.Timing]

    def tables(self) -> list[Table]:
        """Returns the tables, the most important one first."""
        targets = [
            *contenders.judge(self.beside),
            *growth.judge(self.grown),
            *posting.judge(self.posted),
            *pytest_plugin.judge(self.fixture),
        ]
        return [
            tabulate_goals(targets),
            contenders.tabulate_bare(self.beside),
            contenders.tabulate_rates(self.beside),
            contenders.tabulate_work(self.beside),
            contenders.tabulate_starts(self.beside),
            pytest_plugin.tabulate(self.fixture),
            growth.tabulate(self.grown),
            posting.tabulate(self.posted),
        ]

    def noise(self) -> float:
        """Returns the part of the machine that other processes used, from 0 to 1."""
        every = [*self.beside.samples.values(), *self.grown.samples.values()]
        return median(one.noise for samples in every for one in samples)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Only check that it works, in less than a minute.")
@click.option(
    "--peers/--no-peers", "with_peers", default=True, help="Install and measure other servers too."
)
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tables to this Markdown document, and the plot next to it.",
)
def main(*, quick: bool, with_peers: bool, write: Path | None) -> None:
    """Measure how fast the fake and its alternatives are on this machine.

    The alternatives are installed into .benchmark.
    """
    begun = time.monotonic()
    effort = QUICK if quick else FULL
    try:
        if write is not None:
            document.check(write)
        if with_peers:
            peers.install()
        with TemporaryDirectory(prefix="fakeayr-benchmark-") as folder:
            measured = _measure(effort, Path(folder), with_peers=with_peers)
    except FakeayrError as error:
        raise click.UsageError(str(error)) from error
    introduction = _introduction(effort, measured.noise(), with_peers=with_peers)
    tables = measured.tables()
    print(introduction)
    for table in tables:
        print(f"\n{table.text()}", end="")
    print(f"\nTook {(time.monotonic() - begun) / 60:.1f} minutes.")
    if write is not None:
        drawn = write.with_suffix(".svg")
        grown = measured.grown
        costs = {call: [grown.cpu(call, size) for size in grown.sizes] for call in grown.calls}
        plot.draw(drawn, "Microseconds of CPU for a call", grown.sizes, costs)
        document.write(write, introduction, tables, drawn)
        print(f"Wrote {write} and {drawn}.")


def _measure(effort: Effort, folder: Path, *, with_peers: bool) -> BenchmarkResults:
    _, load = find_generator()
    state = folder / "contenders.sqlite"
    accounts = {
        bits: fake.seed_account(state, key_bits=bits, profiles=PROFILES)
        for bits in contenders.KEY_BITS
    }
    cases = contenders.list_fakes(accounts, state)
    if with_peers:
        cases += peers.list_peers(accounts, folder)
    _say("Contenders …")
    bench = Bench(load, effort.seconds)
    beside = contenders.measure(cases, bench, effort.rounds, effort.starts)
    _say(f"Accounts of up to {effort.sizes[-1]:,} profiles …")
    grown = growth.measure(
        effort.sizes, Bench(load, min(1, effort.seconds)), effort.rounds, effort.starts, folder
    )
    _say(f"Histories of up to {effort.posting.sizes[-1]:,} posts …")
    posted = posting.measure(effort.posting, folder)
    _say("The pytest fixture …")
    fixture = pytest_plugin.measure(effort.starts, effort.calls)
    return BenchmarkResults(beside=beside, grown=grown, posted=posted, fixture=fixture)


def _introduction(effort: Effort, noise: float, *, with_peers: bool) -> str:
    """Returns the conditions: machine, versions and load."""
    name, _ = find_generator()
    known = machine.describe() + (peers.read_versions() if with_peers else [])
    lines = [
        *(f"{what} {value}" for what, value in known),
        f"load by {name}, {CONNECTIONS} connections, on the same machine",
        f"medians of {effort.rounds} round{'s' if effort.rounds > 1 else ''}, {effort.seconds:g} s"
        " of load each",
        f"other processes used {noise:.0%} of the machine",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
