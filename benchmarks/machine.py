"""Describes this machine, and measures its speed and what its processes use."""

import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path

import psutil
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CORES = os.cpu_count() or 1
_MESSAGE = b"x" * 400
"""As long as the signed part of a linking token."""


@cache
def key(bits: int) -> rsa.RSAPrivateKey:
    """Returns this process's private key of a size."""
    return rsa.generate_private_key(65537, bits)


def sign_for(bits: int, seconds: float) -> int:
    """Signs without a pause and returns how often."""
    ready, count = key(bits), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in range(20):
            ready.sign(_MESSAGE, padding.PKCS1v15(), SHA256())
        count += 20
    return count


def signature_cpu(bits: int, seconds: float) -> float:
    """Returns the CPU seconds of one RS256 signature with a loaded key."""
    key(bits)
    before = time.process_time()
    count = sign_for(bits, seconds)
    return (time.process_time() - before) / count


class Signers:
    """Processes that sign at the same time, one for each core."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(CORES)

    def rate(self, bits: int, seconds: float) -> float:
        """Returns the signatures per second of all processes together."""
        tasks = [self._pool.submit(sign_for, bits, seconds) for _ in range(CORES)]
        return sum(task.result() for task in tasks) / seconds


class Machine:
    """The use of the whole machine, from now on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._busy = _busy_seconds()
        self._own = _own_cpu_seconds()

    def used_by_others(self, server: float) -> float:
        """Returns the part of the machine that other processes used, from 0 to 1.

        Args:
            server: CPU seconds that the measured server used.
        """
        known = server + _own_cpu_seconds() - self._own
        passed = (time.monotonic() - self._begun) * CORES
        return max(0.0, (_busy_seconds() - self._busy - known) / passed)


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Returns the CPU seconds that processes have used, in user and system mode."""
    times = [process.cpu_times() for process in processes]
    return sum(one.user + one.system for one in times)


def resident_mib(process: psutil.Process) -> float:
    """Returns the resident memory of a process in MiB."""
    return process.memory_info().rss / 2**20


def describe() -> list[tuple[str, str]]:
    """Returns names and descriptions of the machine and the relevant software."""
    memory = psutil.virtual_memory().total / 2**30
    packages = ("cryptography", "Flask", "granian", "msgspec")
    return [
        ("machine", f"{CORES} cores ({_processor()}), {memory:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("fakeayr", version("fakeayr")),
        *((name, version(name)) for name in packages),
        ("SQLite", sqlite3.sqlite_version),
    ]


def read_first_line(*command: str) -> str:
    """Returns the first line of a command's output; empty if it is not installed."""
    try:
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError:
        return ""
    return (ended.stdout or ended.stderr).partition("\n")[0].strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - times.iowait


def _own_cpu_seconds() -> float:
    """Returns the CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
