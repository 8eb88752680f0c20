"""Time that no test can stop: what the toolkit's own waits are bounded by.

Tests replace clocks. freezegun and monkeypatch replace functions of the module `time`; freezegun
also replaces what other modules have imported from it. This module asks a copy of `time` that is
in no other module's reach. (time-machine leaves `time.monotonic` alone.)
"""

import importlib.util
import threading
from typing import Any, Final

from fakeayr.errors import FakeayrError


def _copy_time() -> Any:
    spec = importlib.util.find_spec("time")
    if spec is None or spec.loader is None:
        raise FakeayrError("This Python has no module time.")
    copied = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copied)
    return copied


_time: Final = _copy_time()
_BEGAN: Final[float] = _time.time() - _time.monotonic()


def monotonic() -> float:
    """Seconds since some instant; they pass as they really do."""
    return float(_time.monotonic())


def now() -> float:
    """The present instant in UNIX seconds, if the clock was right when this module was loaded."""
    return _BEGAN + monotonic()


def sleep(seconds: float) -> None:
    """Waits; under gevent other greenlets run meanwhile."""
    threading.Event().wait(seconds)
