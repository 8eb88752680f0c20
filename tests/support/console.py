"""Runs the commands in documents, and compares their output with the documents."""

import os
import re
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_END: Final = "-- end of output --"
_PROGRAMS: Final = sysconfig.get_path("scripts")


def commands(document: Path) -> list[tuple[str, str]]:
    """Returns the commands of a document, each with its expected output.

    They are in `console` blocks whose first line begins with `$ `. A backslash at the end of a line
    continues a command.
    """
    blocks = re.findall(
        r"^```console\n(\$ .+?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    steps = re.split(r"^\$ ", "".join(blocks), flags=re.MULTILINE)[1:]
    return [_split(step) for step in steps]


def check(document: Path, variables: Mapping[str, str]) -> None:
    """Runs a document's commands in one shell; `...` in the document matches any output."""
    known = commands(document)
    script = "".join(f"{command}\necho; echo '{_END}'\n" for command, _ in known)
    shell = subprocess.run(
        ["bash", "-u"],
        input=script,
        env={**os.environ, "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    printed = shell.stdout.split(f"{_END}\n")[:-1]
    for (command, expected), output in zip(known, printed, strict=True):
        wanted = ".+".join(re.escape(part) for part in expected.strip().split("..."))
        assert re.fullmatch(wanted, output.strip(), re.DOTALL), f"{command}\n{output}"


def _split(step: str) -> tuple[str, str]:
    command = re.match(r"(?:.*\\\n)*.*", step)
    assert command is not None
    return command[0], step[command.end() :]
