"""Advice as SARIF and JUnit."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from fakeayr.client.findings import Finding, fingerprint, write_junit, write_sarif
from fakeayr.domain.advice.pieces import advise


def finding(name: str, place: str | None = None, **values: Any) -> Finding:
    """A piece of advice of a test."""
    request = {"method": "GET", "path": "/api/profiles"}
    piece: dict[str, Any] = {**advise(name, place, **values).describe(), **request, "count": 2}
    return Finding(piece, "tests/test_shop.py", 12, "tests/test_shop.py::test_it")


MISSPELT = finding("field-misspelt", "query titel", field="titel", meant="title")
POLLING = finding("conduct-polling", count=10, path="/user", action="social")
EMPTY = finding("key-empty", "/privateKey")


def test_sarif_has_what_code_scanning_requires() -> None:
    document = json.loads(write_sarif([EMPTY, MISSPELT, MISSPELT, POLLING]))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert [rule["id"] for rule in rules] == ["key-empty", "field-misspelt", "conduct-polling"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"].startswith(rule["fullDescription"]["text"])
        assert "Wrong:" in rule["help"]["markdown"]
    assert [result["level"] for result in results] == ["error", "warning", "warning", "note"]
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "tests/test_shop.py"},
            "region": {"startLine": 12},
        }
        assert result["partialFingerprints"]["fakeayr/v1"]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"count": 5}, True),
        ({"seen": "something else"}, True),
        ({"path": "/api/post"}, False),
        ({"method": "POST"}, False),
        ({"place": "query title"}, False),
        ({"name": "field-unknown"}, False),
    ],
)
def test_a_fingerprint_has_name_method_route_and_field(changes: dict[str, Any], same: bool) -> None:
    assert (fingerprint(MISSPELT.advice | changes) == fingerprint(MISSPELT.advice)) is same


def test_a_fingerprint_has_no_ids() -> None:
    paths = ("/api/post/aB3dEfGhIjKlMnOpQrSt", "/api/post/zZ9dEfGhIjKlMnOpQrSt")
    one, other = (fingerprint(MISSPELT.advice | {"path": path}) for path in paths)
    assert one == other


def test_junit_fails_what_is_no_hint() -> None:
    suite = ElementTree.fromstring(write_junit([EMPTY, MISSPELT, POLLING]))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    cases = {case.get("classname"): case for case in suite}
    failure = cases["field-misspelt"].find("failure")
    assert failure is not None
    assert failure.get("message") == "The field titel is misspelt"
    assert "Did you mean title?" in str(failure.text)
    assert cases["conduct-polling"].find("failure") is None
    assert cases["conduct-polling"].find("system-out") is not None


def test_junit_can_be_read_whatever_was_sent() -> None:
    strange = finding("field-unknown", "/\x00\x1b", field="\x00<&>\x1b")
    assert ElementTree.fromstring(write_junit([strange])).get("tests") == "1"
