"""Running checks against a target, one after the other, and cleaning up after them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from fakeayr.contract.checks import Check
from fakeayr.contract.facts import Fact
from fakeayr.contract.lab import Broken, Lab
from fakeayr.contract.ledger import TITLE_PREFIX, Entry, Ledger
from fakeayr.contract.target import Answer, CannotRun, OutOfTime, Target

_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 1.1


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
            named = {"profile_key": entry.key} if entry.key else {"body": {"title": entry.title}}
            answer = patiently(partial(target.call, "DELETE", "/profiles", **named))
            is_unknown = answer.fields.get("code") == 144 if entry.key else answer.status == 404
            if answer.status == 200 or is_unknown:
                ledger.remove(entry.url, entry.title)
    return [entry for entry in ledger.entries() if entry.url == target.url]


def patiently(delete: Callable[[], Answer]) -> Answer:
    """Deletes a profile, later if need be: Ayrshare deletes no more than eight a second."""
    for _ in range(_ATTEMPTS):
        answer = delete()
        if answer.status != 429:
            break
        time.sleep(_PAUSE_SECONDS)
    return answer
