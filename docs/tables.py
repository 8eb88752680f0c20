"""Writes the tables that stand in documents but come from the data: `./dev docs`.

A document marks where a block begins and ends; what stands between is replaced.
"""

import difflib
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from docs import posting_tables
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.accounts import Settings

ROOT: Final = Path(__file__).parents[1]
_LINE: Final = 100


def inferred_errors() -> Iterator[str]:
    """The table of docs/inferred.md: what is not Ayrshare's in each error."""
    yield "| code | status | message | made up |"
    yield "|---|---|---|---|"
    for error in sorted(errors.by_name().values(), key=lambda error: (error.code, error.message)):
        known = {"code": error.code_known, "status": error.status_known, "words": error.text_known}
        made_up = ", ".join(part for part, is_known in known.items() if not is_known)
        if made_up:
            yield f"| {error.code} | {error.status} | {error.message} | {made_up} |"


def settings() -> Iterator[str]:
    """The table of docs/settings.md: every setting of an account with its default."""
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    for name, default in msgspec.to_builtins(Settings()).items():
        yield f"| `{name}` | `{json.dumps(default)}` | {_sentences()[name]} |"


def error_examples() -> Iterator[str]:
    """The examples of openapi.yaml: every error that an operation documents."""
    for constant, error in errors.by_name().items():
        if error.summary is None:
            continue
        name = "".join(part.capitalize() for part in constant.split("_"))
        yield f"    {name}:"
        yield f"      summary: {error.summary}"
        yield from _flags(error)
        yield "      value:"
        yield f"        action: {error.action}"
        yield "        status: error"
        yield f"        code: {error.code}"
        yield from _text(8, "message", error.message)


def settings_schema() -> Iterator[str]:
    """The properties of the schema AccountSettings in openapi.yaml."""
    (schema,) = msgspec.json.schema_components([Settings])[1].values()
    for name, sentence in _sentences().items():
        yield f"        {name}:"
        yield from _text(10, "description", sentence)
        yield from _typed(schema["properties"][name])


BLOCKS: Final[dict[Path, dict[str, Callable[[], Iterator[str]]]]] = {
    ROOT / "docs" / "inferred.md": {"errors": inferred_errors},
    ROOT / "docs" / "settings.md": {"settings": settings},
    ROOT / "openapi.yaml": {
        "settings": settings_schema,
        "options": posting_tables.options_schemas,
        "option fields": posting_tables.options_fields,
        "errors": error_examples,
    },
}
"""What is generated, by document and by the name of the block."""


def written(document: Path) -> str:
    """A document's text with its blocks made anew.

    Raises:
        ValueError: The document does not have a block's marks exactly once.
    """
    text = document.read_text("utf-8")
    for name, block in BLOCKS[document].items():
        marked = re.compile(
            rf"(?P<origin> generated: {name} [^\n]*\n).*?(?P<end>[^\n]*end of generated: {name}\b)",
            re.DOTALL,
        )
        lines = "".join(f"{line}\n" for line in block())
        text, found = marked.subn(partial(_replaced, lines), text)
        if found != 1:
            raise ValueError(f"{document} must mark the block {name} once, not {found} times.")
    return text


def stale(document: Path) -> str:
    """What differs between a document and what it would be; empty if it is up to date."""
    before, now = document.read_text("utf-8"), written(document)
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), document.name, "data", n=1)
    return "\n".join(lines)


def _replaced(lines: str, block: re.Match[str]) -> str:
    return block["origin"] + lines + block["end"]


def _sentences() -> dict[str, str]:
    """What the docstring of `Settings` says of each setting, by its name on the wire."""
    documented = inspect.getdoc(Settings).partition("Attributes:\n")[2]
    said = {
        name: " ".join(text.split())
        for name, text in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", documented, re.M)
    }
    return {field.encode_name: said[field.name] for field in msgspec.structs.fields(Settings)}


def _flags(error: ApiError) -> Iterator[str]:
    if not error.code_known:
        yield "      x-inferred: true"
    if not error.text_known:
        yield "      x-inferred-message: true"
    if not error.status_known:
        yield "      x-inferred-status: true"
    if error.disputed is not None:
        yield "      x-disputed:"
        yield f"        setting: {error.disputed.setting}"
        yield f"        statuses: {list(error.disputed.statuses)}"


def _text(indent: int, name: str, text: str) -> Iterator[str]:
    """A field with a text, folded where it is long, in quotes where YAML needs them."""
    margin = " " * indent
    plain = f"{name}: {text}"
    if len(margin + plain) > _LINE:
        yield f"{margin}{name}: >-"
        yield from textwrap.wrap(
            text,
            _LINE,
            initial_indent=f"{margin}  ",
            subsequent_indent=f"{margin}  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
    elif _is_read_as(plain, {name: text}):
        yield margin + plain
    else:
        quoted = text.replace("'", "''")
        yield f"{margin}{name}: '{quoted}'"


def _is_read_as(line: str, value: Any) -> bool:
    try:
        return bool(yaml.safe_load(line) == value)
    except yaml.YAMLError:
        return False


def _typed(schema: dict[str, Any]) -> Iterator[str]:
    """A setting's schema without its default, an alternative of null as a second type."""
    alternatives = schema.get("anyOf", [schema])
    rules = {name: rule for it in alternatives for name, rule in it.items() if name != "default"}
    types = [it["type"] for it in alternatives if "type" in it]
    if "enum" in rules:
        types = ["integer" if isinstance(rules["enum"][0], int) else "string"]
    shown = types[0] if len(types) == 1 else f"[{', '.join(_quoted(it) for it in types)}]"
    yield f"          type: {shown}"
    for name, rule in rules.items():
        if name == "items":
            yield "          items:"
            yield f"            type: {rule['type']}"
            yield "            examples: *networks"
        elif name == "enum":
            yield f"          enum: [{', '.join(map(str, rule))}]"
        elif name != "type":
            yield f"          {name}: {rule}"


def _quoted(kind: str) -> str:
    return "'null'" if kind == "null" else kind


if __name__ == "__main__":
    for file in BLOCKS:
        file.write_text(written(file), "utf-8")
