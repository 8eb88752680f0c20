"""Writes the journal and the counts of calls in batches, beside the requests they tell of."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Final

import msgspec

from fakeayr.domain.journal import JOURNAL, KEPT, Entry
from fakeayr.domain.store import Store

INTERVAL_SECONDS: Final = 0.05
"""How long an entry may wait in memory."""
_encode = msgspec.json.Encoder().encode


class Recorder:
    """Collects what was called and writes it every 50 milliseconds.

    A reader calls `settle` first: then it sees every request that was answered before.

    Args:
        store: Where to write.
        shared: Whether other processes record into the same database.
    """

    def __init__(self, store: Store, *, shared: bool) -> None:
        self._store = store
        self._shared = shared
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._entries: list[tuple[str, str, float, Entry]] = []
        self._pending = threading.Event()
        self._thread: threading.Thread | None = None

    def record(self, account: str, profile_key: str, entry: Entry) -> None:
        """Keeps an entry of the account's journal and counts a call of the profile."""
        with self._lock:
            self._entries.append((account, profile_key, entry.time, entry))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._write_regularly, name="fakeayr-recorder", daemon=True
                )
                self._thread.start()
        self._pending.set()

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
            if not entries:
                return
            self._store.append_log(
                JOURNAL, KEPT, [(account, _encode(entry)) for account, _, _, entry in entries]
            )
            calls: Counter[tuple[str, str]] = Counter()
            latest: dict[tuple[str, str], float] = {}
            for _, key, when, _ in entries:
                calls[month_of(when), key] += 1
                latest[month_of(when), key] = when
            for month in {month for month, _ in calls}:
                counted = [
                    (key, count, latest[in_month, key])
                    for (in_month, key), count in calls.items()
                    if in_month == month
                ]
                self._store.add_usage(month, counted)

    def _write_regularly(self) -> None:
        while True:
            self._pending.wait()
            time.sleep(INTERVAL_SECONDS)
            self._pending.clear()
            self.write()


def month_of(instant: float) -> str:
    """The calendar month of an instant, UTC: `2026-11`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m")
