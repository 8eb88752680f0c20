"""Runs a file of this package in a process of its own, which can be stopped whatever it does."""

import subprocess
import sys


class Failed(Exception):
    """The process failed or took too long."""


def run_file(path: str, data: bytes, *, within: float) -> bytes:
    """Runs a Python file, and returns what it writes.

    Args:
        path: The file.
        data: What it reads from its input.
        within: After how many real seconds it is stopped.

    Raises:
        Failed: It could not be started, failed, or was stopped.
    """
    command = [sys.executable, "-P", path]
    try:
        ended = subprocess.run(  # noqa: S603 - this program
            command, input=data, capture_output=True, check=True, timeout=within
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Failed from error
    return ended.stdout
