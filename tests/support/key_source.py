"""RSA keys for tests, which are reused: generating one takes longer than most tests."""

from fakeayr.domain.tenants import KeySource


class BorrowedKeys:
    """Keys for one test's accounts, borrowed from a pool that outlives it."""

    def __init__(self, pool: KeySource) -> None:
        self._pool = pool
        self._borrowed: list[str] = []

    def take(self, bits: int) -> str:
        """Returns a key that no other account of this test has."""
        pem = self._pool.take(bits)
        self._borrowed.append(pem)
        return pem

    def give_back(self, pem: str) -> None:
        """Keeps the key until the test ends: a closed account's key must not open another."""

    def return_all(self) -> None:
        """Returns every key, once the test is over."""
        while self._borrowed:
            self._pool.give_back(self._borrowed.pop())
