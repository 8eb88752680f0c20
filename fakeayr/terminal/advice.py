"""`fakeayr advice` and `fakeayr explain`."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from fakeayr.domain.spelling import near
from fakeayr.terminal.fakes import Fake, OrderRefused, on_a_fake
from fakeayr.terminal.output import exit_if_wrong, say, show, show_advice, show_json, sign, wrap
from fakeayr.terminal.parameters import JSON, profile_option

if TYPE_CHECKING:
    from fakeayr.domain.advice.rows import Row

_LABEL = 8
_GAP = re.compile(r"\{\w+\}")
"""What is filled in for each request."""


@click.command()
@on_a_fake
@profile_option("Only what concerns this profile.")
@click.option("--clear", is_flag=True, help="Forget the advice so far.")
@JSON
def advice(fake: Fake, profile: str | None, clear: bool, as_json: bool) -> None:
    """Show what should be mended, the surest first.

    The exit code is 1 if certain or likely advice is there.
    """
    if clear:
        if profile is not None:
            raise click.UsageError("--clear forgets the advice about all profiles")
        answer = fake.call("DELETE", "/advice")
        if as_json:
            show_json(answer)
        else:
            say("The advice so far is forgotten.")
        return
    key = "" if profile is None else fake.find_profile(profile)["profileKey"]
    answer = fake.get(f"/advice?profileKey={quote(key, safe='')}" if key else "/advice")
    if as_json:
        show_json(answer)
    elif answer["advice"]:
        show_advice(answer["advice"])
    else:
        say("There is nothing to mend.")
    exit_if_wrong(answer["advice"])


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@JSON
def explain(name: str | None, as_json: bool) -> None:
    """Explain a piece of advice, or list the names of all."""
    from fakeayr.domain.advice.catalogue import CATALOGUE, GROUPS  # noqa: PLC0415 - starts faster

    if name is None:
        if as_json:
            show_json([_describe(row) for row in CATALOGUE.values()])
            return
        for title, rows in GROUPS.items():
            show(click.style(title, bold=True))
            for row in rows:
                show(f"  {sign(row.sureness.value)} {row.name}")
        return
    if name not in CATALOGUE:
        meant = near(name, CATALOGUE) or " fakeayr explain lists all."
        raise OrderRefused(f"There is no advice {name!r}.{meant}")
    row = CATALOGUE[name]
    if as_json:
        show_json(_describe(row))
        return
    show(f"{sign(row.sureness.value)} {click.style(row.name, bold=True)} · {row.sureness.value}")
    show()
    for label, text in (
        ("what", f"{_GAP.sub('…', row.headline)}."),
        ("seen", _GAP.sub("…", row.seen)),
        ("so", _GAP.sub("…", row.so)),
        ("do", _GAP.sub("…", row.do)),
        ("fact", f"{row.basis.value}: {row.fact}."),
        ("wrong", row.wrong),
        ("right", row.right),
        ("allow", row.allow),
        ("false", row.false_alarms),
    ):
        show(wrap(label.ljust(_LABEL), text))
    show()
    show(row.docs)


def _describe(row: "Row") -> dict[str, Any]:
    return {
        "name": row.name,
        "sureness": row.sureness.value,
        "headline": row.headline,
        "seen": row.seen,
        "so": row.so,
        "do": row.do,
        "fact": f"{row.basis.value}: {row.fact}",
        "wrong": row.wrong,
        "right": row.right,
        "allow": row.allow,
        "falseAlarms": row.false_alarms,
        "docs": row.docs,
    }
