"""RSA keys for new accounts, generated in the background."""

import queue
import threading
from collections import defaultdict, deque
from typing import Final

from fakeayr.domain.linking import private_keys

_READY: Final = {1024: 4, 2048: 2, 4096: 1}
"""Number of keys to keep ready, by size. A 4096-bit key takes most of a second to generate."""
_REST: Final = 32
"""A closed account's key is used again only after so many other accounts were opened."""


class KeyPool:
    """Provides RSA keys without delay: keys are generated ahead, and later used again.

    Two open accounts never share a key. A closed account's key rests first, so that a test can keep
    it as one that fits no other account.
    """

    def __init__(self) -> None:
        self._ready: dict[int, queue.SimpleQueue[str]] = defaultdict(queue.SimpleQueue)
        self._resting: dict[int, deque[tuple[int, str]]] = defaultdict(deque)
        self._taken: dict[int, int] = defaultdict(int)
        self._filling: set[int] = set()
        self._lock = threading.Lock()

    def take(self, bits: int) -> str:
        """Returns the PEM text of a private key of `bits` bits that no open account has."""
        with self._lock:
            self._taken[bits] += 1
            resting = self._resting[bits]
            if resting and self._taken[bits] - resting[0][0] > _REST:
                return resting.popleft()[1]
        try:
            pem = self._ready[bits].get_nowait()
        except queue.Empty:
            pem = private_keys.generate(bits)
        self._refill(bits)
        return pem

    def give_back(self, pem: str) -> None:
        """Takes back the key of a closed account."""
        bits = private_keys.bits_of(pem)
        with self._lock:
            self._resting[bits].append((self._taken[bits], pem))

    def _refill(self, bits: int) -> None:
        with self._lock:
            if bits in self._filling or self._ready[bits].qsize() >= _READY[bits]:
                return
            self._filling.add(bits)
        threading.Thread(target=self._fill, args=(bits,), name="fakeayr-keys", daemon=True).start()

    def _fill(self, bits: int) -> None:
        try:
            while self._ready[bits].qsize() < _READY[bits]:
                self._ready[bits].put(private_keys.generate(bits))
        finally:
            with self._lock:
                self._filling.discard(bits)
