"""Time as the fake sees it. Instants are UNIX seconds as floats."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Protocol

LAST: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last instant that a date can be written for."""

DAY_SECONDS: Final = 86_400


class Clock(Protocol):
    """Where the time comes from. Tests pass their own."""

    def now(self) -> float:
        """The present instant in UNIX seconds, by which things are done."""
        ...

    def told(self) -> float:
        """The present instant that accounts see, and that their dates are compared with."""
        ...


def iso_seconds(instant: float) -> str:
    """An instant as Ayrshare writes most dates: `2022-11-02T01:03:42Z`."""
    shown = int(min(max(instant, 0), LAST))  # An integrator's own token may say anything.
    return datetime.fromtimestamp(shown, UTC).isoformat().replace("+00:00", "Z")


def iso_milliseconds(instant: float) -> str:
    """An instant with milliseconds: `2022-11-14T16:18:49.110Z`."""
    seconds, milliseconds = _parts(instant)
    return f"{iso_seconds(seconds)[:-1]}.{milliseconds:03d}Z"


def timestamp_parts(instant: float) -> dict[str, int]:
    """An instant as `{_seconds, _nanoseconds}`."""
    seconds, milliseconds = _parts(instant)
    return {"_seconds": seconds, "_nanoseconds": milliseconds * 1_000_000}


def month_of(instant: float) -> str:
    """The calendar month of an instant, UTC: `2026-11`."""
    return _month_of_day(instant // DAY_SECONDS)


@lru_cache(maxsize=64)
def _month_of_day(day: float) -> str:
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC).strftime("%Y-%m")


def _parts(instant: float) -> tuple[int, int]:
    """Seconds and milliseconds; a float is a little below some of them, hence the rounding."""
    return divmod(round(instant * 1_000_000) // 1_000, 1_000)
