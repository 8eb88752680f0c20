"""Small documents, logs and counters."""

from abc import abstractmethod
from collections.abc import Iterable

from fakeayr.domain.notifications.outbox import Channel
from fakeayr.domain.ports import MOST_COUNTED, Tally
from fakeayr.domain.posting.posts import Post
from fakeayr.domain.profiles import Profile, Usage
from fakeayr.store.sql.statements import NO_LIMIT, Statements


def _count(table: str, *columns: str) -> str:
    """An expression for the number of an account's rows, of one kind by further columns."""
    chosen = "".join(f" AND {column} = ?" for column in columns)
    some = f"SELECT 1 FROM {table} WHERE account = ?{chosen} LIMIT {MOST_COUNTED}"
    return f"(SELECT count(*) FROM ({some}) AS counted)"


class RecordStatements(Statements):
    """What is kept for accounts and profiles beside themselves."""

    def record(self, kind: str, record_id: str) -> bytes | None:
        """See `Store.record`."""
        rows = self._read("SELECT document FROM records WHERE kind = ? AND id = ?", kind, record_id)
        return rows[0][0] if rows else None

    def save_record(self, kind: str, record_id: str, account: str, document: bytes) -> None:
        """See `Store.save_record`."""
        self._run(
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
        return bool(self._run(statement, kind, record_id))

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """See `Store.append_log`."""
        added: dict[str, list[bytes]] = {}
        for account, document in entries:
            added.setdefault(account, []).append(document)
        # In order of the accounts, so that servers do not deadlock.
        self._append(kind, limit, sorted(added.items()))

    @abstractmethod
    def _append(self, kind: str, limit: int, added: list[tuple[str, list[bytes]]]) -> None:
        """Adds the entries of accounts that exist."""

    def log(
        self, kind: str, account: str, *, after: int = 0, limit: int | None = None
    ) -> list[tuple[int, bytes]]:
        """See `Store.log`."""
        return self._read(
            "SELECT number, document FROM logs WHERE account = ? AND kind = ? AND number > ?"
            " ORDER BY number LIMIT ?",
            account,
            kind,
            after,
            NO_LIMIT if limit is None else limit,
        )

    def tally(self, account: str, log: str) -> Tally:
        """See `Store.tally`."""
        rows = self._read(
            "SELECT coalesce((SELECT last FROM log_ends WHERE account = ? AND kind = ?), 0),"
            f" {_count('logs', 'kind')}, {_count('posts')},"
            f" {_count('outbox', 'channel')}, {_count('outbox', 'channel')}",
            *(account, log) * 2,
            account,
            *(account, Channel.WEBHOOK),
            *(account, Channel.EMAIL),
        )
        return Tally(*rows[0])

    def clear_log(self, kind: str, account: str) -> None:
        """See `Store.clear_log`."""
        self._run("DELETE FROM logs WHERE account = ? AND kind = ?", account, kind)

    def count_window(self, name: str, profile: Profile, now: float, window: float) -> int:
        """See `Store.count_window`."""
        rows = self._run(
            "INSERT INTO windows VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT (account, profile_key, name) DO UPDATE SET"
            " count = CASE WHEN abs(excluded.started - windows.started) >= ? THEN 1"
            " ELSE windows.count + 1 END,"
            " started = CASE WHEN abs(excluded.started - windows.started) >= ?"
            " THEN excluded.started ELSE windows.started END"
            " RETURNING count",
            profile.account,
            profile.key,
            name,
            now,
            window,
            window,
        )
        return int(rows[0][0])

    def usage(self, month: str, account: str, profile_key: str) -> Usage:
        """See `Store.usage`."""
        rows = self._read(
            "SELECT calls, last_call, posts FROM usage"
            " WHERE account = ? AND profile_key = ? AND month = ?",
            account,
            profile_key,
            month,
        )
        if not rows:
            return Usage()
        calls, last_call, posts = rows[0]
        return Usage(calls=calls, last_call=last_call if calls else None, posts=posts)

    def count_post(self, month: str, post: Post) -> None:
        """See `Store.count_post`."""
        self._run(
            "INSERT INTO usage VALUES (?, ?, ?, 0, 0, 1)"
            " ON CONFLICT (account, profile_key, month) DO UPDATE SET posts = usage.posts + 1",
            *(post.account, post.profile_key, month),
        )
