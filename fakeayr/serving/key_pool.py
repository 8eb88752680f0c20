"""RSA keys for new accounts, generated in the background."""

import queue
import threading
from collections import defaultdict
from typing import Final

from fakeayr.domain.linking import private_keys

_READY: Final = {1024: 4, 2048: 2, 4096: 1}
"""Number of keys to keep ready, by size. A 4096-bit key takes most of a second to generate."""


class KeyPool:
    """Provides RSA keys without delay: keys are generated ahead and reused when accounts close.

    Two open accounts never share a key.
    """

    def __init__(self) -> None:
        self._ready: dict[int, queue.SimpleQueue[str]] = defaultdict(queue.SimpleQueue)
        self._filling: set[int] = set()
        self._lock = threading.Lock()

    def take(self, bits: int) -> str:
        """Returns the PEM text of a private key of `bits` bits that no open account has."""
        try:
            pem = self._ready[bits].get_nowait()
        except queue.Empty:
            pem = private_keys.generate(bits)
        self._refill(bits)
        return pem

    def give_back(self, pem: str) -> None:
        """Takes back the key of a closed account."""
        self._ready[private_keys.bits_of(pem)].put(pem)

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
