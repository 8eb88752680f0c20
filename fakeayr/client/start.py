"""Starts `fakeayr serve` in a separate process."""

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
"""The command that runs this installation's `fakeayr`."""
_READY_WITHIN_SECONDS: Final = 60
_ENDS_WITHIN_SECONDS: Final = 30
_LONGEST_URL: Final = 4096
_SILENT: Final = "The fake did not start; run `fakeayr serve` to see why."


class NotStarted(FakeayrError):
    """The server did not start; the message is the server's own."""


@dataclass(frozen=True)
class ServerProcess:
    """A running `fakeayr serve`. It has its own session, so Ctrl-C does not reach it.

    Attributes:
        url: The server's URL.
        process: The process; its workers are in the same process group.
    """

    url: str
    process: "subprocess.Popen[str]"

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """Waits until the server has ended; kills it after 30 seconds.

        Returns:
            Its exit code, and the output that is left in its pipes.
        """
        return _wait(self.process)

    def end(self) -> "subprocess.CompletedProcess[str]":
        """Ends the server and its workers; see `wait`."""
        self.process.terminate()
        return _wait(self.process)


def start_server(
    *options: str, command: Sequence[str | Path] = COMMAND, **process: Any
) -> ServerProcess:
    """Starts `fakeayr serve` and waits until it is ready.

    Args:
        options: Options of `serve`. Without `--port`, the server picks a free port.
        command: The command that runs `fakeayr`.
        process: Further arguments of `subprocess.Popen`. By default, output is discarded.

    Raises:
        NotStarted: The server ended, or was not ready within 60 seconds.
    """
    port = () if any(it.split("=")[0] == "--port" for it in options) else ("--port", "0")
    ready, announce = os.pipe()
    with open(ready, "rb", buffering=0) as announced, tempfile.TemporaryFile("w+") as complaints:
        try:
            started = subprocess.Popen(  # noqa: S603 - this program
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
        NotStarted: The server did not start.
    """
    server = start_server(*options, **how)
    try:
        yield server
    finally:
        server.end()


def _read_url(ready: int, process: "subprocess.Popen[str]") -> str:
    """Returns the URL that the server writes; empty if it ends or is not ready in time."""
    deadline = real_time.monotonic() + _READY_WITHIN_SECONDS
    while (left := deadline - real_time.monotonic()) > 0:
        if select.select([ready], [], [], min(left, 1))[0]:
            return os.read(ready, _LONGEST_URL).decode().strip()
        if process.poll() is not None:
            break
    return ""


def _wait(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    try:
        output, errors = process.communicate(timeout=_ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
