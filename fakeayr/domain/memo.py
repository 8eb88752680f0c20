"""What was made once and may be asked for again, in a bounded number."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(dict[K, V], Generic[K, V]):
    """Values by their keys; it forgets the oldest ones.

    Args:
        most: How many values it keeps.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made now if it is not known."""
        known = self.get(key)
        if known is None:
            known = make()
            while len(self) >= self._most:
                self.pop(next(iter(list(self))), None)  # Another thread may do the same.
            self[key] = known
        return known
