"""`fakeayr serve` and `fakeayr package`."""

import os
import re
import shlex
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from fakeayr.ayrshare.plans import Plan
from fakeayr.delivery.smtp import MailServer
from fakeayr.domain.accounts import Settings
from fakeayr.domain.ports import StoreUnusable
from fakeayr.domain.urls import is_origin, is_web_url
from fakeayr.serving import package
from fakeayr.store.opening import check_url, is_url
from fakeayr.terminal import run_files
from fakeayr.terminal.announcing import Announcer
from fakeayr.terminal.fakes import DEFAULT_PORT, DEFAULT_URL
from fakeayr.terminal.parameters import Number
from fakeayr.terminal.server_options import MAX_PACK, PLAN, check_public_url, public_url_option
from fakeayr.version import __version__
from fakeayr.web import development
from fakeayr.web.config import Config

_SENDABLE: Final = re.compile(r"[!-~]+")
"""Control tokens that arrive in a header as they were set."""


def _check_control_token(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("it must not be empty.")
    if value is not None and not _SENDABLE.fullmatch(value):
        raise click.BadParameter(
            "no client can send it; use letters, digits and other ASCII characters, without spaces."
        )
    return value


def _check_compression(_: click.Context, __: click.Parameter, value: bool) -> bool:
    if value and find_spec("flask_compress") is None:
        raise click.BadParameter("Flask-Compress is not installed; run pip install Flask-Compress.")
    return value


def _check_hosts(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    for value in values:
        if not is_web_url(f"http://{value}") or set(value) & set("/?#@:"):
            raise click.BadParameter(
                f"{value!r} is not a host name; it must look like app or host.docker.internal, "
                "without http:// and port."
            )
    return frozenset(value.lower() for value in values)


def _check_origins(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> frozenset[str]:
    for value in values:
        if value != "*" and not is_origin(value):
            raise click.BadParameter(
                f"{value!r} is not an origin; it must look like http://localhost:3000, "
                "without a path."
            )
    return frozenset(values)


def _check_descriptor(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    if value is None:
        return None
    try:
        os.fstat(value)
    except OSError as error:
        raise click.BadParameter(f"{value} is not an open file descriptor.") from error
    return value


def _parse_mail_server(
    _: click.Context, __: click.Parameter, value: str | None
) -> MailServer | None:
    if value is None:
        return None
    host, _colon, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise click.BadParameter("it must look like HOST:PORT, such as 127.0.0.1:1025.")
    return MailServer(host.strip("[]"), int(port))


class _State(click.Path):
    """A file, or a database URL. Errors never quote the URL, which may contain a password."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """Returns a URL unchanged, or the path of a file."""
        if not is_url(os.fspath(value)):
            return super().convert(value, param, ctx)
        try:
            check_url(os.fspath(value))
        except StoreUnusable as refusal:
            self.fail(str(refusal), param, ctx)
        return value


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on.",
)
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=Number(0, 65535),
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=Number(1, 256),
    help="Number of worker processes.",
)
@click.option(
    "--state",
    type=_State(dir_okay=False, path_type=Path),
    envvar="FAKEAYR_STATE",
    show_envvar=True,
    metavar="FILE|URL",
    help="Keep accounts, profiles and links in this file, or in a PostgreSQL database "
    "(postgresql://USER:PASSWORD@HOST/DATABASE), which several servers can share. Without this "
    "option they are deleted when the server stops.",
)
@public_url_option("URL at which browsers reach this server, if it differs from the API's.")
@PLAN
@MAX_PACK
@click.option(
    "--rate-limit/--no-rate-limit",
    default=False,
    show_default=True,
    help="Enforce Ayrshare's limit of 300 requests in 5 minutes for each profile.",
)
@click.option(
    "--compress/--no-compress",
    default=False,
    show_default=True,
    callback=_check_compression,
    help="Compress responses over 1,024 bytes if the client accepts it, as Ayrshare does.",
)
@click.option(
    "--smtp",
    callback=_parse_mail_server,
    metavar="HOST:PORT",
    help="Send Connect Accounts e-mails through this mail server. Without this option they stay "
    "in the outbox.",
)
@click.option(
    "--webhook-host",
    "webhook_hosts",
    multiple=True,
    envvar="FAKEAYR_WEBHOOK_HOST",
    show_envvar=True,
    callback=_check_hosts,
    metavar="NAME",
    help="Let webhooks go to this host over plain http, for instance to a service of Docker "
    "Compose; may be repeated.",
)
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    envvar="FAKEAYR_CORS_ORIGIN",
    show_envvar=True,
    callback=_check_origins,
    metavar="ORIGIN",
    help="Let pages of this origin call the API in a browser (CORS); * for all; may be repeated. "
    "Whether Ayrshare does is not known.",
)
@click.option(
    "--tls",
    is_flag=True,
    help="Also serve Ayrshare's own host names over TLS, with a temporary certificate authority.",
)
@click.option(
    "--tls-port",
    type=Number(0, 65535),
    show_default="a free one",
    help="Port for --tls. With 443, clients only need lines in /etc/hosts.",
)
@click.option(
    "--control-token",
    envvar="FAKEAYR_CONTROL_TOKEN",
    callback=_check_control_token,
    show_envvar=True,
    metavar="TOKEN",
    help="Secret that calls of /_fakeayr/ must send. Required if others can reach --host or "
    "--public-url. The variable is safer: other users see options in the list of processes.",
)
@click.option(
    "--package",
    "package_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the integration package (see fakeayr package --help) to this folder.",
)
@click.option(
    "--ready-fd",
    type=Number(min=1),
    callback=_check_descriptor,
    metavar="FD",
    help="Write the server's URL to this file descriptor when the server is ready, then close it.",
)
@click.option("--quiet", is_flag=True, help="Do not print advice as it comes.")
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
    webhook_hosts: frozenset[str],
    cors_origins: frozenset[str],
    tls: bool,
    tls_port: int | None,
    control_token: str | None,
    package_folder: Path | None,
    ready_fd: int | None,
    quiet: bool,
) -> None:
    """Start the fake Ayrshare server and print how to reach it.

    While it runs, it prints what should be mended in the requests of every account.
    """
    if tls_port is not None and not tls:
        raise click.UsageError("--tls-port needs --tls")
    from fakeayr.serving import serve  # noqa: PLC0415 - other commands start faster without it

    config = Config(
        public_url=public_url,
        control_token=control_token,
        plan=Plan(plan),
        max_pack=max_pack,
        settings=Settings(rate_limit=rate_limit),
        compress=compress,
        mail_server=smtp,
        webhook_hosts=webhook_hosts,
        cors_origins=cors_origins,
    )
    options = serve.ServeOptions(host=host, port=port, workers=workers, state=state, config=config)

    notes: list[str] = []

    def prepare(url: str) -> None:
        if tls:
            notes.append(_open_gateway(exits, url, tls_port or 0))
        if package_folder is not None:
            notes.extend(_write_package(package_folder, public_url or url, force=False))

    def announce(url: str) -> None:
        has_page = config.has_development_page
        greeting = _format_greeting(public_url or url, url, has_page=has_page)
        if not quiet:
            announcer = Announcer(url, control_token)
            exits.callback(announcer.stop)
            announcer.start()
        exits.enter_context(run_files.leave(url))
        click.echo("\n".join([greeting, *notes]))
        if ready_fd is not None:
            with os.fdopen(ready_fd, "w") as descriptor:
                descriptor.write(f"{url}\n")

    with ExitStack() as exits:
        serve.serve(options, prepare, announce)


@click.command(name="package")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write to; it is created if it does not exist.",
)
@click.option(
    "--url",
    default=DEFAULT_URL,
    show_default=True,
    callback=check_public_url,
    metavar="URL",
    help="URL of the server.",
)
@click.option("--force", is_flag=True, help="Overwrite files that fakeayr did not write.")
def write_package(out: Path, url: str, force: bool) -> None:
    """Write the integration package: key, Postman collection, .env."""
    click.echo("\n".join(_write_package(out, url, force=force)))


def _write_package(folder: Path, url: str, *, force: bool) -> list[str]:
    return [f"Wrote {file}" for file in package.write(folder, url, force=force)]


def _open_gateway(exits: ExitStack, url: str, port: int) -> str:
    """Opens a gateway to the server and returns how clients use it. `exits` closes it."""
    from fakeayr.gateway import variables  # noqa: PLC0415 - only here
    from fakeayr.gateway.opening import open_gateway  # noqa: PLC0415 - as above
    from fakeayr.serving.serve import CannotServe  # noqa: PLC0415 - as above

    try:
        exported, ports = exits.enter_context(open_gateway(url, tls_port=port))
    except OSError as error:
        raise CannotServe(
            f"Cannot listen for TLS on port {port}: {os.strerror(error.errno or 0)}. "
            "Choose another with --tls-port (0 picks a free port)."
        ) from error
    lines = [f"export {name}={shlex.quote(value)}" for name, value in exported.items()]
    authority = Path(exported["SSL_CERT_FILE"]).with_name("authority.pem")
    return "\n".join(
        [
            "",
            "Ayrshare's own host names reach this server in a shell with:",
            "",
            *lines,
            "",
            "Such a shell also starts a browser that gets there (Chromium or Chrome):",
            "",
            f"  {exported['FAKEAYR_BROWSER']}",
            "",
            f"or, with --tls-port 443 (now {ports.tls}) and the authority "
            f"{authority} trusted, with these lines in /etc/hosts:",
            "",
            *variables.list_hosts_lines(),
        ]
    )


def _format_greeting(url: str, listening: str, *, has_page: bool) -> str:
    """Returns what is printed when the server is ready."""
    elsewhere = [] if url == listening else [f"  Listens at    {listening}"]
    page = [f"  Linking page  {url}/_fakeayr/linking-page"] if has_page else []
    key = package.key_in_base64(development.private_key())
    account = {**package.environment(url), **key}
    exports = [f"export {name}={value}" for name, value in account.items()]
    return "\n".join(
        [
            f"fakeayr {__version__}: a fake Ayrshare (unofficial). Press Ctrl-C to stop it.",
            "",
            f"  Dashboard     {url}/_fakeayr/",
            f"  API           {url}/api",
            f"  API browser   {url}/docs",
            *page,
            *elsewhere,
            "",
            "The development account, to paste into a shell (fakeayr package writes a .env of it):",
            "",
            *exports,
            'export AYRSHARE_PRIVATE_KEY="$(printf %s $AYRSHARE_PRIVATE_KEY_BASE64 | base64 -d)"',
        ]
    )
