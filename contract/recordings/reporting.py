"""Reporting a comparison, to people and to programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from fakeayr.contract.recordings.differences import Comparison, Difference, DiffKind

_PLACES_SHOWN: Final = 5
_LONGEST_SHOWN: Final = 300

_PHRASES: Final = {
    DiffKind.ONLY_A: "is only in A",
    DiffKind.ONLY_B: "is only in B",
    DiffKind.TYPE: "has another type",
    DiffKind.ORDER: "has another order",
}

_Same = tuple[str, DiffKind, str, str]


def describe(comparison: Comparison, a: str, b: str) -> str:
    """A comparison for people: each difference once, with the steps that show it.

    Args:
        comparison: What was found.
        a: The name of the first recording.
        b: The name of the second.
    """
    groups = _grouped(comparison.found)
    lines = [f"A is {a}, B is {b}.", ""] if groups else []
    for (place, kind, left, right), found in groups.items():
        lines.append(f"{place} {_PHRASES.get(kind, 'differs')}:")
        lines += [f"  A: {_short(left)}", f"  B: {_short(right)}"]
        lines += [f"     in {_where(it)}" for it in found[:_PLACES_SHOWN]]
        if len(found) > _PLACES_SHOWN:
            lines.append(f"     and in {len(found) - _PLACES_SHOWN} more steps")
        lines.append("")
    for reason in dict.fromkeys(comparison.not_compared.values()):
        names = [name for name, why in comparison.not_compared.items() if why == reason]
        lines.append(f"Not compared: {', '.join(names)}. {reason}")
    for entry in comparison.unused:
        patterns = ", ".join(f"{name} {pattern}" for name, pattern in entry.patterns.items())
        lines.append(f"Accepted, but not needed: {patterns} ({entry.reason})")
    where = f" in {_count(len(comparison.found), 'place')}" if groups else ""
    counted = f"{_count(len(groups), 'difference')}{where}"
    lines += [f"A is {a}, B is {b}: {counted}, {len(comparison.accepted)} more are accepted."]
    return "\n".join(lines)


def write_json(comparison: Comparison, path: Path) -> None:
    """Writes everything that a comparison has found to a file."""
    document = {
        "differences": [asdict(it) for it in comparison.found],
        "accepted": [asdict(it) for it in comparison.accepted],
        "unused": [{**it.patterns, "reason": it.reason} for it in comparison.unused],
        "notCompared": comparison.not_compared,
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _grouped(found: list[Difference]) -> dict[_Same, list[Difference]]:
    groups: dict[_Same, list[Difference]] = {}
    for it in found:
        groups.setdefault((it.place, it.kind, it.a, it.b), []).append(it)
    return groups


def _where(difference: Difference) -> str:
    return ": ".join(filter(None, (difference.scenario, difference.step)))


def _short(text: str) -> str:
    text = text or "nothing"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
