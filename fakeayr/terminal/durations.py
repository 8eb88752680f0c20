"""Spans of time as people write them: `90s`, `5m`, `2h30m`, `1d`."""

import re
from typing import Any, Final

import click

_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")


def parse(text: str) -> float | None:
    """The seconds that a text names; `None` if it names no span of time."""
    if not text.isascii() or not _WHOLE.fullmatch(text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def write(seconds: float) -> str:
    """Seconds as people write them, in at most two units: `6m`, `1d 2h`."""
    left, parts = round(seconds), []
    for unit in ("d", "h", "m", "s"):
        number, left = divmod(left, _SECONDS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"


class Duration(click.ParamType[float]):
    """An option that takes a span of time, in seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Returns the seconds."""
        seconds = parse(str(value))
        if seconds is None:
            self.fail(f"{value!r} is no span of time such as 90s, 5m, 2h30m or 1d.", param, ctx)
        return seconds
