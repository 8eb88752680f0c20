"""A cache of objects that were read from the database."""

import mmap
import os
from pathlib import Path
from typing import Any, Final

_MARK_BYTES: Final = 8
_MOST: Final = 4096

Key = tuple[type, str]


class Cache:
    """Objects that were read, by type and key.

    A random mark, which every change replaces, shows whether they are still valid. The mark is a
    small file that all processes of a database map into memory: a query would take longer than the
    rest of a look-up, and would let other threads interrupt it.

    Args:
        mark: The file; `None` if no other process uses the database.
    """

    def __init__(self, mark: Path | None) -> None:
        self._mark = bytearray(_MARK_BYTES) if mark is None else _map_file(mark)
        self._known: tuple[bytes, dict[Key, Any]] = (b"", {})
        self.forget()

    def close(self) -> None:
        """Closes the file."""
        if isinstance(self._mark, mmap.mmap):
            self._mark.close()

    def current(self) -> dict[Key, Any]:
        """Returns the objects that are valid now.

        If an object is missing, read it and add it to the dictionary returned before the read: a
        change during the read then drops it.
        """
        mark, known = bytes(self._mark[:_MARK_BYTES]), self._known
        if mark != known[0] or len(known[1]) >= _MOST:
            known = self._known = mark, {}
        return known[1]

    def forget(self) -> None:
        """Empties the cache in all processes. Call it after a commit, before the response is sent.

        A process that dies in between has sent no response, and its successor calls this first.
        """
        self._mark[:_MARK_BYTES] = os.urandom(_MARK_BYTES)


def _map_file(file: Path) -> mmap.mmap:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, _MARK_BYTES)
        return mmap.mmap(descriptor, _MARK_BYTES)
    finally:
        os.close(descriptor)
