"""Runs commands of `fakeayr` against a real server."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from fakeayr.client.start import COMMAND
from fakeayr.serving.thread import run_in_thread
from tests.support.servers import WAIT_SECONDS

_OWN: Final = ("AYRSHARE_", "FAKEAYR_", "XDG_", "NO_COLOR")


@dataclass(frozen=True)
class Terminal:
    """A shell without a terminal, in a folder of its own.

    Attributes:
        folder: The working directory; run files are in it, too.
        variables: The environment.
    """

    folder: Path
    variables: dict[str, str]

    def run(
        self, *words: str | Path, code: int = 0, given: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs `fakeayr` to its end, which must come with this exit code.

        Args:
            words: Command and options.
            code: The exit code.
            given: What comes from the standard input.
            variables: Further environment variables.
        """
        ended = subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=self.folder,
            env={**self.variables, **variables},
            input=given,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
            check=False,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended

    def says(self, *words: str | Path, **how: Any) -> str:
        """What a command prints as data; it must have nothing else to say."""
        ended = self.run(*words, **how)
        assert ended.stderr == ""
        return ended.stdout

    def complains(self, *words: str | Path, code: int = 2, **how: Any) -> str:
        """The one line with which a command refuses; it prints nothing else."""
        ended = self.run(*words, code=code, **how)
        assert ended.stdout == ""
        assert ended.stderr.startswith("Error: ")
        assert ended.stderr.count("\n") == 1
        return ended.stderr

    def json(self, *words: str | Path, **how: Any) -> Any:
        """What a command prints with `--json`, decoded."""
        return json.loads(self.says(*words, "--json", **how))


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """A shell that knows of no fake."""
    variables = {name: it for name, it in os.environ.items() if not name.startswith(_OWN)}
    variables |= {"XDG_RUNTIME_DIR": str(tmp_path), "COLUMNS": "80", "TZ": "UTC"}
    return Terminal(tmp_path, variables)


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where the fake listens."""
    with run_in_thread(app) as url:
        yield url


@pytest.fixture
def terminal(bare: Terminal, url: str) -> Terminal:
    """A shell that knows a running fake."""
    return Terminal(bare.folder, {**bare.variables, "FAKEAYR_URL": url})


Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file: `write("private.key", text)`."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write
