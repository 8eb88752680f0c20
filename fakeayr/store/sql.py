"""What the stores on SQLite and PostgreSQL share: statements, and decoding their results.

Shared statements use `?` for each value. A backend adds connections, transactions, and the few
statements and expressions that differ.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import cache
from itertools import chain
from typing import Any, ClassVar, Final, TypeVar

from fakeayr.domain.accounts import Account
from fakeayr.domain.media.facts import MediaFacts
from fakeayr.domain.media.uploads import Upload
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import Tally
from fakeayr.domain.posting.posts import PENDING_ID, Post, PostFilter
from fakeayr.domain.posting.published import PublishedFilter
from fakeayr.domain.profiles import Profile, ProfileFilter, Usage
from fakeayr.store.documents import (
    decode_account,
    decode_media,
    decode_outgoing,
    decode_post,
    decode_profile,
    decode_upload,
    encode,
)

Known = TypeVar("Known", Account, Profile)

_FIND: Final[dict[type, tuple[str, Callable[[bytes], Any]]]] = {
    Account: ("SELECT document FROM accounts WHERE api_key = ?", decode_account),
    Profile: ("SELECT document FROM profiles WHERE key = ?", decode_profile),
}
_BELOW_ACCOUNT: Final = (
    *("profiles", "records", "logs", "log_ends", "windows", "usage", "outbox"),
    *("posts", "post_texts", "publications"),
    *("uploads", "upload_pieces", "declared_media"),
)
_BELOW_PROFILE: Final = ("windows", "usage", "posts", "post_texts", "publications")
_NEVER_CHANGED: Final = frozenset({"key", "account", "is_primary", "ref_id", "created"})
"""Columns of `profiles` that an update keeps."""


LANES: Final = (
    "WITH RECURSIVE lanes (lane) AS ("
    " SELECT min(lane) FROM outbox WHERE due IS NOT NULL AND lane > ? AND lane < ?"
    " UNION ALL SELECT (SELECT min(o.lane) FROM outbox o"
    " WHERE o.due IS NOT NULL AND o.lane > lanes.lane AND o.lane < ?)"
    " FROM lanes WHERE lanes.lane IS NOT NULL)"
)
"""All lanes between two texts that have something to send: one step in an index for each."""
_ALL: Final = 2**62
"""A limit that is none."""
_ACCOUNTS_WITH_DUE_POSTS: Final = (
    "WITH RECURSIVE waiting (account) AS ("
    " SELECT min(account) FROM posts WHERE due IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM posts WHERE due <= ?)"
    " UNION ALL SELECT (SELECT min(p.account) FROM posts p"
    " WHERE p.due IS NOT NULL AND p.account > waiting.account)"
    " FROM waiting WHERE waiting.account IS NOT NULL)"
    " SELECT account FROM waiting WHERE EXISTS"
    " (SELECT 1 FROM posts p WHERE p.account = waiting.account AND p.due <= ?)"
)
"""One step in an index for each account with scheduled posts, and none if nothing is due."""
_ROWS_AT_ONCE: Final = 100
"""Rows that one statement adds; databases limit its values."""
_LAST_LANE: Final = "~"
"""A text behind all lanes, which begin with an API key."""


@cache
def _upsert_post(columns: tuple[str, ...]) -> str:
    return (
        f"INSERT INTO posts ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " ON CONFLICT (id) DO UPDATE SET status = excluded.status, due = excluded.due,"
        " is_scheduled = excluded.is_scheduled, document = excluded.document"
    )


@cache
def _upsert_profile(columns: tuple[str, ...]) -> str:
    changed = [f"{name} = excluded.{name}" for name in columns if name not in _NEVER_CHANGED]
    return (
        f"INSERT INTO profiles ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT (key) DO UPDATE SET {', '.join(changed)}"
    )


class SqlStore(ABC):
    """The part of a `Store` (see `fakeayr.domain.ports`) that both databases share.

    The class attributes are SQL expressions over a row of `profiles`, `posts` or `outbox`.
    """

    _LINKED: ClassVar[str]
    """Whether the profile has links."""
    _LINKED_TO_ALL: ClassVar[str]
    """Whether the profile is linked to all networks of a list from `_bind_list`."""
    _OWN_X_APP: ClassVar[str]
    """Whether the profile's link to X uses the integrator's own app."""
    _AMONG_KEYS: ClassVar[str]
    """Whether the profile's key is in a list from `_bind_list`."""
    _ON_NETWORK: ClassVar[str]
    """Whether the post is for the network whose name in quotes stands for `{network}`."""
    _LEASABLE: ClassVar[str]
    """When the outbox item can be leased."""

    @abstractmethod
    def transaction(self, account: str) -> AbstractContextManager[None]:
        """See `Store.transaction`."""

    @abstractmethod
    def _atomic(self) -> AbstractContextManager[Any]:
        """A transaction that does not lock an account."""

    @abstractmethod
    def _run(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement and returns its rows, if any."""

    def _run_often(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Runs a statement that returns nothing, once for each row of values."""
        for values in rows:
            self._run(statement, *values)

    def _run_page(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement whose last value limits the rows."""
        return self._run(statement, *values)

    def _change(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement that changes accounts or profiles."""
        return self._run(statement, *values)

    @abstractmethod
    def _bind_list(self, values: list[str]) -> Any:
        """Returns several values as one value of a statement."""

    @abstractmethod
    def _name_order_columns(self, wanted: ProfileFilter, *, narrow: bool) -> tuple[str, str]:
        """Returns how a filter's statement names the columns `account` and `position`.

        A plus keeps the planner from scanning all profiles of an account by position if another
        index finds the few that match.
        """

    @abstractmethod
    def _bind_title(self, title: str) -> Any:
        """Returns the value of a title's column."""

    @abstractmethod
    def _bind_networks(self, networks: list[str]) -> Any:
        """Returns the value of a column with the names of networks."""

    def _make_row(self, profile: Profile) -> dict[str, Any]:
        """Returns a profile's row: values by column."""
        return {
            "key": profile.key,
            "account": profile.account,
            "is_primary": profile.primary,
            "title": self._bind_title(profile.title),
            "ref_id": profile.ref_id,
            "created": profile.created,
            "expires": profile.expires,
            "document": encode(profile),
        }

    # Accounts and profiles

    def account(self, api_key: str) -> Account | None:
        """See `Store.account`."""
        return self._find(Account, api_key)

    def profile(self, key: str) -> Profile | None:
        """See `Store.profile`."""
        return self._find(Profile, key)

    def _find(self, kind: type[Known], key: str) -> Known | None:
        statement, decode = _FIND[kind]
        for (document,) in self._run(statement, key):
            found: Known = decode(document)
            return found
        return None

    def accounts(self, limit: int) -> list[Account]:
        """See `Store.accounts`."""
        rows = self._run("SELECT document FROM accounts LIMIT ?", limit)
        found = [decode_account(document) for (document,) in rows]
        return sorted(found, key=lambda account: account.created, reverse=True)

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
        with self._atomic():
            # First the account, whose row is locked while logs and counts are written.
            self._change("DELETE FROM accounts WHERE api_key = ?", api_key)
            for table in _BELOW_ACCOUNT:
                self._run(f"DELETE FROM {table} WHERE account = ?", api_key)

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """See `Store.profile_titled`."""
        rows = self._run(
            "SELECT document FROM profiles WHERE account = ? AND title = ? AND NOT is_primary",
            account,
            self._bind_title(title),
        )
        return decode_profile(rows[0][0]) if rows else None

    def save_profile(self, profile: Profile) -> None:
        """See `Store.save_profile`."""
        columns = self._make_row(profile)
        self._change(_upsert_profile(tuple(columns)), *columns.values())

    def delete_profile(self, key: str) -> None:
        """See `Store.delete_profile`."""
        with self._atomic():
            deleted = self._change("DELETE FROM profiles WHERE key = ? RETURNING account", key)
            for (account,) in deleted:
                for table in _BELOW_PROFILE:
                    self._run(
                        f"DELETE FROM {table} WHERE account = ? AND profile_key = ?", account, key
                    )

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """See `Store.profiles`."""
        narrow: dict[str, Any] = {}  # Conditions that few profiles match.
        if wanted.title is not None:
            narrow["title = ?"] = self._bind_title(wanted.title)
        if wanted.ref_id is not None:
            narrow["ref_id = ?"] = wanted.ref_id
        if wanted.profile_keys is not None:
            narrow[self._AMONG_KEYS] = self._bind_list(wanted.profile_keys)
        if wanted.expiring_by is not None:
            narrow["expires <= ?"] = wanted.expiring_by
        owner, position = self._name_order_columns(wanted, narrow=bool(narrow))
        conditions = {
            f"{owner} = ?": account,
            f"{position} > ?": wanted.after,
        } | narrow
        if wanted.created_until is not None:
            conditions["created <= ?"] = wanted.created_until
        bare = ["NOT is_primary"]
        if wanted.has_links or wanted.includes or wanted.own_x_app:
            bare.append(self._LINKED)
        if wanted.has_links is False:
            bare.append(f"NOT {self._LINKED}")
        if wanted.own_x_app is not None:
            bare.append(self._OWN_X_APP if wanted.own_x_app else f"NOT {self._OWN_X_APP}")
        if wanted.includes is not None:
            conditions[self._LINKED_TO_ALL] = self._bind_list(wanted.includes)
        rows = self._run_page(
            f"SELECT position, document FROM profiles WHERE {' AND '.join([*conditions, *bare])}"
            f" ORDER BY {position} LIMIT ?",
            *conditions.values(),
            wanted.limit,
        )
        return [(number, decode_profile(document)) for number, document in rows]

    def count_profiles(self, account: str) -> int:
        """See `Store.count_profiles`."""
        rows = self._run(
            "SELECT count(*) FROM profiles WHERE account = ? AND NOT is_primary", account
        )
        return int(rows[0][0])

    # Small documents

    def record(self, kind: str, record_id: str) -> bytes | None:
        """See `Store.record`."""
        rows = self._run("SELECT document FROM records WHERE kind = ? AND id = ?", kind, record_id)
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

    # Logs

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
        return self._run(
            "SELECT number, document FROM logs WHERE account = ? AND kind = ? AND number > ?"
            " ORDER BY number LIMIT ?",
            account,
            kind,
            after,
            _ALL if limit is None else limit,
        )

    def tally(self, account: str, log: str) -> Tally:
        """See `Store.tally`."""
        outbox = "(SELECT count(*) FROM outbox WHERE account = ? AND channel = ?)"
        rows = self._run(
            "SELECT coalesce((SELECT last FROM log_ends WHERE account = ? AND kind = ?), 0),"
            " (SELECT count(*) FROM logs WHERE account = ? AND kind = ?),"
            f" (SELECT count(*) FROM posts WHERE account = ?), {outbox}, {outbox}",
            *(account, log) * 2,
            account,
            *(account, Channel.WEBHOOK),
            *(account, Channel.EMAIL),
        )
        return Tally(*rows[0])

    def clear_log(self, kind: str, account: str) -> None:
        """See `Store.clear_log`."""
        self._run("DELETE FROM logs WHERE account = ? AND kind = ?", account, kind)

    # Counters

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
        rows = self._run(
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

    # Outbox

    def add_outgoing(self, items: Iterable[tuple[Outgoing, float | None]], limit: int) -> None:
        """See `Store.add_outgoing`."""
        items = list(items)
        with self._atomic():
            self._run_often(
                "INSERT INTO outbox (id, account, channel, lane, due, document)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (one.id, one.account, one.channel, one.lane, due, encode(one))
                    for one, due in items
                ],
            )
            for account, channel in {(one.account, one.channel) for one, _ in items}:
                self._drop_finished(account, channel, limit)

    @abstractmethod
    def _drop_finished(self, account: str, channel: Channel, limit: int) -> None:
        """Removes finished items that are older than the latest `limit` of the channel."""

    def _lane_bounds(self, account: str | None) -> tuple[str, str, str]:
        """The values of `LANES` for the lanes of an account, or for all."""
        low, high = ("", _LAST_LANE) if account is None else (f"{account} ", f"{account}!")
        return low, high, high

    def save_outgoing(self, outgoing: Outgoing, due: float | None) -> None:
        """See `Store.save_outgoing`."""
        self._run(
            "UPDATE outbox SET document = ?, due = ?, leased_until = 0 WHERE id = ?",
            encode(outgoing),
            due,
            outgoing.id,
        )

    def outgoing(
        self, account: str, channel: Channel, *, limit: int | None = None
    ) -> list[Outgoing]:
        """See `Store.outgoing`."""
        rows = self._run(
            "SELECT document FROM outbox WHERE account = ? AND channel = ?"
            " ORDER BY number DESC LIMIT ?",
            account,
            channel,
            _ALL if limit is None else limit,
        )
        return [decode_outgoing(document) for (document,) in reversed(rows)]

    def outgoing_item(self, account: str, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.outgoing_item`."""
        rows = self._run(
            "SELECT document FROM outbox WHERE id = ? AND account = ? AND channel = ?",
            item_id,
            account,
            channel,
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def find_outgoing(self, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.find_outgoing`."""
        rows = self._run(
            "SELECT document FROM outbox WHERE id = ? AND channel = ?", item_id, channel
        )
        return decode_outgoing(rows[0][0]) if rows else None

    def next_due(self, account: str, after: float = 0.0) -> float | None:
        """See `Store.next_due`."""
        return self._first(
            "SELECT min(due) FROM outbox WHERE account = ? AND due > ?"
            " UNION ALL SELECT min(due) FROM posts WHERE account = ? AND due > ?",
            *(account, after),
            *(account, after),
        )

    def next_wake(self) -> float | None:
        """See `Store.next_wake`."""
        return self._first(
            f"SELECT min({self._LEASABLE}) FROM outbox WHERE due IS NOT NULL"
            " UNION ALL SELECT min(due) FROM posts WHERE due IS NOT NULL"
        )

    def _first(self, statement: str, *values: Any) -> float | None:
        """The earliest of several instants."""
        rows = self._run(statement, *values)
        return min((instant for (instant,) in rows if instant is not None), default=None)

    def hasten(self, account: str, seconds: float) -> None:
        """See `Store.hasten`."""
        for table in ("outbox", "posts"):
            self._run(
                f"UPDATE {table} SET due = due - ? WHERE account = ? AND due IS NOT NULL",
                seconds,
                account,
            )

    # Posts

    def save_posts(self, posts: Iterable[tuple[Post, float | None]]) -> None:
        """See `Store.save_posts`."""
        kept = list(posts)
        if not kept:
            return
        rows = [self._make_post_row(post, due) for post, due in kept]
        with self._atomic():
            self._run_often(_upsert_post(tuple(rows[0])), [tuple(row.values()) for row in rows])
            self._save_publications(post for post, _ in kept)

    def _save_publications(self, posts: Iterable[Post]) -> None:
        """Keeps what is live of posts, by the networks' ids, and forgets what no longer is."""
        live, gone = [], []
        for post in posts:
            for one in post.publications:
                name = post.account, one.platform, one.id
                if one.id in {"", PENDING_ID}:
                    continue
                if one.is_live and one.published is not None:
                    live.append((*name, post.profile_key, one.published, post.id))
                else:
                    gone.append(name)
        if gone:
            self._run_often(
                "DELETE FROM publications WHERE account = ? AND platform = ? AND id = ?", gone
            )
        for begin in range(0, len(live), _ROWS_AT_ONCE):
            some = live[begin : begin + _ROWS_AT_ONCE]
            rows = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(some))
            self._run(
                "INSERT INTO publications (account, platform, id, profile_key, published, post_id)"
                f" VALUES {rows} ON CONFLICT DO NOTHING",
                *chain.from_iterable(some),
            )

    def _make_post_row(self, post: Post, due: float | None) -> dict[str, Any]:
        """Returns a post's row: values by column."""
        return {
            "id": post.id,
            "account": post.account,
            "profile_key": post.profile_key,
            "created": post.created,
            "status": post.status.value,
            "is_scheduled": post.request.scheduled is not None,
            "auto_repost_id": post.request.auto_repost_id,
            "idempotency_key": post.idempotency_key,
            "networks": self._bind_networks(post.request.platforms),
            "due": due,
            "document": encode(post),
        }

    def post(self, account: str, post_id: str) -> Post | None:
        """See `Store.post`."""
        statement = "SELECT document FROM posts WHERE id = ? AND account = ?"
        rows = self._run(statement, post_id, account)
        return decode_post(rows[0][0]) if rows else None

    def posts(self, account: str, wanted: PostFilter) -> list[Post]:
        """See `Store.posts`."""
        if wanted.platforms is None:
            found = self._find_posts(account, wanted)
        else:  # Each network has an index.
            by_network = [
                self._find_posts(account, wanted, network) for network in wanted.platforms
            ]
            found = sorted({row for rows in by_network for row in rows}, reverse=True)
        return [decode_post(document) for _, _, document in found[: wanted.limit]]

    def _find_posts(
        self, account: str, wanted: PostFilter, network: str | None = None
    ) -> list[tuple[float, int, bytes]]:
        """Returns what posts are sorted by, and their documents."""
        conditions: dict[str, Any] = {"account = ?": account}
        if wanted.profile_key is not None:
            conditions = {"profile_key = ?": wanted.profile_key}
        if wanted.since is not None:
            conditions["created >= ?"] = wanted.since
        if wanted.until is not None:
            conditions["created <= ?"] = wanted.until
        if wanted.scheduled is not None:
            conditions["is_scheduled = ?"] = wanted.scheduled
        bare = []
        if network is not None:
            bare.append(self._ON_NETWORK.format(network=_quote([network])))
        if wanted.statuses is not None:
            bare.append(f"status IN ({_quote(sorted(wanted.statuses))})")
        if wanted.excluded:
            bare.append(f"status NOT IN ({_quote(sorted(wanted.excluded))})")
        if wanted.auto_repost_id:
            conditions["auto_repost_id = ?"] = wanted.auto_repost_id
        elif wanted.auto_repost_id is not None:
            bare.append("auto_repost_id IS NOT NULL")
        first = "0" if wanted.profile_key is None else "created"
        order = "position DESC" if wanted.profile_key is None else "created DESC, position DESC"
        return self._run_page(
            f"SELECT {first}, position, document FROM posts"
            f" WHERE {' AND '.join([*conditions, *bare])} ORDER BY {order} LIMIT ?",
            *conditions.values(),
            wanted.limit,
        )

    def post_published_as(self, account: str, platform: str, network_id: str) -> Post | None:
        """See `Store.post_published_as`."""
        rows = self._run(
            "SELECT posts.document FROM publications JOIN posts ON posts.id = post_id"
            " WHERE publications.account = ? AND platform = ? AND publications.id = ?",
            *(account, platform, network_id),
        )
        return decode_post(rows[0][0]) if rows else None

    def published(self, wanted: PublishedFilter) -> list[Post]:
        """See `Store.published`."""
        conditions: dict[str, tuple[Any, ...]] = {
            "publications.profile_key = ?": (wanted.profile_key,),
            "platform = ?": (wanted.platform,),
        }
        if wanted.since is not None:
            conditions["published >= ?"] = (wanted.since,)
        if wanted.until is not None:
            conditions["published <= ?"] = (wanted.until,)
        if wanted.before is not None:
            conditions["(published, publications.id) < (?, ?)"] = wanted.before
        rows = self._run_page(
            "SELECT posts.document FROM publications JOIN posts ON posts.id = post_id"
            f" WHERE {' AND '.join(conditions)}"
            " ORDER BY published DESC, publications.id DESC LIMIT ?",
            *(*chain.from_iterable(conditions.values()), wanted.limit),
        )
        return [decode_post(document) for (document,) in rows]

    def has_idempotency_key(self, profile_key: str, key: str) -> bool:
        """See `Store.has_idempotency_key`."""
        statement = "SELECT 1 FROM posts WHERE profile_key = ? AND idempotency_key = ?"
        return bool(self._run(statement, profile_key, key))

    def due_posts(self, account: str, now: float, limit: int) -> list[Post]:
        """See `Store.due_posts`."""
        rows = self._run_page(
            "SELECT document FROM posts WHERE account = ? AND due <= ?"
            " ORDER BY due, position LIMIT ?",
            *(account, now, limit),
        )
        return [decode_post(document) for (document,) in rows]

    def accounts_with_due_posts(self, now: float) -> list[str]:
        """See `Store.accounts_with_due_posts`."""
        return [account for (account,) in self._run(_ACCOUNTS_WITH_DUE_POSTS, now, now)]

    def add_post_text(self, post: Post, digest: str, instant: float) -> None:
        """See `Store.add_post_text`."""
        self._run(
            "INSERT INTO post_texts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(post.account, post.profile_key, digest, instant, post.id),
        )

    def posts_with_text(
        self, profile_key: str, digest: str, after: float, before: float
    ) -> list[Post]:
        """See `Store.posts_with_text`."""
        rows = self._run(
            "SELECT document FROM posts WHERE id IN (SELECT post_id FROM post_texts"
            " WHERE profile_key = ? AND digest = ? AND instant > ? AND instant < ?)"
            " ORDER BY position",
            *(profile_key, digest, after, before),
        )
        return [decode_post(document) for (document,) in rows]

    # Media

    def save_upload(self, upload: Upload) -> None:
        """See `Store.save_upload`."""
        self._run(
            "INSERT INTO uploads (id, account, document) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            upload.id,
            upload.account,
            encode(upload),
        )

    def upload(self, upload_id: str) -> Upload | None:
        """See `Store.upload`."""
        rows = self._run("SELECT document FROM uploads WHERE id = ?", upload_id)
        return decode_upload(rows[0][0]) if rows else None

    def uploads(self, account: str) -> list[Upload]:
        """See `Store.uploads`."""
        rows = self._run("SELECT document FROM uploads WHERE account = ? ORDER BY number", account)
        return [decode_upload(document) for (document,) in rows]

    def delete_upload(self, upload_id: str) -> None:
        """See `Store.delete_upload`."""
        with self._atomic():
            self._run("DELETE FROM uploads WHERE id = ?", upload_id)
            self._run("DELETE FROM upload_pieces WHERE upload = ?", upload_id)

    def add_upload_piece(self, upload: Upload, number: int, content: bytes) -> None:
        """See `Store.add_upload_piece`."""
        self._run(
            "INSERT INTO upload_pieces VALUES (?, ?, ?, ?)",
            upload.id,
            number,
            upload.account,
            content,
        )

    def upload_piece(self, upload_id: str, number: int) -> bytes | None:
        """See `Store.upload_piece`."""
        rows = self._run(
            "SELECT content FROM upload_pieces WHERE upload = ? AND number = ?", upload_id, number
        )
        return rows[0][0] if rows else None

    def save_declared(self, account: str, facts: MediaFacts) -> None:
        """See `Store.save_declared`."""
        self._run(
            "INSERT INTO declared_media (account, url, document) VALUES (?, ?, ?)"
            " ON CONFLICT (account, url) DO UPDATE SET document = excluded.document",
            account,
            _digest(facts.url),
            encode(facts),
        )

    def declared(self, account: str, url: str) -> MediaFacts | None:
        """See `Store.declared`."""
        rows = self._run(
            "SELECT document FROM declared_media WHERE account = ? AND url = ?",
            account,
            _digest(url),
        )
        return decode_media(rows[0][0]) if rows else None

    def all_declared(self, account: str) -> list[MediaFacts]:
        """See `Store.all_declared`."""
        rows = self._run(
            "SELECT document FROM declared_media WHERE account = ? ORDER BY number", account
        )
        return [decode_media(document) for (document,) in rows]

    def count_declared(self, account: str) -> int:
        """See `Store.count_declared`."""
        rows = self._run("SELECT count(*) FROM declared_media WHERE account = ?", account)
        return int(rows[0][0])

    def clear_declared(self, account: str) -> None:
        """See `Store.clear_declared`."""
        self._run("DELETE FROM declared_media WHERE account = ?", account)


def _quote(words: Iterable[str]) -> str:
    """Returns our own words, statuses and networks, as SQL texts."""
    return ", ".join(f"'{word!s}'" for word in words)


def _digest(url: str) -> bytes:
    """What stands for a URL, which can be longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()
