"""Why the contract cannot be tested."""

from typing import ClassVar

from fakeayr.errors import FakeayrError


class Untestable(FakeayrError):
    """The contract cannot be tested."""

    exit_code: ClassVar[int] = 2


class Unreachable(Untestable):
    """There is no response from the server."""


class OutOfTime(Untestable):
    """The time budget is used up."""

    def __init__(self) -> None:
        super().__init__("The time budget is used up; give more with --time-budget.")
