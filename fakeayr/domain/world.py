"""What the domain's rules need from outside, in one parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fakeayr.domain.clock import Clock
from fakeayr.domain.ids import Ids
from fakeayr.domain.model import Account, Channel, Outgoing
from fakeayr.domain.ports import Store


class KeySource(Protocol):
    """Where new accounts get their RSA keys. No two live accounts share one."""

    def take(self, bits: int) -> str:
        """PEM text of a private key that no live account has."""
        ...

    def give_back(self, pem: str) -> None:
        """Takes back the key of an account that is gone."""
        ...


class Courier(Protocol):
    """Sends what is in the outbox."""

    def carries(self, channel: Channel) -> bool:
        """Whether it can send what goes through `channel`; e-mails need a mail server."""
        ...

    def wake(self) -> None:
        """Says that something is due."""
        ...

    def deliver(self, leased: Sequence[Outgoing]) -> None:
        """Sends items now, beside each other, and notes in the outbox how it went."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Storage, time, randomness, keys, and the way out."""

    store: Store
    clock: Clock
    ids: Ids
    keys: KeySource
    courier: Courier

    def now(self, account: Account) -> float:
        """The present instant as `account` sees it, UNIX seconds."""
        return self.clock.now() + account.clock_offset
