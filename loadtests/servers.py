"""The programs that a load test starts: the fake, and the application under test."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WITHIN_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.05

OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens URLs of this machine, whatever proxy the environment names."""


class NotStarted(Exception):
    """A program did not start; the text says which, in one sentence."""


@dataclass(frozen=True)
class Server:
    """A running fake.

    Attributes:
        url: Where it answers.
        pid: Its process id.
    """

    url: str
    pid: int


@contextlib.contextmanager
def fake(workers: int) -> Iterator[Server]:
    """Runs `fakeayr serve` on a free port.

    It has a session of its own: Ctrl-C ends the load first, which then looks at the fake.

    Args:
        workers: How many processes.

    Raises:
        NotStarted: It does not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "fakeayr", "serve", "--port=0", f"--workers={workers}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with _ended(process):
        for line in process.stdout or ():
            if found := re.search(r"(http://\S+)/api", line):
                yield Server(found[1], process.pid)
                return
        raise NotStarted("The fake did not start; `fakeayr serve` shows why.")


@contextlib.contextmanager
def application(
    command: str, url: str, variables: Mapping[str, str], log: Path | None = None
) -> Iterator[None]:
    """Runs an application until it is not needed any more.

    Args:
        command: Its command line.
        url: Where it answers when it is ready.
        variables: Variables of its environment besides the present ones.
        log: Where its output goes; to this process's errors unless given.

    Raises:
        NotStarted: It cannot be started, or does not answer.
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
        raise NotStarted(f"The application cannot be started: {error}.") from error
    with _ended(process):
        deadline = time.monotonic() + _WITHIN_SECONDS
        while not _answers(url):
            if process.poll() is not None:
                raise NotStarted(f"The application ended with exit code {process.returncode}.")
            if time.monotonic() >= deadline:
                raise NotStarted(f"The application does not answer at {url}.")
            time.sleep(_LOOK_SECONDS)
        yield


def _answers(url: str) -> bool:
    try:
        OPENER.open(url, timeout=_WITHIN_SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _ended(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
