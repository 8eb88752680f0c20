"""What Ayrshare is stands in `fakeayr/ayrshare/`, once, and each fact says where it was seen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from fakeayr.ayrshare import errors, headers
from fakeayr.ayrshare.sources import Source

ROOT: Final = Path(__file__).parents[2]
FACTS: Final = ROOT / "fakeayr" / "ayrshare"
PRODUCT: Final = sorted(
    file
    for folder in ("fakeayr", "contract")
    for file in (ROOT / folder).rglob("*.py")
    if FACTS not in file.parents
)
SOURCES: Final = re.compile(rf"\(({'|'.join(Source)})[).]")


def unexplained(module: ast.Module) -> Iterator[str]:
    """Public constants that neither a docstring with a source nor an `ApiError` follows.

    Constants one below the other share the docstring of the last.
    """
    waiting: list[str] = []
    for node in module.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                names_its_source = isinstance(value, ast.Call) and "Source." in ast.unparse(value)
                if not name.startswith("_") and not names_its_source:
                    waiting.append(name)
            case ast.Expr(value=ast.Constant(value=str(text))) if waiting:
                if SOURCES.search(text):
                    waiting.clear()
            case _:
                yield from waiting
                waiting.clear()
    yield from waiting


@pytest.mark.parametrize("file", sorted(FACTS.rglob("*.py")), ids=lambda file: file.stem)
def test_a_fact_names_its_source(file: Path) -> None:
    assert list(unexplained(ast.parse(file.read_text("utf-8")))) == []


def test_a_fact_without_a_source_is_found() -> None:
    module = ast.parse('A = 1\nB = 2\n"""Both (documented)."""\nC = 3\n"""Not said."""\nD = 4')
    assert list(unexplained(module)) == ["C", "D"]


def texts(file: Path) -> Iterator[str]:
    """The strings of a module's code, without its docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def test_messages_and_headers_are_typed_among_the_facts_only() -> None:
    known = [error.message for error in errors.by_name().values()]
    known += [value for name, value in vars(headers).items() if name.isupper()]
    found = {
        f"{file.relative_to(ROOT)}: {fact}"
        for file in PRODUCT
        for text in texts(file)
        for fact in known
        if fact in text
    }
    assert found == set()
