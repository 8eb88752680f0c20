"""`fakeayr load`: starts the fake, and Locust beside it.

Locust runs in a process of its own, since importing it changes sockets everywhere.
"""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from fakeayr.loadtests import servers
from fakeayr.loadtests.hosts import HostGuard, HostRefused
from fakeayr.loadtests.settings import BadSetting, Settings, options

LOCUSTFILE: Final = Path(__file__).with_name("link_flow.py")
_COULD_NOT_RUN: Final = 2
_QUIET: Final = {"FAKEAYR_LOAD_QUIET": "1"}
_RUN_TIME: Final = re.compile(r"(?=\d)(\d+h)?(\d+m)?(\d+s?)?")


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command every setting of load tests as an option."""
    for option in reversed(list(options())):
        shown: dict[str, Any] = {"help": option.help}
        if not option.metavar:
            shown["is_flag"] = True
        else:
            shown |= {"metavar": option.metavar, "multiple": option.many}
            if option.default:
                shown["help"] = f"{option.help} [default: {option.default}]"
        command = click.option(option.flag, **shown)(command)
    return command


@click.command()
@click.option(
    "--users", default=50, show_default=True, type=click.IntRange(1, 100_000), help="Most people."
)
@click.option(
    "--spawn-rate",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 1000, min_open=True),
    help="How many of them come in a second.",
)
@click.option("--run-time", default="30s", show_default=True, help="For instance 60s or 1h30m.")
@click.option(
    "--host",
    metavar="URL",
    help="Where the load goes to, if not to a fake that is started for it.",
)
@click.option(
    "--app",
    "application",
    metavar="COMMAND",
    help="An application to start beside the fake, with AYRSHARE_BASE_URL, AYRSHARE_API_KEY, "
    "AYRSHARE_DOMAIN and AYRSHARE_PRIVATE_KEY set; it answers at --host.",
)
@click.option(
    "--app-log",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where its output goes, if not to this terminal.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processes of the fake. [default: one for each core]",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(-1, 256),
    help="Processes of Locust; -1 for one on each core.",
)
@click.option("--web", is_flag=True, help="Open Locust's web interface instead, on this machine.")
@click.option(
    "--web-port", default=8089, show_default=True, type=click.IntRange(0, 65535), help="Its port."
)
@click.option("--html", metavar="FILE", help="Write Locust's report.")
@click.option("--csv", metavar="PREFIX", help="Write Locust's figures.")
@_with_settings
@click.argument("locust", nargs=-1, type=click.UNPROCESSED, metavar="[-- LOCUST OPTIONS]")
def load(
    *,
    users: int,
    spawn_rate: float,
    run_time: str,
    host: str | None,
    application: str | None,
    app_log: Path | None,
    workers: int | None,
    processes: int,
    web: bool,
    web_port: int,
    html: str | None,
    csv: str | None,
    locust: tuple[str, ...],
    **given: Any,
) -> None:
    """Load a fake, or an application that links accounts, as its customers would.

    Exit codes: 0 all thresholds held and nothing was lost, 1 something broke, 2 it could not run or
    no flow was finished.
    """
    if importlib.util.find_spec("locust") is None:
        raise click.UsageError("Load tests need Locust: pip install '.[load]' in a clone.")
    if not _RUN_TIME.fullmatch(run_time):
        raise click.BadParameter("it must look like 60s or 1h30m", param_hint="--run-time")
    settings = _checked(given, host, application)
    workers = workers or os.cpu_count() or 1
    if settings.fails("worker-killed") and settings.server_pid is None:
        if host is not None and application is None:
            raise click.UsageError("worker-killed needs --server-pid with --host")
        workers = max(workers, 2)
    variables = dict(_QUIET)
    try:
        with ExitStack() as running:
            if host is None or application is not None:
                fake = running.enter_context(servers.fake(workers))
                click.echo(f"The fake answers at {fake.url}, with {workers} workers.", err=True)
                if settings.fails("worker-killed"):
                    given["server_pid"] = str(fake.pid)
                if application is not None and host is not None:
                    variables |= _account(fake.url)
                    running.enter_context(
                        servers.application(application, host, variables, app_log)
                    )
                    click.echo(f"The application answers at {host}.", err=True)
                host = host or fake.url
            words = [
                *("--host", host, "--users", str(users), "--spawn-rate", f"{spawn_rate:g}"),
                *("--run-time", run_time, "--stop-timeout", "10", "--loglevel", "WARNING"),
                *(("--web-port", str(web_port)) if web else ("--headless", "--only-summary")),
                *(() if processes == 1 else ("--processes", str(processes))),
                *(() if html is None else ("--html", html)),
                *(() if csv is None else ("--csv", csv)),
                *_as_options(given),
                *locust,
            ]
            if web:
                click.echo(f"Open http://127.0.0.1:{web_port}; Ctrl-C ends it.", err=True)
            code = _run_locust(words, variables)
    except servers.NotStarted as error:
        click.echo(f"Error: {error}", err=True)
        code = _COULD_NOT_RUN
    sys.exit(code)


def _checked(given: dict[str, Any], host: str | None, application: str | None) -> Settings:
    try:
        settings = Settings.read(given)
        if host is not None:
            HostGuard(owned=settings.i_own_this_host).check(host)
    except BadSetting as error:
        raise click.BadParameter(error.reason, param_hint=error.option) from error
    except HostRefused as error:
        raise click.BadParameter(str(error), param_hint="--host") from error
    if settings.adapter != "ayrshare" and host is None:
        raise click.UsageError("Say with --host where the application answers")
    if application is not None and settings.adapter == "ayrshare":
        raise click.UsageError("An application (--app) needs its --adapter")
    return settings


def _account(url: str) -> dict[str, str]:
    """A new account on a fake, as variables for an application and its adapter."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{url}/_fakeayr/accounts", b"{}", {"Content-Type": "application/json"}, method="POST"
    )
    with servers.OPENER.open(request) as answer:
        opened = json.load(answer)
    return {
        "AYRSHARE_BASE_URL": f"{url}/api",
        "AYRSHARE_API_KEY": opened["apiKey"],
        "AYRSHARE_DOMAIN": opened["domain"],
        "AYRSHARE_PRIVATE_KEY": opened["privateKey"],
    }


def _as_options(given: dict[str, Any]) -> list[str]:
    words = []
    for option in options():
        value = given[option.name]
        if option.metavar and value is not None:
            texts = value if option.many else (value,)
            words += [f"{option.flag}={text}" for text in texts]
        elif value:
            words.append(option.flag)
    return words


def _run_locust(words: Sequence[str], variables: dict[str, str]) -> int:
    """Runs Locust to its end; Ctrl-C reaches it as well, and it tells its summary then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), *words],
        env={**os.environ, **variables},
    )
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else _COULD_NOT_RUN
