"""What can go wrong in a load test."""

from typing import ClassVar

from fakeayr.errors import FakeayrError


class CannotLoad(FakeayrError):
    """The load test cannot begin or go on."""

    exit_code: ClassVar[int] = 2


class StepFailed(Exception):
    """A step went wrong; it is counted, and the person goes on.

    Args:
        message: What happened, without secrets.
        kind: `tally.FAULT`, `RATE_LIMIT` or `BROKEN` where it may have been made on purpose.
    """

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind


class FlowGivenUp(Exception):
    """A flow cannot go on, since something was made to fail."""
