"""How commands print: data to the standard output, talk to the standard error."""

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import click

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SIGNS: Final = {"certain": ("✗", "red"), "likely": ("!", "yellow"), "hint": ("·", "cyan")}
_NARROWEST: Final = 40
_GAP: Final = "  "


def plain(value: Any) -> str:
    """A value as text for a terminal: what would steer the terminal is spelt out."""
    return _CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", str(value))


def show(line: str = "") -> None:
    """Prints a line of data."""
    click.echo(line)


def say(line: str) -> None:
    """Prints a line of talk."""
    click.echo(line, err=True)


def show_json(value: Any, *, one_line: bool = False) -> None:
    """Prints a value as JSON, never coloured."""
    text = json.dumps(value, ensure_ascii=False, indent=None if one_line else 2)
    click.echo(text, color=False)


def show_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Prints rows in columns under their headings; a terminal gets no more than fits a line."""
    most = width() if sys.stdout.isatty() else None
    texts = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *texts, strict=True)]
    widths[-1] = 0
    for place, row in enumerate([list(heads), *texts]):
        cells = zip(row, widths, strict=True)
        line = _GAP.join(cell.ljust(size) for cell, size in cells).rstrip()
        if most is not None and len(line) > most:
            line = f"{line[: most - 1]}…"
        click.echo(click.style(line, dim=True) if place == 0 else line)


def show_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Prints names and values; those that are `None` are left out."""
    known = [(name, value) for name, value in fields if value is not None]
    size = max(len(name) for name, _ in known)
    for name, value in known:
        click.echo(f"{name.ljust(size)}{_GAP}{plain(value)}")


def width() -> int:
    """How many columns the terminal has."""
    return max(_NARROWEST, shutil.get_terminal_size((80, 24)).columns)


def wrap(label: str, text: str, *, indent: int = 0) -> str:
    """A labelled text, no line of which is wider than the terminal."""
    start = " " * indent + label
    filled = textwrap.fill(
        plain(text),
        width(),
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled or start.rstrip()


def format_time(instant: float) -> str:
    """An instant (UNIX seconds) in local time; with its date unless that is today's."""
    local = datetime.fromtimestamp(instant).astimezone()
    shape = "%H:%M:%S" if local.date() == datetime.now().astimezone().date() else "%F %H:%M:%S"
    return local.strftime(shape)


def format_iso(instant: str) -> str:
    """An instant as the fake writes it, in local time; see `format_time`."""
    return format_time(datetime.fromisoformat(instant).timestamp())


def color_status(status: int) -> str:
    """An HTTP status in brackets, in a colour that goes with it."""
    color = "green" if status < 400 else "red" if status >= 500 or not status else "yellow"
    return click.style(f"[{status or '---'}]", fg=color)


def sign(sureness: str) -> str:
    """The sign for how sure advice is, in its colour."""
    text, color = _SIGNS.get(sureness, ("·", "cyan"))
    return click.style(text, fg=color, bold=True)


def format_advice(piece: dict[str, Any], *, indent: int = 0, brief: bool = False) -> str:
    """A piece of advice in several lines.

    Args:
        piece: The piece as on the wire; `account` names the account if it is not the usual one.
        indent: How far they are indented.
        brief: Only what is wrong and what to do.
    """
    often = f" ({piece['count']} times)" if piece.get("count", 1) > 1 else ""
    headline = wrap("", f"{piece['headline']}{often}", indent=indent + 2).lstrip()
    lines = [f"{' ' * indent}{sign(piece['sureness'])} {headline}"]
    for part in ("do",) if brief else ("seen", "so", "do", "fact"):
        lines.append(wrap(f"{part.ljust(4)}  ", piece[part], indent=indent + 2))
    request = f"{piece['method']} {piece['path']}" if piece.get("method") else None
    numbers = " ".join(f"#{number}" for number in piece.get("requests", [])[:3])
    known = (piece["name"], piece["sureness"], request, piece.get("place"), numbers)
    where = " · ".join(text for text in (*known, piece.get("account")) if text)
    return "\n".join([*lines, wrap("", where, indent=indent + 2)])


def show_advice(advice: Iterable[dict[str, Any]]) -> None:
    """Prints pieces of advice with an empty line between them."""
    for number, piece in enumerate(advice):
        if number:
            show()
        show(format_advice(piece))


def describe_account(account: dict[str, Any]) -> str:
    """An account, as on the wire, in a line: `acme: business, with Max Pack, age jwt`."""
    pack = "with" if account["maxPack"] else "without"
    return f"{account['domain']}: {account['plan']}, {pack} Max Pack, age {account['age']}"


def exit_if_wrong(advice: Iterable[dict[str, Any]]) -> None:
    """Ends the command with the exit code 1 if certain or likely advice is given."""
    if any(piece["sureness"] != "hint" for piece in advice):
        raise SystemExit(1)
