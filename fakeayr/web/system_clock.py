"""The machine's clock."""

import time


class SystemClock:
    """The machine's clock; see `fakeayr.domain.clock.Clock`."""

    def now(self) -> float:
        """The present instant in UNIX seconds."""
        return time.time()

    told = now
