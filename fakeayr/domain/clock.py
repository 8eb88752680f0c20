"""Time as the fake sees it. Instants are UNIX seconds as floats."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Tests pass their own."""

    def now(self) -> float:
        """The present instant in UNIX seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """The present instant in UNIX seconds."""
        return time.time()


def iso_seconds(instant: float) -> str:
    """An instant as Ayrshare writes most dates: `2022-11-02T01:03:42Z`."""
    return datetime.fromtimestamp(int(instant), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_milliseconds(instant: float) -> str:
    """An instant with milliseconds: `2022-11-14T16:18:49.110Z`."""
    moment = datetime.fromtimestamp(instant, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def timestamp_parts(instant: float) -> dict[str, int]:
    """An instant as `{_seconds, _nanoseconds}`."""
    seconds = int(instant)
    return {"_seconds": seconds, "_nanoseconds": int((instant - seconds) * 1000) * 1_000_000}
