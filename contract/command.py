"""`fakeayr contract …`: the command line of the contract tests."""

import difflib
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from fakeayr.client.api import ApiClient
from fakeayr.client.credentials import read_environment
from fakeayr.client.start import run_server
from fakeayr.client.transport import HttpTransport
from fakeayr.contract import checks, fuzzing, reports, runner
from fakeayr.contract.errors import Unreachable, Untestable
from fakeayr.contract.leftovers import Leftover, Leftovers
from fakeayr.contract.recordings import differences, playing, recording, reporting
from fakeayr.contract.recordings.recording import Recording
from fakeayr.contract.recordings.step_recorder import JWT, LINK_SESSIONS
from fakeayr.contract.runner import CheckResult
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession
from fakeayr.domain.urls import is_loopback
from fakeayr.errors import FakeayrError


class _NewFile(click.Path):
    """A file to be written in the end; that it can be is checked first."""

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
_POSTS_ARE_REAL = (
    "The posts of this run are real: people can see them on the account's social networks until "
    "they are deleted, at the end of the run at the latest."
)


@contract.command()
@_url_option
@_ca_option
@_yes_option
@click.option(
    "--safe/--no-safe",
    default=None,
    help="Keep well below the rate limit. On with --url; off only for a server of this machine.",
)
@click.option(
    "--posts",
    is_flag=True,
    help="Also run the checks that post. On a fake they always run; on the real API the posts are "
    "real: they go to the networks that the account has linked, and are deleted afterwards.",
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
    help="Run only this check, given by its sentence or its name (may be repeated).",
)
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first broken check.")
@click.option(
    "--time-budget",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Begin no check after so many seconds; the rest is reported as left out.",
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
    posts: bool,
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
    AYRSHARE_PRIVATE_KEY (the text or a path) name the account. Only profiles and posts that the run
    itself creates are touched, and they are deleted again. Nothing is posted without --posts.
    """
    chosen = _chosen(only)
    began = time.monotonic()
    fuzz = (url is None and not only) if fuzz is None else fuzz

    results: list[CheckResult] = []
    cut_short = ""

    def progress(result: CheckResult) -> None:
        results.append(result)
        spent = "" if time_budget is None else f"{time.monotonic() - began:4.0f}/{time_budget:g} s "
        click.echo(f"{spent}{reports.line(result)}")

    if fuzz:
        with _or_exit():
            fuzzing.require_schemathesis()
    with _or_exit(), _session(url, ca, time_budget, yes=yes, safe=safe, posts=posts) as session:
        began = time.monotonic()
        click.echo(f"Checking {session.target.url}")
        try:
            runner.run(chosen, session, progress, fail_fast=fail_fast)
            if fuzz and not (fail_fast and reports.exit_code(results) == 1):
                click.echo("Running Schemathesis on openapi.yaml …")
                results += fuzzing.run(session, reports=reports_folder)
        except Unreachable as error:
            cut_short = f"The run ended early: {error}"
        except KeyboardInterrupt:
            cut_short = "The run was interrupted."
            click.echo("\nInterrupted: deleting what the run has created.", err=True)
    told = reports.failures(results)
    click.echo(f"\n{told}\n" if told else "")
    click.echo(f"{reports.summary(results)}; {session.calls} calls.")
    if cut_short:
        click.echo(f"{cut_short} Not all checks have run.", err=True)
    with _or_exit():
        if junit is not None:
            with _written(junit):
                reports.write_junit(results, junit)
        if page is not None:
            with _written(page):
                reports.write_html(results, session.target.url, page)
    code = reports.exit_code(results)
    sys.exit(Untestable.exit_code if cut_short and code == 0 else code)


@contract.command()
@_url_option
@_ca_option
def clean(url: str | None, ca: Path | None) -> None:
    """Delete the profiles and posts that an interrupted run has left behind."""
    if url is None:
        raise click.UsageError("Say with --url which server to clean.")
    with _or_exit():
        target = CheckedServer(url, read_environment(), paced=True, authority=ca)
        with closing(target):
            left = runner.clean(target, Leftovers())
    if left:
        click.echo(f"{_counted(left)} could not be deleted; try again later.", err=True)
        sys.exit(1)
    click.echo("No profile and no post of an earlier run is left.")


def _counted(left: list[Leftover]) -> str:
    posts = sum(entry.is_post for entry in left)
    counts = ((len(left) - posts, "profile"), (posts, "post"))
    return " and ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count)


_age_option = click.option(
    "--age",
    type=click.Choice([JWT, LINK_SESSIONS]),
    help="The age of the linking API that the account lives in. On the fake both, else jwt.",
)
_accepted_option = click.option(
    "--accepted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=differences.ACCEPTED,
    help="File of accepted differences, if not the one that comes with fakeayr.",
)
_json_option = click.option("--json", "report", type=_NewFile(), help="Write JSON.")


@contract.command()
@_url_option
@_ca_option
@_yes_option
@_age_option
@click.option("--out", type=_NewFile(), required=True)
def record(url: str | None, ca: Path | None, yes: bool, age: str | None, out: Path) -> None:
    """Record what a server returns, without secrets, ids and times.

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
    _report(compared, a, b, report)


@contract.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_accepted_option
@_json_option
def replay(file: Path, accepted: Path, report: Path | None) -> None:
    """Compare the fake with a recording of another server."""
    with _or_exit():
        known = recording.from_file(file)
        with playing.run_fake() as server:
            played = playing.play(server, only=known.scenarios)
        compared = differences.compare(known, played, differences.acceptances(accepted))
    _report(compared, str(file), "the fake", report)


def _live(source: str) -> bool:
    """Whether a source has to be played: a fake, or a server."""
    return source == "fake" or source.startswith(("http://", "https://"))


def _recorded(url: str | None, ca: Path | None, age: str | None, *, yes: bool) -> Recording:
    def progress(scenario: str) -> None:
        click.echo(f"Playing {scenario}", err=True)

    if url is None:
        with playing.run_fake(age) as server:
            return playing.play(server, progress=progress)
    safe = False if is_loopback(urlsplit(url).hostname) else None
    with _session(url, ca, None, yes=yes, safe=safe) as session:
        return playing.play(
            playing.OtherServer(session, Leftovers(), age or JWT), progress=progress
        )


def _report(compared: differences.Comparison, a: str, b: str, report: Path | None) -> None:
    click.echo(reporting.describe(compared, a, b))
    if report is not None:
        with _or_exit(), _written(report):
            reporting.write_json(compared, report)
    sys.exit(1 if compared.found else 0)


@contextmanager
def _session(
    url: str | None,
    ca: Path | None,
    seconds: float | None,
    *,
    yes: bool,
    safe: bool | None,
    posts: bool = False,
) -> Iterator[ContractSession]:
    """A session with a server; what it has created is deleted in the end.

    Args:
        url: The API's base; `None` starts a fake.
        ca: Certificates to trust.
        seconds: How long calls may be made, once the session has begun.
        yes: Whether nobody is asked.
        safe: Whether to stay below the rate limit, as on the command line.
        posts: Whether posts may be made.
    """
    if url is None:
        with run_server() as fake, tempfile.TemporaryDirectory() as folder:
            leftovers = Leftovers(Path(folder) / "profiles.json")  # It goes with the fake.
            with closing(HttpTransport(fake.url)) as transport:
                deadline = _deadline(seconds)
                api = ApiClient(transport, fake.url)
                newer, _ = playing.open_session(api, leftovers, deadline, age=LINK_SESSIONS)
                timed, _ = playing.open_session(api, leftovers, deadline)
                session, _ = playing.open_session(api, leftovers, deadline, newer, timed)
                with closing(session.target), closing(newer.target), closing(timed.target):
                    yield session
        return
    paced = safe is not False
    is_here = is_loopback(urlsplit(url).hostname)
    leftovers = Leftovers()
    known = read_environment()
    with closing(CheckedServer(url, known, paced=paced, authority=ca, posts=posts)) as target:
        if not paced and not is_here:
            raise Untestable("--no-safe is for servers of this machine only.")
        if paced and posts:
            click.echo(_POSTS_ARE_REAL, err=True)
        if not is_here and not yes and not _confirmed(target.url, posts=posts):
            raise Untestable("It was not confirmed; pass --yes to run without asking.")
        target.look()
        try:
            session = ContractSession(target, leftovers)
            session.check_account()
            target.deadline = _deadline(seconds)
            yield session
        finally:
            target.deadline = None
            _clean_up(target, leftovers)


def _clean_up(target: CheckedServer, leftovers: Leftovers) -> None:
    """Deletes what the run has created; says how to delete the rest later."""
    try:
        left = runner.clean(target, leftovers)
    except Unreachable:
        left = [entry for entry in leftovers.entries() if entry.url == target.url]
    if left:
        later = f"fakeayr contract clean --url {target.url}"
        click.echo(f"{_counted(left)} could not be deleted; later, run {later}", err=True)


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _confirmed(url: str, *, posts: bool) -> bool:
    made = "profiles and posts" if posts else "profiles"
    try:
        return click.confirm(f"This creates and deletes {made} at {url}. Go on?", err=True)
    except click.Abort:
        return False


@contextmanager
def _or_exit() -> Iterator[None]:
    try:
        yield
    except FakeayrError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(Untestable.exit_code)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Around what writes a file.

    Raises:
        Untestable: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise Untestable(f"{path} cannot be written: {error.strerror}.") from error


def _chosen(only: tuple[str, ...]) -> list[checks.Check]:
    """The checks with these names or sentences."""
    known = checks.load()
    names = {_plain(text): check.name for check in known for text in (check.name, check.sentence)}
    wanted = set()
    for text in only:
        if _plain(text) not in names:
            near = difflib.get_close_matches(_plain(text), names, n=1)
            sentences = {check.name: check.sentence for check in known}
            hint = "a run without --only shows all."
            if near:
                hint = f'did you mean "{sentences[names[near[0]]]}"?'
            raise click.BadParameter(f'There is no check "{text}"; {hint}', param_hint="--only")
        wanted.add(names[_plain(text)])
    return [check for check in known if not only or check.name in wanted]


def _plain(text: str) -> str:
    """A sentence or a name without what typing it gets wrong."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
