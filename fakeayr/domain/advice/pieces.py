"""A piece of advice: what a rule has found in one request."""

from collections.abc import Callable
from typing import Final

import msgspec

from fakeayr.domain.advice.catalogue import CATALOGUE
from fakeayr.domain.advice.rows import Row, Sureness

_SURENESS: Final = list(Sureness)


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found in one request. The catalogue has the words for it.

    Attributes:
        name: The row of the catalogue.
        place: Where in the request: a JSON pointer, or `header NAME`, `query NAME`, `path`.
        values: What fills the row's gaps; never a secret.
    """

    name: str
    place: str | None = None
    values: dict[str, str] = {}

    @property
    def row(self) -> Row:
        """What the catalogue says of it."""
        return CATALOGUE[self.name]

    @property
    def details(self) -> str:
        """What was seen and what to do, for the `details` of an error of the same cause."""
        return f"{self._fill(self.row.seen)} {self._fill(self.row.do)}"

    @property
    def texts(self) -> list[str]:
        """What comes from the request."""
        return [*([] if self.place is None else [self.place]), *self.values.values()]

    def map_texts(self, change: Callable[[str], str]) -> "Piece":
        """The same with other texts from the request, for instance without their secrets."""
        values = {gap: change(value) for gap, value in self.values.items()}
        return Piece(self.name, self.place and change(self.place), values)

    def describe(self) -> dict[str, str]:
        """The piece on the wire."""
        row = self.row
        return {
            "name": row.name,
            "sureness": row.sureness.value,
            "headline": self._fill(row.headline),
            **({} if self.place is None else {"place": self.place}),
            "seen": self._fill(row.seen),
            "so": self._fill(row.so),
            "do": self._fill(row.do),
            "fact": f"{row.basis.value}: {row.fact}",
            "docs": row.docs,
        }

    def _fill(self, text: str) -> str:
        return text.format_map(self.values)


def advise(name: str, place: str | None = None, /, **values: str | float) -> Piece:
    """A piece of advice.

    Args:
        name: The row of the catalogue.
        place: Where in the request; see `Piece`.
        **values: What fills the row's gaps.

    Raises:
        KeyError: There is no such row, or a gap is left.
    """
    gaps = CATALOGUE[name].gaps
    return Piece(name, place, {gap: _write(values[gap]) for gap in gaps} if gaps else {})


def order_of(piece: Piece) -> int:
    """Its place in a list that begins with what is surest."""
    return _SURENESS.index(piece.row.sureness)


def _write(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
