"""Run files: where `fakeayr serve` leaves its URL, so that other commands find it."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PREFIX: Final = "fakeayr-"
_OWN: Final = 0o600


@contextlib.contextmanager
def leave(url: str) -> Iterator[None]:
    """Leaves a run file with a URL while the block lasts.

    Where none can be written, as in a container without a home, other commands need `--url`.
    """
    path = _folder() / f"{_PREFIX}{os.getpid()}.json"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN), "w") as file:
            json.dump({"url": url, "pid": os.getpid()}, file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def find_urls() -> list[str]:
    """The URLs of servers whose process lives; run files of dead ones are removed."""
    found = []
    for path in sorted(_folder().glob(f"{_PREFIX}*.json")):
        try:
            known = json.loads(path.read_text("utf-8"))
            url, pid = str(known["url"]), int(known["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if _lives(pid):
            found.append(url)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    return found


def _folder() -> Path:
    """The user's folder for what lives as long as a session, else the one for caches."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime)
    cache = os.environ.get("XDG_CACHE_HOME") or Path(os.path.expanduser("~"), ".cache")
    return Path(cache, "fakeayr")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
