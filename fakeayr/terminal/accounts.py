"""`fakeayr account new`."""

import base64
import shlex
from typing import Any

import click

from fakeayr.ayrshare.plans import Plan
from fakeayr.terminal.fakes import Fake, on_a_fake
from fakeayr.terminal.output import describe_account, say, show, show_json
from fakeayr.terminal.parameters import AGES, JSON


@click.group()
def account() -> None:
    """Open an account of the fake."""


@account.command()
@on_a_fake
@click.option("--plan", type=click.Choice([plan.value for plan in Plan]), help="Its plan.")
@click.option("--age", type=click.Choice(AGES), help="The linking API that it lives in.")
@click.option("--max-pack/--no-max-pack", default=None, help="Whether it has the Max Pack.")
@click.option("--domain", metavar="DOMAIN", help="Its domain.")
@click.option("--env", "as_env", is_flag=True, help="Print lines for a .env; this is the default.")
@click.option("--shell", "as_shell", is_flag=True, help="Print lines for a shell, to eval.")
@JSON
def new(fake: Fake, as_env: bool, as_shell: bool, as_json: bool, **wanted: Any) -> None:
    """Open an account of its own, and print its keys."""
    if as_env + as_shell + as_json > 1:
        raise click.UsageError("choose one of --env, --shell and --json")
    order = {
        "plan": wanted["plan"],
        "age": wanted["age"],
        "maxPack": wanted["max_pack"],
        "domain": wanted["domain"],
    }
    opened = fake.call("POST", "/accounts", order)
    if as_json:
        show_json(opened)
        return
    variables = {
        "AYRSHARE_BASE_URL": f"{fake.url}/api",
        "AYRSHARE_API_KEY": opened["apiKey"],
        "AYRSHARE_DOMAIN": opened["domain"],
        # One line, which every reader of a .env takes as it is.
        "AYRSHARE_PRIVATE_KEY_BASE64": base64.b64encode(opened["privateKey"].encode()).decode(),
    }
    for name, value in variables.items():
        show(f"export {name}={shlex.quote(value)}" if as_shell else f"{name}={value}")
    say(f"Opened {describe_account(opened)}.")
