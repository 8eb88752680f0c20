"""The store on SQLite: `:memory:` for one process, a file for several that share it.

A file is in WAL mode: what was acknowledged survives the end of a process at any moment. Accounts
and profiles are served from memory until some process changes one.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar

from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import StoreUnusable
from fakeayr.domain.profiles import Profile, ProfileFilter, Usage
from fakeayr.store.documents import decode_account, decode_outgoing, decode_profile, encode
from fakeayr.store.memory import Key, Memory

IN_MEMORY: Final = ":memory:"
SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x66616B65
"""What marks a database as ours."""

_IDENTITY: Final = (
    "SELECT application_id, user_version, EXISTS (SELECT 1 FROM sqlite_master)"
    " FROM pragma_application_id, pragma_user_version"
)
_NEW: Final = (0, 0, 0)
_OURS: Final = (APPLICATION_ID, SCHEMA_VERSION, 1)

_BUSY_SECONDS: Final = 30

_LINKED: Final = "(json_extract(document, '$.links') != '{}')"
"""Whether a profile has links, as the index of those that have some puts it."""

_T = TypeVar("_T", Account, Profile)


class SqliteStore:
    """A `Store` (see `fakeayr.domain.ports`) on one SQLite database.

    Args:
        path: A file, made if it does not exist and readable by its owner only, or `:memory:`.

    Raises:
        StoreUnusable: The file cannot be written, or is not a database of this version.
    """

    def __init__(self, path: str | Path = IN_MEMORY) -> None:
        self._lock = threading.RLock()
        self._shared = str(path) != IN_MEMORY
        self._writer: int | None = None
        self._changed = False
        try:
            self._database = self._open(str(path))
            self._memory = Memory(Path(f"{path}-mark") if self._shared else None)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnusable(f"The state file {path} cannot be used: {error}.") from error

    def _open(self, path: str) -> sqlite3.Connection:
        if self._shared:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(database, path)
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self, database: sqlite3.Connection, path: str) -> None:
        (found,) = database.execute(_IDENTITY)
        if found not in {_NEW, _OURS}:
            raise StoreUnusable(
                f"The state file {path} was written by another program or another version of "
                "fakeayr; use a new file."
            )
        if self._shared:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
        schema = resources.files(__package__).joinpath("schema.sql").read_text("utf-8")
        database.executescript(
            f"BEGIN IMMEDIATE; {schema} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )

    @property
    def shared(self) -> bool:
        """Whether other processes may use the same database."""
        return self._shared

    def close(self) -> None:
        """Closes the database."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self, account: str = "") -> Iterator[None]:
        """See `Store.transaction`. There is one writer at a time, whatever the account."""
        with self._lock:
            if self._database.in_transaction:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._writer, self._changed = threading.get_ident(), False
            try:
                yield
                self._database.execute("COMMIT")
                if self._changed:
                    self._memory.forget()
            except BaseException:
                if self._database.in_transaction:  # A full disk may have ended it already.
                    self._database.execute("ROLLBACK")
                raise
            finally:
                self._writer = None

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: Any) -> None:
        with self._lock:
            self._database.execute(statement, values)

    def _change(self, statement: str, *values: Any) -> None:
        """Writes what processes may know from their memory."""
        with self.transaction():
            self._write(statement, *values)
            self._changed = True

    def _known(self, kind: type[_T], key: str, statement: str, decode: Any) -> _T | None:
        """One object by key: from memory, but inside a transaction as it stands there."""
        inside = self._writer == threading.get_ident()
        known: dict[Key, Any] = {} if inside else self._memory.current()
        found: _T | None = known.get((kind, key))
        if found is None:
            for (document,) in self._rows(statement, key):
                found = known[kind, key] = decode(document)
        return found

    # Accounts

    def account(self, api_key: str) -> Account | None:
        """See `Store.account`."""
        return self._known(
            Account,
            api_key,
            "SELECT document FROM accounts WHERE api_key = ?",
            decode_account,
        )

    def save_account(self, account: Account) -> None:
        """See `Store.save_account`."""
        self._change(
            "INSERT INTO accounts VALUES (?, ?)"
            " ON CONFLICT (api_key) DO UPDATE SET document = excluded.document",
            account.api_key,
            encode(account),
        )

    def delete_account(self, api_key: str) -> None:
        """See `Store.delete_account`."""
        with self.transaction():
            self._change("DELETE FROM accounts WHERE api_key = ?", api_key)
            for table in ("profiles", "records", "logs", "log_ends", "windows", "usage", "outbox"):
                self._write(f"DELETE FROM {table} WHERE account = ?", api_key)  # noqa: S608

    # Profiles

    def profile(self, key: str) -> Profile | None:
        """See `Store.profile`."""
        return self._known(
            Profile, key, "SELECT document FROM profiles WHERE key = ?", decode_profile
        )

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """See `Store.profile_titled`."""
        rows = self._rows(
            "SELECT document FROM profiles WHERE account = ? AND title = ? AND NOT is_primary",
            account,
            title,
        )
        return decode_profile(rows[0][0]) if rows else None

    def save_profile(self, profile: Profile) -> None:
        """See `Store.save_profile`."""
        self._change(
            "INSERT INTO profiles"
            " (key, account, is_primary, title, ref_id, created, expires, document)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " title = excluded.title, expires = excluded.expires, document = excluded.document",
            profile.key,
            profile.account,
            profile.primary,
            profile.title,
            profile.ref_id,
            profile.created,
            profile.expires,
            encode(profile),
        )

    def delete_profile(self, key: str) -> None:
        """See `Store.delete_profile`."""
        with self.transaction():
            for table in ("windows", "usage"):
                self._write(
                    f"DELETE FROM {table} WHERE profile_key = ?1"  # noqa: S608
                    " AND account = (SELECT account FROM profiles WHERE key = ?1)",
                    key,
                )
            self._change("DELETE FROM profiles WHERE key = ?", key)

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """See `Store.profiles`."""
        # A plus keeps SQLite from walking through all profiles in order of their positions.
        by = "" if wanted.profile_keys is None and wanted.expiring_by is None else "+"
        conditions = [f"{by}account = ?", "NOT is_primary", f"{by}position > ?", "created <= ?"]
        values: list[Any] = [account, wanted.after, wanted.created_until]
        for column, value in (("title", wanted.title), ("ref_id", wanted.ref_id)):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if wanted.profile_keys is not None:
            conditions.append("key IN (SELECT value FROM json_each(?))")
            values.append(encode(wanted.profile_keys).decode())
        if wanted.has_links or wanted.includes or wanted.own_x_app:
            conditions.append(_LINKED)
        if wanted.has_links is False:
            conditions.append(f"NOT {_LINKED}")
        if wanted.includes is not None:
            linked = "SELECT key FROM json_each(document, '$.links')"
            conditions.append(
                f"NOT EXISTS (SELECT 1 FROM json_each(?) WHERE value NOT IN ({linked}))"  # noqa: S608
            )
            values.append(encode(wanted.includes).decode())
        if wanted.own_x_app is not None:
            own = "coalesce(json_extract(document, '$.links.twitter.own_app'), 0)"
            conditions.append(own if wanted.own_x_app else f"NOT {own}")
        if wanted.expiring_by is not None:
            conditions.append("expires <= ?")
            values.append(wanted.expiring_by)
        rows = self._rows(
            "SELECT position, document FROM profiles"  # noqa: S608
            f" WHERE {' AND '.join(conditions)} ORDER BY {by}position LIMIT ?",
            *values,
            wanted.limit,
        )
        return [(position, decode_profile(document)) for position, document in rows]

    def count_profiles(self, account: str) -> int:
        """See `Store.count_profiles`."""
        rows = self._rows(
            "SELECT count(*) FROM profiles WHERE account = ? AND NOT is_primary", account
        )
        return int(rows[0][0])

    # Small documents

    def record(self, kind: str, record_id: str) -> bytes | None:
        """See `Store.record`."""
        rows = self._rows("SELECT document FROM records WHERE kind = ? AND id = ?", kind, record_id)
        return rows[0][0] if rows else None

    def save_record(self, kind: str, record_id: str, account: str, document: bytes) -> None:
        """See `Store.save_record`."""
        self._write(
            "INSERT INTO records VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            kind,
            record_id,
            account,
            document,
        )

    def delete_record(self, kind: str, record_id: str) -> bool:
        """See `Store.delete_record`."""
        statement = "DELETE FROM records WHERE kind = ? AND id = ? RETURNING 1"
        return bool(self._rows(statement, kind, record_id))

    # Logs

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """See `Store.append_log`."""
        added: dict[str, list[bytes]] = {}
        for account, document in entries:
            added.setdefault(account, []).append(document)
        with self.transaction():
            for account, documents in added.items():
                self._append(kind, limit, account, documents)

    def _append(self, kind: str, limit: int, account: str, documents: list[bytes]) -> None:
        ends = self._rows(
            "INSERT INTO log_ends SELECT api_key, ?2, ?3 FROM accounts WHERE api_key = ?1"
            " ON CONFLICT (account, kind) DO UPDATE SET last = last + excluded.last"
            " RETURNING last",
            account,
            kind,
            len(documents),
        )
        for (last,) in ends:  # There is none without the account.
            # One statement: the interpreter is let go, and fought for again, at each.
            self._write(
                "INSERT INTO logs SELECT ?, ?, ? + key, CAST(value AS BLOB) FROM json_each(?)",
                account,
                kind,
                last - len(documents) + 1,
                (b"[%b]" % b",".join(documents)).decode(),
            )
            self._write(
                "DELETE FROM logs WHERE account = ? AND kind = ? AND number <= ?",
                account,
                kind,
                last - limit,
            )

    def log(self, kind: str, account: str) -> list[tuple[int, bytes]]:
        """See `Store.log`."""
        return self._rows(
            "SELECT number, document FROM logs WHERE account = ? AND kind = ? ORDER BY number",
            account,
            kind,
        )

    def clear_log(self, kind: str, account: str) -> None:
        """See `Store.clear_log`."""
        self._write("DELETE FROM logs WHERE account = ? AND kind = ?", account, kind)

    def announce(self, batch: int) -> None:
        """See `Store.announce`. Processes on one machine write in time: they are not told."""

    def withdraw(self, batch: int) -> None:
        """See `Store.withdraw`."""

    def await_announced(self) -> bool:
        """See `Store.await_announced`."""
        return False

    # Counters

    def count_window(self, name: str, profile: Profile, now: float, window: float) -> int:
        """See `Store.count_window`."""
        rows = self._rows(
            "INSERT INTO windows VALUES (?1, ?2, ?3, ?4, 1)"
            " ON CONFLICT (account, profile_key, name) DO UPDATE SET"
            " count = CASE WHEN abs(?4 - started) >= ?5 THEN 1 ELSE count + 1 END,"
            " started = CASE WHEN abs(?4 - started) >= ?5 THEN ?4 ELSE started END"
            " RETURNING count",
            profile.account,
            profile.key,
            name,
            now,
            window,
        )
        return int(rows[0][0])

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """See `Store.add_usage`."""
        self._write(
            "INSERT INTO usage SELECT account, profiles.key, ?,"
            " json_extract(value, '$[1]'), json_extract(value, '$[2]')"
            " FROM json_each(?) CROSS JOIN profiles ON profiles.key = json_extract(value, '$[0]')"
            " WHERE true ON CONFLICT (account, profile_key, month) DO UPDATE"
            " SET calls = calls + excluded.calls, last_call = excluded.last_call",
            month,
            encode(list(calls)).decode(),
        )

    def usage(self, month: str, account: str, profile_key: str) -> Usage:
        """See `Store.usage`."""
        rows = self._rows(
            "SELECT calls, last_call FROM usage"
            " WHERE account = ? AND profile_key = ? AND month = ?",
            account,
            profile_key,
            month,
        )
        return Usage(calls=rows[0][0], last_call=rows[0][1]) if rows else Usage()

    # Outbox

    def add_outgoing(self, outgoing: Outgoing, due: float | None, limit: int) -> None:
        """See `Store.add_outgoing`."""
        with self.transaction():
            self._write(
                "INSERT INTO outbox (id, account, channel, lane, due, document)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                outgoing.id,
                outgoing.account,
                outgoing.channel,
                outgoing.lane,
                due,
                encode(outgoing),
            )
            self._write(
                "DELETE FROM outbox WHERE due IS NULL AND number <= ("
                "SELECT number FROM outbox WHERE account = ?1 AND channel = ?2"
                " ORDER BY number DESC LIMIT 1 OFFSET ?3)"
                " AND account = ?1 AND channel = ?2",
                outgoing.account,
                outgoing.channel,
                limit,
            )

    def save_outgoing(self, outgoing: Outgoing, due: float | None) -> None:
        """See `Store.save_outgoing`."""
        self._write(
            "UPDATE outbox SET document = ?, due = ?, leased_until = 0 WHERE id = ?",
            encode(outgoing),
            due,
            outgoing.id,
        )

    def outgoing(self, account: str, channel: Channel) -> list[Outgoing]:
        """See `Store.outgoing`."""
        rows = self._rows(
            "SELECT document FROM outbox WHERE account = ? AND channel = ? ORDER BY number",
            account,
            channel,
        )
        return [decode_outgoing(document) for (document,) in rows]

    def outgoing_item(self, account: str, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.outgoing_item`."""
        rows = self._rows(
            "SELECT document FROM outbox WHERE id = ? AND account = ? AND channel = ?",
            item_id,
            account,
            channel,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease(self, item_id: str, now: float, lease: float) -> Outgoing | None:
        """See `Store.lease`."""
        rows = self._rows(
            "UPDATE outbox SET leased_until = ?2 + ?3 WHERE id = ?1 AND leased_until <= ?2"
            " RETURNING document",
            item_id,
            now,
            lease,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease_due(
        self, now: float, lease: float, limit: int, *, account: str | None = None
    ) -> list[Outgoing]:
        """See `Store.lease_due`."""
        rows = self._rows(
            "UPDATE outbox SET leased_until = ?1 + ?2 WHERE number IN ("
            "SELECT number FROM (SELECT number, due, leased_until, row_number() OVER ("
            "PARTITION BY account, channel, lane ORDER BY leased_until <= ?1, due, number"
            ") AS place FROM outbox WHERE due <= ?1 AND (?3 IS NULL OR account = ?3))"
            " WHERE place = 1 AND leased_until <= ?1 ORDER BY due, number LIMIT ?4)"
            " RETURNING number, document",
            now,
            lease,
            account,
            limit,
        )
        return [decode_outgoing(document) for _, document in sorted(rows)]

    def next_due(self, account: str, after: float = 0.0) -> float | None:
        """See `Store.next_due`."""
        rows = self._rows(
            "SELECT min(due) FROM outbox WHERE account = ? AND due > ?", account, after
        )
        return rows[0][0]  # type: ignore[no-any-return]

    def next_wake(self) -> float | None:
        """See `Store.next_wake`."""
        rows = self._rows("SELECT min(max(due, leased_until)) FROM outbox WHERE due IS NOT NULL")
        return rows[0][0]  # type: ignore[no-any-return]

    def hasten(self, account: str, seconds: float) -> None:
        """See `Store.hasten`."""
        self._write(
            "UPDATE outbox SET due = due - ? WHERE account = ? AND due IS NOT NULL",
            seconds,
            account,
        )
