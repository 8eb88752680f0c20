"""Options of the commands that start a fake."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.urls import is_web_url
from fakeayr.terminal.parameters import AGES, Number

Body = Callable[..., None]
"""What a command does."""


def check_public_url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Returns a URL without a slash at its end.

    Raises:
        BadParameter: It is none that browsers can open.
    """
    if value is None:
        return None
    if not is_web_url(value) or "?" in value or "#" in value:
        raise click.BadParameter("it must look like https://fake.example or http://host:port.")
    if value.rstrip("/").endswith("/api"):
        raise click.BadParameter("leave out /api at the end.")
    return value.rstrip("/")


PLAN: Final = click.option(
    "--plan",
    type=click.Choice([plan.value for plan in Plan]),
    default=Plan.BUSINESS.value,
    show_default=True,
    help="Plan of the development account.",
)
MAX_PACK: Final = click.option(
    "--max-pack/--no-max-pack",
    default=True,
    show_default=True,
    help="Whether the development account has the Max Pack.",
)


def public_url_option(text: str) -> Callable[[Body], Body]:
    """The option --public-url with this help."""
    return click.option("--public-url", callback=check_public_url, metavar="URL", help=text)


def exec_options(body: Body) -> Body:
    """The options that set up the fake of a single command."""
    for option in (
        click.option(
            "--port",
            type=Number(0, 65535),
            show_default="that of a --public-url on this machine, else a free one",
            help="Port that the fake listens on.",
        ),
        public_url_option(
            "Put this in linking URLs instead of Ayrshare's address, for a browser of your own."
        ),
        click.option(
            "--journal",
            type=click.Path(dir_okay=False, writable=True, path_type=Path),
            metavar="FILE",
            help="Write what was asked of the fake here, as JSON, once COMMAND has ended.",
        ),
        click.option(
            "--setting",
            "settings",
            multiple=True,
            metavar="NAME=VALUE",
            help="A setting of the fake, such as rateLimit=true; may be given several times.",
        ),
        MAX_PACK,
        click.option(
            "--age",
            type=click.Choice(AGES),
            default=AGES[0],
            show_default=True,
            help="Which of Ayrshare's two linking APIs the development account lives in.",
        ),
        PLAN,
        click.option(
            "--domain", metavar="DOMAIN", help="Domain of the development account.  [default: acme]"
        ),
    ):
        body = option(body)
    return body
