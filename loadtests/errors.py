"""Errors of load tests."""

from typing import ClassVar

from fakeayr.errors import FakeayrError


class CannotLoad(FakeayrError):
    """The load test cannot start or continue."""

    exit_code: ClassVar[int] = 2


class StepFailed(Exception):
    """A step failed. It is counted, and the user continues.

    Args:
        message: What happened, without secrets.
        kind: `tally.FAULT`, `RATE_LIMIT` or `BROKEN` if the run may have caused it on purpose.
    """

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind


class FlowGivenUp(Exception):
    """A flow cannot continue because of a failure that was caused on purpose."""
