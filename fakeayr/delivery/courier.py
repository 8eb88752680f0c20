"""Delivers the items of the outbox and publishes posts when they are due, in its own threads."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from msgspec.structs import replace

from fakeayr import real_time
from fakeayr.domain.accounts import Account
from fakeayr.domain.advice import ledger, webhooks
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.clock import Clock
from fakeayr.domain.notifications import outbox
from fakeayr.domain.notifications.outbox import Attempt, Channel, Outgoing, State
from fakeayr.domain.ports import Store, StoreClosed, StoreUnreachable

_log = logging.getLogger("fakeayr")

_AT_ONCE: Final = 32
"""Most deliveries that a process makes at the same time. A slow receiver delays no other."""
_LONGEST_PAUSE_SECONDS: Final = 1.0
"""How often to check for items that other processes postponed or left behind."""
_POLL_SECONDS: Final = 0.005
"""How often to check while a call waits for a delivery."""
_BREATH_SECONDS: Final = 0.0005
"""How long other threads may work between two batches of posts."""
_PUBLISHING_SECONDS: Final = 0.025
"""For how long posts are published before the outbox is looked at again."""
_TURN_SECONDS: Final = 0.5
"""How often to check for further accounts while posts are published."""
_REST_SECONDS: Final = 1.0
"""How long the posts of an account wait after their publication has failed."""
_SHORTEST_PAUSE_SECONDS: Final = 0.1
"""How often to check whether another process has sent the item ahead in a lane."""

Sender = Callable[[Account, Outgoing, float], Attempt]
"""Tries to deliver an item at a time of the account's clock. It never raises."""
Publish = Callable[[str], bool]
"""Does some of what is due to the posts of the account with an API key, if anything is."""


