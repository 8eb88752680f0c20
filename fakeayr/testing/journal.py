"""What a session of tests writes down: the calls of every test, one JSON object a line."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from fakeayr.testing.records import RecordedRequest

try:
    import fcntl
except ImportError:  # Not POSIX. There, what is written at once stays together but for bad luck.
    fcntl = None  # type: ignore[assignment]


def append_journal(path: Path, test: str, requests: Iterable[RecordedRequest]) -> None:
    """Appends calls to a file; other processes may do so at the same time.

    Args:
        path: The file.
        test: Name of the test, which each line carries.
        requests: The calls.
    """
    lines = "".join(json.dumps({"test": test} | asdict(request)) + "\n" for request in requests)
    with path.open("ab", buffering=0) as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        file.write(lines.encode())
