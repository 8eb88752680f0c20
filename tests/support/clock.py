"""A clock that only moves when a test moves it."""

from typing import Final

START: Final = 1_667_351_022.0
"""The instant at which every test begins: 2022-11-02T01:03:42Z."""


class ManualClock:
    """A clock for `create_app` that only moves when it is advanced."""

    def __init__(self, start: float = START) -> None:
        self._now = start

    def now(self) -> float:
        """The present instant in UNIX seconds."""
        return self._now

    told = now

    def advance(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Moves the time ahead."""
        self._now += seconds + minutes * 60
