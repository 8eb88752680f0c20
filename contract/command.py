"""`fakeayr contract …`: the command line of the contract tests."""

import difflib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from fakeayr.ayrshare import openapi
from fakeayr.client import credentials
from fakeayr.client.credentials import Credentials, NoCredentials
from fakeayr.contract import checks, fake, fuzzing, reports, runner
from fakeayr.contract.lab import Lab
from fakeayr.contract.ledger import Ledger
from fakeayr.contract.recordings import differences, playing, recording, telling
from fakeayr.contract.recordings.recording import Recording
from fakeayr.contract.recordings.stage import JWT, LINK_SESSIONS
from fakeayr.contract.runner import Result
from fakeayr.contract.target import CannotRun, Target

_COULD_NOT_RUN = 2
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _NewFile(click.Path):
    """A file to be written in the end, so whether that can be done is looked at first."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.parent
        has_place = os.access(folder, os.W_OK | os.X_OK) and folder.is_dir()
        if not has_place and not os.access(path, os.W_OK):
            self.fail(f"Nothing can be written to the folder {folder}; name another.", param, ctx)
        return path


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
    "--safe/--no-safe",
    default=None,
    help="Keep well below the rate limit. On with --url; off only for a server of this machine.",
)
@click.option(
    "--fuzz/--no-fuzz",
    default=None,
    help="Also drive openapi.yaml with Schemathesis. On for the fake; with --url only operations "
    "that change nothing.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CHECK",
    help="Run only this check, named as a run shows it (may be repeated).",
)
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first broken check.")
@click.option(
    "--time-budget",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Stop after so many seconds; what is left is told.",
)
@click.option("--junit", type=_NewFile(), help="Write JUnit XML.")
@click.option(
    "--reports",
    "reports_folder",
    type=click.Path(file_okay=False, exists=True, writable=True, path_type=Path),
    help="Folder for Schemathesis's own reports (HAR and VCR).",
)
@click.option("--html", "page", type=_NewFile(), help="Write a page.")
def run(
    url: str | None,
    ca: Path | None,
    yes: bool,
    safe: bool | None,
    fuzz: bool | None,
    only: tuple[str, ...],
    fail_fast: bool,
    time_budget: float | None,
    junit: Path | None,
    reports_folder: Path | None,
    page: Path | None,
) -> None:
    """Run the named checks, and Schemathesis on openapi.yaml.

    Without --url a fake is started. With it, AYRSHARE_API_KEY, AYRSHARE_DOMAIN and
    AYRSHARE_PRIVATE_KEY (the text or a path) say whose account is used. Only profiles that the run
    itself makes are touched, and they are deleted again.
    """
    chosen = _chosen(only)
    began = time.monotonic()
    deadline = None if time_budget is None else began + time_budget
    fuzz = (url is None and not only) if fuzz is None else fuzz

    def progress(result: Result) -> None:
        spent = "" if time_budget is None else f"{time.monotonic() - began:4.0f}/{time_budget:g} s "
        click.echo(f"{spent}{reports.line(result)}")

    with _or_exit(), _laboratory(url, ca, deadline, yes=yes, safe=safe) as lab:
        click.echo(f"Checking {lab.target.url}")
        results = runner.run(chosen, lab, progress, fail_fast=fail_fast)
        if fuzz and not (fail_fast and reports.exit_code(results) == 1):
            click.echo("Driving openapi.yaml with Schemathesis …")
            document = openapi.path()
            results += fuzzing.run(lab.target, lab.profile.key, document, reports=reports_folder)
    told = reports.failures(results)
    click.echo(f"\n{told}\n" if told else "")
    click.echo(f"{reports.summary(results)}; {lab.target.calls} calls.")
    with _or_exit():
        if junit is not None:
            with _written(junit):
                reports.write_junit(results, junit)
        if page is not None:
            with _written(page):
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


_age_option = click.option(
    "--age",
    type=click.Choice([JWT, LINK_SESSIONS]),
    help="In which age of the linking API the account lives. Both on the fake, else jwt.",
)
_accepted_option = click.option(
    "--accepted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=differences.ACCEPTED,
    help="Differences that are accepted, if not those that come with fakeayr.",
)
_json_option = click.option("--json", "report", type=_NewFile(), help="Write JSON.")


@contract.command()
@_url_option
@_ca_option
@_yes_option
@_age_option
@click.option("--out", type=_NewFile(), required=True)
def record(url: str | None, ca: Path | None, yes: bool, age: str | None, out: Path) -> None:
    """Write down what a server answers, without secrets, ids and times.

    Without --url a fake is started. The file can be reviewed, compared and replayed.
    """
    with _or_exit():
        made = _recorded(url, ca, age, yes=yes)
        with _written(out):
            out.write_text(recording.to_text(made), "utf-8")
    left_out = f", {len(made.left_out)} left out" if made.left_out else ""
    click.echo(f"{out}: {len(made.scenarios)} scenarios{left_out}")


@contract.command()
@click.argument("a")
@click.argument("b")
@_ca_option
@_yes_option
@_age_option
@_accepted_option
@_json_option
def diff(
    a: str,
    b: str,
    ca: Path | None,
    yes: bool,
    age: str | None,
    accepted: Path,
    report: Path | None,
) -> None:
    """List what differs between A and B.

    Each is a recording, the word fake for a fake that is started, or the URL of a server.
    """
    with _or_exit():
        acceptances = differences.acceptances(accepted)
        recordings = {it: recording.from_file(Path(it)) for it in (a, b) if not _live(it)}
        left, right = (
            recordings.get(it) or _recorded(None if it == "fake" else it, ca, age, yes=yes)
            for it in (a, b)
        )
        compared = differences.compare(left, right, acceptances)
    _tell(compared, a, b, report)


@contract.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_accepted_option
@_json_option
def replay(file: Path, accepted: Path, report: Path | None) -> None:
    """Hold the fake against a recording of another server."""
    with _or_exit():
        known = recording.from_file(file)
        with playing.fake_venue() as venue:
            played = playing.play(venue, only=known.scenarios)
        compared = differences.compare(known, played, differences.acceptances(accepted))
    _tell(compared, str(file), "the fake", report)


def _live(source: str) -> bool:
    """Whether a source has to be played: a fake, or a server."""
    return source == "fake" or source.startswith(("http://", "https://"))


def _recorded(url: str | None, ca: Path | None, age: str | None, *, yes: bool) -> Recording:
    def progress(scenario: str) -> None:
        click.echo(f"Playing {scenario}", err=True)

    if url is None:
        with playing.fake_venue(age) as venue:
            return playing.play(venue, progress=progress)
    safe = False if urlsplit(url).hostname in _LOOPBACK else None
    with _laboratory(url, ca, None, yes=yes, safe=safe) as lab:
        return playing.play(playing.Server(lab, Ledger(), age or JWT), progress=progress)


def _tell(compared: differences.Comparison, a: str, b: str, report: Path | None) -> None:
    click.echo(telling.told(compared, a, b))
    if report is not None:
        with _or_exit(), _written(report):
            telling.write_json(compared, report)
    sys.exit(1 if compared.found else 0)


@contextmanager
def _laboratory(
    url: str | None, ca: Path | None, deadline: float | None, *, yes: bool, safe: bool | None
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
    kind = safe is not False
    target = Target(url, _credentials(), kind_to=kind, authority=ca)
    is_here = urlsplit(url).hostname in _LOOPBACK
    if not kind and not is_here:
        raise CannotRun("--no-safe is for servers of this machine only.")
    if not is_here and not yes and not _confirmed(target.url):
        raise CannotRun("It was not confirmed; --yes goes on without asking.")
    target.look()
    target.deadline = deadline
    try:
        yield Lab(target, ledger)
    finally:
        target.deadline = None
        for entry in runner.clean(target, ledger):
            click.echo(f"{entry.title} could not be deleted: fakeayr contract clean", err=True)


def _confirmed(url: str) -> bool:
    try:
        return click.confirm(f"This creates and deletes profiles at {url}. Go on?", err=True)
    except click.Abort:
        return False


@contextmanager
def _or_exit() -> Iterator[None]:
    try:
        yield
    except CannotRun as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_COULD_NOT_RUN)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Around what writes a file.

    Raises:
        CannotRun: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from error


def _chosen(only: tuple[str, ...]) -> list[checks.Check]:
    """The checks of these names, which may be written with spaces, as they are printed."""
    known = checks.load()
    names = {check.name for check in known}
    wanted = {name.strip().replace(" ", "_") for name in only}
    for name in sorted(wanted - names):
        near = " or ".join(difflib.get_close_matches(name, names))
        hint = f"did you mean {near}?" if near else "a run without --only shows the names of all."
        raise click.BadParameter(f"There is no check {name}; {hint}", param_hint="--only")
    return [check for check in known if not only or check.name in wanted]


def _credentials() -> Credentials:
    """The account that the environment names.

    Raises:
        CannotRun: It names none.
    """
    try:
        return credentials.read_environment()
    except NoCredentials as error:
        raise CannotRun(str(error)) from error
