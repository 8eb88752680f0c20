"""Compares the fake with its alternatives: requests per second, CPU, start and memory."""

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fake import SeededAccount, serve_command
from benchmarks.load import RequestTemplate
from benchmarks.machine import CORES
from benchmarks.measuring import Bench, Sample, median
from benchmarks.processes import MeasuredServer
from benchmarks.report import Goal, Table

KEY_BITS = (1024, 2048)
_PACE_BITS = 2048
"""Size of the signatures that show the machine's speed for calls that sign nothing."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A server to measure.

    Attributes:
        name: Its name in the tables.
        command: Returns the command that starts it on a port.
        first: Returns the request that succeeds once the server is ready.
        environment: Environment variables that it needs.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    first: Callable[[int], RequestTemplate]
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(self) -> MeasuredServer:
        """Starts the server."""
        return MeasuredServer(self.command, self.first, self.environment)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A call to measure.

    Attributes:
        program: The program.
        call: The call.
        bits: Size of the key that signs the response; `None` without a signature.
        request: Returns the request for a port.
        work: How similar the call is to generateJWT.
        check: Checks the response at a port.
    """

    program: Program
    call: str
    bits: int | None
    request: Callable[[int], RequestTemplate]
    work: str
    check: Callable[[int], None] = field(default=lambda _: None)

    @property
    def name(self) -> tuple[str, str, int | None]:
        """The unique name of the case."""
        return self.program.name, self.call, self.bits


Name = tuple[str, str, int | None]


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results.

    Attributes:
        cases: The cases, in order.
        samples: The samples of each case, by its name; one for each round.
        starts: For each program, the seconds from its command to its first response.
        memory: For each program, MiB of its largest process after all the load.
    """

    cases: list[Case]
    samples: dict[Name, list[Sample]]
    starts: dict[str, list[float]]
    memory: dict[str, float]


def list_fakes(accounts: Mapping[int, SeededAccount], state: Path) -> list[Case]:
    """Returns the cases of the fake, with one worker for each core and with one worker.

    Args:
        accounts: Accounts in the state file, by the size of their keys in bits.
        state: The state file, which is copied for each server.
    """
    cases: list[Case] = []
    for number, workers in enumerate([CORES, 1]):
        copy = Path(shutil.copy(state, state.with_suffix(f".{number}")))
        program = Program(
            name=name_fake(workers),
            command=serve_command(copy, workers),
            first=accounts[2048].generate_jwt,
        )
        cases += list_token_cases(program, accounts, "the real thing")
        cases.append(
            Case(
                program=program,
                call="GET /user",
                bits=None,
                request=accounts[1024].user,
                work="the real thing",
            )
        )
    return cases


def list_token_cases(
    program: Program, accounts: Mapping[int, SeededAccount], work: str
) -> list[Case]:
    """Returns a program's generateJWT cases, for accounts by the size of their keys in bits."""
    return [
        Case(
            program=program,
            call="generateJWT",
            bits=bits,
            request=account.generate_jwt,
            work=work,
            check=account.check_token,
        )
        for bits, account in accounts.items()
    ]


def name_fake(workers: int = CORES) -> str:
    """Returns the name of a fake with this many workers."""
    return f"fakeayr, {workers} worker{'s' if workers > 1 else ''}"


def measure(cases: list[Case], bench: Bench, rounds: int, starts: int) -> Results:
    """Measures all cases, in a random order in each round.

    Args:
        cases: The cases.
        bench: Takes the samples.
        rounds: Number of samples of each case.
        starts: Number of starts of each program.
    """
    programs = {case.program.name: case.program for case in cases}
    results = Results(cases=cases, samples=defaultdict(list), starts=defaultdict(list), memory={})
    for _ in range(starts - 1):
        for name, program in programs.items():
            with program.start() as server:
                results.starts[name].append(server.up_after)
    with ExitStack() as running:
        servers = {
            name: running.enter_context(program.start()) for name, program in programs.items()
        }
        for name, server in servers.items():
            results.starts[name].append(server.up_after)
        for case in cases:
            case.check(servers[case.program.name].port)
        requests = {case.name: case.request(servers[case.program.name].port) for case in cases}
        for _ in range(rounds):
            for case in random.sample(cases, len(cases)):
                server = servers[case.program.name]
                sample = bench.sample(server, requests[case.name], case.bits or _PACE_BITS)
                results.samples[case.name].append(sample)
        results.memory.update({name: server.largest_mib() for name, server in servers.items()})
    return results


