"""RSA keys for new accounts, made beside the work. None is given twice."""

import queue
import threading
from collections import defaultdict
from typing import Final

from fakeayr.domain.linking import private_keys

_READY: Final = {1024: 8, 2048: 3, 4096: 1}
"""Keys of each size to have ready; one of 4096 bits takes a good part of a second to make."""


class KeyPool:
    """Hands out RSA keys at once, as some are made ahead.

    No two accounts get the same key: that of a closed account is nobody's.
    """

    def __init__(self) -> None:
        self._ready: dict[int, queue.SimpleQueue[str]] = defaultdict(queue.SimpleQueue)
        self._filling: set[int] = set()
        self._lock = threading.Lock()

    def take(self, bits: int) -> str:
        """PEM text of a private key of `bits` bits that no account has had."""
        try:
            pem = self._ready[bits].get_nowait()
        except queue.Empty:
            pem = private_keys.generate(bits)
        self._refill(bits)
        return pem

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
