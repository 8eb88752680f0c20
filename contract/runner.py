"""Running checks against a target, one after the other, and cleaning up after them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fakeayr.contract.checks import Check
from fakeayr.contract.facts import Fact
from fakeayr.contract.lab import Broken, Lab
from fakeayr.contract.ledger import TITLE_PREFIX, Entry, Ledger
from fakeayr.contract.target import Answer, CannotRun, OutOfTime, Target


class Verdict(StrEnum):
    """How a check ended."""

    HELD = "held"
    BROKEN = "broken"
    FAILED = "could not run"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Result:
    """A check's result.

    Attributes:
        name: The check.
        facts: What it guards.
        verdict: How it ended.
        seconds: How long it took.
        what: What is broken, or why it did not run.
        answer: The answer that shows it.
    """

    name: str
    facts: tuple[Fact, ...]
    verdict: Verdict
    seconds: float = 0.0
    what: str = ""
    answer: Answer | None = None


Progress = Callable[[Result], Any]


def run(
    checks: Iterable[Check], lab: Lab, progress: Progress, *, fail_fast: bool = False
) -> list[Result]:
    """Runs checks; none keeps another from running.

    Args:
        checks: Which.
        lab: What they work with.
        progress: Told of each result at once.
        fail_fast: Whether to end with the first that is broken.
    """
    results: list[Result] = []
    for check in checks:
        result = _run_one(check, lab)
        results.append(result)
        progress(result)
        if fail_fast and result.verdict is Verdict.BROKEN:
            break
    return results


def _run_one(check: Check, lab: Lab) -> Result:
    if check.needs_linking and lab.linking is None:
        why = "It takes a person who links an account."
        return Result(check.name, check.facts, Verdict.LEFT_OUT, what=why)
    began = time.monotonic()

    def result(verdict: Verdict, what: str = "", answer: Answer | None = None) -> Result:
        seconds = time.monotonic() - began
        shown = lab.target.redact(what)
        return Result(check.name, check.facts, verdict, seconds, shown, answer)

    try:
        check.run(lab)
    except Broken as broken:
        return result(Verdict.BROKEN, str(broken), broken.answer)
    except OutOfTime:
        return result(Verdict.LEFT_OUT, "The time budget was used up.")
    except CannotRun as error:
        return result(Verdict.FAILED, str(error))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # A check that trips over an answer has met one that nobody documented.
        return result(Verdict.BROKEN, f"an answer has another form: {type(error).__name__} {error}")
    return result(Verdict.HELD)


def clean(target: Target, ledger: Ledger) -> list[Entry]:
    """Deletes the profiles that runs against this target have left; answers those that remain.

    Only profiles of the ledger, with titles that begin as ours do, are touched.

    Raises:
        CannotRun: The target cannot be reached; what is left stays in the ledger.
    """
    for entry in ledger.entries():
        if entry.url == target.url and entry.title.lower().startswith(TITLE_PREFIX):
            if entry.key:
                answer = target.call("DELETE", "/profiles", profile_key=entry.key)
                gone = answer.status == 200 or answer.fields.get("code") == 144
            else:
                answer = target.call("DELETE", "/profiles", body={"title": entry.title})
                gone = answer.status in {200, 404}
            if gone:
                ledger.remove(entry.url, entry.title)
    return [entry for entry in ledger.entries() if entry.url == target.url]
