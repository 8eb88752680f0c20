"""Why nothing can be measured."""

from typing import ClassVar

from fakeayr.errors import FakeayrError


class CannotMeasure(FakeayrError):
    """Something is missing, or a server does not do what is measured."""

    exit_code: ClassVar[int] = 2
