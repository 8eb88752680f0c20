"""Runs statements that are written once for SQLite and PostgreSQL.

They use `?` for each value.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeVar

Document = TypeVar("Document")

NO_LIMIT: Final = 2**62
"""The limit of a statement that shall return all rows."""


class Statements(ABC):
    """Statements of one database, in whose transactions they run."""

    @abstractmethod
    def transaction(self, account: str) -> AbstractContextManager[None]:
        """See `Store.transaction`."""

    @abstractmethod
    def _atomic(self) -> AbstractContextManager[Any]:
        """A transaction that does not lock an account."""

    @abstractmethod
    def _run(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement and returns its rows, if any."""

    @abstractmethod
    def _read(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement that changes nothing, and returns its rows."""

    def _run_often(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Runs a statement that returns nothing, once for each row of values."""
        for values in rows:
            self._run(statement, *values)

    def _read_page(self, statement: str, *values: Any) -> list[Any]:
        """Like `_read`; the statement's last value limits the rows."""
        return self._read(statement, *values)

    def _change(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement that changes accounts or profiles."""
        return self._run(statement, *values)

    def _read_one(
        self, decode: Callable[[bytes], Document], statement: str, *values: Any
    ) -> Document | None:
        """Returns the document that a statement finds, if any."""
        rows = self._read(statement, *values)
        return decode(rows[0][0]) if rows else None

    def _read_all(
        self, decode: Callable[[bytes], Document], statement: str, *values: Any
    ) -> list[Document]:
        """Returns the documents that a statement finds."""
        return [decode(document) for (document,) in self._read(statement, *values)]

    def _read_first(self, statement: str, *values: Any) -> float | None:
        """Returns the earliest of the instants that a statement finds."""
        rows = self._read(statement, *values)
        return min((instant for (instant,) in rows if instant is not None), default=None)
