"""The command line: `fakeayr` and its commands; the larger ones stand in rooms of their own."""

import os
import re
import shlex
import sys
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click
from click.exceptions import NoArgsIsHelpError

from fakeayr.ayrshare.plans import PLANS, Feature, Plan
from fakeayr.delivery.smtp import MailServer
from fakeayr.domain.accounts import Settings
from fakeayr.domain.ports import StoreUnreachable, StoreUnusable
from fakeayr.domain.urls import is_web_url
from fakeayr.errors import FakeayrError
from fakeayr.serving import package
from fakeayr.serving.package import PackageRefused
from fakeayr.store.opening import check_url, is_url
from fakeayr.version import __version__
from fakeayr.web import development
from fakeayr.web.config import Config

DEFAULT_PORT: Final = 8189
_DEFAULT_URL: Final = f"http://127.0.0.1:{DEFAULT_PORT}"


_SENDABLE: Final = re.compile(r"[!-~]+")
"""Control tokens that arrive in a header as they were set."""

_ELSEWHERE: Final = {
    "contract": "fakeayr.contract.command",
    "load": "fakeayr.loadtests.command",
}
"""Commands that stand in modules of their own, each under its own name there."""


class _Commands(click.Group):
    """The commands; those from elsewhere are loaded only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        module = _ELSEWHERE.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(module), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="fakeayr")
def main() -> None:
    """A fake Ayrshare server and testing toolkit. Unofficial; not affiliated with Ayrshare."""


def run() -> None:
    """The program `fakeayr`: `main`, but a mistake takes one line instead of a page of usage."""
    try:
        sys.exit(main(standalone_mode=False))
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        command = "fakeayr" if error.ctx is None else error.ctx.command_path
        message = error.format_message().removesuffix(".")
        click.echo(f"Error: {message}. See {command} --help.", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FakeayrError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)


def _public_url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    if not is_web_url(value) or "?" in value or "#" in value:
        raise click.BadParameter("it must look like https://fake.example or http://host:port.")
    if value.rstrip("/").endswith("/api"):
        raise click.BadParameter("it must stop before /api.")
    return value.rstrip("/")


def _control_token(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("it is empty, and would protect nothing.")
    if value is not None and not _SENDABLE.fullmatch(value):
        raise click.BadParameter(
            "no client can send it: use letters, digits and signs of ASCII, without blanks."
        )
    return value


def _compression(_: click.Context, __: click.Parameter, value: bool) -> bool:
    if value and find_spec("flask_compress") is None:
        raise click.BadParameter("it needs Flask-Compress: pip install Flask-Compress.")
    return value


def _open_descriptor(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    if value is None:
        return None
    try:
        os.fstat(value)
    except OSError as error:
        raise click.BadParameter(f"{value} is no open file descriptor.") from error
    return value


def _mail_server(_: click.Context, __: click.Parameter, value: str | None) -> MailServer | None:
    if value is None:
        return None
    host, _colon, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise click.BadParameter("it must look like HOST:PORT, for instance 127.0.0.1:1025.")
    return MailServer(host.strip("[]"), int(port))


class _State(click.Path):
    """A file, or the URL of a database; an error never quotes a URL, which may hold a password."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """The URL as it is, or the file's path."""
        if not is_url(os.fspath(value)):
            return super().convert(value, param, ctx)
        try:
            check_url(os.fspath(value))
        except StoreUnusable as refusal:
            self.fail(str(refusal), param, ctx)
        return value


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Processes that share the work; more than one use a database.",
)
@click.option(
    "--state",
    type=_State(dir_okay=False, path_type=Path),
    envvar="FAKEAYR_STATE",
    show_envvar=True,
    metavar="FILE|URL",
    help="Keep accounts, profiles and links in this file, or in the PostgreSQL database at "
    "postgresql://USER:PASSWORD@HOST/DATABASE, which several servers can share. Without it they "
    "end with the server.",
)
@click.option(
    "--public-url",
    callback=_public_url,
    help="Where browsers reach this server, if not where the API is called.",
)
@click.option(
    "--plan",
    type=click.Choice([plan.value for plan in Plan]),
    default=Plan.BUSINESS.value,
    show_default=True,
    help="Plan of the development account.",
)
@click.option(
    "--max-pack/--no-max-pack",
    default=True,
    show_default=True,
    help="Whether the development account has the Max Pack.",
)
@click.option(
    "--rate-limit/--no-rate-limit",
    default=False,
    show_default=True,
    help="Whether 300 requests in 5 minutes and profile are enforced.",
)
@click.option(
    "--compress/--no-compress",
    default=False,
    show_default=True,
    callback=_compression,
    help="Whether answers over 1,024 bytes are compressed on request, as Ayrshare does.",
)
@click.option(
    "--smtp",
    callback=_mail_server,
    metavar="HOST:PORT",
    help="Hand Connect Accounts e-mails to this mail server. Without it they stay in the outbox.",
)
@click.option(
    "--tls",
    is_flag=True,
    help="Also answer as Ayrshare's own hosts, over TLS with a throw-away authority.",
)
@click.option(
    "--tls-port",
    type=click.IntRange(0, 65535),
    show_default="a free one",
    help="Port for --tls; with 443, lines in /etc/hosts are all that clients need.",
)
@click.option(
    "--control-token",
    envvar="FAKEAYR_CONTROL_TOKEN",
    callback=_control_token,
    show_envvar=True,
    help="Secret that control calls must send; needed when others can reach the address or the "
    "public URL. The variable is safer: others see options in the list of processes.",
)
@click.option(
    "--package",
    "package_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the integration package (private.key, Postman collection, .env) here.",
)
@click.option(
    "--ready-fd",
    type=click.IntRange(min=1),
    callback=_open_descriptor,
    metavar="FD",
    help="Write the server's URL to this open file descriptor once it answers, and close it.",
)
def serve(
    host: str,
    port: int,
    workers: int,
    state: Path | str | None,
    public_url: str | None,
    plan: str,
    max_pack: bool,
    rate_limit: bool,
    compress: bool,
    smtp: MailServer | None,
    tls: bool,
    tls_port: int | None,
    control_token: str | None,
    package_folder: Path | None,
    ready_fd: int | None,
) -> None:
    """Start the fake Ayrshare and print how to reach it."""
    if tls_port is not None and not tls:
        raise click.UsageError("--tls-port is for --tls, which is missing")
    from fakeayr.serving import serve  # noqa: PLC0415 - other commands start faster without it

    config = Config(
        public_url=public_url,
        control_token=control_token,
        plan=Plan(plan),
        max_pack=max_pack,
        settings=Settings(rate_limit=rate_limit),
        compress=compress,
        mail_server=smtp,
    )
    options = serve.Options(host=host, port=port, workers=workers, state=state, config=config)

    said: list[str] = []

    def prepare(url: str) -> None:
        if tls:
            said.append(_open_gateway(exits, url, tls_port or 0))
        if package_folder is not None:
            said.extend(_write_package(package_folder, public_url or url, force=False))

    def ready(url: str) -> None:
        # No browser could send the token, and not every plan has linking URLs.
        has_page = control_token is None and Feature.LINKING_URLS in PLANS[config.plan].features
        greeting = _greeting(public_url or url, url, has_page=has_page)
        click.echo("\n".join([greeting, *said]))
        if ready_fd is not None:
            with os.fdopen(ready_fd, "w") as announced:
                announced.write(f"{url}\n")

    try:
        with ExitStack() as exits:
            serve.serve(options, prepare, ready)
    except (serve.CannotServe, StoreUnreachable, StoreUnusable, PackageRefused) as refusal:
        raise click.ClickException(str(refusal)) from refusal


