"""The store on PostgreSQL, for servers on several machines.

Nothing is cached: a look-up is one indexed statement, and sees what all servers have acknowledged.
A transaction locks its account. Acknowledged changes are as safe as the database keeps them; the
journal and the call counts may lose their latest entries in a crash of the database.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, ClassVar, Final

import psycopg
from psycopg import Connection

from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import StoreUnusable
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.store.documents import decode_outgoing
from fakeayr.store.migrations import POSTGRES, describe_newer_version, read_migrations
from fakeayr.store.postgres.announcements import Announcements
from fakeayr.store.postgres.connections import Connections
from fakeayr.store.sql import SqlStore
from fakeayr.store.sql.outbox import LANES

_FOUND: Final = (
    "SELECT to_regclass('fakeayr.schema_version') IS NOT NULL,"
    " to_regnamespace('fakeayr') IS NOT NULL,"
    " EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('fakeayr')),"
    " current_setting('server_encoding')"
)
_NOW: Final = "extract(epoch FROM now())::float8"
"""The database's time, for statements outside of a transaction."""


class PostgresStore(SqlStore):
    """A `Store` (see `fakeayr.domain.ports`) in the schema `fakeayr` of a PostgreSQL database.

    Args:
        url: The database's URL; see `Connections`. The schema is created if it does not exist, and
            migrated if it is of an older version.

    Attributes:
        remote: Whether the database is another program; see `Store.remote`.

    Raises:
        StoreUnusable: The URL is malformed, the database cannot be written, or the schema belongs
            to another program or a newer version.
        StoreUnreachable: The database does not respond.
    """

    remote: ClassVar = True

    _LINKED = "(networks <> '{}')"
    _LINKED_TO_ALL = "networks @> ?"
    _OWN_X_APP = "own_x_app"
    _AMONG_KEYS = "key = ANY(?)"
    _ON_NETWORK = "{network} = ANY (networks)"  # As in the indexes.
    _LEASABLE = "greatest(due, leased_until)"

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
                self._bring_up_to_date(connection)
        except psycopg.Error as error:  # For instance, a missing privilege.
            reason = str(error).partition("\n")[0]
            raise self._make_error(f"cannot be used: {reason}") from None

    def _bring_up_to_date(self, connection: Connection) -> None:
        ((ours, named, filled, encoding),) = connection.execute(_FOUND)
        if encoding != "UTF8":
            raise self._make_error(f"has the encoding {encoding}; use one with UTF8")
        if not ours and filled:
            raise self._make_error(
                "has a schema fakeayr that belongs to another program; use another database"
            )
        if not named:
            connection.execute("CREATE SCHEMA fakeayr")
        scripts = read_migrations(POSTGRES)
        newest = max(scripts)
        found = 0
        if ours:
            ((found,),) = connection.execute("SELECT number FROM schema_version")
        if found > newest:
            raise self._make_error(describe_newer_version(found, newest))
        if found == newest:
            return
        for number, script in scripts.items():
            if number > found:
                connection.execute(script.encode())
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES (%s)", (newest,))

    def _make_error(self, reason: str) -> StoreUnusable:
        return StoreUnusable(f"{self._connections.name} {reason}.")

    def close(self) -> None:
        """Closes all connections."""
        self._announcements.close()
        self._connections.close()

    @contextmanager
    def transaction(self, account: str) -> Iterator[None]:
        """See `Store.transaction`."""
        with self._connections.transaction(f"account {account}"):
            yield

    def _atomic(self) -> AbstractContextManager[Connection]:
        return self._connections.transaction()

    def _run(self, statement: str, *values: Any) -> list[Any]:
        return self._fetch(statement, values)

    _read = _run

    def _run_often(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if len(rows) == 1:  # For one, that takes less time.
            self._run(statement, *rows[0])
            return
        with self._connections.borrow() as connection:
            connection.cursor().executemany(_use_placeholders(statement), rows)

    def _read_page(self, statement: str, *values: Any) -> list[Any]:
        # A prepared plan, for any limit, would expect a large part of all rows.
        return self._fetch(statement, values, prepare=False)

    def _fetch(
        self, statement: str, values: tuple[Any, ...], *, prepare: bool | None = None
    ) -> list[Any]:
        with self._connections.borrow() as connection:
            found = connection.execute(
                _use_placeholders(statement), values, prepare=prepare, binary=True
            )
            return [] if found.rownumber is None else found.fetchall()

    def _bind_list(self, values: list[str]) -> list[str]:
        return values

    def _name_order_columns(self, wanted: ProfileFilter, *, narrow: bool) -> tuple[str, str]:
        return "account", "+position" if narrow else "position"

    def _bind_title(self, title: str) -> bytes:
        return hashlib.sha256(title.encode()).digest()

    def _make_row(self, profile: Profile) -> dict[str, Any]:
        on_x = profile.links.get("twitter")
        return super()._make_row(profile) | {
            "networks": list(profile.links),
            "own_x_app": on_x is not None and on_x.own_app,
        }

    def _bind_networks(self, networks: list[str]) -> list[str]:
        return networks

    @contextmanager
    def _batch(self) -> Iterator[Connection]:
        """A transaction that does not wait for the disk, for data that is not acknowledged."""
        with self._connections.transaction() as connection:
            connection.execute("SET LOCAL synchronous_commit = off")
            yield connection

    def _append(self, kind: str, limit: int, added: list[tuple[str, list[bytes]]]) -> None:
        with self._batch() as connection:
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
                    for account, documents in added
                ],
            )

    def announce_entries(self) -> Callable[[], None]:
        """See `Store.announce_entries`."""
        return self._announcements.announce()

    def await_entries(self) -> None:
        """See `Store.await_entries`."""
        self._announcements.wait()

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """See `Store.add_usage`."""
        counted = sorted(calls)  # So that servers do not deadlock.
        with self._batch() as connection:
            connection.execute(
                "SELECT FROM accounts WHERE api_key IN"
                " (SELECT account FROM profiles WHERE key = ANY(%s)) FOR KEY SHARE",
                ([key for key, _, _ in counted],),
            )
            connection.cursor().executemany(
                "INSERT INTO usage (account, profile_key, month, calls, last_call)"
                " SELECT account, key, %s, %s, %s FROM profiles WHERE key = %s"
                " FOR KEY SHARE ON CONFLICT (account, profile_key, month) DO UPDATE"
                " SET calls = usage.calls + excluded.calls, last_call = excluded.last_call",
                [(month, count, last, key) for key, count, last in counted],
            )

    def _drop_finished(self, account: str, channel: Channel, limit: int) -> None:
        self._run(
            "WITH one_too_many AS (SELECT account, channel, number FROM outbox"
            " WHERE account = ? AND channel = ? AND due IS NULL"
            " ORDER BY number DESC LIMIT 1 OFFSET ?),"
            " old AS (SELECT o.number FROM outbox o JOIN one_too_many m"
            " USING (account, channel) WHERE due IS NULL AND o.number <= m.number"
            " FOR UPDATE OF o SKIP LOCKED)"
            " DELETE FROM outbox USING old WHERE outbox.number = old.number",
            account,
            channel,
            limit,
        )

    def lease(self, item_id: str, now: float, lease: float) -> Outgoing | None:
        """See `Store.lease`. The lease uses the database's time, not the caller's."""
        rows = self._run(
            f"UPDATE outbox SET leased_until = {_NOW} + ?"
            f" WHERE id = ? AND leased_until <= {_NOW} RETURNING document",
            lease,
            item_id,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def lease_due(
        self, now: float, lease: float, limit: int, *, account: str | None = None
    ) -> list[Outgoing]:
        """See `Store.lease_due`. The leases use the database's time, not the caller's.

        Rows that another server is leasing are skipped. The conditions are checked again on locked
        rows, because another server may have delivered one.
        """
        rows = self._run(
            f"{LANES}, first AS (SELECT (SELECT o.number FROM outbox o"
            " WHERE o.lane = lanes.lane AND o.due <= ? ORDER BY o.due, o.number LIMIT 1) AS number"
            " FROM lanes WHERE lanes.lane IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox l"
            f" WHERE l.lane = lanes.lane AND l.leased_until > 0 AND l.leased_until > {_NOW})),"
            " borrow AS (SELECT o.number FROM outbox o JOIN first USING (number)"
            f" WHERE o.due <= ? AND o.leased_until <= {_NOW}"
            " ORDER BY o.due, o.number LIMIT ? FOR UPDATE OF o SKIP LOCKED)"
            f" UPDATE outbox SET leased_until = {_NOW} + ? FROM borrow"
            " WHERE outbox.number = borrow.number RETURNING outbox.number, document",
            *self._lane_bounds(account),
            *(now, now, limit, lease),
        )
        return [decode_outgoing(document) for _, document in sorted(rows)]


@lru_cache(maxsize=256)
def _use_placeholders(statement: str) -> str:
    """Returns a statement with psycopg's placeholders. Statements contain no other `?` or `%`."""
    return statement.replace("?", "%s")
