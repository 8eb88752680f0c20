"""`fakeayr completion`."""

from typing import Final

import click
from click.shell_completion import get_completion_class

from fakeayr.errors import FakeayrError
from fakeayr.terminal.output import show

_SHELLS: Final = ("bash", "zsh", "fish", "powershell")
_PROGRAM: Final = "fakeayr"
_VARIABLE: Final = "_FAKEAYR_COMPLETE"


class NoCompletion(FakeayrError):
    """There is no script for this shell."""


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands and options in a shell.

    \b
    bash         eval "$(fakeayr completion bash)"      in ~/.bashrc
    zsh          eval "$(fakeayr completion zsh)"       in ~/.zshrc
    fish         fakeayr completion fish | source       in config.fish
    powershell   fakeayr completion powershell | Out-String | Invoke-Expression
    """  # noqa: D301 - click keeps these lines as they are
    found = get_completion_class(shell)
    if found is None:
        raise NoCompletion(f"This version of click cannot complete in {shell}; update click.")
    root = ctx.find_root().command
    try:
        script = found(root, {}, _PROGRAM, _VARIABLE).source()
    except RuntimeError as error:
        raise NoCompletion(str(error)) from error
    show(script)
