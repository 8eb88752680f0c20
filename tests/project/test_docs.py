"""What the documents say is true: their commands run, their tables are complete."""

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest
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


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if commands(path)], ids=lambda path: path.name
)
@pytest.mark.outside("bash", "curl")
def test_its_commands_print_what_it_says(app: Flask, receiver: Receiver, document: Path) -> None:
    with run_in_thread(app) as url:
        more = {"AYRSHARE_PRIVATE_KEY": development.private_key(), "RECEIVER": receiver.url}
        check(document, {**environment(url), **more})


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


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
