"""What this machine can do, and what its processes use."""

import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_MESSAGE = b"x" * 400
"""As long as what a linking token signs."""


@cache
def key(bits: int) -> rsa.RSAPrivateKey:
    """A private key of this process, made once."""
    return rsa.generate_private_key(65537, bits)


def sign_for(bits: int, seconds: float) -> int:
    """Signs without a pause and answers how often."""
    ready, count = key(bits), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(20):
            ready.sign(_MESSAGE, padding.PKCS1v15(), SHA256())
        count += 20
    return count


def signature_cpu(bits: int, seconds: float) -> float:
    """CPU seconds of one bare RS256 signature with a key object at hand."""
    key(bits)
    before = time.process_time()
    count = sign_for(bits, seconds)
    return (time.process_time() - before) / count


class Signers:
    """Processes that sign at once, one for each core.

    Args:
        cores: How many.
    """

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._pool = ProcessPoolExecutor(cores)

    def rate(self, bits: int, seconds: float) -> float:
        """Bare signatures per second of all together."""
        tasks = [self._pool.submit(sign_for, bits, seconds) for _ in range(self._cores)]
        return sum(task.result() for task in tasks) / seconds


class Machine:
    """The whole machine, from now on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._busy = self._busy_now()
        self._own = _own_cpu_seconds()

    def used_by_others(self, server: float) -> float:
        """Which part of it neither a server, by its CPU seconds, nor this process has used."""
        ours = server + _own_cpu_seconds() - self._own
        passed = (time.monotonic() - self._begun) * (os.cpu_count() or 1)
        return max(0.0, (self._busy_now() - self._busy - ours) / passed)

    @staticmethod
    def _busy_now() -> float:
        user, nice, system, _, _, *interrupts = _ticks(Path("/proc/stat").read_text().split()[1:9])
        return (user + nice + system + sum(interrupts)) / _TICKS_PER_SECOND


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that processes have used so far, in user and system mode."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(_ticks(fields[11:13]))
    return ticks / _TICKS_PER_SECOND


def resident_mib(pid: int) -> float:
    """Resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * _PAGE_BYTES / 2**20


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _own_cpu_seconds() -> float:
    """CPU time of this process and of the children that it has seen end."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _ticks(fields: Iterable[str]) -> list[int]:
    return [int(field) for field in fields]
