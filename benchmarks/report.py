"""What was measured, in words: tables and verdicts, for a terminal and as Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabulate import tabulate


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with what has to be known to read it.

    Attributes:
        title: Its heading.
        head: Names of the columns.
        rows: Texts of the cells.
        note: What stands below it.
        words: How many columns at the left hold words; the others hold figures.
    """

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""
    words: int = 1

    def text(self) -> str:
        """The table for a terminal."""
        return f"{self.title}\n{self._draw('simple')}{self._note()}"

    def markdown(self) -> str:
        """The table as a section of a Markdown document."""
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
    """Something to be reached, and what was.

    Attributes:
        what: What is measured.
        value: What came out.
        at_least: The least that it should be; or
        at_most: the most that it should be.
        form: How the figures are written, with the unit: `{:.1f} ×`.
    """

    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    form: str

    @property
    def reached(self) -> bool:
        """Whether it was reached."""
        least = self.at_least is None or self.value >= self.at_least
        return least and (self.at_most is None or self.value <= self.at_most)

    def row(self) -> list[str]:
        """The target as a row of a table."""
        wanted = f"≥ {self._format(self.at_least)}" if self.at_least is not None else ""
        if self.at_most is not None:
            wanted = f"≤ {self._format(self.at_most)}"
        verdict = "reached" if self.reached else "MISSED"
        return [self.what, verdict, self._format(self.value), wanted]

    def _format(self, value: float | None) -> str:
        return self.form.format(value)


def tabulate_goals(targets: Iterable[Goal]) -> Table:
    """The verdicts on all targets."""
    return Table(
        title="Targets",
        head=["what", "verdict", "measured", "target"],
        rows=[target.row() for target in targets],
        words=2,
    )
