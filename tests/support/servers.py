"""Servers as users start them: `fakeayr serve`, in processes of their own."""

import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from fakeayr.web import development

COMMAND: Final = (sys.executable, "-m", "fakeayr")
GREETING_ENDS_WITH: Final = "-----END RSA PRIVATE KEY-----\n'\n"
WAIT_SECONDS: Final = 60
"""How long a busy machine may take for what comes at once on a quiet one."""


@dataclass
class Served:
    """A running `fakeayr serve`.

    Attributes:
        process: The server; its workers are in the same process group.
        greeting: What it printed when it was ready.
    """

    process: subprocess.Popen[str]
    greeting: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.said("Listens at") or self.said("API").removesuffix("/api")

    def said(self, about: str) -> str:
        """What the greeting says about something; nothing if it is not mentioned."""
        line = re.search(rf"^  {about} +(\S+)$", self.greeting, re.MULTILINE)
        return "" if line is None else line[1]

    @property
    def port(self) -> int:
        """The port of its URL."""
        return int(self.url.rpartition(":")[2])

    def complains(self, words: str) -> str:
        """Waits until it has said something on its error output; answers all that it said."""
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

    def end(self) -> subprocess.CompletedProcess[str]:
        """Waits for its end, which must leave no process; answers what it printed since."""
        printed, complained = self.process.communicate(timeout=WAIT_SECONDS)
        eventually(lambda: not self.processes())
        return subprocess.CompletedProcess(
            self.process.args, self.process.returncode, printed, complained
        )

    def processes(self) -> list[str]:
        """The server and its workers that are still alive."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                alive = process.status() != psutil.STATUS_ZOMBIE
                if alive and os.getpgid(process.pid) == self.process.pid:
                    found.append(" ".join(process.cmdline()))
        return found


def start(
    *options: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = COMMAND,
) -> Served:
    """Starts `fakeayr serve` on a free port, unless the options name one, and awaits its greeting.

    Args:
        options: Options of `serve`.
        folder: Where it runs; temporary files go to `tmp` there.
        environment: Variables to set besides the present ones.
        command: The program `fakeayr`.
    """
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    port = () if "--port" in options else ("--port", "0")
    process = subprocess.Popen(
        [*command, "serve", *port, *options],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    greeting = ""
    for line in process.stdout:
        greeting += line
        if greeting.endswith(GREETING_ENDS_WITH):
            return Served(process, greeting)
    raise AssertionError(f"No server: {process.communicate()[1]}")


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
