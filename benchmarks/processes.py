"""Runs servers in separate processes and measures them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmarks.errors import CannotMeasure
from benchmarks.load import RequestTemplate, read_success
from benchmarks.machine import cpu_seconds, resident_mib

_POLL_SECONDS = 0.002
_UP_WITHIN_SECONDS = 60
_ENDS_WITHIN_SECONDS = 10


class MeasuredServer:
    """A server, from its command until the `with` block around it ends.

    Args:
        command: Returns the command that starts it on a port.
        first: Returns the request that gets status 200 once the server is ready.
        environment: Environment variables to add.
        folder: The working directory.

    Attributes:
        port: The port on this machine.
        up_after: Seconds from the command to the first response.

    Raises:
        CannotMeasure: The server does not respond.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        first: Callable[[int], RequestTemplate],
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.port = _free_port()
        environment = {**os.environ, "PORT": str(self.port), **(environment or {})}
        begun = time.monotonic()
        self._process = psutil.Popen(
            list(command(self.port)),
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._await(first(self.port))
        self.up_after = time.monotonic() - begun

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end()

    def _await(self, request: RequestTemplate) -> None:
        until = time.monotonic() + _UP_WITHIN_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with closing(socket.create_connection(("127.0.0.1", self.port))) as connection:
                    connection.sendall(request.one())
                    if read_success(connection):
                        return
            except OSError:
                pass
            time.sleep(_POLL_SECONDS)
        self._end()
        raise CannotMeasure(f"{' '.join(self._process.args)} does not respond.")

    def _end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_ENDS_WITHIN_SECONDS)
        except psutil.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def processes(self) -> list[psutil.Process]:
        """Returns the server's process and those that it has started."""
        server = psutil.Process(self._process.pid)
        return [server, *server.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """Returns the CPU seconds of all its processes."""
        return cpu_seconds(self.processes())

    def largest_mib(self) -> float:
        """Returns the resident memory of its largest process in MiB."""
        return max(resident_mib(process) for process in self.processes())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
