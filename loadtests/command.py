"""`fakeayr load`: starts a fake, and Locust with it.

Locust runs in a separate process, because importing it patches sockets; this process only uses its
parser. Options that are not declared here are passed on to Locust unchanged.
"""

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

import click

from fakeayr.client.api import ApiClient
from fakeayr.client.start import run_server
from fakeayr.client.transport import HttpTransport
from fakeayr.loadtests.application import run_application
from fakeayr.loadtests.control import TOKEN_VARIABLE
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.options import LoadOptions, declare_options

LOCUSTFILE: Final = Path(__file__).with_name("link_flow.py")
_DEFAULTS: Final = ("--users=50", "--spawn-rate=10", "--run-time=30s", "--stop-timeout=10")
_QUIET: Final = ("--only-summary", "--loglevel=WARNING")
_UNPATCHED: Final = "LOCUST_SKIP_MONKEY_PATCH"


class _LocustCommand(click.Command):
    """A command whose help includes the options that Locust parses."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the help."""
        super().format_help(ctx, formatter)
        if importlib.util.find_spec("locust") is not None:
            formatter.write(f"\n{_parser(with_locusts_own=False).format_help()}")
        formatter.write(
            "\nEach of these options can also be set by a variable, such as "
            "FAKEAYR_LOAD_MAX_P95_MS.\nAll options of Locust work as well (see `locust --help`). "
            f"Defaults:\n{' '.join(_DEFAULTS)}\n"
        )


@click.command(cls=_LocustCommand, context_settings={"ignore_unknown_options": True})
@click.option(
    "--app",
    "application",
    metavar="COMMAND",
    help="Application to start with the fake. It gets AYRSHARE_BASE_URL, AYRSHARE_API_KEY, "
    "AYRSHARE_DOMAIN and AYRSHARE_PRIVATE_KEY, and must listen at --host.",
)
@click.option(
    "--app-log",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File for the application's output. [default: this terminal]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Worker processes of the fake. [default: one for each core, at least two]",
)
@click.option("--web", is_flag=True, help="Start Locust's web interface instead of a run.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[LOCUST OPTIONS]")
def load(
    *,
    application: str | None,
    app_log: Path | None,
    workers: int | None,
    web: bool,
    words: tuple[str, ...],
) -> None:
    """Run a load test of link flows with Locust.

    The load goes to a fake that the command starts, or to --host: an application that links
    accounts, or another server with Ayrshare's API.

    Exit codes: 0 if all thresholds held and nothing was lost, 1 if not, 2 if the test could not
    run or no flow was finished.
    """
    if importlib.util.find_spec("locust") is None:
        raise CannotLoad("Load tests need Locust; run pip install '.[load]' in a clone of fakeayr.")
    words = (*_DEFAULTS, *_QUIET, *(() if web else ("--headless",)), *words)
    parsed = _parser().parse_args(words)
    options = LoadOptions.read(vars(parsed))
    _check(options, parsed.host, application)
    variables: dict[str, str] = {}
    with ExitStack() as running:
        if parsed.host is None or application is not None:
            workers = workers or max(2, os.cpu_count() or 1)
            fake = running.enter_context(run_server(f"--workers={workers}", stderr=None))
            click.echo(f"The fake runs at {fake.url} with {workers} workers.", err=True)
            words += (f"--server-pid={fake.pid}",)
            if parsed.host is None:
                words += (f"--host={fake.url}",)
            elif application is not None:
                variables = _open_account(fake.url)
                running.enter_context(run_application(application, parsed.host, variables, app_log))
                click.echo(f"The application runs at {parsed.host}.", err=True)
        if web:
            click.echo(f"Open http://127.0.0.1:{parsed.web_port}. Press Ctrl-C to stop.", err=True)
        code = _run_locust(words, variables)
    sys.exit(code)


def _parser(*, with_locusts_own: bool = True) -> Any:
    """Returns a parser with the options of link flows, and by default with Locust's own."""
    os.environ[_UNPATCHED] = "1"
    from locust import argument_parser  # noqa: PLC0415 - most commands do not need it

    del os.environ[_UNPATCHED]
    if with_locusts_own:
        parser = argument_parser.get_parser()
    else:
        parser = argument_parser.LocustArgumentParser(
            usage=argparse.SUPPRESS, add_help=False, add_env_var_help=False
        )
    parser.prog = "fakeayr load"
    declare_options(parser)
    return parser


def _check(options: LoadOptions, host: str | None, application: str | None) -> None:
    if host is not None:
        HostGuard(owned=options.i_own_this_host).check(host)
    elif options.adapter != "ayrshare":
        raise CannotLoad("An adapter needs --host, the URL of the application.")
    if application is not None and options.adapter == "ayrshare":
        raise CannotLoad("--app needs --adapter, the application's adapter.")
    elsewhere = host is not None and application is None
    if elsewhere and options.has_failure("worker-killed") and options.server_pid is None:
        raise CannotLoad(
            "worker-killed with --host needs --server-pid, the process id of fakeayr serve."
        )


def _open_account(url: str) -> dict[str, str]:
    """Opens an account on a fake; returns it as variables for the application and its adapter."""
    with closing(HttpTransport()) as transport:
        token = os.environ.get(TOKEN_VARIABLE)
        account = ApiClient(transport, url, token=token).open_account()
    return {
        "AYRSHARE_BASE_URL": f"{url}/api",
        "AYRSHARE_API_KEY": account.api_key,
        "AYRSHARE_DOMAIN": account.domain,
        "AYRSHARE_PRIVATE_KEY": account.private_key,
    }


def _run_locust(words: Sequence[str], variables: Mapping[str, str]) -> int:
    """Runs Locust and returns its exit code. Locust handles Ctrl-C and prints its summary."""
    process = subprocess.Popen(
        [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), *words],
        env={**os.environ, **variables},
    )
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else CannotLoad.exit_code
