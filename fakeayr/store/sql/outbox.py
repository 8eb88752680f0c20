"""The outbox: webhooks and e-mails."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.store.documents import decode_outgoing, encode
from fakeayr.store.sql.statements import NO_LIMIT, Statements

LANES: Final = (
    "WITH RECURSIVE lanes (lane) AS ("
    " SELECT min(lane) FROM outbox WHERE due IS NOT NULL AND lane > ? AND lane < ?"
    " UNION ALL SELECT (SELECT min(o.lane) FROM outbox o"
    " WHERE o.due IS NOT NULL AND o.lane > lanes.lane AND o.lane < ?)"
    " FROM lanes WHERE lanes.lane IS NOT NULL)"
)
"""All lanes between two texts that have something to send: one step in an index for each."""
_LAST_LANE: Final = "~"
"""A text behind all lanes, which begin with an API key."""


class OutboxStatements(Statements):
    """What is sent, and when. Posts that are due wake the sender, too."""

    _LEASABLE: ClassVar[str]
    """An expression over a row of `outbox`: when the item can be leased."""

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
        latest = self._read_all(
            decode_outgoing,
            "SELECT document FROM outbox WHERE account = ? AND channel = ?"
            " ORDER BY number DESC LIMIT ?",
            account,
            channel,
            NO_LIMIT if limit is None else limit,
        )
        return latest[::-1]

    def outgoing_item(self, account: str, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.outgoing_item`."""
        return self._read_one(
            decode_outgoing,
            "SELECT document FROM outbox WHERE id = ? AND account = ? AND channel = ?",
            item_id,
            account,
            channel,
        )

    def find_outgoing(self, channel: Channel, item_id: str) -> Outgoing | None:
        """See `Store.find_outgoing`."""
        return self._read_one(
            decode_outgoing,
            "SELECT document FROM outbox WHERE id = ? AND channel = ?",
            item_id,
            channel,
        )

    def next_due(self, account: str, after: float = 0.0) -> float | None:
        """See `Store.next_due`."""
        return self._read_first(
            "SELECT min(due) FROM outbox WHERE account = ? AND due > ?"
            " UNION ALL SELECT min(due) FROM posts WHERE account = ? AND due > ?",
            *(account, after),
            *(account, after),
        )

    def next_wake(self) -> float | None:
        """See `Store.next_wake`."""
        return self._read_first(
            f"SELECT min({self._LEASABLE}) FROM outbox WHERE due IS NOT NULL"
            " UNION ALL SELECT min(due) FROM posts WHERE due IS NOT NULL"
        )

    def hasten(self, account: str, seconds: float) -> None:
        """See `Store.hasten`."""
        for table in ("outbox", "posts"):
            self._run(
                f"UPDATE {table} SET due = due - ? WHERE account = ? AND due IS NOT NULL",
                seconds,
                account,
            )
