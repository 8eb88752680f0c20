"""`fakeayr contract …`: the command line of the contract tests."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from fakeayr.contract import checks, fake, reports, runner
from fakeayr.contract.lab import Lab
from fakeayr.contract.ledger import Ledger
from fakeayr.contract.target import CannotRun, Credentials, Target

_COULD_NOT_RUN = 2
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.group(name="contract")
def contract() -> None:
    """Check Ayrshare's contract: against the fake, the real API, or any other server."""


_url_option = click.option(
    "--url", help="The API's base, ending in /api, of a server that is already up."
)
_ca_option = click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust, if not the system's.",
)
_yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")


@contract.command()
@click.option(
    "--target",
    type=click.Choice(["fake"]),
    default="fake",
    expose_value=False,
    help="What is checked without --url: a fake that is started for it.",
)
@_url_option
@_ca_option
@_yes_option
@click.option(
    "--only", multiple=True, metavar="CHECK", help="Run only this check (may be repeated)."
)
@click.option(
    "--time-budget",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Stop after so many seconds; what is left is told.",
)
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page."
)
def run(
    url: str | None,
    ca: Path | None,
    yes: bool,
    only: tuple[str, ...],
    time_budget: float | None,
    junit: Path | None,
    page: Path | None,
) -> None:
    """Run the named checks.

    Without --url a fake is started. With it, AYRSHARE_API_KEY, AYRSHARE_DOMAIN and
    AYRSHARE_PRIVATE_KEY (the text or a path) say whose account is used. Only profiles that the run
    itself makes are touched, and they are deleted again.
    """
    chosen = _chosen(only)
    deadline = None if time_budget is None else time.monotonic() + time_budget
    with _or_exit(), _laboratory(url, ca, deadline, yes) as lab:
        click.echo(f"Checking {lab.target.url}")
        results = runner.run(chosen, lab, lambda result: click.echo(reports.line(result)))
    told = reports.failures(results)
    click.echo(f"\n{told}\n" if told else "")
    click.echo(f"{reports.summary(results)}; {lab.target.calls} calls.")
    if junit is not None:
        reports.write_junit(results, junit)
    if page is not None:
        reports.write_html(results, lab.target.url, page)
    sys.exit(reports.exit_code(results))


@contract.command()
@_url_option
@_ca_option
def clean(url: str | None, ca: Path | None) -> None:
    """Delete the profiles that an interrupted run has left behind."""
    if url is None:
        raise click.UsageError("Say with --url which server to clean.")
    with _or_exit():
        left = runner.clean(Target(url, _credentials(), kind_to=True, authority=ca), Ledger())
    if left:
        click.echo(f"{len(left)} profiles could not be deleted; try again later.", err=True)
        sys.exit(1)
    click.echo("Nothing of ours is left there.")


@contextmanager
def _laboratory(
    url: str | None, ca: Path | None, deadline: float | None, yes: bool
) -> Iterator[Lab]:
    """A laboratory with its target; what it has made is deleted in the end."""
    if url is None:
        with fake.started() as there, tempfile.TemporaryDirectory() as folder:
            credentials = fake.open_account(there)
            target = Target(f"{there}/api", credentials, kind_to=False, deadline=deadline)
            ledger = Ledger(Path(folder) / "profiles.json")  # It goes with the fake.
            yield Lab(target, ledger, fake.linker(there, credentials))
        return
    ledger = Ledger()
    target = Target(url, _credentials(), kind_to=True, deadline=deadline, authority=ca)
    if urlsplit(url).hostname not in _LOOPBACK and not yes:
        click.confirm(
            f"This creates and deletes profiles at {target.url}. Go on?", abort=True, err=True
        )
    try:
        yield Lab(target, ledger)
    finally:
        target.extend(None)
        for entry in runner.clean(target, ledger):
            click.echo(f"{entry.title} could not be deleted: fakeayr contract clean", err=True)


@contextmanager
def _or_exit() -> Iterator[None]:
    try:
        yield
    except CannotRun as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_COULD_NOT_RUN)


def _chosen(only: tuple[str, ...]) -> list[checks.Check]:
    known = checks.load()
    names = {check.name for check in known}
    unknown = [name for name in only if name not in names]
    if unknown:
        raise click.BadParameter(f"There is no check {unknown[0]}.", param_hint="--only")
    return [check for check in known if not only or check.name in only]


def _credentials() -> Credentials:
    """The account that the environment names.

    Raises:
        CannotRun: A variable is missing, or the key's file cannot be read.
    """
    names = ("AYRSHARE_API_KEY", "AYRSHARE_DOMAIN", "AYRSHARE_PRIVATE_KEY")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise CannotRun(f"{', '.join(missing)} must be set for a server that is already up.")
    api_key, domain, key = (os.environ[name] for name in names)
    if "-----BEGIN" not in key:
        try:
            key = Path(key).read_text("utf-8")
        except OSError as error:
            raise CannotRun(
                "AYRSHARE_PRIVATE_KEY is neither a key nor a file that can be read."
            ) from error
    return Credentials(api_key, domain, key)
