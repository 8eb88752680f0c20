"""The clock of a fake that lives in a test's process."""

from datetime import UTC, datetime

from fakeayr import real_time


class ProcessClock:
    """Real time for what the fake does, and the test's time for what it reports.

    freezegun and time-machine stop or move the time of the whole process. What the fake tells,
    and what it judges dates by, follows them, the same in every thread; freezegun shows some
    threads the real `time.time`, but all of them its `datetime`. What is to be sent is sent
    nevertheless.
    """

    def now(self) -> float:
        """The present instant in UNIX seconds; see `fakeayr.domain.clock.Clock`."""
        return real_time.now()

    def told(self) -> float:
        """What the test takes for the present instant."""
        return datetime.now(UTC).timestamp()
