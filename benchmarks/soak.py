"""Checks that a fake does not grow: sends an hour's worth of requests, as fast as possible.

    python -m benchmarks.soak [--requests 180000]

Customers come and go, and use everything (see `benchmarks.visits`). Ten times, they all pause until
the server is idle, and its memory, threads, files and sockets are measured. After the first pauses,
when caches and pools are full, these must not grow.
"""

import itertools
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.fake import serve_command
from benchmarks.load import RequestTemplate
from benchmarks.machine import CORES
from benchmarks.processes import MeasuredServer
from benchmarks.report import Table
from benchmarks.visits import Integrator, run_receiver
from fakeayr.errors import FakeayrError

HOUR = 3_600 * 50
"""Requests of an hour in a test environment that sends 50 a second, day and night."""
RESTS = 10
FILLING = 3
"""Number of pauses until caches and pools are full."""
CUSTOMERS = 8
_SETTLED_WITHIN_SECONDS = 5.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Held:
    """What all processes of an idle server use.

    Attributes:
        memory: MiB, resident.
        threads: How many.
        files: How many open ones, sockets included.
        sockets: How many.
        state: MiB of the state file and its log; 0 without.
    """

    memory: float
    threads: int
    files: int
    sockets: int
    state: float


@dataclass(frozen=True, kw_only=True)
class GrowthCheck:
    """A check for growth.

    Attributes:
        what: What is measured, with its unit.
        before: The highest value while caches and pools filled.
        after: The lowest value at the last pauses.
        allowed: The allowed growth.
    """

    what: str
    before: float
    after: float
    allowed: float

    @property
    def grew(self) -> bool:
        """Whether it has grown by more than is allowed."""
        return self.after > self.before + self.allowed


@dataclass(frozen=True, kw_only=True)
class SoakCase:
    """A way to run the fake.

    Attributes:
        name: Its name.
        command: Returns the command that starts it on a port.
        state: Its state file, if it has one.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    state: Path | None = None


def soak(setting: SoakCase, requests: int) -> list[Held]:
    """Sends about `requests` requests to a fake; returns what it uses at each pause.

    Raises:
        WrongResponse: A response is wrong.
    """
    rests = []
    with run_receiver() as webhook, MeasuredServer(setting.command, _request_health) as server:
        url = f"http://127.0.0.1:{server.port}"
        customers = [Integrator(url, webhook, seed) for seed in range(CUSTOMERS)]
        each = requests // RESTS // CUSTOMERS
        for _ in range(RESTS):
            with ThreadPoolExecutor(CUSTOMERS) as pool:
                list(pool.map(Integrator.stay, customers, itertools.repeat(each)))
            rests.append(_measure_at_rest(server, setting.state))
            sent = sum(customer.requests for customer in customers)
            print(f"{setting.name}: {sent:,} requests …", file=sys.stderr, flush=True)
    return rests


def check_growth(rests: Sequence[Held]) -> list[GrowthCheck]:
    """Returns the checks for growth between the pauses."""
    found = []
    for name, (what, more, part) in _WATCHED.items():
        before = max(getattr(held, name) for held in rests[:FILLING])
        after = min(getattr(held, name) for held in rests[-FILLING:])
        found.append(
            GrowthCheck(what=what, before=before, after=after, allowed=more + part * before)
        )
    return found


def tabulate(found: dict[str, list[GrowthCheck]]) -> Table:
    """Returns the table of the checks for each case."""
    return Table(
        title="What a fake holds at rest",
        head=["setting", "what", "verdict", "at first", "at last"],
        rows=[
            [setting, one.what, _name_verdict(one), f"{one.before:,.0f}", f"{one.after:,.0f}"]
            for setting, verdicts in found.items()
            for one in verdicts
        ],
        words=3,
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--requests", type=click.IntRange(RESTS * CUSTOMERS), default=HOUR, show_default=True)
def main(*, requests: int) -> None:
    """Send an hour's worth of requests to the fake, with one worker and with one for each core.

    Exit code 1 means that something grew, or that a response was wrong.
    """
    found = {}
    with TemporaryDirectory(prefix="fakeayr-soak-") as folder:
        for setting in list_cases(Path(folder)):
            begun = time.monotonic()
            try:
                found[setting.name] = check_growth(soak(setting, requests))
            except FakeayrError as wrong:
                raise click.ClickException(f"{setting.name}: {wrong}") from wrong
            took = time.monotonic() - begun
            print(f"{setting.name}: {requests:,} requests in {took:.0f} seconds.")
    print(f"\n{tabulate(found).text()}", end="")
    sys.exit(any(one.grew for verdicts in found.values() for one in verdicts))


def list_cases(folder: Path) -> list[SoakCase]:
    """Returns the cases: the default, and a worker for each core with a state file."""
    state = folder / "state.sqlite"
    workers = max(2, CORES)
    return [
        SoakCase(name="1 worker, in memory", command=serve_command()),
        SoakCase(
            name=f"{workers} workers, a state file",
            command=serve_command(state, workers),
            state=state,
        ),
    ]


_WATCHED = {
    "memory": ("MiB of memory", 0, 0.05),
    "threads": ("threads", CUSTOMERS, 0),  # Workers start them as more calls come at once.
    "files": ("open files", 0, 0),
    "sockets": ("sockets", 0, 0),
    "state": ("MiB of state", 8, 0.1),  # Its log grows to 4 MiB before it is reset.
}
"""What is measured: its name, and the allowed growth as a number and as a part."""


def _name_verdict(verdict: GrowthCheck) -> str:
    return "GREW" if verdict.grew else "flat"


def _request_health(port: int) -> RequestTemplate:
    head = f"GET /_fakeayr/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    return RequestTemplate(before=f"{head}X-Any: ", keys=["1"], after="\r\n\r\n")


def _measure_at_rest(server: MeasuredServer, state: Path | None) -> Held:
    """Returns what the server uses when it no longer changes."""
    until = time.monotonic() + _SETTLED_WITHIN_SECONDS
    held, before = _measure_now(server, state), None
    while (held.threads, held.files, held.sockets) != before and time.monotonic() < until:
        before = held.threads, held.files, held.sockets
        time.sleep(_POLL_SECONDS)
        held = _measure_now(server, state)
    return held


def _measure_now(server: MeasuredServer, state: Path | None) -> Held:
    processes = server.processes()
    files = [] if state is None else list(state.parent.glob(f"{state.name}*"))
    return Held(
        memory=sum(process.memory_info().rss for process in processes) / 2**20,
        threads=sum(process.num_threads() for process in processes),
        files=sum(process.num_fds() for process in processes),
        sockets=sum(len(process.net_connections("all")) for process in processes),
        state=sum(file.stat().st_size for file in files) / 2**20,
    )


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.soak")
