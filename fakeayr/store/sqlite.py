"""The store on SQLite: `:memory:` for one process, or a file that several processes share.

Files use WAL mode, so acknowledged changes survive a crash of the process. Accounts and profiles
are cached until a process changes one.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from fakeayr import real_time
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import (
    LOG_DELAY_SECONDS,
    StoreClosed,
    StoreUnreachable,
    StoreUnusable,
)
from fakeayr.domain.profiles import ProfileFilter
from fakeayr.store.cache import Cache, Key
from fakeayr.store.documents import decode_outgoing, encode
from fakeayr.store.migrations.files import bring_up_to_date
from fakeayr.store.sql import SqlStore
from fakeayr.store.sql.accounts import Known
from fakeayr.store.sql.outbox import LANES

IN_MEMORY: Final = ":memory:"
_BUSY_SECONDS: Final = 10
"""How long to wait for a database that another program has locked."""
_LONGEST_PAUSE_SECONDS: Final = 0.05

_CAUSES: Final = {
    sqlite3.SQLITE_BUSY: "another program has it locked",
    sqlite3.SQLITE_LOCKED: "another program has it locked",
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is damaged",
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_IOERR: "its disk has errors",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PROTOCOL: "other programs have it locked",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}
"""Causes of errors that are not a statement's, by SQLite's result code."""

_T = TypeVar("_T")


class _Connection:
    """A connection to the database, which one thread at a time may use."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.lock = threading.RLock()


