"""`fakeayr exec`: runs a command whose calls to the vendor's host names reach a fake."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, Final

from fakeayr.errors import FakeayrError
from fakeayr.gateway.opening import open_gateway
from fakeayr.serving.create_app import create_app
from fakeayr.serving.package import environment
from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from fakeayr.web.config import Config

_SIGNALLED: Final = 128
_PASSED_ON: Final = (signal.SIGTERM, signal.SIGHUP)


class CommandNotRun(FakeayrError):
    """The command cannot be started. The exit codes are a shell's."""

    exit_code = 126


class CommandNotFound(CommandNotRun):
    """There is no such command."""

    exit_code = 127


def run(command: Sequence[str], config: Config) -> int:
    """Starts a fake, runs a command to its end, and cleans up.

    The development account stands in the command's environment, as `fakeayr serve` prints it.

    Args:
        command: The command and its arguments.
        config: How the fake is set up.

    Returns:
        The command's exit code; 128 and the signal's number if a signal ended it.

    Raises:
        CommandNotRun: The command cannot be started.
    """
    with (
        _Signals() as signals,
        run_in_thread(create_app(config)) as url,
        open_gateway(url) as (gateway, _),
    ):
        key = {"AYRSHARE_PRIVATE_KEY": development.private_key()}
        variables = {**os.environ, **environment(url), **key, **gateway}
        try:
            code = signals.run(command, variables)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            refusal = CommandNotFound if missing else CommandNotRun
            raise refusal(f"Cannot run {command[0]}: {error.strerror}.") from error
    return code if code >= 0 else _SIGNALLED - code


class _Signals:
    """What signals do: before the command runs they end us, then it is for the command to end."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._held: list[int] | None = None

    def __enter__(self) -> "_Signals":
        for number in (signal.SIGINT, *_PASSED_ON):
            self._before[number] = signal.signal(number, self._arrived)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], variables: Mapping[str, str]) -> int:
        """Runs a command to its end; returns its code, negative if a signal ended it."""
        self._held = []  # Until there is a process to pass them on to.
        self._process = subprocess.Popen(command, env=variables)  # noqa: S603 - the user's own
        for number in self._held:
            self._process.send_signal(number)
        return self._process.wait()

    def _arrived(self, number: int, _: FrameType | None) -> None:
        if self._held is None:
            sys.exit(_SIGNALLED + number)
        if number == signal.SIGINT:
            return  # A terminal sends Ctrl-C to the command as well.
        if self._process is None:
            self._held.append(number)
        else:
            self._process.send_signal(number)
