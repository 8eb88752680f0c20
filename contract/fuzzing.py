"""Running Schemathesis on openapi.yaml, in a process of its own."""

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

from fakeayr.ayrshare import openapi
from fakeayr.client.redaction import Redactor
from fakeayr.contract.errors import OutOfTime, Untestable
from fakeayr.contract.expectations import FactBroken
from fakeayr.contract.facts import Fact
from fakeayr.contract.runner import CheckResult, CheckStatus
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession

_CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
_FACT: Final = Fact("openapi", "Every response is one that openapi.yaml describes.")
_EXAMPLES: Final = 15
"""Test cases for each operation and phase; more find little more and cost minutes."""
_ALLOWED_ELSEWHERE: Final = ("generateJWT", "getUser", "getProfiles", "getWebhooks")
"""What may be fuzzed on a server that is not a fake: nothing that creates, changes or deletes."""
_HAR: Final = "schemathesis.har"
_VCR: Final = "schemathesis.vcr.yaml"
_CALLS_ELSEWHERE: Final = "45/m"
_SUITE_FAILED: Final = 1


def require_schemathesis() -> None:
    """Fails if Schemathesis is not installed.

    Raises:
        Untestable: It is not.
    """
    if importlib.util.find_spec("schemathesis") is None:
        raise Untestable(
            "Fuzzing needs Schemathesis: pip install '.[contract]' in a clone, or pass --no-fuzz."
        )


def run(session: ContractSession, *, reports: Path | None) -> list[CheckResult]:
    """Runs Schemathesis; a result for each operation.

    On a fake it runs all phases and operations. On any other server it calls a few operations that
    change nothing, sends no e-mail and no unexpected methods, and stays below the rate limit.

    Args:
        session: The server, and a profile there.
        reports: Folder for Schemathesis's own reports (JUnit, HAR, VCR), if they are wanted.

    Raises:
        Untestable: Schemathesis failed, or the time budget is used up.
    """
    target = session.target
    try:
        profile_key = session.profile.key
    except FactBroken as broken:
        status, what = CheckStatus.BROKEN, str(broken)
        return [CheckResult("openapi", _FACT.sentence, (_FACT,), status, 0, what, broken.answer)]
    with tempfile.TemporaryDirectory(prefix="fakeayr-") as name:
        junit = Path(name) / "junit.xml"
        began = time.monotonic()
        document = Path(name) / "openapi.yaml"
        document.write_text(openapi.to_yaml(openapi.strict(openapi.document())), "utf-8")
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
            raise Untestable(f"Schemathesis could not work: {target.redact(said[-1])}")
        if reports is not None:
            _publish(Path(name), reports, target.redact)
        return list(_results(target, junit, time.monotonic() - began))


def _command(target: CheckedServer, document: Path, junit: Path, *, kept: bool) -> list[str]:
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
            raise OutOfTime
        command += ["--max-time", str(int(left))]
    if target.authority is not None:
        command += ["--tls-verify", str(target.authority)]
    if not target.paced:
        return [*command, "--include-path-regex", "^/api/"]
    for operation in _ALLOWED_ELSEWHERE:
        command += ["--include-operation-id", operation]
    return [*command, "--phases", "examples,fuzzing", "--rate-limit", _CALLS_ELSEWHERE]


def _publish(folder: Path, reports: Path, redact: Redactor) -> None:
    """Copies Schemathesis's reports, without the secrets in the bodies that it sent."""
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


def _environment(target: CheckedServer, profile_key: str) -> dict[str, str]:
    known = target.credentials
    variables = {
        **os.environ,
        "AYRSHARE_API_KEY": known.api_key,
        "AYRSHARE_DOMAIN": known.domain,
        "AYRSHARE_PRIVATE_KEY": known.private_key,
        "FAKEAYR_CONTRACT_PROFILE_KEY": profile_key,
    }
    if target.paced:
        variables["FAKEAYR_CONTRACT_NO_EMAIL"] = "1"
    return variables


def _results(target: CheckedServer, junit: Path, seconds: float) -> Iterable[CheckResult]:
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - written by our own process
        operation = case.get("name")
        name, sentence = f"openapi: {operation}", f"{operation} does what openapi.yaml says."
        took = float(case.get("time") or 0)
        told = case.find("failure")
        if told is None:
            told = case.find("error")
        if told is None:
            yield CheckResult(name, sentence, (_FACT,), CheckStatus.HELD, min(took, seconds))
            continue
        status = CheckStatus.BROKEN if told.tag == "failure" else CheckStatus.FAILED
        text = re.sub(r"\n{2,}", "\n", (told.text or told.get("message") or "").strip())
        yield CheckResult(name, sentence, (_FACT,), status, min(took, seconds), target.redact(text))
