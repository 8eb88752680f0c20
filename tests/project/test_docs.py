"""What the documents say is true: their commands run, their tables are complete."""

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest
import yaml
from flask import Flask

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.accounts import Settings
from fakeayr.serving.package import environment
from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from tests.support.console import check, commands
from tests.support.receivers import Receiver

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
DOCUMENTS: Final = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
LINKING: Final = [*DOCUMENTS, ROOT / "benchmarks/README.md", ROOT / "examples/shop/README.md"]


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if commands(path)], ids=lambda path: path.name
)
@pytest.mark.outside("bash", "curl")
def test_its_commands_print_what_it_says(app: Flask, receiver: Receiver, document: Path) -> None:
    with run_in_thread(app) as url:
        more = {"AYRSHARE_PRIVATE_KEY": development.private_key(), "RECEIVER": receiver.url}
        check(document, {**environment(url), **more})


@pytest.mark.parametrize("document", LINKING, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)(\S+?)\)", prose(document)):
        target, _, anchor = link.partition("#")
        path = document.parent / target if target else document
        assert path.exists(), f"{document.name}: {link}"
        assert not anchor or anchor in anchors(path), f"{document.name}: {link}"


def prose(document: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.M | re.S)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_call_of_the_control_api_is_listed() -> None:
    listed = set[tuple[str, str]]()
    rows = re.findall(
        r"^\| [^|]+ \| (`.+?)[;|]", (DOCS / "control-api.md").read_text("utf-8"), re.M
    )
    for methods, path in re.findall(r"`((?:[A-Z]+`, `)*[A-Z]+) (/\S+?)`", "\n".join(rows)):
        listed |= {(method, path) for method in methods.split("`, `")}
    paths = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["paths"]
    assert listed == {
        (method.upper(), path.removeprefix("/_fakeayr").replace("{id}", "ID"))
        for path, operations in paths.items()
        if path.startswith("/_fakeayr/")
        for method in operations
        if method in {"get", "post", "patch", "delete"}
    }


def test_every_setting_is_listed_with_its_default() -> None:
    listed = dict(
        re.findall(r"^\| `(\w+)` \| `(.+?)` \|", (DOCS / "settings.md").read_text("utf-8"), re.M)
    )
    assert {name: msgspec.json.decode(default) for name, default in listed.items()} == (
        msgspec.to_builtins(Settings())
    )


def test_everything_of_our_own_in_errors_is_listed() -> None:
    listed = set(re.findall(r"^\| (\d.+) \|$", (DOCS / "inferred.md").read_text("utf-8"), re.M))
    known = [error for error in vars(errors).values() if isinstance(error, ApiError)]
    assert listed == {
        f"{error.code} | {error.status} | {error.message} | {ours(error)}"
        for error in known
        if ours(error)
    }


def ours(error: ApiError) -> str:
    """What of an error is not Ayrshare's."""
    parts = {"code": error.code_known, "status": error.status_known, "words": error.text_known}
    return ", ".join(part for part, known in parts.items() if not known)
