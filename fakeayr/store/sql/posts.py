"""Posts, where they are published, and their texts."""

from abc import abstractmethod
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Any, ClassVar, Final

from fakeayr.domain.posting.posts import PENDING_ID, Post, PostFilter
from fakeayr.domain.posting.published import PublishedFilter
from fakeayr.store.documents import decode_post, encode
from fakeayr.store.sql.statements import Statements

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


@cache
def _upsert_post(columns: tuple[str, ...]) -> str:
    return (
        f"INSERT INTO posts ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " ON CONFLICT (id) DO UPDATE SET status = excluded.status, due = excluded.due,"
        " is_scheduled = excluded.is_scheduled, document = excluded.document"
    )


class PostStatements(Statements):
    """Posts and their publications."""

    _ON_NETWORK: ClassVar[str]
    """An expression over a row of `posts`: whether the post is for the network whose name in quotes
    stands for `{network}`."""

    @abstractmethod
    def _bind_networks(self, networks: list[str]) -> Any:
        """Returns the value of a column with the names of networks."""

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
        return self._read_one(decode_post, statement, post_id, account)

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
        return self._read_page(
            f"SELECT {first}, position, document FROM posts"
            f" WHERE {' AND '.join([*conditions, *bare])} ORDER BY {order} LIMIT ?",
            *conditions.values(),
            wanted.limit,
        )

    def post_published_as(self, account: str, platform: str, network_id: str) -> Post | None:
        """See `Store.post_published_as`."""
        return self._read_one(
            decode_post,
            "SELECT posts.document FROM publications JOIN posts ON posts.id = post_id"
            " WHERE publications.account = ? AND platform = ? AND publications.id = ?",
            *(account, platform, network_id),
        )

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
        rows = self._read_page(
            "SELECT posts.document FROM publications JOIN posts ON posts.id = post_id"
            f" WHERE {' AND '.join(conditions)}"
            " ORDER BY published DESC, publications.id DESC LIMIT ?",
            *(*chain.from_iterable(conditions.values()), wanted.limit),
        )
        return [decode_post(document) for (document,) in rows]

    def has_idempotency_key(self, profile_key: str, key: str) -> bool:
        """See `Store.has_idempotency_key`."""
        statement = "SELECT 1 FROM posts WHERE profile_key = ? AND idempotency_key = ?"
        return bool(self._read(statement, profile_key, key))

    def due_posts(self, account: str, now: float, limit: int) -> list[Post]:
        """See `Store.due_posts`."""
        rows = self._read_page(
            "SELECT document FROM posts WHERE account = ? AND due <= ?"
            " ORDER BY due, position LIMIT ?",
            *(account, now, limit),
        )
        return [decode_post(document) for (document,) in rows]

    def accounts_with_due_posts(self, now: float) -> list[str]:
        """See `Store.accounts_with_due_posts`."""
        return [account for (account,) in self._read(_ACCOUNTS_WITH_DUE_POSTS, now, now)]

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
        return self._read_all(
            decode_post,
            "SELECT document FROM posts WHERE id IN (SELECT post_id FROM post_texts"
            " WHERE profile_key = ? AND digest = ? AND instant > ? AND instant < ?)"
            " ORDER BY position",
            *(profile_key, digest, after, before),
        )


def _quote(words: Iterable[str]) -> str:
    """Returns our own words, statuses and networks, as SQL texts."""
    return ", ".join(f"'{word!s}'" for word in words)
