"""Errors of the benchmarks."""

from typing import ClassVar

from fakeayr.errors import FakeayrError


class CannotMeasure(FakeayrError):
    """A program is missing, or a server does not do what is measured."""

    exit_code: ClassVar[int] = 2
