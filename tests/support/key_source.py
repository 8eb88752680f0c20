"""RSA keys for tests, which are reused: generating one takes longer than most tests."""

from collections import defaultdict

from fakeayr.serving.key_pool import KeyPool


class KeyShelf:
    """Keys that one test after the other borrows."""

    def __init__(self) -> None:
        self._pool = KeyPool()
        self._idle: defaultdict[int, list[str]] = defaultdict(list)

    def lend(self, bits: int) -> str:
        """Returns a key that no test has borrowed."""
        idle = self._idle[bits]
        return idle.pop() if idle else self._pool.take(bits)

    def put_back(self, bits: int, pem: str) -> None:
        """Ends a loan."""
        self._idle[bits].append(pem)


class BorrowedKeys:
    """Keys for one test's accounts, borrowed from a shelf that outlives it."""

    def __init__(self, shelf: KeyShelf) -> None:
        self._shelf = shelf
        self._borrowed: list[tuple[int, str]] = []

    def take(self, bits: int) -> str:
        """Returns a key that no other account of this test has."""
        pem = self._shelf.lend(bits)
        self._borrowed.append((bits, pem))
        return pem

    def give_back(self, pem: str) -> None:
        """Keeps the key until the test ends."""

    def return_all(self) -> None:
        """Returns every key, once the test is over."""
        while self._borrowed:
            self._shelf.put_back(*self._borrowed.pop())
