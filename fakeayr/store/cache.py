"""What a process has read from a database, until some process changes it."""

import mmap
import os
from pathlib import Path
from typing import Any, Final

_MARK_BYTES: Final = 8
_MOST: Final = 4096

Key = tuple[type, str]


class Cache:
    """Objects that were read, by type and key.

    A mark tells whether they still hold: every change of an object leaves a new random one. It is
    a tiny file that processes which share a database map into memory, since asking the database
    itself takes longer than everything else a look-up does, and lets other threads interrupt it.

    Args:
        mark: The file; `None` where no other process shares the database.
    """

    def __init__(self, mark: Path | None) -> None:
        self._mark = bytearray(_MARK_BYTES) if mark is None else _map_file(mark)
        self._known: tuple[bytes, dict[Key, Any]] = (b"", {})
        self.forget()

    def close(self) -> None:
        """Gives the file back."""
        if isinstance(self._mark, mmap.mmap):
            self._mark.close()

    def current(self) -> dict[Key, Any]:
        """What is known now.

        Whoever misses an object in it puts it there after reading it, not into what is current by
        then: so nothing that was read before a change is taken for known after it.
        """
        mark, known = bytes(self._mark[:_MARK_BYTES]), self._known
        if mark != known[0] or len(known[1]) >= _MOST:
            known = self._known = mark, {}
        return known[1]

    def forget(self) -> None:
        """Makes all processes read anew. Call it after a change is committed, before it is told.

        A process that dies in between has told nobody; the one that takes its place forgets first.
        """
        self._mark[:_MARK_BYTES] = os.urandom(_MARK_BYTES)


def _map_file(file: Path) -> mmap.mmap:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, _MARK_BYTES)
        return mmap.mmap(descriptor, _MARK_BYTES)
    finally:
        os.close(descriptor)
