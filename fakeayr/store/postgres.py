"""The store on PostgreSQL, for servers on several machines.

Nothing is remembered between calls: a look-up is one statement on an index, and sees what any other
server has acknowledged. A transaction holds a lock of its account's. What was acknowledged is as
safe as the database keeps it; the journal and the counts may lose their last moments with it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final

import psycopg
from psycopg import Connection

from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import StoreUnreachable, StoreUnusable
from fakeayr.domain.profiles import Profile, ProfileFilter, Usage
from fakeayr.store.announcements import Announcements
from fakeayr.store.connections import Connections
from fakeayr.store.documents import decode_account, decode_outgoing, decode_profile, encode

SCHEMA_VERSION: Final = 1
_FOUND: Final = (
    "SELECT to_regclass('fakeayr.schema_version') IS NOT NULL,"
    " to_regnamespace('fakeayr') IS NOT NULL,"
    " EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('fakeayr')),"
    " current_setting('server_encoding')"
)
_NOW: Final = "extract(epoch FROM now())::float8"
"""The database's time; that of statements outside a transaction."""


class PostgresStore:
    """A `Store` (see `fakeayr.domain.ports`) in the schema `fakeayr` of a PostgreSQL database.

    Args:
        url: Where the database is; see `Connections`. Our schema is made unless it is there.

    Raises:
        StoreUnusable: The URL cannot be read, the database cannot be reached or written, or the
            schema is not of this version.
    """

    def __init__(self, url: str) -> None:
        self._connections = Connections(url)
        self._announcements = Announcements(self._connections)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        try:
            with self._connections.transaction("schema") as connection:
                self._prepare(connection)
        except StoreUnreachable as failure:
            raise StoreUnusable(str(failure)) from None
        except psycopg.Error as error:  # Such as a right that is missing.
            reason = str(error).partition("\n")[0]
            raise self._unusable(f"cannot be used: {reason}") from None

    def _prepare(self, connection: Connection) -> None:
        ((ours, named, filled, encoding),) = connection.execute(_FOUND)
        if encoding != "UTF8":
            raise self._unusable(f"must be one in UTF8; this one is in {encoding}")
        if not ours:
            if filled:
                raise self._unusable("has a schema fakeayr of another program; use another one")
            if not named:
                connection.execute("CREATE SCHEMA fakeayr")
            schema = resources.files(__package__).joinpath("postgres.sql").read_bytes()
            connection.execute(schema)
            connection.execute("INSERT INTO schema_version VALUES (%s)", (SCHEMA_VERSION,))
        if connection.execute("SELECT number FROM schema_version").fetchall() != [
            (SCHEMA_VERSION,)
        ]:
            raise self._unusable("is of another version of fakeayr; use another one")

    def _unusable(self, reason: str) -> StoreUnusable:
        return StoreUnusable(f"{self._connections.name} {reason}.")

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        self._announcements.close()
        self._connections.close()

    @contextmanager
    def transaction(self, account: str) -> Iterator[None]:
        """See `Store.transaction`."""
        with self._connections.transaction(f"account {account}"):
            yield

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        with self._connections.taken() as connection:
            return connection.execute(statement, values, binary=True).fetchall()

    def _write(self, statement: str, *values: Any) -> None:
        with self._connections.taken() as connection:
            connection.execute(statement, values)

    # Accounts

    def account(self, api_key: str) -> Account | None:
        """See `Store.account`."""
        rows = self._rows("SELECT document FROM accounts WHERE api_key = %s", api_key)
        return decode_account(rows[0][0]) if rows else None

    def save_account(self, account: Account) -> None:
        """See `Store.save_account`."""
        self._write(
            "INSERT INTO accounts VALUES (%s, %s)"
            " ON CONFLICT (api_key) DO UPDATE SET document = excluded.document",
            account.api_key,
            encode(account),
        )

    def delete_account(self, api_key: str) -> None:
        """See `Store.delete_account`."""
        with self._connections.transaction():
            # First the account: whoever writes logs and counts holds its row meanwhile.
            self._write("DELETE FROM accounts WHERE api_key = %s", api_key)
            for table in ("profiles", "records", "logs", "log_ends", "windows", "usage", "outbox"):
                self._write(f"DELETE FROM {table} WHERE account = %s", api_key)  # noqa: S608

    # Profiles

    def profile(self, key: str) -> Profile | None:
        """See `Store.profile`."""
        rows = self._rows("SELECT document FROM profiles WHERE key = %s", key)
        return decode_profile(rows[0][0]) if rows else None

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """See `Store.profile_titled`."""
        rows = self._rows(
            "SELECT document FROM profiles WHERE account = %s AND title = %s AND NOT is_primary",
            account,
            _digest(title),
        )
        return decode_profile(rows[0][0]) if rows else None

    def save_profile(self, profile: Profile) -> None:
        """See `Store.save_profile`."""
        on_x = profile.links.get("twitter")
        self._write(
            "INSERT INTO profiles (key, account, is_primary, title, ref_id, created, expires,"
            " networks, own_x_app, document) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (key) DO UPDATE SET title = excluded.title, expires = excluded.expires,"
            " networks = excluded.networks, own_x_app = excluded.own_x_app,"
            " document = excluded.document",
            profile.key,
            profile.account,
            profile.primary,
            _digest(profile.title),
            profile.ref_id,
            profile.created,
            profile.expires,
            list(profile.links),
            on_x is not None and on_x.own_app,
            encode(profile),
        )

    def delete_profile(self, key: str) -> None:
        """See `Store.delete_profile`."""
        with self._connections.transaction():
            for (account,) in self._rows(
                "DELETE FROM profiles WHERE key = %s RETURNING account", key
            ):
                for table in ("windows", "usage"):
                    self._write(
                        f"DELETE FROM {table} WHERE account = %s AND profile_key = %s",  # noqa: S608
                        account,
                        key,
                    )

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """See `Store.profiles`."""
        conditions = ["account = %s", "NOT is_primary", "position > %s", "created <= %s"]
        values: list[Any] = [account, wanted.after, wanted.created_until]
        narrow = []
        if wanted.title is not None:
            narrow.append("title = %s")
            values.append(_digest(wanted.title))
        if wanted.ref_id is not None:
            narrow.append("ref_id = %s")
            values.append(wanted.ref_id)
        if wanted.profile_keys is not None:
            narrow.append("key = ANY(%s)")
            values.append(wanted.profile_keys)
        if wanted.expiring_by is not None:
            narrow.append("expires <= %s")
            values.append(wanted.expiring_by)
        conditions += narrow
        if wanted.has_links or wanted.includes or wanted.own_x_app:
            conditions.append("networks <> '{}'")
        if wanted.has_links is False:
            conditions.append("networks = '{}'")
        if wanted.includes is not None:
            conditions.append("networks @> %s")
            values.append(wanted.includes)
        if wanted.own_x_app is not None:
            conditions.append("own_x_app" if wanted.own_x_app else "NOT own_x_app")
        # Few are expected of a narrow filter. A sum keeps the planner from walking through all
        # profiles in order of their positions instead.
        order = "position + 0" if narrow else "position"
        with self._connections.taken() as connection:
            rows = connection.execute(
                "SELECT position, document FROM profiles"  # noqa: S608
                f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT %s",
                [*values, wanted.limit],
                prepare=False,  # A plan for any limit would be one for a large part of all.
                binary=True,
            ).fetchall()
        return [(position, decode_profile(document)) for position, document in rows]

    def count_profiles(self, account: str) -> int:
        """See `Store.count_profiles`."""
        rows = self._rows(
            "SELECT count(*) FROM profiles WHERE account = %s AND NOT is_primary", account
        )
        return int(rows[0][0])

    # Small documents

    def record(self, kind: str, record_id: str) -> bytes | None:
        """See `Store.record`."""
        rows = self._rows(
            "SELECT document FROM records WHERE kind = %s AND id = %s", kind, record_id
        )
        return rows[0][0] if rows else None

    def save_record(self, kind: str, record_id: str, account: str, document: bytes) -> None:
        """See `Store.save_record`."""
        self._write(
            "INSERT INTO records VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            kind,
            record_id,
            account,
            document,
        )

    def delete_record(self, kind: str, record_id: str) -> bool:
        """See `Store.delete_record`."""
        statement = "DELETE FROM records WHERE kind = %s AND id = %s RETURNING 1"
        return bool(self._rows(statement, kind, record_id))

    # Logs

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """See `Store.append_log`."""
        added: dict[str, list[bytes]] = {}
        for account, document in entries:
            added.setdefault(account, []).append(document)
        with self._batch() as connection:
            # In order of the accounts, so that no two servers wait for each other.
            connection.cursor().executemany(
                "WITH ended AS (INSERT INTO log_ends"
                " SELECT api_key, %(kind)s, %(count)s FROM accounts WHERE api_key = %(account)s"
                " FOR KEY SHARE"
                " ON CONFLICT (account, kind) DO UPDATE SET last = log_ends.last + excluded.last"
                " RETURNING account, kind, last),"
                " added AS (INSERT INTO logs"
                " SELECT account, kind, last - %(kept)s + place, document"
                " FROM ended, unnest(%(documents)s) WITH ORDINALITY AS new (document, place))"
                " DELETE FROM logs USING ended WHERE logs.account = ended.account"
                " AND logs.kind = ended.kind AND number <= last - %(limit)s",
                [
                    {
                        "kind": kind,
                        "account": account,
                        "count": len(documents),
                        "kept": len(documents[-limit:]),
                        "documents": documents[-limit:],
                        "limit": limit,
                    }
                    for account, documents in sorted(added.items())
                ],
            )

    @contextmanager
    def _batch(self) -> Iterator[Connection]:
        """A transaction that does not wait for the disk: what it writes is acknowledged nowhere."""
        with self._connections.transaction() as connection:
            connection.execute("SET LOCAL synchronous_commit = off")
            yield connection

    def log(self, kind: str, account: str) -> list[tuple[int, bytes]]:
        """See `Store.log`."""
        return self._rows(
            "SELECT number, document FROM logs WHERE account = %s AND kind = %s ORDER BY number",
            account,
            kind,
        )

    def announce(self, batch: int) -> None:
        """See `Store.announce`."""
        self._announcements.announce(batch)

    def withdraw(self, batch: int) -> None:
        """See `Store.withdraw`."""
        self._announcements.withdraw(batch)

    def await_announced(self) -> bool:
        """See `Store.await_announced`."""
        self._announcements.wait()
        return True

    def clear_log(self, kind: str, account: str) -> None:
        """See `Store.clear_log`."""
        self._write("DELETE FROM logs WHERE account = %s AND kind = %s", account, kind)

    # Counters

    def count_window(self, name: str, profile: Profile, now: float, window: float) -> int:
        """See `Store.count_window`."""
        rows = self._rows(
            "INSERT INTO windows AS w VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (account, profile_key, name) DO UPDATE SET"
            " count = CASE WHEN abs(excluded.started - w.started) >= %s THEN 1"
            " ELSE w.count + 1 END,"
            " started = CASE WHEN abs(excluded.started - w.started) >= %s THEN excluded.started"
            " ELSE w.started END RETURNING count",
            profile.account,
            profile.key,
            name,
            now,
            window,
            window,
        )
        return int(rows[0][0])

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """See `Store.add_usage`."""
        counted = sorted(calls)  # So that no two servers wait for each other.
        with self._batch() as connection:
            connection.execute(
                "SELECT FROM accounts WHERE api_key IN"
                " (SELECT account FROM profiles WHERE key = ANY(%s)) FOR KEY SHARE",
                ([key for key, _, _ in counted],),
            )
            connection.cursor().executemany(
                "INSERT INTO usage SELECT account, key, %s, %s, %s FROM profiles WHERE key = %s"
                " FOR KEY SHARE ON CONFLICT (account, profile_key, month) DO UPDATE"
                " SET calls = usage.calls + excluded.calls, last_call = excluded.last_call",
                [(month, count, last, key) for key, count, last in counted],
            )

    def usage(self, month: str, account: str, profile_key: str) -> Usage:
        """See `Store.usage`."""
        rows = self._rows(
            "SELECT calls, last_call FROM usage"
            " WHERE account = %s AND profile_key = %s AND month = %s",
            account,
            profile_key,
            month,
        )
        return Usage(calls=rows[0][0], last_call=rows[0][1]) if rows else Usage()

    # Outbox

    def add_outgoing(self, outgoing: Outgoing, due: float | None, limit: int) -> None:
        """See `Store.add_outgoing`."""
        with self._connections.transaction():
            self._write(
                "INSERT INTO outbox (id, account, channel, lane, due, document)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                outgoing.id,
                outgoing.account,
                outgoing.channel,
                outgoing.lane,
                due,
                encode(outgoing),
            )
            self._write(
                "WITH one_too_many AS (SELECT account, channel, number FROM outbox"
                " WHERE account = %s AND channel = %s ORDER BY number DESC LIMIT 1 OFFSET %s),"
                " old AS (SELECT o.number FROM outbox o JOIN one_too_many m"
                " USING (account, channel) WHERE due IS NULL AND o.number <= m.number"
                " FOR UPDATE OF o SKIP LOCKED)"
                " DELETE FROM outbox USING old WHERE outbox.number = old.number",
                outgoing.account,
                outgoing.channel,
                limit,
            )

    def save_outgoing(self, outgoing: Outgoing, due: float | None) -> None:
        """See `Store.save_outgoing`."""
        self._write(
            "UPDATE outbox SET document = %s, due = %s, leased_until = 0 WHERE id = %s",
            encode(outgoing),
            due,
            outgoing.id,
        )

    def outgoing(self, account: str, channel: Channel) -> list[Outgoing]:
        """See `Store.outgoing`."""
        rows = self._rows(
            "SELECT document FROM outbox WHERE account = %s AND channel = %s ORDER BY number",
            account,
            channel,
        )
        return [decode_outgoing(document) for (document,) in rows]

    def outgoing_item(self, account: str, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.outgoing_item`."""
        rows = self._rows(
            "SELECT document FROM outbox WHERE id = %s AND account = %s AND channel = %s",
            item_id,
            account,
            channel,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease(self, item_id: str, now: float, lease: float) -> Outgoing | None:
        """See `Store.lease`. The lease runs by the database's time, not by the caller's."""
        rows = self._rows(
            f"UPDATE outbox SET leased_until = {_NOW} + %s"  # noqa: S608
            f" WHERE id = %s AND leased_until <= {_NOW} RETURNING document",
            lease,
            item_id,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease_due(
        self, now: float, lease: float, limit: int, *, account: str | None = None
    ) -> list[Outgoing]:
        """See `Store.lease_due`. The leases run by the database's time, not by the caller's.

        What another server takes just now is passed over. The rows are looked at once more when
        they are locked, since it may have delivered one meanwhile.
        """
        mine, values = ("", []) if account is None else (" AND account = %s", [account])
        rows = self._rows(
            "WITH queued AS (SELECT number, due, leased_until, row_number() OVER ("  # noqa: S608
            f"PARTITION BY account, channel, lane ORDER BY leased_until <= {_NOW}, due, number"
            f") AS place FROM outbox WHERE due <= %s{mine}),"
            " first AS (SELECT number FROM queued"
            f" WHERE place = 1 AND leased_until <= {_NOW} ORDER BY due, number LIMIT %s),"
            " taken AS (SELECT o.number FROM outbox o JOIN first USING (number)"
            f" WHERE o.due <= %s AND o.leased_until <= {_NOW} FOR UPDATE OF o SKIP LOCKED)"
            f" UPDATE outbox SET leased_until = {_NOW} + %s FROM taken"
            " WHERE outbox.number = taken.number RETURNING outbox.number, document",
            now,
            *values,
            limit,
            now,
            lease,
        )
        return [decode_outgoing(document) for _, document in sorted(rows)]

    def next_due(self, account: str, after: float = 0.0) -> float | None:
        """See `Store.next_due`."""
        rows = self._rows(
            "SELECT min(due) FROM outbox WHERE account = %s AND due > %s", account, after
        )
        return rows[0][0]  # type: ignore[no-any-return]

    def next_wake(self) -> float | None:
        """See `Store.next_wake`."""
        rows = self._rows(
            "SELECT min(greatest(due, leased_until)) FROM outbox WHERE due IS NOT NULL"
        )
        return rows[0][0]  # type: ignore[no-any-return]

    def hasten(self, account: str, seconds: float) -> None:
        """See `Store.hasten`."""
        self._write(
            "UPDATE outbox SET due = due - %s WHERE account = %s AND due IS NOT NULL",
            seconds,
            account,
        )


def _digest(title: str) -> bytes:
    return hashlib.sha256(title.encode()).digest()
