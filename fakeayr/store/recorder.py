"""Writes the journal and the counts of calls in batches, beside the requests they tell of."""

import logging
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Final

from fakeayr.domain.journal import JOURNAL, KEPT, Entry, encoded
from fakeayr.domain.store import Store

INTERVAL_SECONDS: Final = 0.05
"""How long an entry may wait in memory."""
_log = logging.getLogger("fakeayr")


class Recorder:
    """Collects what was called and writes it within 50 milliseconds.

    A reader calls `settle` first: then it sees every request that was answered before. A process
    that ends waits for what is to be written.

    Args:
        store: Where to write.
        shared: Whether other processes record into the same database.
    """

    def __init__(self, store: Store, *, shared: bool) -> None:
        self._store = store
        self._shared = shared
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._entries: list[tuple[str, str, Entry]] = []
        self._planned = False

    def record(self, account: str, profile_key: str, entry: Entry) -> None:
        """Keeps an entry of the account's journal and counts a call of the profile."""
        with self._lock:
            self._entries.append((account, profile_key, entry))
            planned, self._planned = self._planned, True
        if not planned:
            threading.Thread(target=self._write_soon, name="fakeayr-recorder").start()

    def settle(self) -> None:
        """Writes what is waiting here, and gives other processes the time to do so."""
        self.write()
        if self._shared:
            time.sleep(2 * INTERVAL_SECONDS)

    def write(self) -> None:
        """Writes what is waiting."""
        with self._writing:  # A second writer would let its caller read too early.
            with self._lock:
                entries, self._entries = self._entries, []
            if entries:
                self._store.append_log(
                    JOURNAL, KEPT, [(account, encoded(entry)) for account, _, entry in entries]
                )
                self._count(entries)

    def _count(self, entries: list[tuple[str, str, Entry]]) -> None:
        calls: Counter[tuple[str, str]] = Counter()
        latest: dict[tuple[str, str], float] = {}
        for _, key, entry in entries:
            in_month = month_of(entry.time), key
            calls[in_month] += 1
            latest[in_month] = entry.time
        for month in {month for month, _ in calls}:
            counted = [
                (key, count, latest[in_month, key])
                for (in_month, key), count in calls.items()
                if in_month == month
            ]
            self._store.add_usage(month, counted)

    def _write_soon(self) -> None:
        time.sleep(INTERVAL_SECONDS)
        with self._lock:
            self._planned = False
        try:
            self.write()
        except Exception:
            _log.exception("The journal could not be written")


def month_of(instant: float) -> str:
    """The calendar month of an instant, UTC: `2026-11`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m")
