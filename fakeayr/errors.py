"""The base class of all errors that are shown to a person."""

from typing import ClassVar


class FakeayrError(Exception):
    """An error whose message says in one sentence what is wrong and what to do.

    The command line prints the message and exits with `exit_code`.
    """

    exit_code: ClassVar[int] = 1
