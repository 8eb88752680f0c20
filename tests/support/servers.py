"""Servers as users start them: `fakeayr serve`, in processes of their own."""

import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fakeayr.client.start import COMMAND, ServerProcess, start_server
from fakeayr.web import development

WAIT_SECONDS: Final = 20


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
        """Where it listens."""
        return self.server.url

    def said(self, about: str) -> str:
        """What the greeting says about something; nothing if it is not mentioned."""
        line = re.search(rf"^  {about} +(\S+)$", self.greeting, re.MULTILINE)
        return "" if line is None else line[1]

    @property
    def port(self) -> int:
        """The port of its URL."""
        return int(self.url.rpartition(":")[2])

    def complains(self, words: str) -> str:
        """Waits until it has said something on its error output; returns all that it said."""
        assert self.process.stderr is not None
        complained = ""
        while words not in complained:
            ready, _, _ = select.select([self.process.stderr], [], [], WAIT_SECONDS)
            assert ready, f"it said nothing of {words!r}: {complained}"
            complained += os.read(self.process.stderr.fileno(), 65_536).decode()
        return complained

    def press_ctrl_c(self) -> None:
        """Interrupts it as a terminal does: the signal reaches its workers as well."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """Ends it and its workers on the spot."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def end(self) -> "subprocess.CompletedProcess[str]":
        """Waits for its end, which must leave no process; returns what it printed since."""
        ended = self.server.wait()
        eventually(lambda: not self.processes())
        return ended

    def processes(self) -> list[str]:
        """The server and its workers that are still alive."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pgid=,stat=,args="], check=True, capture_output=True, text=True
        )
        rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
        group = str(self.process.pid)
        return [row[2] for row in rows if row[0] == group and not row[1].startswith("Z")]


def start(
    *options: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = COMMAND,
) -> Served:
    """Starts `fakeayr serve` and waits until it answers.

    Args:
        options: Options of `serve`.
        folder: Where it runs; temporary files go to `tmp` there.
        environment: Variables to set besides the present ones.
        command: The program `fakeayr`.
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
    """Runs `fakeayr serve` as `start` does; ends it with SIGTERM, which leaves nothing behind."""
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
    """The header that authorizes calls of the development account."""
    return {"Authorization": f"Bearer {development.API_KEY}"}


def linking_request(**fields: object) -> dict[str, object]:
    """A body of generateJWT for the development account and its profile."""
    return {
        "domain": development.DOMAIN,
        "privateKey": development.private_key(),
        "profileKey": development.PROFILE_KEY,
    } | fields


def eventually(condition: Callable[[], object]) -> None:
    """Waits until a condition holds; it fails if that takes too long."""
    deadline = time.monotonic() + WAIT_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        pause.wait(0.01)
