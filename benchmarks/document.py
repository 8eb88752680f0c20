"""Writes the results into a document that explains them."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.errors import CannotMeasure
from benchmarks.report import Table

BEGIN = "<!-- What follows was written by ./dev benchmark --write. -->"
END = "<!-- The end of what was written. -->"


def check(document: Path) -> None:
    """Checks that results can be written into a document.

    Raises:
        CannotMeasure: The document has no place for them, or its folder does not exist.
    """
    if document.exists():
        _split_document(document)
    elif not document.parent.is_dir():
        raise CannotMeasure(f"The folder {document.parent} does not exist; create it first.")


def write(document: Path, introduction: str, tables: Sequence[Table], plot: Path | None) -> None:
    """Replaces the results of an earlier run in a document, or creates the document.

    Args:
        document: A Markdown file.
        introduction: The text above the tables.
        tables: The tables, in order.
        plot: The file of the plot, which is shown below the last table.

    Raises:
        CannotMeasure: The document has no place for results.
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
            f"{document} has no place for results; add the lines {BEGIN} and {END}."
        )
    return head, tail
