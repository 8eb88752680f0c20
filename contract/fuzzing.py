"""Driving openapi.yaml with Schemathesis, in a process of its own."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from fakeayr.client.redaction import Redactor
from fakeayr.contract.facts import Fact
from fakeayr.contract.runner import Result, Verdict
from fakeayr.contract.target import CannotRun, Target

_CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
_FACT: Final = Fact("openapi", "Every answer is one that openapi.yaml describes.")
_EXAMPLES: Final = 15
"""Test cases for each operation and phase; more find little more and cost minutes."""
_ALLOWED_ELSEWHERE: Final = ("generateJWT", "getUser", "getProfiles", "getWebhooks")
"""What may be fuzzed at a server that is not a fake: nothing that makes, changes or deletes."""
_HAR: Final = "schemathesis.har"
_VCR: Final = "schemathesis.vcr.yaml"
_CALLS_ELSEWHERE: Final = "45/m"
_SUITE_FAILED: Final = 1


def run(target: Target, profile_key: str, document: Path, *, reports: Path | None) -> list[Result]:
    """Runs Schemathesis; a result for each operation.

    A fake meets all phases and operations. Any other server meets a few operations that change
    nothing, no e-mail, no unexpected methods, and fewer calls than its rate limit allows.

    Args:
        target: The server.
        profile_key: Of a profile that the run has made.
        document: The file openapi.yaml.
        reports: Folder for Schemathesis's own reports (JUnit, HAR, VCR), if they are wanted.

    Raises:
        CannotRun: Schemathesis is not installed, or could not work.
    """
    if importlib.util.find_spec("schemathesis") is None:
        raise CannotRun("Fuzzing needs Schemathesis: pip install '.[contract]' in a clone.")
    with tempfile.TemporaryDirectory(prefix="fakeayr-") as name:
        junit = Path(name) / "junit.xml"
        began = time.monotonic()
        command = _command(target, document, junit, kept=reports is not None)
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            env=_environment(target, profile_key),
            cwd=name,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in {0, _SUITE_FAILED} or not junit.is_file():
            said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
            raise CannotRun(f"Schemathesis could not work: {target.redact(said[-1])}")
        if reports is not None:
            _publish(Path(name), reports, target.redact)
        return list(_results(target, junit, time.monotonic() - began))


def _command(target: Target, document: Path, junit: Path, *, kept: bool) -> list[str]:
    base = target.url.removesuffix("/api")
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color"]
    command += ["--config-file", str(_CONFIGURATION), "run", str(document), "--url", base]
    command += ["--max-examples", str(_EXAMPLES), "--report-junit-path", str(junit)]
    command += ["--report", "junit"]
    if kept:
        command += ["--report", "har", "--report-har-path", _HAR]
        command += ["--report", "vcr", "--report-vcr-path", _VCR]
    if target.deadline is not None:
        left = target.deadline - time.monotonic()
        if left < 1:
            raise CannotRun("The time budget was used up before Schemathesis could start.")
        command += ["--max-time", str(int(left))]
    if target.authority is not None:
        command += ["--tls-verify", str(target.authority)]
    if not target.kind_to:
        return [*command, "--include-path-regex", "^/api/"]
    for operation in _ALLOWED_ELSEWHERE:
        command += ["--include-operation-id", operation]
    return [*command, "--phases", "examples,fuzzing", "--rate-limit", _CALLS_ELSEWHERE]


def _publish(folder: Path, reports: Path, redact: Redactor) -> None:
    """Hands Schemathesis's reports over, without the secrets in the bodies that it sent."""
    import yaml  # noqa: PLC0415 - Schemathesis needs it, too

    har = json.loads((folder / _HAR).read_text("utf-8"))
    (reports / _HAR).write_text(json.dumps(_without_secrets(har, redact), indent=1), "utf-8")
    with (folder / _VCR).open(encoding="utf-8") as recorded:
        vcr = yaml.load(recorded, yaml.CSafeLoader)
    with (reports / _VCR).open("w", encoding="utf-8") as file:
        yaml.dump(_without_secrets(vcr, redact), file, yaml.CSafeDumper, sort_keys=False)


def _without_secrets(value: Any, redact: Redactor) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [_without_secrets(item, redact) for item in value]
    if isinstance(value, dict):
        return {name: _without_secrets(item, redact) for name, item in value.items()}
    return value


def _environment(target: Target, profile_key: str) -> dict[str, str]:
    known = target.credentials
    variables = {
        **os.environ,
        "AYRSHARE_API_KEY": known.api_key,
        "AYRSHARE_DOMAIN": known.domain,
        "AYRSHARE_PRIVATE_KEY": known.private_key,
        "FAKEAYR_CONTRACT_PROFILE_KEY": profile_key,
    }
    if target.kind_to:
        variables["FAKEAYR_CONTRACT_NO_EMAIL"] = "1"
    return variables


def _results(target: Target, junit: Path, seconds: float) -> Iterable[Result]:
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - written by our own process
        name = f"openapi: {case.get('name')}"
        took = float(case.get("time") or 0)
        told = case.find("failure")
        if told is None:
            told = case.find("error")
        if told is None:
            yield Result(name, (_FACT,), Verdict.HELD, min(took, seconds))
            continue
        verdict = Verdict.BROKEN if told.tag == "failure" else Verdict.FAILED
        text = re.sub(r"\n{2,}", "\n", (told.text or told.get("message") or "").strip())
        yield Result(name, (_FACT,), verdict, min(took, seconds), target.redact(text))
