"""Takes samples: a load on a server, between bare signatures on the same machine."""

import math
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.errors import CannotMeasure
from benchmarks.load import Generator, RequestTemplate
from benchmarks.machine import Machine, Signers, signature_cpu
from benchmarks.processes import MeasuredServer

_BARE_PART = 1 / 8
"""The length of a measurement of bare signatures, as a part of the load's."""
_STILL_TRUE_SECONDS = 0.5
"""How long a measurement of bare signatures can be used for the next sample."""


@dataclass(frozen=True, kw_only=True)
class Bare:
    """The cost of signing alone, with a loaded key.

    Attributes:
        cpu: CPU seconds of one signature.
        rate: Signatures per second of all cores.
    """

    cpu: float
    rate: float


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The result of one round of a load.

    Attributes:
        rate: Requests per second.
        cpu: CPU seconds of the server for each request.
        signature: CPU seconds of a bare signature, measured around it.
        bare_rate: Bare signatures per second of all cores, measured around it.
        noise: The part of the machine that other processes used.
    """

    rate: float
    cpu: float
    signature: float
    bare_rate: float
    noise: float

    @property
    def share(self) -> float:
        """The rate of requests, as a part of the bare signing rate."""
        return self.rate / self.bare_rate

    @property
    def in_signatures(self) -> float:
        """The CPU time of a request, in bare signatures."""
        return self.cpu / self.signature


class Bench:
    """Takes samples.

    Args:
        load: The load generator.
        seconds: The length of each load.
    """

    def __init__(self, load: Generator, seconds: float) -> None:
        self._load = load
        self._seconds = seconds
        self._signers = Signers()
        self._latest: dict[int, tuple[float, Bare]] = {}

    def sample(self, server: MeasuredServer, request: RequestTemplate, bits: int) -> Sample:
        """Loads a server with a request, and measures bare signatures before and after.

        Raises:
            CannotMeasure: Requests failed.
        """
        measured_at, before = self._latest.get(bits, (-math.inf, None))
        if before is None or time.monotonic() - measured_at > _STILL_TRUE_SECONDS:
            before = self.bare(bits)
        machine, used = Machine(), server.cpu_seconds()
        borne = self._load(server.port, request, self._seconds)
        used = server.cpu_seconds() - used
        noise = machine.used_by_others(used)
        after = self.bare(bits)
        if borne.failures or not borne.requests:
            raise CannotMeasure(f"{borne.failures} of {borne.requests} requests failed.")
        return Sample(
            rate=borne.rate,
            cpu=used / borne.requests,
            signature=(before.cpu + after.cpu) / 2,
            bare_rate=(before.rate + after.rate) / 2,
            noise=noise,
        )

    def bare(self, bits: int) -> Bare:
        """Measures bare signatures, on one core and on all."""
        seconds = self._seconds * _BARE_PART
        bare = Bare(cpu=signature_cpu(bits, seconds), rate=self._signers.rate(bits, seconds))
        self._latest[bits] = time.monotonic(), bare
        return bare


def median(values: Iterable[float]) -> float:
    """Returns the median."""
    return statistics.median(list(values))
