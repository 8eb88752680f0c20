"""`fakeayr exec`: runs a command whose calls to the vendor's host names reach a fake."""

import os
import signal
import subprocess
from collections.abc import Sequence

from fakeayr.app import create_app
from fakeayr.config import Config
from fakeayr.domain import development
from fakeayr.gateway import opening
from fakeayr.package import environment
from fakeayr.thread_server import run_in_thread

_SIGNALLED = 128


class CommandNotRun(Exception):
    """The command cannot be started; the text says why, in one sentence."""


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
    with run_in_thread(create_app(config)) as url, opening.opened(url) as (led, _):
        key = {"AYRSHARE_PRIVATE_KEY": development.private_key()}
        return _run(command, {**os.environ, **environment(url), **key, **led})


def _run(command: Sequence[str], variables: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=variables)  # noqa: S603 - it is the user's own
    except OSError as error:
        raise CommandNotRun(f"Cannot run {command[0]}: {error.strerror}.") from error
    # Ctrl-C reaches the command too; it decides what to do, and we wait for it.
    known = signal.signal(signal.SIGINT, signal.SIG_IGN)
    passed_on = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, known)
        signal.signal(signal.SIGTERM, passed_on)
    return code if code >= 0 else _SIGNALLED - code