@main.command(name="package")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write to; it is made if need be.",
)
@click.option(
    "--url",
    default=_DEFAULT_URL,
    show_default=True,
    callback=_public_url,
    help="Where the server is reachable.",
)
@click.option("--force", is_flag=True, help="Overwrite files that fakeayr did not write.")
def write_package(out: Path, url: str, force: bool) -> None:
    """Write the integration package: private.key, a Postman collection and a .env."""
    try:
        click.echo("\n".join(_write_package(out, url, force=force)))
    except PackageRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@main.command(
    name="exec",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(command: tuple[str, ...]) -> None:
    """Run COMMAND so that its calls to Ayrshare's hosts reach a fake, whatever its language.

    The fake ends with the command, whose exit code is passed on.
    """
    from fakeayr.gateway.command import CommandNotRun, run  # noqa: PLC0415

    try:
        raise SystemExit(run(command, Config()))
    except CommandNotRun as refusal:
        click.echo(f"Error: {refusal}", err=True)
        raise SystemExit(refusal.exit_code) from refusal


def _write_package(folder: Path, url: str, *, force: bool) -> list[str]:
    return [f"Wrote {file}" for file in package.write(folder, url, force=force)]


def _open_gateway(exits: ExitStack, url: str, port: int) -> str:
    """Opens a gateway to the server, until `exits` ends, and says how clients get to it."""
    from fakeayr.gateway import variables  # noqa: PLC0415 - only here
    from fakeayr.gateway.opening import open_gateway  # noqa: PLC0415 - as above
    from fakeayr.serving.serve import CannotServe  # noqa: PLC0415 - as above

    try:
        exported, ports = exits.enter_context(open_gateway(url, tls_port=port))
    except OSError as error:
        raise CannotServe(
            f"Cannot answer over TLS on port {port}: {os.strerror(error.errno or 0)}. "
            "Choose another with --tls-port (0 picks a free port)."
        ) from error
    lines = [f"export {name}={shlex.quote(value)}" for name, value in exported.items()]
    return "\n".join(
        [
            "",
            "Ayrshare's own host names reach this server in a shell with:",
            "",
            *lines,
            "",
            f"or, with --tls-port 443 (now {ports.tls}) and the authority "
            f"{exported['NODE_EXTRA_CA_CERTS']} trusted, with these lines in /etc/hosts:",
            "",
            *variables.list_hosts_lines(),
        ]
    )


def _greeting(url: str, listening: str, *, has_page: bool) -> str:
    """What is printed once the server answers."""
    elsewhere = [] if url == listening else [f"  Listens at    {listening}"]
    page = [f"  Linking page  {url}/_fakeayr/linking-page"] if has_page else []
    exports = [f"export {name}={value}" for name, value in package.environment(url).items()]
    return "\n".join(
        [
            f"fakeayr {__version__}: a fake Ayrshare (unofficial). Ctrl-C ends it.",
            "",
            f"  API           {url}/api",
            f"  API browser   {url}/docs",
            *page,
            *elsewhere,
            "",
            "The development account, to paste into a shell:",
            "",
            *exports,
            f"export AYRSHARE_PRIVATE_KEY='{development.private_key()}'",
        ]
    )
