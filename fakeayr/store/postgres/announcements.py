"""Announces journal entries to other processes, with advisory locks of PostgreSQL.

A journal entry is written shortly after its response was sent. The process holds a lock from before
the response until the entry is written, and readers wait for the locks that are held at that time.
The database releases the locks of a process that dies.
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
"""Longer than a batch takes. Readers do not wait longer for a process that hangs."""
_AWAIT: Final = (
    "SELECT pg_advisory_xact_lock_shared(classid::int, objid::int) FROM pg_locks"
    " WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Announcements:
    """Announces the entries of this process, and waits for those of others.

    Args:
        connections: Connections to the database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._own: psycopg.Connection | None = None

    def announce(self) -> Callable[[], None]:
        """Takes a lock and returns the function that releases it.

        Errors are ignored: without the database, no process can read either.
        """
        batch = secrets.randbits(31)
        self._execute("SELECT pg_advisory_lock(%s, %s)", batch)
        return partial(self._execute, "SELECT pg_advisory_unlock(%s, %s)", batch)

    def wait(self) -> None:
        """Waits until the locks that are held now are released.

        Raises:
            StoreUnreachable: The database does not respond.
        """
        with self._connections.transaction() as connection:
            connection.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
            try:
                connection.execute(_AWAIT, (_LOCKS,))
            except psycopg.errors.LockNotAvailable:
                raise psycopg.Rollback from None

    def close(self) -> None:
        """Closes the connection that holds the locks, which releases them."""
        with self._lock:
            self._drop()

    def _execute(self, statement: str, batch: int) -> None:
        with self._lock, suppress(StoreUnreachable):
            for _ in range(2):  # The database may have been restarted.
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
