"""Runs `fakeayr serve` in separate processes, as users do."""

import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from fakeayr.client.start import COMMAND, ServerProcess, start_server
from fakeayr.web import development

WAIT_SECONDS: Final = 60
"""How long something may take on a busy machine."""


@dataclass
class Served:
    """A running `fakeayr serve`.

    Attributes:
        server: The server.
        greeting: What it printed when it was ready.
    """

    server: ServerProcess
    greeting: str

    @property
    def process(self) -> "subprocess.Popen[str]":
        """The server's process; its workers are in the same process group."""
        return self.server.process

    @property
    def url(self) -> str:
        """The server's URL."""
        return self.server.url

    def said(self, about: str) -> str:
        """Returns a value in the greeting by its label; empty if it is not there."""
        line = re.search(rf"^  {about} +(\S+)$", self.greeting, re.MULTILINE)
        return "" if line is None else line[1]

    @property
    def port(self) -> int:
        """The port of its URL."""
        return int(self.url.rpartition(":")[2])

    def complains(self, words: str) -> str:
        """Waits for words on the standard error; returns everything up to then."""
        assert self.process.stderr is not None
        complained = ""
        while words not in complained:
            ready, _, _ = select.select([self.process.stderr], [], [], WAIT_SECONDS)
            assert ready, f"{words!r} is not in: {complained}"
            complained += os.read(self.process.stderr.fileno(), 65_536).decode()
        return complained

    def press_ctrl_c(self) -> None:
        """Sends SIGINT to the server and its workers, as a terminal does."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """Kills the server and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def kill_worker(self) -> None:
        """Kills a worker process, and waits until it is gone and another one has its place.

        A process does not end at once: while it does, its socket still takes connections, which
        are reset.
        """
        before = self.workers()
        os.kill(before[0], signal.SIGKILL)
        eventually(lambda: before[0] not in (now := self.workers()) and len(now) == len(before))

    def workers(self) -> list[int]:
        """Returns the ids of the worker processes, with those whose end has not been noticed."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(worker) for worker in children.read_text().split()]

    def end(self) -> "subprocess.CompletedProcess[str]":
        """Waits until the server and its workers have ended; returns the rest of the output."""
        ended = self.server.wait()
        eventually(lambda: not self.processes())
        return ended

    def processes(self) -> list[str]:
        """Returns the command lines of the processes that are alive."""
        found = []
        for number in psutil.pids():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                if os.getpgid(number) == self.process.pid:
                    process = psutil.Process(number)
                    if process.status() != psutil.STATUS_ZOMBIE:
                        found.append(" ".join(process.cmdline()))
        return found


def start(
    *options: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = COMMAND,
) -> Served:
    """Starts `fakeayr serve` and waits until it is ready.

    Args:
        options: Options of `serve`.
        folder: The working directory; temporary files are in its `tmp`.
        environment: Environment variables to add.
        command: The command that runs `fakeayr`.
    """
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    server = start_server(
        *options,
        command=command,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert server.process.stdout is not None
    return Served(server, os.read(server.process.stdout.fileno(), 65_536).decode())


@contextmanager
def serving(*options: str, folder: Path, **how: Any) -> Iterator[Served]:
    """Runs `fakeayr serve`; see `start`. SIGTERM ends it and must leave no files behind."""
    served = start(*options, folder=folder, **how)
    try:
        yield served
    except BaseException:
        served.kill()
        raise
    served.process.terminate()
    ended = served.end()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list((folder / "tmp").iterdir()) == []


def run(
    *arguments: str, folder: Path, command: Sequence[str | Path] = COMMAND
) -> subprocess.CompletedProcess[str]:
    """Runs `fakeayr` to its end."""
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )


def development_headers() -> dict[str, str]:
    """Returns the header that authorizes calls of the development account."""
    return {"Authorization": f"Bearer {development.API_KEY}"}


def linking_request(**fields: object) -> dict[str, object]:
    """Returns a body of generateJWT for the development account and its profile."""
    return {
        "domain": development.DOMAIN,
        "privateKey": development.private_key(),
        "profileKey": development.PROFILE_KEY,
    } | fields


def eventually(condition: Callable[[], object]) -> None:
    """Waits until a condition holds, or fails the test."""
    deadline = time.monotonic() + WAIT_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        pause.wait(0.01)
