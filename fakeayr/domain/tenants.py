"""What the domain's rules work on: the world outside, and one account in it.

The account is the unit of isolation: a rule takes a `Tenant` and touches nothing outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from fakeayr.ayrshare import errors
from fakeayr.domain.refusals import Refused

if TYPE_CHECKING:
    from fakeayr.domain.accounts import Account
    from fakeayr.domain.clock import Clock
    from fakeayr.domain.ids import Ids
    from fakeayr.domain.linking.private_keys import KeyCache
    from fakeayr.domain.media.measuring import VideoReader
    from fakeayr.domain.notifications.outbox import Channel, Outgoing
    from fakeayr.domain.ports import Store
    from fakeayr.domain.redaction.redactions import Redactions


class KeySource(Protocol):
    """Where new accounts get their RSA keys. No two accounts get the same one."""

    def take(self, bits: int) -> str:
        """PEM text of a private key that no live account has."""
        ...

    def give_back(self, pem: str) -> None:
        """Takes back the key of an account that is gone."""
        ...


class DeliveryService(Protocol):
    """Sends what is in the outbox. It does all the waiting that this takes."""

    def carries(self, channel: Channel) -> bool:
        """Whether it can send what goes through `channel`; e-mails need a mail server."""
        ...

    def wake(self) -> None:
        """Says that something is due."""
        ...

    def send_due(self, account: str) -> None:
        """Sends what is due of an account, and waits for what others are sending."""
        ...

    def settle(self, account: str, seconds: float, is_over: Callable[[], bool]) -> None:
        """Waits until nothing of an account is due or being sent; at most so many real seconds.

        Args:
            account: API key of the account.
            seconds: The most seconds.
            is_over: Says whether the wait is over for another reason.
        """
        ...

    def resend(self, outgoing: Outgoing) -> bool:
        """Sends an item once more; false if another process is sending it all the time."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Storage, time, randomness, keys, and the way out.

    Attributes:
        store: Where accounts live.
        clock: The server's time.
        ids: Makes identifiers.
        keys: Where new accounts get their RSA keys.
        private_keys: What was read of integrators' keys.
        redactions: What takes secrets out of the journal.
        courier: Sends what is in the outbox.
        read_video: Reads uploaded videos.
        webhook_hosts: Hosts beside this machine to which webhooks may go over plain http.
        strangers: Public API keys, on a server that others can reach: what their accounts send
            stays in the outbox.
    """

    store: Store
    clock: Clock
    ids: Ids
    keys: KeySource
    private_keys: KeyCache
    redactions: Redactions
    courier: DeliveryService
    read_video: VideoReader
    webhook_hosts: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()

    def tenant(self, api_key: str) -> Tenant | None:
        """The account with this API key at work; `None` if there is none."""
        account = self.store.account(api_key)
        return None if account is None else Tenant(self, account)


class Tenant:
    """An account at work.

    Attributes:
        world: What the rules need from outside.
        store: Where the account is kept.
        api_key: The account's API key.
        account: The account: inside a transaction as it stands there, else as it was read last.

    Args:
        world: The world.
        account: The account as it was read just now.
    """

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.store = world.store
        self.api_key = account.api_key
        self.account = account
        self._inside = False

    @cached_property
    def account(self) -> Account:
        """The account as it stands now; a transaction forgets what was read before it.

        Raises:
            Refused: It was closed meanwhile (102).
        """
        account = self.store.account(self.api_key)
        if account is None:
            raise Refused(errors.API_KEY_NOT_VALID)
        return account

    def now(self) -> float:
        """The present instant as the account sees it, UNIX seconds."""
        return self.world.clock.told() + self.account.clock_offset

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Reads and writes inside it take effect together or not at all; see `Store.transaction`.

        One inside another is part of the outer one.
        """
        if self._inside:
            yield
            return
        before, self._inside = self.account, True
        try:
            with self.store.transaction(self.api_key):
                del self.account  # Read again when it is needed: on PostgreSQL it takes 66 µs.
                yield
        except BaseException:
            self.account = before
            raise
        finally:
            self.__dict__.setdefault("account", before)
            self._inside = False

    def save(self, account: Account) -> None:
        """Keeps a changed account."""
        self.store.save_account(account)
        self.account = account
