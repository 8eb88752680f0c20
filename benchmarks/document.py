"""Putting what was measured into a document that explains it."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Table

BEGIN = "<!-- What follows was written by ./dev benchmark --write. -->"
END = "<!-- The end of what was written. -->"


def write(document: Path, introduction: str, tables: Sequence[Table], plot: Path | None) -> None:
    """Replaces what an earlier run has put into a document; a new document holds nothing else.

    Args:
        document: A Markdown file.
        introduction: What stands above the tables.
        tables: The tables, in order.
        plot: The plot, which goes below the last table.
    """
    parts = [BEGIN, introduction, *(table.markdown().strip() for table in tables)]
    if plot is not None:
        parts.append(f"![What a call costs, by the number of profiles]({plot.name})")
    written = "\n\n".join([*parts, END])
    before, after = "", "\n"
    if document.exists():
        text = document.read_text("utf-8")
        head, begins, rest = text.partition(BEGIN)
        _, ends, tail = rest.partition(END)
        if not (begins and ends):
            raise ValueError(f"{document} has no place for figures: the lines {BEGIN} and {END}")
        before, after = head, tail
    document.write_text(f"{before}{written}{after}", "utf-8")
