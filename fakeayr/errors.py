"""The base class of every error that is meant for a person."""

from typing import ClassVar


class FakeayrError(Exception):
    """Something that a person can mend. The message is one sentence: what is wrong, what to do.

    The command line prints the message and exits with `exit_code`.
    """

    exit_code: ClassVar[int] = 1
