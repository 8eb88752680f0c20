"""Advice as a report: text, JSON, SARIF for code scanning, JUnit for pipelines."""

import json
from collections.abc import Sequence
from typing import Any, Final

from fakeayr.client import findings
from fakeayr.client.findings import Finding
from fakeayr.terminal.output import format_advice

FORMATS: Final = ("text", "json", "sarif", "junit")


def write(shape: str, advice: Sequence[dict[str, Any]], location: str) -> str:
    """Returns a report.

    Args:
        shape: One of `FORMATS`.
        advice: The pieces as on the wire.
        location: The file that SARIF shows them at.
    """
    found = [Finding(piece, location) for piece in advice]
    if shape == "sarif":
        return findings.write_sarif(found)
    if shape == "junit":
        return findings.write_junit(found)
    if shape == "json":
        return json.dumps({"advice": advice}, indent=2, ensure_ascii=False)
    count = f"{len(advice)} to mend." if advice else "nothing to mend."
    return "\n\n".join([f"fakeayr: {count}", *map(format_advice, advice)])
