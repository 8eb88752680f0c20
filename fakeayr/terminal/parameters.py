"""Arguments and options that several commands have."""

from collections.abc import Callable
from typing import Any, Final

import click

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Number(click.IntRange):
    """A whole number between limits; help and errors call it a number."""

    name = "number"


AGES: Final = ("jwt", "link-sessions")
"""Ayrshare's two linking APIs."""
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
LAST: Final = click.option(
    "--tail", "last", type=Number(1, 10_000), default=20, show_default=True, help="At most so many."
)


def profile_option(text: str) -> _Decorator:
    """The option --profile with this help."""
    return click.option("--profile", metavar="TITLE|REFID", help=text)