def tabulate_rates(results: Results) -> Table:
    """Returns the table of requests per second and CPU."""
    rows = []
    for case in results.cases:
        samples = results.samples[case.name]
        cpu = median(one.cpu for one in samples)
        rows.append(
            [
                case.program.name,
                case.call,
                str(case.bits or ""),
                f"{median(one.rate for one in samples):,.0f}",
                f"{median(one.share for one in samples):.0%}" if case.bits else "",
                f"{cpu * 1e6:,.0f} µs",
                f"{median(one.in_signatures for one in samples):.2f}" if case.bits else "",
            ]
        )
    return Table(
        title="Requests a second",
        head=["server", "call", "key bits", "a second", "of bare", "CPU", "in signatures"],
        rows=rows,
        words=2,
        note=(
            "Of bare: against the bare signatures of all cores at the same key size. In"
            " signatures: the server's CPU for a call, divided by that of one bare signature. The"
            " peers have one process each, as they do by default, but for the bare Flask app, which"
            " runs as the fake does; beside them stands the fake with one worker."
        ),
    )


def tabulate_bare(results: Results) -> Table:
    """Returns the table of the cost of signing alone."""
    rows = []
    for bits in KEY_BITS:
        of_bits = [
            one
            for case in results.cases
            if (case.bits or _PACE_BITS) == bits
            for one in results.samples[case.name]
        ]
        cpu = median(one.signature for one in of_bits)
        rate = median(one.bare_rate for one in of_bits)
        rows.append([str(bits), f"{cpu * 1e6:,.0f} µs", f"{rate:,.0f}"])
    return Table(
        title="Bare RS256 signatures",
        head=["key bits", "CPU of one", "a second on all cores"],
        rows=rows,
    )


def tabulate_work(results: Results) -> Table:
    """Returns the table of what was compared."""
    works = {(case.program.name, case.call): case.work for case in results.cases}
    return Table(
        title="What they were asked for",
        head=["server", "call", "how near that is to generateJWT"],
        rows=[[*names, work] for names, work in works.items()],
        words=3,
    )


def tabulate_starts(results: Results) -> Table:
    """Returns the table of start and memory."""
    return Table(
        title="Start and memory",
        head=["server", "first answer after", "largest process"],
        rows=[
            [name, f"{median(taken):.2f} s", f"{results.memory[name]:.0f} MiB"]
            for name, taken in results.starts.items()
        ],
        note="From the command to the first answer to a call above; memory after them all.",
    )


def judge(results: Results) -> list[Goal]:
    """Returns the goals of the fake with a worker for each core, and what it reached."""

    def get_samples(call: str, bits: int | None, program: str = name_fake()) -> list[Sample]:
        return results.samples[program, call, bits]

    reached = [
        Goal(
            what="generateJWT, 2048 bit: part of the bare signing rate of all cores",
            value=median(one.share for one in get_samples("generateJWT", 2048)),
            at_least=0.4,
            form="{:.0%}",
        )
    ]
    for bits, most in ((2048, 1.6), (1024, 3.0)):
        reached.append(
            Goal(
                what=f"generateJWT, {bits} bit: CPU, in bare signatures",
                value=median(one.in_signatures for one in get_samples("generateJWT", bits)),
                at_most=most,
                form="{:.2f}",
            )
        )
    for program, call, theirs, ours, least in (
        ("Express + jsonwebtoken", "generateJWT", 2048, 2048, 5),
        ("Express + jsonwebtoken", "generateJWT", 1024, 1024, 5),
        ("oauth2-mock-server", "POST /token", 2048, 2048, 3),
        ("moto", "STS GetCallerIdentity", None, 2048, 10),
    ):
        if (program, call, theirs) in results.samples:
            pairs = zip(
                get_samples("generateJWT", ours), get_samples(call, theirs, program), strict=True
            )
            reached.append(
                Goal(
                    what=f"generateJWT, {ours} bit: rate against {program}",
                    value=median(one.rate / other.rate for one, other in pairs),
                    at_least=least,
                    form="{:.1f} ×",
                )
            )
    one_worker, every = name_fake(1), name_fake()
    return [
        *reached,
        Goal(
            what="first answer after the command, one worker",
            value=median(results.starts[one_worker]),
            at_most=0.6,
            form="{:.2f} s",
        ),
        Goal(
            what="memory of the largest worker",
            value=max(results.memory[one_worker], results.memory[every]),
            at_most=80,
            form="{:.0f} MiB",
        ),
    ]
