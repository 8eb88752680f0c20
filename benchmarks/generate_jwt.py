"""How fast `fakeayr serve` answers generateJWT, against what signing alone costs on this machine.

    python benchmarks/generate_jwt.py [--rounds 5] [--seconds 2] [--many 100000]

Each figure is the median of several rounds, and in each round bare signatures are measured right
before and after the load: the ratios hold on a noisy machine, the rates only on a quiet one.
"""

import argparse
import os
import random
import statistics
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from load import Generator, Request, generator
from machine import Machine, Signers, signature_cpu
from served import Account, Server

CORES = os.cpu_count() or 1
KEY_BITS = (1024, 2048)
FEW = 1_000
STARTS = 5
_BARE_SECONDS = 0.3


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is measured: one kind of request, to one server, for the profiles of one account."""

    call: str
    bits: int
    workers: int
    profiles: int

    def __str__(self) -> str:
        return f"{self.call:<12} {self.bits:>5} {self.workers:>8} {self.profiles:>9,}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one round of a case gave.

    Attributes:
        rate: Requests per second.
        cpu: CPU seconds of the server for each request.
        signature: CPU seconds of a bare signature, measured around it.
        bare_rate: Bare signatures per second of all cores, measured around it.
        noise: Which part of the machine others used meanwhile.
    """

    rate: float
    cpu: float
    signature: float
    bare_rate: float
    noise: float

    @property
    def share(self) -> float:
        """Which part of the bare signing rate the requests reached."""
        return self.rate / self.bare_rate

    @property
    def in_signatures(self) -> float:
        """How many bare signatures a request costs."""
        return self.cpu / self.signature


Samples = dict[Case, list[Sample]]


class Bench:
    """Takes samples.

    Args:
        load: Loads a server.
        seconds: For how long each time.
    """

    def __init__(self, load: Generator, seconds: float) -> None:
        self._load = load
        self._seconds = seconds
        self._signers = Signers(CORES)

    def sample(self, server: Server, request: Request, bits: int) -> Sample:
        """Loads a server with a request, and measures bare signatures before and after."""
        cpu, rate = self._bare(bits)
        machine, used = Machine(), server.cpu_seconds()
        borne = self._load(server.port, request, self._seconds)
        used = server.cpu_seconds() - used
        noise = machine.used_by_others(used)
        cpu_after, rate_after = self._bare(bits)
        if borne.failures or not borne.requests:
            raise RuntimeError(f"{borne.failures} of {borne.requests} requests failed")
        return Sample(
            rate=borne.rate,
            cpu=used / borne.requests,
            signature=(cpu + cpu_after) / 2,
            bare_rate=(rate + rate_after) / 2,
            noise=noise,
        )

    def _bare(self, bits: int) -> tuple[float, float]:
        return signature_cpu(bits, _BARE_SECONDS), self._signers.rate(bits, _BARE_SECONDS)


def main() -> None:
    """Measures, and prints what came out."""
    options = _options()
    start = median(up_after() for _ in range(STARTS))
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(TemporaryDirectory(prefix="fakeayr-benchmark-")))
        servers = {
            (workers, profiles): open_things.enter_context(
                Server(workers, folder / f"{workers}-{profiles}.sqlite")
            )
            for workers in sorted({1, CORES})
            for profiles in (FEW, options.many)
        }
        name, load = generator()
        print(f"Load: {name}. Cores: {CORES}. Rounds: {options.rounds}, {options.seconds} s each.")
        requests = dict(_requests(servers))
        bench = Bench(load, options.seconds)
        samples: Samples = defaultdict(list)
        for _ in range(options.rounds):
            for case in random.sample(list(requests), len(requests)):
                server = servers[case.workers, case.profiles]
                samples[case].append(bench.sample(server, requests[case], case.bits))
        memory = max(server.worker_mib() for server in servers.values())
    _print_cases(samples)
    _print_verdicts(samples, start, memory)


def up_after() -> float:
    """Seconds from the command to the first answer, as a newcomer starts the server."""
    with Server(1) as server:
        return server.up_after


def median(values: Iterable[float]) -> float:
    """The middle one of some values."""
    return statistics.median(list(values))


