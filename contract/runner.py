"""Running checks against a target, one after the other, and cleaning up after them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from fakeayr.contract.checks import Check
from fakeayr.contract.document import documented_errors
from fakeayr.contract.errors import OutOfTime, Untestable
from fakeayr.contract.facts import Fact
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.server import Answer, CheckedServer
from fakeayr.contract.session import ContractSession, FactBroken, NotServed

_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 1.1


class CheckStatus(StrEnum):
    """How a check ended."""

    HELD = "held"
    BROKEN = "broken"
    FAILED = "could not run"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of a check.

    Attributes:
        name: The check's name.
        sentence: What is true if it holds.
        facts: What it guards.
        status: How it ended.
        seconds: How long it took.
        what: What is broken, or why it did not run.
        answer: The response that shows it.
    """

    name: str
    sentence: str
    facts: tuple[Fact, ...]
    status: CheckStatus
    seconds: float = 0.0
    what: str = ""
    answer: Answer | None = None


Progress = Callable[[CheckResult], Any]


def run(
    checks: Iterable[Check],
    session: ContractSession,
    progress: Progress,
    *,
    fail_fast: bool = False,
) -> list[CheckResult]:
    """Runs checks; none keeps another from running.

    Args:
        checks: Which.
        session: What they work with.
        progress: Called with each result at once.
        fail_fast: Whether to stop after the first that is broken.
    """
    results: list[CheckResult] = []
    for check in checks:
        result = _run_one(check, session)
        if session.target.paced:
            _tidy(session)
        results.append(result)
        progress(result)
        if fail_fast and result.status is CheckStatus.BROKEN:
            break
    return results


def _run_one(check: Check, session: ContractSession) -> CheckResult:
    began = time.monotonic()

    def result(status: CheckStatus, what: str = "", answer: Answer | None = None) -> CheckResult:
        seconds = time.monotonic() - began
        shown = session.target.redact(what)
        return CheckResult(check.name, check.sentence, check.facts, status, seconds, shown, answer)

    try:
        _look_for_obstacles(check, session)
        check.run(session.newer if check.is_newer else session)
    except NotServed as error:
        return result(CheckStatus.LEFT_OUT, str(error))
    except FactBroken as broken:
        return result(CheckStatus.BROKEN, str(broken), broken.answer)
    except OutOfTime:
        return result(CheckStatus.LEFT_OUT, "the time budget was used up")
    except Untestable as error:
        return result(CheckStatus.FAILED, str(error))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # A check that trips over a response has met one that is not documented.
        return result(
            CheckStatus.BROKEN, f"a response has another form: {type(error).__name__} {error}"
        )
    return result(CheckStatus.HELD)


def _tidy(session: ContractSession) -> None:
    """Deletes what a check has created: the plan of a real account may allow few profiles."""
    try:
        for entry in session.leftovers():
            answer = _delete(session.target, entry)
            if answer.status == 200 or _is_unknown(entry, answer):
                session.forget(entry)
    except Untestable:
        return  # What is left is deleted when the run ends.


def _look_for_obstacles(check: Check, session: ContractSession) -> None:
    """Looks whether what a check needs can be done on the server.

    Raises:
        NotServed: It cannot.
    """
    if check.needs_linking and not session.can_link:
        raise NotServed("it takes a person who links an account")
    if check.needs_suspending and not session.can_suspend:
        raise NotServed("it takes a profile that Ayrshare has suspended")


def clean(target: CheckedServer, leftovers: Leftovers) -> list[Leftover]:
    """Deletes the profiles that runs against this server have left; returns those that remain.

    Only profiles that are noted and whose titles have the right prefix are touched.

    Raises:
        Untestable: The server cannot be reached; what is left stays noted.
    """
    for entry in leftovers.entries():
        if entry.url == target.url and entry.title.lower().startswith(TITLE_PREFIX):
            answer = _delete(target, entry)
            if answer.status == 200 or _is_unknown(entry, answer):
                leftovers.remove(entry.url, entry.title)
    return [entry for entry in leftovers.entries() if entry.url == target.url]


def _delete(target: CheckedServer, entry: Leftover) -> Answer:
    named = {"profile_key": entry.key} if entry.key else {"body": {"title": entry.title}}
    return delete_patiently(partial(target.call, "DELETE", "/profiles", **named))


def _is_unknown(entry: Leftover, answer: Answer) -> bool:
    """Whether the server says that there is no such profile."""
    if not entry.key:
        return answer.status == 404
    return bool(answer.fields.get("code") == documented_errors()["ProfileKeyInvalid"].code)


def delete_patiently(delete: Callable[[], Answer]) -> Answer:
    """Deletes a profile, later if need be: Ayrshare limits deletions in a second."""
    for _ in range(_ATTEMPTS):
        answer = delete()
        if answer.status != 429:
            break
        time.sleep(_PAUSE_SECONDS)
    return answer
