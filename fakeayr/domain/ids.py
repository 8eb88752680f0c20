"""Identifiers in Ayrshare's shapes."""

import string
from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol, TypeVar

from fakeayr.ayrshare import ids

T = TypeVar("T")

_KEY_ALPHABET: Final = string.ascii_uppercase + string.digits
_ID_ALPHABET: Final = string.ascii_letters + string.digits
_HEX: Final = "0123456789abcdef"


class Randomness(Protocol):
    """What `random.Random` does, as far as ids need it."""

    def randbytes(self, n: int, /) -> bytes:
        """So many bytes."""
        ...


class Ids:
    """Makes identifiers.

    Args:
        source: Where randomness comes from.
    """

    def __init__(self, source: Randomness) -> None:
        self._source = source

    def key(self) -> str:
        """An API key or profile key: `AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE`."""
        groups = range(ids.KEY_GROUPS)
        return "-".join(self._letters(_KEY_ALPHABET, ids.KEY_GROUP_LENGTH) for _ in groups)

    def ref_id(self) -> str:
        """A `refId`: 40 hexadecimal digits."""
        return self._letters(_HEX, ids.REF_ID_LENGTH)

    def entity(self) -> str:
        """The id of anything else: 20 letters and digits."""
        return self.letters(20)

    def digits(self, length: int) -> str:
        """A number of `length` digits as a string, as most networks name their accounts."""
        number = self._letters(string.digits, length)
        return number if number[0] != "0" else f"1{number[1:]}"

    def slug(self, length: int) -> str:
        """Lower-case letters and digits, for instance for a `did:plc:` identifier."""
        return self._letters(string.ascii_lowercase + string.digits, length)

    def noise(self, length: int) -> bytes:
        """`length` random bytes."""
        return self._source.randbytes(length)

    def letters(self, length: int) -> str:
        """Letters and digits that cannot be guessed, if there are enough of them."""
        return self._letters(_ID_ALPHABET, length)

    def pick(self, several: Sequence[T]) -> T:
        """One of several."""
        return several[int(self.digits(9)) % len(several)]

    def _letters(self, alphabet: str, length: int) -> str:
        return self._source.randbytes(length).translate(_letters_of(alphabet)).decode()


@cache
def _letters_of(alphabet: str) -> bytes:
    """A letter for each byte.

    A call of the system for each letter would cost more than all the rest. That some letters come
    a little more often than others does not make an id easier to guess.
    """
    return bytes(ord(alphabet[number % len(alphabet)]) for number in range(256))