def _requests(servers: dict[tuple[int, int], Server]) -> Iterator[tuple[Case, Request]]:
    """The cases with their requests; accounts and profiles are made on the way."""
    for (workers, profiles), server in servers.items():
        for bits in KEY_BITS:
            account = Account.opened(server, key_bits=bits, profiles=profiles)
            _check_token(account)
            case = Case(call="generateJWT", bits=bits, workers=workers, profiles=profiles)
            yield case, account.generate_jwt()
        case = Case(call="GET user", bits=KEY_BITS[0], workers=workers, profiles=profiles)
        yield case, account.user()


def _check_token(account: Account) -> None:
    """Makes sure that what will be measured is real: a token that verifies."""
    fields = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": random.choice(account.profile_keys),
    }
    path = "/api/profiles/generateJWT"
    token = account.server.call("POST", path, fields, account.api_key)["token"]
    signed, _, signature = token.rpartition(".")
    private_key = load_pem_private_key(account.private_key.encode(), password=None)
    assert isinstance(private_key, RSAPrivateKey)
    private_key.public_key().verify(
        urlsafe_b64decode(f"{signature}=="), signed.encode(), PKCS1v15(), SHA256()
    )


def _print_cases(samples: Samples) -> None:
    every = [one for case in samples for one in samples[case]]
    print(f"Others used {median(one.noise for one in every):.0%} of the machine meanwhile.")
    for bits in KEY_BITS:
        of_bits = [one for case in samples if case.bits == bits for one in samples[case]]
        cpu = median(one.signature for one in of_bits)
        rate = median(one.bare_rate for one in of_bits)
        print(f"Bare RS256, {bits} bit: {cpu * 1e6:.0f} µs of CPU, {rate:,.0f}/s on all cores.")
    print()
    print("call          bits  workers  profiles     req/s  of bare  CPU/req  / signature")
    for case in sorted(samples, key=str):
        rate = median(one.rate for one in samples[case])
        share = median(one.share for one in samples[case])
        cpu = median(one.cpu for one in samples[case])
        ratio = median(one.in_signatures for one in samples[case])
        print(f"{case} {rate:>9,.0f} {share:>8.0%} {cpu * 1e6:>5.0f} µs {ratio:>12.2f}")
    print()


def _print_verdicts(samples: Samples, start: float, memory: float) -> None:
    """Says which targets were reached, all of them with a worker on each core."""

    def of(call: str, bits: int, profiles: int = FEW) -> list[Sample]:
        return samples[Case(call=call, bits=bits, workers=CORES, profiles=profiles)]

    def growth(call: str, bits: int) -> float:
        pairs = zip(of(call, bits, many), of(call, bits), strict=True)
        return median(more.in_signatures / few.in_signatures for more, few in pairs)

    many = max(case.profiles for case in samples)
    share = median(one.share for one in of("generateJWT", 2048))
    _print_verdict("of all cores' bare signing rate, 2048 bit", f"{share:.0%}", "40%", share >= 0.4)
    for bits, most in ((2048, 1.6), (1024, 3.0)):
        ratio = median(one.in_signatures for one in of("generateJWT", bits))
        text = f"bare signatures' CPU for each token, {bits} bit"
        _print_verdict(text, f"{ratio:.2f}", f"{most}", ratio <= most)
    for call, bits in (("generateJWT", 2048), ("generateJWT", 1024), ("GET user", 1024)):
        ratio = growth(call, bits)
        text = f"cost of {call} at {many:,} against {FEW:,} profiles, {bits} bit"
        _print_verdict(text, f"{ratio:.2f}", "1.2", ratio <= 1.2)
    _print_verdict("seconds to the first answer", f"{start:.2f}", "0.6", start <= 0.6)
    _print_verdict("MiB in the largest worker", f"{memory:.0f}", "80", memory < 80)


def _print_verdict(what: str, value: str, target: str, reached: bool) -> None:
    print(f"{'reached' if reached else 'MISSED':<8} {value:>5} (target {target:>4})  {what}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast generateJWT is, in bare signatures.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds to take the median of (5)")
    parser.add_argument("--seconds", type=int, default=2, help="load for each case and round (2)")
    parser.add_argument("--many", type=int, default=100_000, help="profiles in the large account")
    return parser.parse_args()


if __name__ == "__main__":
    main()
