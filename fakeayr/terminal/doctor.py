"""`fakeayr doctor`: finds out what is wrong with a key, a URL, an environment or a receiver."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from fakeayr.client.development import API_KEY
from fakeayr.domain.urls import is_loopback
from fakeayr.terminal import reports
from fakeayr.terminal.fakes import Fake, NoFakeFound, OrderRefused, find_url, on_a_fake
from fakeayr.terminal.output import (
    exit_if_wrong,
    plain,
    say,
    show,
    show_advice,
    show_fields,
    show_json,
    show_table,
    wrap,
)
from fakeayr.terminal.parameters import JSON, profile_option
from fakeayr.terminal.server_options import exec_options
from fakeayr.testing.advice import check_allowed, is_allowed

_LARGEST_KEY_BYTES = 64 * 1024


@click.group()
def doctor() -> None:
    """Find out what is wrong with a key, a URL, an environment or a receiver.

    The exit code is 1 if something certainly or likely is.
    """


@doctor.command(short_help="Look at a private key.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--base64", "is_base64", is_flag=True, help="The file holds the key in base64.")
@click.option("--url", metavar="URL", help="Compare it with the account of this fake.")
@click.option(
    "--api-key", envvar="AYRSHARE_API_KEY", metavar="KEY", help="The account, with --url."
)
@JSON
def key(file: Path, is_base64: bool, url: str | None, api_key: str | None, as_json: bool) -> None:
    """Look at a private key as Ayrshare's linking page will.

    FILE is private.key, or - for the standard input. No fake needs to run.
    """
    from fakeayr.terminal import private_key  # noqa: PLC0415 - cryptography takes its time

    text = _read_text(file)
    fake = None if url is None else _open_fake(url, api_key)
    found = private_key.examine(text, is_base64=is_base64, fake=fake)
    if as_json:
        show_json({"key": found.about, "advice": found.advice})
    else:
        if found.about is not None:
            show(f"✓ {file} is a good RSA key: {_tell_key(found.about)}.")
        show_advice(found.advice)
    exit_if_wrong(found.advice)


@doctor.command("url", short_help="Say whether a linking URL would open.")
@click.argument("link", metavar="URL|TOKEN")
@on_a_fake
@JSON
def check_url(fake: Fake, link: str, as_json: bool) -> None:
    """Say whether a linking URL would open, and why not. It is not opened."""
    field = "url" if "://" in link or "?" in link else "token"
    verdict = fake.call("POST", "/inspect", {field: link})
    if as_json:
        show_json(verdict)
    else:
        profile = verdict["profile"] or {}
        title = profile.get("title")
        networks = verdict["networks"]
        if verdict["valid"]:
            show(f"✓ It opens for {plain(title)}.")
        else:
            why = f"It does not open ({verdict['reason']}): {verdict['explanation']}"
            show(wrap("✗ ", why))
        fields = [
            ("profile", f"{title} ({profile['refId']})" if profile else None),
            ("networks", ", ".join(networks) if networks else None),
            ("expires", verdict["expires"]),
        ]
        if profile:
            show_fields(fields)
    if not verdict["valid"]:
        raise SystemExit(1)


@doctor.command(short_help="Look at environment variables or a .env.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this .env instead of the environment.",
)
@JSON
def env(file: Path | None, as_json: bool) -> None:
    """Read the variables as an application does, and say what is wrong with each.

    If AYRSHARE_BASE_URL leads to a running fake, its account is compared, too. No value is printed.
    """
    from fakeayr.terminal import environment  # noqa: PLC0415 - cryptography takes its time

    variables = _read_variables(file)
    folder = Path() if file is None else file.parent
    found = environment.examine(variables, folder, fake=_find_configured(variables))
    if as_json:
        show_json({"variables": found.states, "advice": found.advice})
    else:
        show_table(("variable", "state"), found.states.items())
        if found.advice:
            show()
        show_advice(found.advice)
    exit_if_wrong(found.advice)


@doctor.command(short_help="Probe a webhook receiver.")
@click.argument("receiver", metavar="RECEIVER")
@on_a_fake
@click.option(
    "--secret",
    envvar="AYRSHARE_WEBHOOK_SECRET",
    show_envvar=True,
    metavar="SECRET",
    help="What the receiver checks signatures with.",
)
@profile_option("The profile that the deliveries tell of.")
@JSON
def webhook(
    fake: Fake, receiver: str, secret: str | None, profile: str | None, as_json: bool
) -> None:
    """Send right and wrong deliveries to a webhook receiver, and say what it did with them.

    RECEIVER is its URL. The events are not real, but look so: use a receiver in development.
    """
    key = None if profile is None else fake.find_profile(profile)["profileKey"]
    order = {"url": receiver, "secret": secret, "profileKey": key}
    found = fake.call("POST", "/webhook-probes", order)
    if as_json:
        show_json(found)
    else:
        for probe in found["probes"]:
            show(_tell_probe(probe))
        if found["advice"]:
            show()
        show_advice(found["advice"])
    exit_if_wrong(found["advice"])


@doctor.command(
    "run",
    short_help="Run a test suite and report what to mend.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(reports.FORMATS),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report there; to the standard error unless given.",
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Advice to leave out, such as conduct-*; may be given several times.",
)
@click.option(
    "--location",
    metavar="FILE",
    help="The file of the repository that the report points to; SARIF needs one.",
)
@exec_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run_command(
    command: tuple[str, ...],
    shape: str,
    out: Path | None,
    allowed: tuple[str, ...],
    location: str | None,
    **options: Any,
) -> None:
    """Run COMMAND, such as a test suite, through fakeayr exec, and report what to mend.

    The exit code is the command's; after a success it is 1 if certain or likely advice is left.
    """
    from fakeayr.terminal.executing import execute_command  # noqa: PLC0415 - starts faster

    try:
        check_allowed(allowed)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--allow'") from error
    if shape == "sarif" and location is None:
        raise click.UsageError(
            "--format sarif needs --location FILE: GitHub refuses results without a file"
        )
    kept: list[dict[str, Any]] = []

    def report(advice: list[dict[str, Any]]) -> None:
        kept.extend(piece for piece in advice if not is_allowed(piece["name"], allowed))

    code = execute_command(command, report=report, **options)
    text = reports.write(shape, kept, location or "")
    if out is None:
        say(text)
    else:
        try:
            out.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise OrderRefused(
                f"The report cannot be written to {out}: {error.strerror}."
            ) from error
    if code == 0:
        exit_if_wrong(kept)
    raise SystemExit(code)


def _read_text(file: Path) -> str:
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_LARGEST_KEY_BYTES + 1)
        else:
            with file.open("rb") as stream:
                data = stream.read(_LARGEST_KEY_BYTES + 1)
    except OSError as error:
        raise OrderRefused(f"{file} cannot be read: {error.strerror}.") from error
    if len(data) > _LARGEST_KEY_BYTES:
        raise OrderRefused(f"{file} is over 64 KiB: no key is that long.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OrderRefused(
            f"{file} is no text: a key is handed out as a text file that begins with -----BEGIN."
        ) from error


def _read_variables(file: Path | None) -> Mapping[str, str]:
    if file is None:
        return dict(os.environ)
    from dotenv import dotenv_values  # noqa: PLC0415 - seldom needed

    try:
        read = dotenv_values(file, interpolate=True)
    except (OSError, UnicodeDecodeError) as error:
        raise OrderRefused(f"{file} cannot be read as text.") from error
    return {name: value for name, value in read.items() if value is not None}


def _find_configured(variables: Mapping[str, str]) -> Fake | None:
    """The fake that the variables lead to, if one is running there."""
    url, api_key = variables.get("AYRSHARE_BASE_URL", ""), variables.get("AYRSHARE_API_KEY", "")
    try:
        if not api_key.isascii() or not is_loopback(urlsplit(url).hostname):
            return None
        return Fake(find_url(url), api_key, variables.get("FAKEAYR_CONTROL_TOKEN"))
    except (ValueError, NoFakeFound):
        return None


def _open_fake(url: str, api_key: str | None) -> Fake:
    """The fake at a URL, from the point of view of an account."""
    token = os.environ.get("FAKEAYR_CONTROL_TOKEN") or None
    return Fake(find_url(url), api_key or API_KEY, token)


def _tell_key(about: Mapping[str, Any]) -> str:
    whose = ""
    if "own" in about:
        fits = "that of" if about["own"] else "but not that of"
        whose = f", {fits} {about['domain']}"
    return f"{about['bits']} bits, {about['format']}{whose}"


def _tell_probe(probe: Mapping[str, Any]) -> str:
    """What the receiver did with a probe, and whether it should have."""
    mark = click.style("✓", fg="green") if probe["right"] else click.style("✗", fg="red")
    did = f"{'took' if probe['accepted'] else 'refused'} ({probe.get('status')})"
    if "error" in probe:
        did = "no response"
    should = {"accept": "it should take it", "refuse": "it should refuse it"}
    hint = "" if probe["right"] or "error" in probe else f": {should[probe['wanted']]}"
    return f"{mark} {wrap(f'  {did.ljust(15)}', probe['about'] + hint)[2:]}"
