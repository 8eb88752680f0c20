"""What processes are about to write, told to each other through advisory locks of PostgreSQL.

An entry of the journal is written a moment after its call is answered. A process holds a lock from
before the answer until its entries are written, and whoever wants to read waits for the locks that
are held by then. A process that dies lets go of its locks.
"""

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import psycopg

from fakeayr.domain.ports import StoreUnreachable
from fakeayr.store.postgres.connections import Connections

_LOCKS: Final = 0x66616B66
_LONGEST_WAIT: Final = "5s"
"""Longer than any batch takes: then a process hangs, and nobody is to wait for it."""
_AWAIT: Final = (
    "SELECT pg_advisory_xact_lock_shared(classid::int, objid::int) FROM pg_locks"
    " WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Announcements:
    """The announcements of one process, and its way to wait for all others'.

    Args:
        connections: Ways into the database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._own: psycopg.Connection | None = None

    def announce(self) -> Callable[[], None]:
        """Holds a lock; returns what lets go of it.

        Without a database nobody can read either, so that it is no mistake if that fails.
        """
        batch = secrets.randbits(31)  # Nobody else has it.
        self._execute("SELECT pg_advisory_lock(%s, %s)", batch)
        return partial(self._execute, "SELECT pg_advisory_unlock(%s, %s)", batch)

    def wait(self) -> None:
        """Waits for the locks that are held by now.

        Raises:
            StoreUnreachable: The database does not answer.
        """
        with self._connections.transaction() as connection:
            connection.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
            try:
                connection.execute(_AWAIT, (_LOCKS,))
            except psycopg.errors.LockNotAvailable:
                raise psycopg.Rollback from None

    def close(self) -> None:
        """Gives up the connection that holds the locks, and them."""
        with self._lock:
            self._drop()

    def _execute(self, statement: str, batch: int) -> None:
        with self._lock, suppress(StoreUnreachable):
            for _ in range(2):  # The database may have restarted since.
                if self._own is None:
                    self._own = self._connections.open_connection()
                try:
                    self._own.execute(statement, (_LOCKS, batch))
                    return
                except psycopg.Error:
                    self._drop()

    def _drop(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None
