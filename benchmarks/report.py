"""Formats results as tables, for a terminal and as Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabulate import tabulate


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with a note.

    Attributes:
        title: Its heading.
        head: Names of the columns.
        rows: Texts of the cells.
        note: The text below the table.
        words: Number of text columns at the left; the others hold numbers.
    """

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""
    words: int = 1

    def text(self) -> str:
        """Returns the table for a terminal."""
        return f"{self.title}\n{self._draw('simple')}{self._note()}"

    def markdown(self) -> str:
        """Returns the table as a section of a Markdown document."""
        return f"## {self.title}\n\n{self._draw('pipe')}{self._note()}"

    def _draw(self, style: str) -> str:
        align = ["left"] * self.words + ["right"] * (len(self.head) - self.words)
        drawn = tabulate(
            self.rows, self.head, tablefmt=style, colalign=align, disable_numparse=True
        )
        return f"{drawn}\n"

    def _note(self) -> str:
        return f"\n{self.note}\n" if self.note else ""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal, and the measured value.

    Attributes:
        what: What is measured.
        value: The measured value.
        at_least: The lowest value that reaches the goal, or `None`.
        at_most: The highest value that reaches the goal, or `None`.
        form: How the figures are written, with the unit: `{:.1f} ×`.
    """

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    form: str

    @property
    def reached(self) -> bool:
        """Whether the goal was reached."""
        least = self.at_least is None or self.value >= self.at_least
        return least and (self.at_most is None or self.value <= self.at_most)

    def row(self) -> list[str]:
        """Returns the goal as a row of a table."""
        wanted = f"≥ {self._format(self.at_least)}" if self.at_least is not None else ""
        if self.at_most is not None:
            wanted = f"≤ {self._format(self.at_most)}"
        verdict = "reached" if self.reached else "MISSED"
        return [self.what, verdict, self._format(self.value), wanted]

    def _format(self, value: float | None) -> str:
        return self.form.format(value)


def tabulate_goals(targets: Iterable[Goal]) -> Table:
    """Returns the table of all goals."""
    return Table(
        title="Targets",
        head=["what", "verdict", "measured", "target"],
        rows=[target.row() for target in targets],
        words=2,
    )
