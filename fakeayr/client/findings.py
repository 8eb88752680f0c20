"""Advice as reports for CI: SARIF and JUnit.

GitHub refuses a whole SARIF file if one result has no place in a file, so each gets one.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree

from fakeayr.domain.advice.catalogue import CATALOGUE
from fakeayr.domain.advice.rows import Row
from fakeayr.version import __version__

_LEVELS: Final = {"certain": "error", "likely": "warning", "hint": "note"}
_ID: Final = re.compile(r"/(?=[^/]*\d)[\w-]{12,}(?=/|$)", re.ASCII)


class Finding(NamedTuple):
    """A piece of advice and where it was found.

    Attributes:
        advice: The piece as the control API gives it.
        file: The file that it is reported for, relative to the project.
        line: The line there, from 1.
        test: The test that made the calls; empty if there was none.
    """

    advice: dict[str, Any]
    file: str
    line: int = 1
    test: str = ""


def write_sarif(findings: Sequence[Finding]) -> str:
    """A SARIF 2.1.0 document; each rule brings its help along."""
    names = list(dict.fromkeys(finding.advice["name"] for finding in findings))
    driver = {
        "name": "fakeayr",
        "version": __version__,
        "rules": [_describe_rule(CATALOGUE[name]) for name in names],
    }
    results = [_describe_result(finding, names) for finding in findings]
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def write_junit(findings: Sequence[Finding]) -> str:
    """A JUnit document: a failed case for each piece, a passed one for each hint."""
    failures = sum(finding.advice["sureness"] != "hint" for finding in findings)
    suite = ElementTree.Element(
        "testsuite", name="fakeayr", tests=str(len(findings)), failures=str(failures)
    )
    for finding in findings:
        advice = finding.advice
        case = ElementTree.SubElement(
            suite, "testcase", classname=advice["name"], name=finding.test or _place(advice)
        )
        kind = "system-out" if advice["sureness"] == "hint" else "failure"
        told = ElementTree.SubElement(case, kind)
        told.text = _legible(_message(advice))
        if kind == "failure":
            told.set("message", _legible(advice["headline"]))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def fingerprint(advice: dict[str, Any]) -> str:
    """What stays the same of a piece from run to run: no ids, no times."""
    route = _ID.sub("/*", advice.get("path", ""))
    parts = (advice["name"], advice.get("method", ""), route, advice.get("place", ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _describe_rule(row: Row) -> dict[str, Any]:
    text = f"{row.so} {row.fact[0].upper()}{row.fact[1:]}."
    examples = f"Wrong:\n\n```\n{row.wrong}\n```\n\nRight:\n\n```\n{row.right}\n```\n"
    return {
        "id": row.name,
        "shortDescription": {"text": row.headline},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} {row.do}", "markdown": f"{text} {row.do}\n\n{examples}"},
        "defaultConfiguration": {"level": _LEVELS[row.sureness.value]},
    }


def _describe_result(finding: Finding, names: list[str]) -> dict[str, Any]:
    advice = finding.advice
    place = {
        "artifactLocation": {"uri": finding.file.replace("\\", "/")},
        "region": {"startLine": finding.line},
    }
    return {
        "ruleId": advice["name"],
        "ruleIndex": names.index(advice["name"]),
        "level": _LEVELS[advice["sureness"]],
        "message": {"text": _message(advice)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"fakeayr/v1": fingerprint(advice)},
    }


def _message(advice: dict[str, Any]) -> str:
    return (
        f"{advice['headline']} ({_place(advice)}). {advice['seen']} {advice['so']} {advice['do']}"
    )


def _place(advice: dict[str, Any]) -> str:
    parts = (advice.get("method"), advice.get("path"), advice.get("place"))
    return " ".join(part for part in parts if part) or "a webhook"


def _legible(text: str) -> str:
    """A text without signs that no XML document may hold."""
    return "".join(sign if sign >= " " or sign in "\t\n" else "�" for sign in text)
