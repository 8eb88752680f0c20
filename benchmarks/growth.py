"""Measures what a call costs in accounts of different sizes."""

import random
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fake import seed_account, serve_command
from benchmarks.load import RequestTemplate
from benchmarks.measuring import Bench, Sample, median
from benchmarks.processes import MeasuredServer
from benchmarks.report import Goal, Table

SIZES = (1_000, 10_000, 100_000, 1_000_000)
KEY_BITS = 1024
"""The size of Ayrshare's keys, with which signatures are the smallest part of the cost."""
_MOST = 1.2
_MOST_START_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The results.

    Attributes:
        sizes: Numbers of profiles, each ten times the one before.
        samples: The samples of each call at each size, one for each round.
        starts: At each size, the seconds from the command to the first response.
    """

    sizes: list[int]
    samples: dict[tuple[str, int], list[Sample]]
    starts: dict[int, list[float]]

    @property
    def calls(self) -> list[str]:
        """The calls, in order."""
        return list(dict.fromkeys(call for call, _ in self.samples))

    def cpu(self, call: str, size: int) -> float:
        """Returns the CPU time of a call in microseconds, at the machine's average speed."""
        everywhere = [one for samples in self.samples.values() for one in samples]
        signature = median(one.signature for one in everywhere)
        return median(one.in_signatures for one in self.samples[call, size]) * signature * 1e6

    def ratio(self, call: str, size: int) -> float:
        """Returns the cost of a call at a size, divided by that at the smallest size."""
        pairs = zip(self.samples[call, size], self.samples[call, self.sizes[0]], strict=True)
        return median(more.in_signatures / few.in_signatures for more, few in pairs)


def measure(sizes: Sequence[int], bench: Bench, rounds: int, starts: int, folder: Path) -> Growth:
    """Measures calls for random profiles of an account of each size, on a server of its own.

    Args:
        sizes: Numbers of profiles.
        bench: Takes the samples.
        rounds: How many samples of each call and size.
        starts: How often each server is started.
        folder: Where the state files go.
    """
    growth = Growth(sizes=list(sizes), samples={}, starts=defaultdict(list))
    with ExitStack() as running:
        cases: dict[tuple[str, int], tuple[MeasuredServer, RequestTemplate]] = {}
        for size in sizes:
            state = folder / f"{size}.sqlite"
            account = seed_account(state, key_bits=KEY_BITS, profiles=size)
            for _ in range(starts - 1):
                with MeasuredServer(serve_command(state), account.generate_jwt) as server:
                    growth.starts[size].append(server.up_after)
            server = running.enter_context(
                MeasuredServer(serve_command(state), account.generate_jwt)
            )
            growth.starts[size].append(server.up_after)
            port = server.port
            cases["generateJWT", size] = server, account.generate_jwt(port)
            cases["GET /user", size] = server, account.user(port)
            cases["look-up by title", size] = server, account.get_by_title(port)
            cases["look-up by refId", size] = server, account.get_by_ref_id(port)
            cursors = account.cursors(port, size)
            cases["page of ten", size] = server, account.pages(port, cursors)
        growth.samples.update({name: [] for name in cases})
        for _ in range(rounds):
            for name in random.sample(list(cases), len(cases)):
                growth.samples[name].append(bench.sample(*cases[name], KEY_BITS))
    return growth


def tabulate(growth: Growth) -> Table:
    """Returns the table of CPU time by number of profiles."""
    rows = []
    for call in growth.calls:
        costs = [f"{growth.cpu(call, size):,.0f} µs" for size in growth.sizes]
        rows.append([call, *costs, f"{growth.ratio(call, growth.sizes[-1]):.2f} ×"])
    started = [f"{median(growth.starts[size]):.2f} s" for size in growth.sizes]
    return Table(
        title="Cost and the number of profiles",
        head=["CPU of a call", *(f"{size:,}" for size in growth.sizes), "last to first"],
        rows=[*rows, ["first answer after", *started, ""]],
        note=(
            "One worker on a state file, a random profile of the account in each call. A page"
            " begins anywhere in the list."
        ),
    )


def judge(growth: Growth) -> list[Goal]:
    """Returns the goals for the largest account, and what was reached."""
    few, many = growth.sizes[0], growth.sizes[-1]
    return [
        *(
            Goal(
                what=f"{call}: cost at {many:,} profiles, against {few:,}",
                value=growth.ratio(call, many),
                at_most=_MOST,
                form="{:.2f} ×",
            )
            for call in growth.calls
        ),
        Goal(
            what=f"first answer after the command, with {many:,} profiles",
            value=median(growth.starts[many]),
            at_most=_MOST_START_SECONDS,
            form="{:.2f} s",
        ),
    ]
