"""The program `fakeayr`: its commands, each of which is imported only when it is used."""

import contextlib
import os
import sys
from importlib import import_module
from typing import Any, Final, NamedTuple

import click
from click.exceptions import NoArgsIsHelpError
from click.shell_completion import CompletionItem

from fakeayr.errors import FakeayrError
from fakeayr.version import __version__


class _Place(NamedTuple):
    """Where a command is, and what it does in a few words."""

    module: str
    name: str
    summary: str


_COMMANDS: Final = {
    "account": _Place("accounts", "account", "Open an account of the fake."),
    "advice": _Place("advice", "advice", "Show what should be mended."),
    "clock": _Place("clock", "clock", "Show or move the account's clock."),
    "completion": _Place("completion", "completion", "Print a script for a shell's completion."),
    "contract": _Place("fakeayr.contract.command", "contract", "Check servers, record them."),
    "doctor": _Place("doctor", "doctor", "Find out what is wrong with a key, a URL, a receiver."),
    "emails": _Place("outbox", "emails", "Show the e-mails that were sent."),
    "exec": _Place("executing", "execute", "Run a command whose calls reach a fake."),
    "explain": _Place("advice", "explain", "Explain a piece of advice."),
    "fail": _Place("faults", "fail", "Make the next calls or posts fail."),
    "link": _Place("links", "link", "Link a network to a profile."),
    "load": _Place("fakeayr.loadtests.command", "load", "Put a fake or an application under load."),
    "open": _Place("status", "open_page", "Open a page of the fake in a browser."),
    "package": _Place("serving", "write_package", "Write the integration package."),
    "posts": _Place("posts", "posts", "Show posts, and what stands on each network."),
    "requests": _Place("requests", "requests", "Show the requests so far."),
    "revoke": _Place("links", "revoke", "Let a network take a link away."),
    "serve": _Place("serving", "serve", "Start a fake."),
    "status": _Place("status", "status", "Show which fake there is, and its account."),
    "tail": _Place("requests", "tail", "Show requests and advice as they come."),
    "unlink": _Place("links", "unlink", "Unlink a network from a profile."),
    "webhooks": _Place("outbox", "webhooks", "Show webhooks, and send them again."),
}
"""The commands. A module without a dot is one of `fakeayr.terminal`."""


class _Commands(click.Group):
    """The commands of `_COMMANDS`; until one is used, another stands in its place."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, place in _COMMANDS.items():
            self.add_command(click.Command(name, short_help=place.summary))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command with this name, or `None`."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module = place.module if "." in place.module else f"fakeayr.terminal.{place.module}"
        command: click.Command = getattr(import_module(module), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in _COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands and options that begin with a text, without importing them."""
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [
            *(
                CompletionItem(name, help=place.summary)
                for name, place in _COMMANDS.items()
                if name.startswith(incomplete)
            ),
            *options,
        ]


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="fakeayr")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A fake Ayrshare server and testing toolkit. Unofficial; not affiliated with Ayrshare."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def run() -> None:
    """Runs the program `fakeayr`. Every error is printed as one line, and sets the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # It is where the shell has closed it: `>&-`.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # no traceback for a title
    try:
        sys.exit(main(standalone_mode=False))
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and not isinstance(error, NoArgsIsHelpError):
            click.echo(f"Error: {_explain(error)}", err=True)
        else:
            error.show()
        sys.exit(error.exit_code)
    except FakeayrError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except OSError as error:
        with contextlib.suppress(OSError):
            sys.stdout.close()  # Else Python tries to write the rest as it ends.
        where = error.filename or "The output"
        click.echo(f"Error: {where} cannot be written: {error.strerror}.", err=True)
        sys.exit(1)


def _explain(error: click.UsageError) -> str:
    """What is wrong with a command line, in one line."""
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument):
        error.param_hint = error.param_hint or error.param.human_readable_name.strip("[]")
    message = " ".join(error.format_message().split())
    stop = "" if message.endswith((".", "?", "!")) else "."
    command = "fakeayr" if error.ctx is None else error.ctx.command_path
    return f"{message}{stop} See {command} --help."
