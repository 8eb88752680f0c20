"""The catalogue of advice: every row is whole, well worded, and has its test."""

import re
from functools import cache
from pathlib import Path

import pytest

from fakeayr.domain.advice.catalogue import CATALOGUE, GROUPS
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.advice.rows import Row
from tests.support.cases import each

TESTS = Path(__file__).parents[1]
each_row = each(CATALOGUE)


def test_names_are_unique() -> None:
    assert sum(map(len, GROUPS.values())) == len(CATALOGUE)


@each_row
def test_a_row_is_well_worded(name: str, row: Row) -> None:
    assert name == row.name
    assert re.fullmatch(r"(key|profile|field|conduct|webhook|post|env)-[a-z0-9-]+", row.name)
    assert not row.headline.endswith(".")
    assert len(row.headline) <= 100
    assert "invalid" not in f"{row.headline} {row.seen} {row.do}".lower()
    for sentences in (row.seen, row.so, row.do):
        assert re.search(r"[.?}]$|fakeayr serve --cors-origin \{origin\}$", sentences), sentences
    assert row.wrong != row.right


@cache
def texts_of_tests() -> list[str]:
    return [file.read_text("utf-8") for file in TESTS.rglob("test_*.py")]


@each_row
def test_every_piece_has_a_test_that_names_it(name: str, row: Row) -> None:
    stem = f'"{name}"'
    parts = name.rpartition("-")
    built = (f'f"{parts[0]}-{{name}}"', 'f"conduct-{flag}-always"')
    assert any(stem in text or any(one in text for one in built) for text in texts_of_tests())


def test_a_piece_without_its_values_is_a_fault() -> None:
    with pytest.raises(KeyError):
        advise("field-misspelt", "/titel", field="titel")


def test_a_piece_is_written_with_its_values() -> None:
    values = {"minutes": 300, "hours": 5.0, "meant": 5}
    piece = advise("field-expiry-in-seconds", "/expiresIn", field="expiresIn", **values)
    assert piece.details == (
        "expiresIn 300 counts minutes: that is 5 hours. Send 5 if you meant 5 minutes."
    )
    assert set(piece.describe()) == {
        *("name", "sureness", "headline", "place", "seen", "so", "do", "fact", "docs"),
    }


def test_braces_in_what_was_sent_are_harmless() -> None:
    piece = Piece("field-unknown", "/x", {"field": "{0.__class__}"})
    assert piece.describe()["seen"] == "Ayrshare does not know the field {0.__class__}."


def test_a_rule_that_fails_finds_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert guard(lambda: [1 // 0]) == []
    assert "fault of fakeayr" in caplog.text
