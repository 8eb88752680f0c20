"""Advice as a report: text, JSON, SARIF for code scanning, JUnit for pipelines."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from fakeayr.client import findings
from fakeayr.client.findings import Finding
from fakeayr.terminal.output import format_advice

_Pieces = Sequence[dict[str, Any]]


def write_text(pieces: _Pieces, _: str = "") -> str:
    """The pieces as people read them."""
    if not pieces:
        return "fakeayr: nothing to mend."
    return "\n\n".join([f"fakeayr: {len(pieces)} to mend.", *map(format_advice, pieces)])


def write_json(pieces: _Pieces, _: str = "") -> str:
    """The pieces as on the wire."""
    return json.dumps({"advice": pieces}, indent=2, ensure_ascii=False)


def write_sarif(pieces: _Pieces, location: str) -> str:
    """The pieces for code scanning.

    Args:
        pieces: The pieces.
        location: The file that they are shown at.
    """
    return findings.write_sarif([Finding(piece, location) for piece in pieces])


def write_junit(pieces: _Pieces, location: str) -> str:
    """The pieces as failed test cases."""
    return findings.write_junit([Finding(piece, location) for piece in pieces])


FORMATS: Final[dict[str, Callable[[_Pieces, str], str]]] = {
    "text": write_text,
    "json": write_json,
    "sarif": write_sarif,
    "junit": write_junit,
}
"""The formats by their names."""
