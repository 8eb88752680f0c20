"""The map in CONTRIBUTING.md is the house: each room imports only rooms below it."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

from fakeayr import testing

ROOT = Path(__file__).parents[2]


def test_each_room_imports_only_rooms_below_it() -> None:
    # In a process of its own, since it silences the loggers of the one that it runs in.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checked = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


def test_each_class_has_a_name_of_its_own() -> None:
    """What tests get may have a name of the domain's, such as `Account`."""
    names = Counter(
        node.name
        for room in ("fakeayr", "contract", "loadtests")
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        if not ("testing" in file.relative_to(ROOT).parts and node.name in testing.__all__)
    )
    assert len(names) > 400
    assert [name for name, times in names.items() if times > 1] == []
