"""What was advised to an account: counted beside journal and outbox, which forget the oldest."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from fakeayr.domain.advice.pieces import Piece, order_of
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.journal import Entry
from fakeayr.domain.ports import Store
from fakeayr.domain.records import Record, RecordKind

_MOST: Final = 300
"""Different pieces of advice kept for each account; the ones not seen for the longest go."""
_MOST_REQUESTS: Final = 20


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of advice and how often it was due.

    Attributes:
        piece: The piece as it was found first.
        count: How often it was found.
        first: When it was found first, UNIX seconds of the account's time.
        last: When it was found last.
        method: The method of the first request; empty if there was none.
        path: The path of the first request.
        ref_id: The profile it concerns.
        requests: Ids of the latest requests in the journal.
    """

    piece: Piece
    count: int = 1
    first: float
    last: float
    method: str = ""
    path: str = ""
    ref_id: str | None = None
    requests: list[int] = []

    def add(self, other: "Found") -> "Found":
        """Both together, where both are about the same."""
        earlier = min(self, other, key=lambda found: found.first)
        return msgspec.structs.replace(
            earlier,
            count=self.count + other.count,
            last=max(self.last, other.last),
        ).with_requests([*self.requests, *other.requests])

    def with_requests(self, numbers: Iterable[int]) -> "Found":
        """The same with other requests, the latest of them."""
        kept = sorted(set(numbers))[-_MOST_REQUESTS:]
        return msgspec.structs.replace(self, requests=kept)

    def describe(self) -> dict[str, Any]:
        """The piece on the wire."""
        request = {"method": self.method, "path": self.path} if self.method else {}
        return {
            **self.piece.describe(),
            **request,
            **({} if self.ref_id is None else {"refId": self.ref_id}),
            "count": self.count,
            "first": iso_milliseconds(self.first),
            "last": iso_milliseconds(self.last),
            "requests": self.requests,
        }


class Ledger(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that was advised to an account.

    Attributes:
        found: What was found in single requests and deliveries.
        cleared: Id of the journal's last entry when the ledger was cleared.
    """

    found: list[Found] = []
    cleared: int = 0


_LEDGERS: Final = Record(RecordKind.ADVICE, Ledger)


def find_in(entry: Entry) -> list[Found]:
    """What was found in a request."""
    return [
        Found(
            piece=piece,
            first=entry.time,
            last=entry.time,
            method=entry.method,
            path=entry.path,
            ref_id=entry.ref_id,
        )
        for piece in entry.advice
    ]


def merge(found: Iterable[Found], *, by_profile: bool) -> list[Found]:
    """What is about the same as one, in the order of its first one.

    Args:
        found: What was found.
        by_profile: Whether the same mistake about two profiles counts as two.
    """
    merged: dict[tuple[str | None, ...], Found] = {}
    for one in found:
        name = one.piece.name, one.piece.place, one.ref_id if by_profile else None
        known = merged.get(name)
        merged[name] = one if known is None else known.add(one)
    return list(merged.values())


def rank(found: Iterable[Found]) -> list[Found]:
    """What was found with the surest first, and of those the latest."""
    return sorted(found, key=lambda one: (order_of(one.piece), -one.last))


def add(store: Store, account: str, found: list[Found]) -> None:
    """Adds what was found in requests or deliveries; nothing if the account is gone."""
    with store.transaction(account):
        if store.account(account) is None:
            return
        known = read(store, account)
        merged = merge([*known.found, *found], by_profile=True)
        kept = sorted(merged, key=lambda one: one.last)[-_MOST:]
        _save(store, account, msgspec.structs.replace(known, found=kept))


def read(store: Store, account: str) -> Ledger:
    """The ledger of an account."""
    return _LEDGERS.get(store, account) or Ledger()


def clear(store: Store, account: str, *, number: int) -> None:
    """Forgets what was advised up to a journal entry."""
    with store.transaction(account):
        _save(store, account, Ledger(cleared=number))


def _save(store: Store, account: str, ledger: Ledger) -> None:
    _LEDGERS.save(store, account, owner=account, document=ledger)