class SqliteStore(SqlStore):
    """A `Store` (see `fakeayr.domain.ports`) on one SQLite database.

    Args:
        path: A file or `:memory:`. A new file is readable by its owner only. A file of an older
            version is migrated.

    Attributes:
        remote: Whether the database is another program; see `Store.remote`.

    Raises:
        StoreUnusable: The file cannot be written, or is not a database of fakeayr.

    Methods raise `StoreUnreachable` if the disk is full, the file is damaged, or another program
    has locked it.
    """

    remote: ClassVar = False

    _LINKED = "(json_extract(document, '$.links') != '{}')"  # As in the index.
    _LINKED_TO_ALL = (
        "NOT EXISTS (SELECT 1 FROM json_each(?)"
        " WHERE value NOT IN (SELECT key FROM json_each(document, '$.links')))"
    )
    _OWN_X_APP = "coalesce(json_extract(document, '$.links.twitter.own_app'), 0)"
    _AMONG_KEYS = "key IN (SELECT value FROM json_each(?))"
    _ON_NETWORK = "instr(networks, {network})"  # As in the indexes.
    _LEASABLE = "max(due, leased_until)"

    def __init__(self, path: str | Path = IN_MEMORY) -> None:
        self._path = str(path)
        self._in_file = self._path != IN_MEMORY
        self._name = f"The state file {path}" if self._in_file else "The state in memory"
        self._writing_thread: int | None = None
        self._changed = False
        opened = ExitStack()
        self._close = weakref.finalize(self, opened.close)  # Also for stores that are dropped.
        try:
            self._writer = self._reader = self._open(opened)
            if self._in_file:  # So that reads do not wait for a transaction.
                self._reader = self._connect(opened)
                self._reader.database.execute("PRAGMA query_only = ON")
            self._cache = Cache(Path(f"{path}-mark") if self._in_file else None)
        except BaseException as error:
            self._close()
            if not isinstance(error, sqlite3.Error | OSError):
                raise
            reason = getattr(error, "strerror", None) or error
            raise StoreUnusable(f"{self._name} cannot be used: {reason}.") from error

    def _open(self, opened: ExitStack) -> _Connection:
        if self._in_file:
            _create_file(self._path)
        connection = self._connect(opened)
        bring_up_to_date(connection.database, self._path, in_file=self._in_file)
        connection.database.execute("PRAGMA busy_timeout = 0")  # `_retry_while_busy` waits instead.
        return connection

    def _connect(self, opened: ExitStack) -> _Connection:
        database = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        opened.callback(database.close)
        return _Connection(database)

    def close(self) -> None:
        """Closes the database."""
        with self._writer.lock, self._reader.lock:
            self._close()
            self._cache.close()

    @contextmanager
    def transaction(self, account: str = "") -> Iterator[None]:
        """See `Store.transaction`. There is one writer at a time for all accounts."""
        if self._writing_thread == threading.get_ident():
            yield
            return
        self._retry_while_busy(self._writer, self._begin)
        try:
            self._writing_thread, self._changed = threading.get_ident(), False
            yield
            self._run("COMMIT")
            if self._changed:
                self._cache.forget()
        except BaseException:
            if self._writer.database.in_transaction:  # A full disk may have ended it already.
                self._writer.database.execute("ROLLBACK")
            raise
        finally:
            self._writing_thread = None
            self._writer.lock.release()

    _atomic = transaction

    def _begin(self) -> None:
        """Begins a transaction. This thread holds the lock until its end."""
        self._writer.database.execute("BEGIN IMMEDIATE")
        self._writer.lock.acquire()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        return self._execute(self._writer, statement, values)

    def _read(self, statement: str, *values: Any) -> list[Any]:
        inside = self._writing_thread == threading.get_ident()
        return self._execute(self._writer if inside else self._reader, statement, values)

    def _execute(
        self, connection: _Connection, statement: str, values: tuple[Any, ...]
    ) -> list[Any]:
        try:
            with connection.lock:
                return connection.database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            if _is_busy(error) and self._writing_thread != threading.get_ident():
                return self._retry_while_busy(
                    connection, lambda: connection.database.execute(statement, values).fetchall()
                )
            self._raise_unreachable(error)
            raise

    def _retry_while_busy(self, connection: _Connection, action: Callable[[], _T]) -> _T:
        """Runs an action, and retries it while another program has locked the database.

        Other threads may use the connection between the attempts.
        """
        deadline = real_time.monotonic() + _BUSY_SECONDS
        pause = 0.001
        while True:
            try:
                with connection.lock:
                    return action()
            except sqlite3.Error as error:
                if not _is_busy(error) or real_time.monotonic() > deadline:
                    self._raise_unreachable(error)
                    raise
            real_time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _raise_unreachable(self, error: sqlite3.Error) -> None:
        """Raises `StoreUnreachable` if the database caused an error, and not a statement."""
        if not self._close.alive:
            raise StoreClosed from error
        reason = _CAUSES.get(_read_code(error))
        if reason is not None:
            told = f"{self._name} cannot be used: {reason} ({error})."
            raise StoreUnreachable(told, reason) from error

    def _change(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement that changes cached objects."""
        with self.transaction():
            self._changed = True
            return self._run(statement, *values)

    def _find(self, kind: type[Known], key: str) -> Known | None:
        """Finds an object, outside of a transaction in the cache."""
        inside = self._writing_thread == threading.get_ident()
        known: dict[Key, Any] = {} if inside else self._cache.current()
        found: Known | None = known.get((kind, key))
        if found is None:
            found = super()._find(kind, key)
            if found is not None:
                known[kind, key] = found
        return found

    def _bind_list(self, values: list[str]) -> str:
        return encode(values).decode()

    def _name_order_columns(self, wanted: ProfileFilter, *, narrow: bool) -> tuple[str, str]:
        if wanted.profile_keys is None and wanted.expiring_by is None:
            return "account", "position"
        return "+account", "+position"

    def _bind_title(self, title: str) -> str:
        return title

    def _bind_networks(self, networks: list[str]) -> str:
        return " ".join(networks)

    def _append(self, kind: str, limit: int, added: list[tuple[str, list[bytes]]]) -> None:
        with self.transaction():
            for account, documents in added:
                self._append_to(account, kind, limit, documents)

    def _append_to(self, account: str, kind: str, limit: int, documents: list[bytes]) -> None:
        ends = self._run(
            "INSERT INTO log_ends SELECT api_key, ?, ? FROM accounts WHERE api_key = ?"
            " ON CONFLICT (account, kind) DO UPDATE SET last = last + excluded.last"
            " RETURNING last",
            kind,
            len(documents),
            account,
        )
        for (last,) in ends:  # Empty if the account does not exist.
            # One statement for all entries, since each statement releases the interpreter.
            self._run(
                "INSERT INTO logs SELECT ?, ?, ? + key, CAST(value AS BLOB) FROM json_each(?)",
                account,
                kind,
                last - len(documents) + 1,
                (b"[%b]" % b",".join(documents)).decode(),
            )
            self._run(
                "DELETE FROM logs WHERE account = ? AND kind = ? AND number <= ?",
                account,
                kind,
                last - limit,
            )

    def announce_entries(self) -> Callable[[], None]:
        """See `Store.announce_entries`. Not needed on one machine."""
        return lambda: None

    def await_entries(self) -> None:
        """See `Store.await_entries`. Processes on one machine write within the delay."""
        if self._in_file:
            real_time.sleep(2 * LOG_DELAY_SECONDS)

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """See `Store.add_usage`."""
        self._run(
            "INSERT INTO usage (account, profile_key, month, calls, last_call)"
            " SELECT account, profiles.key, ?,"
            " json_extract(value, '$[1]'), json_extract(value, '$[2]')"
            " FROM json_each(?) CROSS JOIN profiles ON profiles.key = json_extract(value, '$[0]')"
            " WHERE true ON CONFLICT (account, profile_key, month) DO UPDATE"
            " SET calls = calls + excluded.calls, last_call = excluded.last_call",
            month,
            encode(list(calls)).decode(),
        )

    def _drop_finished(self, account: str, channel: Channel, limit: int) -> None:
        self._run(
            "DELETE FROM outbox WHERE account = ? AND channel = ? AND due IS NULL AND number <= ("
            "SELECT number FROM outbox WHERE account = ? AND channel = ? AND due IS NULL"
            " ORDER BY number DESC LIMIT 1 OFFSET ?)",
            *(account, channel),
            *(account, channel, limit),
        )

    def lease(self, item_id: str, now: float, lease: float) -> Outgoing | None:
        """See `Store.lease`."""
        rows = self._run(
            "UPDATE outbox SET leased_until = ? WHERE id = ? AND leased_until <= ?"
            " RETURNING document",
            now + lease,
            item_id,
            now,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease_due(
        self, now: float, lease: float, limit: int, *, account: str | None = None
    ) -> list[Outgoing]:
        """See `Store.lease_due`."""
        rows = self._run(
            f"{LANES} UPDATE outbox SET leased_until = ? WHERE number IN ("  # noqa: S608
            "SELECT number FROM outbox WHERE number IN ("
            "SELECT (SELECT o.number FROM outbox o WHERE o.lane = lanes.lane AND o.due <= ?"
            " ORDER BY o.due, o.number LIMIT 1) FROM lanes WHERE lanes.lane IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.lane = lanes.lane"
            " AND l.leased_until > 0 AND l.leased_until > ?)"
            ") ORDER BY due, number LIMIT ?) RETURNING number, document",
            *self._lane_bounds(account),
            now + lease,
            *(now, now, limit),
        )
        return [decode_outgoing(document) for _, document in sorted(rows)]


def _create_file(path: str) -> None:
    """Creates a file that only its owner can read, unless it exists.

    An existing one must not be opened here: closing it would drop the locks that another store of
    this process holds on it.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _read_code(error: sqlite3.Error) -> int:
    """Returns the primary result code of an error; 0 if it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_busy(error: sqlite3.Error) -> bool:
    return _read_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
