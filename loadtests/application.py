"""Starts the application under test."""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.loadtests.errors import CannotLoad

_WITHIN_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.05


@contextlib.contextmanager
def run_application(
    command: str, url: str, variables: Mapping[str, str], log: Path | None = None
) -> Iterator[None]:
    """Runs an application while the block lasts.

    Args:
        command: The command line.
        url: The URL at which the application responds when it is ready.
        variables: Environment variables to add.
        log: The file for its output; standard error by default.

    Raises:
        CannotLoad: The application cannot be started, or does not respond.
    """
    try:
        with contextlib.nullcontext(sys.stderr) if log is None else log.open("a") as output:
            process = subprocess.Popen(
                shlex.split(command),
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except (OSError, ValueError, IndexError) as error:
        raise CannotLoad(f"The application cannot be started: {error}; check --app.") from error
    try:
        _wait_until_ready(process, url)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + _WITHIN_SECONDS
    with contextlib.closing(HttpTransport()) as transport:
        while True:
            try:
                transport.send("GET", url, (), b"", _WITHIN_SECONDS)
            except TransportError:
                pass
            else:
                return
            if process.poll() is not None:
                raise CannotLoad(
                    f"The application ended with exit code {process.returncode}; see its output."
                )
            if time.monotonic() >= deadline:
                raise CannotLoad(f"The application does not respond at {url}; check --host.")
            time.sleep(_LOOK_SECONDS)
