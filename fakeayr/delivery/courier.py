"""Sends what is in the outbox, beside the calls that put it there."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from fakeayr.domain import outbox
from fakeayr.domain.clock import Clock
from fakeayr.domain.model import Account, Attempt, Channel, Outgoing
from fakeayr.domain.store import Store

_log = logging.getLogger("fakeayr")

_AT_ONCE: Final = 16
"""Deliveries under way in one process; slow receivers hold up each other, never a call."""
_LEASE_SECONDS: Final = 60.0
"""Longer than any attempt may take: after that its process is believed dead."""
_LOOK_SECONDS: Final = 1.0
"""How often to look for what another process has left behind."""

Sender = Callable[[Account, Outgoing, float], Attempt]
"""Tries to deliver something at an instant of the account's time, and never raises."""


class Courier:
    """Delivers what is due: at once when woken, later when a retry's time has come.

    Args:
        store: Where the outbox is.
        clock: The server's time.
        senders: How each channel is delivered.
    """

    def __init__(self, store: Store, clock: Clock, senders: dict[Channel, Sender]) -> None:
        self._store = store
        self._clock = clock
        self._senders = senders
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def carries(self, channel: Channel) -> bool:
        """Whether it can send what goes through `channel`."""
        return channel in self._senders

    def wake(self) -> None:
        """Says that something is due. The courier's threads start with the first call."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fakeayr-courier")
                threading.Thread(target=self._work, name="fakeayr-courier", daemon=True).start()
        self._woken.set()

    def deliver(self, outgoing: Outgoing) -> None:
        """Sends one item now, and notes in the outbox how it went."""
        account = self._store.account(outgoing.account)
        if account is None or outgoing.channel not in self._senders:
            return
        now = self._clock.now()
        attempt = self._senders[outgoing.channel](account, outgoing, now + account.clock_offset)
        tried, pause = outbox.after_attempt(account, outgoing, attempt)
        due = None if pause is None else now + pause
        self._store.save_outgoing(tried, due)
        self._woken.set()

    def _work(self) -> None:
        while True:
            try:
                self._woken.wait(self._pause())
                self._woken.clear()
                for outgoing in self._store.lease_due(self._clock.now(), _LEASE_SECONDS):
                    self._submit(outgoing)
            except Exception:
                _log.exception("the outbox could not be read")
                self._woken.wait(_LOOK_SECONDS)

    def _submit(self, outgoing: Outgoing) -> None:
        if self._pool is not None:
            self._pool.submit(self.deliver, outgoing)

    def _pause(self) -> float:
        due = self._store.next_wake()
        if due is None:
            return _LOOK_SECONDS
        return min(_LOOK_SECONDS, max(0.0, due - self._clock.now()))
