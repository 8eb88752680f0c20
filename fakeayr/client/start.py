"""Starting `fakeayr serve` in a process of its own."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fakeayr import real_time
from fakeayr.errors import FakeayrError

COMMAND: Final = (sys.executable, "-m", "fakeayr")
"""The program `fakeayr` of this installation."""
_READY_WITHIN_SECONDS: Final = 60
_ENDS_WITHIN_SECONDS: Final = 30
_LONGEST_URL: Final = 4096
_SILENT: Final = "The fake did not start; run `fakeayr serve` to see why."


class NotStarted(FakeayrError):
    """The server did not start; the text is what it said itself."""


@dataclass(frozen=True)
class ServerProcess:
    """A running `fakeayr serve`, which leads a session of its own: Ctrl-C does not reach it.

    Attributes:
        url: Where it answers.
        process: The process; its workers are in the same process group.
    """

    url: str
    process: "subprocess.Popen[str]"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """Waits for its end, and kills it if it does not come.

        Returns:
            Its exit code, and what it wrote to pipes that nobody has read.
        """
        return _wait(self.process)

    def end(self) -> "subprocess.CompletedProcess[str]":
        """Ends it and its workers; see `wait`."""
        self.process.terminate()
        return _wait(self.process)


def start_server(
    *options: str, command: Sequence[str | Path] = COMMAND, **process: Any
) -> ServerProcess:
    """Starts `fakeayr serve` and waits until it answers.

    Args:
        options: Options of `serve`; the port is a free one unless they name it.
        command: The program `fakeayr`.
        process: Further arguments of `subprocess.Popen`. Its output goes nowhere unless told
            otherwise.

    Raises:
        NotStarted: It ended before it answered, or does not answer.
    """
    port = () if any(it.split("=")[0] == "--port" for it in options) else ("--port", "0")
    ready, announce = os.pipe()
    with open(ready, "rb", buffering=0) as announced, tempfile.TemporaryFile("w+") as complaints:
        try:
            started = subprocess.Popen(  # noqa: S603 - our own program
                [*command, "serve", *port, *options, "--ready-fd", str(announce)],
                pass_fds=[announce],
                start_new_session=True,
                text=True,
                **{
                    "stdin": subprocess.DEVNULL,
                    "stdout": subprocess.DEVNULL,
                    "stderr": complaints,
                    **process,
                },
            )
        except OSError as error:
            raise NotStarted(f"{command[0]} cannot be started: {error.strerror}.") from error
        finally:
            os.close(announce)
        server = ServerProcess("", started)
        try:
            url = _read_url(announced.fileno(), started)
        except BaseException:
            server.end()
            raise
        if url:
            return replace(server, url=url)
        complaints.seek(0)
        errors = server.end().stderr or complaints.read()
        raise NotStarted(errors.strip().removeprefix("Error: ") or _SILENT)


@contextlib.contextmanager
def run_server(*options: str, **how: Any) -> Iterator[ServerProcess]:
    """Runs `fakeayr serve` while the block lasts; see `start_server`.

    Raises:
        NotStarted: It ended before it answered, or does not answer.
    """
    server = start_server(*options, **how)
    try:
        yield server
    finally:
        server.end()


def _read_url(ready: int, process: "subprocess.Popen[str]") -> str:
    """What the server announces; nothing if it ends before, or is not ready in time."""
    deadline = real_time.monotonic() + _READY_WITHIN_SECONDS
    while (left := deadline - real_time.monotonic()) > 0:
        if select.select([ready], [], [], min(left, 1))[0]:
            return os.read(ready, _LONGEST_URL).decode().strip()
        if process.poll() is not None:
            break
    return ""


def _wait(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    try:
        printed, complained = process.communicate(timeout=_ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, complained = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, printed, complained)
