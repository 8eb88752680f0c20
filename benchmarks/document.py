"""Putting what was measured into a document that explains it."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.errors import CannotMeasure
from benchmarks.report import Table

BEGIN = "<!-- What follows was written by ./dev benchmark --write. -->"
END = "<!-- The end of what was written. -->"


def check(document: Path) -> None:
    """Makes sure that figures can be put into a document.

    Raises:
        CannotMeasure: They cannot.
    """
    if document.exists():
        _split_document(document)
    elif not document.parent.is_dir():
        raise CannotMeasure(f"There is no folder {document.parent}.")


def write(document: Path, introduction: str, tables: Sequence[Table], plot: Path | None) -> None:
    """Replaces what an earlier run has put into a document; a new document holds nothing else.

    Args:
        document: A Markdown file.
        introduction: What stands above the tables.
        tables: The tables, in order.
        plot: The plot, which goes below the last table.

    Raises:
        CannotMeasure: The document is there, but has no place for figures.
    """
    parts = [BEGIN, introduction, *(table.markdown().strip() for table in tables)]
    if plot is not None:
        parts.append(f"![What a call costs, by the number of profiles]({plot.name})")
    written = "\n\n".join([*parts, END])
    before, after = "", "\n"
    if document.exists():
        before, after = _split_document(document)
    document.write_text(f"{before}{written}{after}", "utf-8")


def _split_document(document: Path) -> tuple[str, str]:
    head, begins, rest = document.read_text("utf-8").partition(BEGIN)
    _, ends, tail = rest.partition(END)
    if not (begins and ends):
        raise CannotMeasure(
            f"{document} has no place for figures, which are the lines {BEGIN} and {END}."
        )
    return head, tail
