"""Writes the journal and the counts of calls in batches, beside the requests."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from fakeayr import real_time
from fakeayr.domain.advice import ledger
from fakeayr.domain.advice.ledger import Found
from fakeayr.domain.clock import month_of
from fakeayr.domain.journal import JOURNAL, KEPT, Entry, encoded
from fakeayr.domain.ports import LOG_DELAY_SECONDS, Store, StoreClosed, StoreUnreachable

INTERVAL_SECONDS: Final = LOG_DELAY_SECONDS
"""How long an entry may wait in memory."""
_RETRY_SECONDS: Final = 1.0
_MOST_WAITING: Final = 10_000
"""Entries that a process keeps for a database that does not respond."""
_MOST_WAITERS: Final = 4
"""Who waits holds a thread of the server."""
_POLL_SECONDS: Final = 0.5
"""How often a waiting reader checks what other processes have written."""
_log = logging.getLogger("fakeayr")


class Recorder:
    """Collects what was called and writes it within 50 milliseconds.

    A reader calls `settle` first: then it sees every request that has its response. A process
    that ends waits for what is to be written.

    Args:
        store: Where to write.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._entries: list[tuple[str, str, Entry]] = []
        self._uncounted: dict[str, dict[str, tuple[int, float]]] = {}
        self._end_announcement: Callable[[], None] | None = None
        self._planned = False
        self._closed = threading.Event()
        self._news = threading.Condition()
        self._waiting = threading.Semaphore(_MOST_WAITERS)

    def close(self) -> None:
        """Writes what is waiting; what the store does not take now is lost."""
        self._closed.set()
        try:
            self.write()
        except StoreUnreachable as failure:
            _log.warning("The last calls are missing from the journal. %s", failure)

    def record(self, account: str, profile_key: str, entry: Entry) -> None:
        """Keeps an entry of the account's journal and counts a call of the profile."""
        with self._lock:
            if self._end_announcement is None:  # Before any of the batch's responses is sent.
                self._end_announcement = self._store.announce_entries()
            self._entries.append((account, profile_key, entry))
            planned, self._planned = self._planned, True
        if not planned:
            threading.Thread(target=self._write_soon, name="fakeayr-recorder").start()

    def settle(self) -> None:
        """Writes what is waiting here, and gives other processes the time to do so."""
        self.write()
        self._store.await_entries()

    def await_entry(self, has_come: Callable[[], bool], seconds: float) -> None:
        """Waits for an entry, of this process or another, unless too many wait already.

        Args:
            has_come: Says whether it is there, or the wait is over for another reason.
            seconds: Waits no longer than this, in real time.
        """
        if not self._waiting.acquire(blocking=False):
            return
        try:
            end = real_time.monotonic() + seconds
            with self._news:
                while not has_come() and (left := end - real_time.monotonic()) > 0:
                    self._news.wait(min(left, _POLL_SECONDS))
        finally:
            self._waiting.release()

    def write(self) -> None:
        """Writes what is waiting."""
        with self._writing:  # A second writer would let its caller read too early.
            with self._lock:
                entries, self._entries = self._entries, []
                end_announcement, self._end_announcement = self._end_announcement, None
            try:
                if entries:
                    self._append(entries)
                    self._count(entries)
                self._write_counts()
                self._add_advice(entries)
                with self._news:
                    self._news.notify_all()
            finally:
                if end_announcement is not None:
                    end_announcement()

    def _append(self, entries: list[tuple[str, str, Entry]]) -> None:
        """Writes entries into the journal, or keeps the latest until the database is back."""
        try:
            self._store.append_log(
                JOURNAL, KEPT, [(account, encoded(entry)) for account, _, entry in entries]
            )
        except StoreUnreachable:
            with self._lock:
                self._entries = [*entries, *self._entries][-_MOST_WAITING:]
            raise

    def _count(self, entries: list[tuple[str, str, Entry]]) -> None:
        for _, key, entry in entries:
            calls = self._uncounted.setdefault(month_of(entry.time), {})
            count, _ = calls.get(key, (0, 0.0))
            calls[key] = count + 1, entry.time

    def _write_counts(self) -> None:
        """Writes the counts of calls; those that fail wait for the next time."""
        for month, calls in list(self._uncounted.items()):
            self._store.add_usage(month, [(key, *counted) for key, counted in calls.items()])
            del self._uncounted[month]

    def _add_advice(self, entries: list[tuple[str, str, Entry]]) -> None:
        """Counts what was advised; in order of the accounts, so that servers do not deadlock."""
        advised: dict[str, list[Found]] = {}
        for account, _, entry in entries:
            if entry.advice:
                advised.setdefault(account, []).extend(ledger.find_in(entry))
        for account, found in sorted(advised.items()):
            ledger.add(self._store, account, found)

    def _write_soon(self) -> None:
        pause = INTERVAL_SECONDS
        while not self._closed.wait(pause):
            with self._lock:
                self._planned = False
            try:
                self.write()
                return
            except StoreClosed:
                return
            except StoreUnreachable as failure:
                if pause == INTERVAL_SECONDS:
                    _log.warning("The journal waits for its database. %s", failure)
                pause = _RETRY_SECONDS
            except Exception:
                _log.exception("The journal could not be written")
                return
            with self._lock:
                if self._planned:  # Another thread has been started for a later entry.
                    return
                self._planned = True