class Courier:
    """Delivers items when they are due: first attempts at once, retries later.

    Its threads run while the outbox has items to send. A patrolling courier keeps running, because
    another server may stop and leave items unsent.

    Args:
        store: The store with the outbox.
        clock: The server's clock.
        senders: The function that delivers each channel's items.
        patrolling: Whether the courier keeps running once it is woken.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        senders: dict[Channel, Sender],
        *,
        patrolling: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._senders = senders
        self._patrolling = patrolling
        self._publish: Publish | None = None
        self._turns: dict[str, None] = {}  # Accounts with posts that are due, the next one first.
        self._turns_known = 0.0
        self._resting: dict[str, float] = {}  # Until when the posts of an account wait.
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._watching: threading.Thread | None = None
        self._under_way = 0
        self._closed = False

    def close(self) -> None:
        """Stops sending. The next server that opens the store sends unfinished items again."""
        with self._lock:
            self._closed = True
            self._woken.set()
            watching = self._watching
        if watching is not None:
            watching.join()

    def publish_with(self, publish: Publish) -> None:
        """Sets the function that publishes posts; until then they wait."""
        self._publish = publish

    def carries(self, channel: Channel) -> bool:
        """Returns whether items of `channel` can be sent."""
        return channel in self._senders

    def wake(self) -> None:
        """Makes the courier check for items that are due."""
        with self._lock:
            self._woken.set()
            if self._watching is None or not self._watching.is_alive():  # None survives a fork.
                self._watching = threading.Thread(
                    target=self._watch, name="fakeayr-courier", daemon=True
                )
                self._watching.start()

    def send_due(self, account: str) -> None:
        """Publishes an account's posts and sends its items that are due.

        It waits for items that others are sending, at most as long as a lease lasts.
        """
        deadline = real_time.monotonic() + outbox.LEASE_SECONDS
        while self._is_due(account):
            if self._publish is not None and self._publish(account):
                deadline = real_time.monotonic() + outbox.LEASE_SECONDS
                real_time.sleep(_BREATH_SECONDS)
                continue
            leased = self._store.lease_due(
                self._clock.now(), outbox.LEASE_SECONDS, _AT_ONCE, account=account
            )
            if leased:
                self.deliver(leased)
            elif real_time.monotonic() < deadline:
                real_time.sleep(_POLL_SECONDS)
            else:
                return

    def settle(self, account: str, seconds: float, is_over: Callable[[], bool]) -> None:
        """Waits until no item of an account is due or being sent.

        Args:
            account: API key of the account.
            seconds: Waits no longer than this, in real time.
            is_over: Says whether the wait is over for another reason.
        """
        deadline = real_time.monotonic() + seconds
        self.wake()  # Another process may have left items behind.
        while self._is_due(account) and real_time.monotonic() < deadline and not is_over():
            real_time.sleep(_POLL_SECONDS)

    def resend(self, outgoing: Outgoing) -> bool:
        """Sends an item again. Returns false if another process keeps sending it."""
        deadline = real_time.monotonic() + outbox.LEASE_SECONDS
        name = outgoing.account, outgoing.channel, outgoing.id
        while self._store.outgoing_item(*name) is not None:
            leased = self._store.lease(outgoing.id, self._clock.now(), outbox.LEASE_SECONDS)
            if leased is not None:
                self.deliver([leased])
                break
            if real_time.monotonic() >= deadline:
                return False
            real_time.sleep(_POLL_SECONDS)
        return True

    def _is_due(self, account: str) -> bool:
        due = self._store.next_due(account)
        return due is not None and due <= self._clock.now()

    def deliver(self, leased: Sequence[Outgoing]) -> None:
        """Sends items now, in parallel, and records the attempts in the outbox."""
        if len(leased) == 1:
            self._deliver(leased[0])
        elif leased:
            with ThreadPoolExecutor(len(leased), thread_name_prefix="fakeayr-delivery") as pool:
                list(pool.map(self._deliver, leased))

    def _check(self) -> float | None:
        """Starts to send items that are due. Returns the seconds until the next check, if any."""
        with self._lock:
            if self._closed:
                return None
            self._woken.clear()
            free = _AT_ONCE - self._under_way
        self._publish_due()
        for outgoing in self._store.lease_due(self._clock.now(), outbox.LEASE_SECONDS, free):
            self._send(outgoing)
        due = self._store.next_wake()
        with self._lock:
            if due is None and not self._patrolling and not self._woken.is_set():
                self._watching = None
                return None
        pause = _LONGEST_PAUSE_SECONDS if due is None else due - self._clock.now()
        return min(_LONGEST_PAUSE_SECONDS, max(_SHORTEST_PAUSE_SECONDS, pause))

    def _publish_due(self) -> None:
        """Publishes posts that are due. If some are left, the next check goes on with them.

        Accounts take turns, so that one with many posts delays no other.
        """
        if self._publish is None:
            return
        deadline = real_time.monotonic() + _PUBLISHING_SECONDS
        self._find_turns()
        while self._turns and not self._closed:
            account = next(iter(self._turns))
            del self._turns[account]
            if self._publish_some(self._publish, account):
                self._turns[account] = None
            if real_time.monotonic() >= deadline:
                break
            real_time.sleep(_BREATH_SECONDS)
        if self._turns:
            self._woken.set()

    def _find_turns(self) -> None:
        """Gives a turn to each account with posts that are due."""
        now = real_time.monotonic()
        if self._turns and now < self._turns_known + _TURN_SECONDS:
            return
        self._turns_known = now
        self._resting = {account: end for account, end in self._resting.items() if end > now}
        for account in self._store.accounts_with_due_posts(self._clock.now()):
            if account not in self._resting:
                self._turns.setdefault(account)

    def _publish_some(self, publish: Publish, account: str) -> bool:
        """Publishes some posts of an account. Returns whether it may have more."""
        try:
            return publish(account)
        except StoreUnreachable:
            raise
        except Exception:  # Other accounts, and webhooks, go on.
            _log.exception("Posts could not be published.")
            self._resting[account] = real_time.monotonic() + _REST_SECONDS
            return False

    def _watch(self) -> None:
        """Checks for items until the outbox has none to send, or the courier is closed."""
        pause: float | None = 0.0
        while pause is not None:
            self._woken.wait(pause)
            try:
                pause = self._check()
            except StoreClosed:
                return
            except StoreUnreachable:  # Calls that need the store report it.
                pause = _LONGEST_PAUSE_SECONDS
            except Exception:
                _log.exception("The outbox could not be read.")
                pause = _LONGEST_PAUSE_SECONDS

    def _send(self, outgoing: Outgoing) -> None:
        with self._lock:
            self._under_way += 1
        threading.Thread(
            target=self._run_delivery, args=(outgoing,), name="fakeayr-delivery", daemon=True
        ).start()

    def _run_delivery(self, outgoing: Outgoing) -> None:
        try:
            self._deliver(outgoing)
        except StoreUnreachable as failure:
            _log.warning("An attempt could not be recorded. %s", failure)
        except Exception:
            if not self._closed:
                _log.exception("The outbox could not be written.")
        finally:
            with self._lock:
                self._under_way -= 1
            self._woken.set()

    def _deliver(self, outgoing: Outgoing) -> None:
        account = self._store.account(outgoing.account)
        if account is None:  # It was closed, and its outbox deleted.
            return
        sender = self._senders.get(outgoing.channel)
        if sender is None:  # An earlier server of this store had a mail server.
            self._store.save_outgoing(replace(outgoing, state=State.KEPT), None)
            return
        attempt = sender(account, outgoing, self._clock.told() + account.clock_offset)
        tried, pause = outbox.after_attempt(account, outgoing, attempt)
        self._record(tried, None if pause is None else self._clock.now() + pause)

    def _record(self, tried: Outgoing, due: float | None) -> None:
        """Records an attempt, and retries if that fails: unrecorded items are sent again."""
        deadline = real_time.monotonic() + outbox.LEASE_SECONDS
        while True:
            if self._closed:
                return
            try:
                self._save(tried, due)
            except StoreUnreachable as failure:
                if isinstance(failure, StoreClosed) or real_time.monotonic() >= deadline:
                    raise
                real_time.sleep(_LONGEST_PAUSE_SECONDS)
            else:
                return

    def _save(self, tried: Outgoing, due: float | None) -> None:
        found = guard(webhooks.find, tried)
        if not found:
            self._store.save_outgoing(tried, due)
            return
        with self._store.transaction(tried.account):
            self._store.save_outgoing(tried, due)
            ledger.add(self._store, tried.account, found)
