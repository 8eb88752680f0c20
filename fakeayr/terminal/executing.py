"""`fakeayr exec`: runs a command whose calls to Ayrshare's hosts reach a fake."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.accounts import LinkingApi, Settings
from fakeayr.domain.refusals import Refused
from fakeayr.domain.spelling import near
from fakeayr.domain.urls import is_loopback
from fakeayr.gateway import command as gateway
from fakeayr.terminal.output import format_advice, say
from fakeayr.terminal.server_options import exec_options
from fakeayr.web.bodies import Fields
from fakeayr.web.config import Config


@click.command(name="exec", context_settings={"allow_interspersed_args": False})
@exec_options
@click.option("--quiet", is_flag=True, help="Do not say at the end what should be mended.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(command: tuple[str, ...], quiet: bool, **options: Any) -> None:
    """Run COMMAND so that its calls to Ayrshare's hosts reach a fake, whatever its language.

    The fake ends with the command, whose exit code is passed on. Options of fakeayr stand before
    COMMAND; -- ends them.
    """
    report = None if quiet else _say_all
    raise SystemExit(execute_command(command, report=report, **options))


def execute_command(
    command: Sequence[str],
    *,
    report: Callable[[list[dict[str, Any]]], None] | None,
    port: int | None,
    journal: Path | None,
    **options: Any,
) -> int:
    """Runs a command with the options of `exec`; returns its exit code.

    Args:
        command: The command and its arguments.
        report: Called with the advice, as on the wire, once the command has ended.
        port: The option --port.
        journal: The option --journal.
        **options: The other options of `exec_options`.

    Raises:
        CommandNotRun: The command cannot be started.
    """
    config = _make_config(**options)
    if port is None:
        port = _own_port(config.public_url)
    return gateway.run(command, config, port=port, journal=journal, report=report)


def _make_config(
    *,
    domain: str | None,
    plan: str,
    age: str,
    max_pack: bool,
    settings: Sequence[str],
    public_url: str | None,
) -> Config:
    if domain is not None and not domain.strip():
        raise click.BadParameter("it is empty.", param_hint="'--domain'")
    return Config(
        public_url=public_url,
        plan=Plan(plan),
        max_pack=max_pack,
        domain=domain,
        linking_api=LinkingApi(age),
        settings=_read_settings(settings),
    )


def _read_settings(values: Sequence[str]) -> Settings:
    wrong = next((value for value in values if "=" not in value), None)
    if wrong is not None:
        raise click.BadParameter(
            f"{wrong!r} must look like NAME=VALUE, for instance rateLimit=true.",
            param_hint="'--setting'",
        )
    named = dict(value.partition("=")[::2] for value in values)
    for name in named:
        if name not in Settings.__struct_encode_fields__:
            meant = near(name, Settings.__struct_encode_fields__)
            raise click.BadParameter(
                f"there is no setting {name}.{meant or ' docs/settings.md lists all.'}",
                param_hint="'--setting'",
            )
    try:
        return Fields(named, typed=False).into(Settings)
    except Refused as refusal:
        details = refusal.details or str(refusal)
        raise click.BadParameter(details, param_hint="'--setting'") from refusal


def _own_port(public_url: str | None) -> int:
    """The port that a public URL on this machine names, where the fake must listen then."""
    parts = urlsplit(public_url or "")
    try:
        return (parts.port or 80) if parts.scheme == "http" and is_loopback(parts.hostname) else 0
    except ValueError:
        return 0


def _say_all(advice: list[dict[str, Any]]) -> None:
    if advice:
        say(f"fakeayr: {len(advice)} to mend.")
    for piece in advice:
        say(format_advice(piece, brief=True))
