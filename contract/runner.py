"""Running checks against a target, one after the other, and cleaning up after them."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from fakeayr.contract.checks import Check
from fakeayr.contract.document import documented_errors
from fakeayr.contract.errors import OutOfTime, Unreachable, Untestable
from fakeayr.contract.expectations import FactBroken, NotServed
from fakeayr.contract.facts import Fact
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.server import Answer, CheckedServer
from fakeayr.contract.session import ContractSession

_ATTEMPTS: Final = 3
_PAUSE_SECONDS: Final = 1.1
_POST_IS_GONE: Final = (114, 144, 383)
"""The codes of an unknown post, of an unknown profile, and of a post that is deleted already."""


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

    Raises:
        Unreachable: The server no longer responds.
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
        if result.status is CheckStatus.FAILED and not session.target.is_reachable():
            raise Unreachable(f"{session.target.url} no longer responds.")
    return results


def _run_one(check: Check, session: ContractSession) -> CheckResult:
    began = time.monotonic()

    def result(status: CheckStatus, what: str = "", answer: Answer | None = None) -> CheckResult:
        seconds = time.monotonic() - began
        shown = session.target.redact(what)
        return CheckResult(check.name, check.sentence, check.facts, status, seconds, shown, answer)

    try:
        _look_for_obstacles(check, session)
        check.run(_session_for(check, session))
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


def _session_for(check: Check, session: ContractSession) -> ContractSession:
    if check.needs_time:
        return session.timed
    return session.newer if check.is_newer else session


def _tidy(session: ContractSession) -> None:
    """Deletes what a check has created: the plan of a real account may allow few profiles."""
    try:
        for entry in _posts_first(session.leftovers()):
            if _is_deleted(session.target, entry):
                session.forget(entry)
    except Untestable:
        return  # What is left is deleted when the run ends.


def _look_for_obstacles(check: Check, session: ContractSession) -> None:
    """Looks whether what a check needs can be done on the server.

    Raises:
        NotServed: It cannot.
    """
    if check.needs_posts and not session.target.may_post:
        raise NotServed("it makes real posts, which --posts allows")
    if session.control is not None:
        return
    if check.needs_linking:
        raise NotServed("it takes a person who links an account")
    if check.needs_suspending:
        raise NotServed("it takes a profile that Ayrshare has suspended")
    if check.needs_time:
        raise NotServed("it takes a clock that can be moved")


def clean(target: CheckedServer, leftovers: Leftovers) -> list[Leftover]:
    """Deletes what runs against this server have left; returns what remains.

    Only profiles and posts that are noted, and whose titles and texts have the right prefix, are
    touched.

    Raises:
        Untestable: The server cannot be reached; what is left stays noted.
    """
    for entry in _posts_first(leftovers.entries()):
        is_ours = entry.url == target.url and entry.title.lower().startswith(TITLE_PREFIX)
        if is_ours and _is_deleted(target, entry):
            leftovers.remove(entry.url, entry.title)
    return [entry for entry in leftovers.entries() if entry.url == target.url]


def _posts_first(entries: Iterable[Leftover]) -> list[Leftover]:
    """Posts go before the profiles whose keys delete them."""
    return sorted(entries, key=lambda entry: not entry.is_post)


def _is_deleted(target: CheckedServer, entry: Leftover) -> bool:
    """Deletes a profile or a post; returns whether it is gone."""
    if entry.is_post:
        ids = entry.ids or _ids_by_text(target, entry)
        gone = [_is_post_deleted(target, entry, post_id) for post_id in ids]  # Each is tried.
        return all(gone)
    named = {"profile_key": entry.key} if entry.key else {"body": {"title": entry.title}}
    answer = delete_patiently(partial(target.call, "DELETE", "/profiles", **named))
    return answer.status == 200 or _is_unknown(entry, answer)


def _is_post_deleted(target: CheckedServer, entry: Leftover, post_id: str) -> bool:
    body, key = {"id": post_id}, entry.key or None
    answer = delete_patiently(partial(target.call, "DELETE", "/post", body=body, profile_key=key))
    return answer.status == 200 or answer.fields.get("code") in _POST_IS_GONE


def _ids_by_text(target: CheckedServer, entry: Leftover) -> list[str]:
    """The ids of a post whose response was lost; the history shows it late."""
    found: list[str] = []
    for _ in range(_ATTEMPTS):
        query = {"limit": 25, "lastDays": 0}
        answer = target.call("GET", "/history", query=query, profile_key=entry.key or None)
        rows = answer.fields.get("history")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and entry.title in _text_of(row):
                found.append(str(row.get("id")))
        if found or not target.paced:
            break
        time.sleep(_PAUSE_SECONDS)
    return found


def _text_of(row: dict[str, Any]) -> str:
    """The text of a row of history, or its texts by network."""
    return json.dumps(row.get("post"), ensure_ascii=False)


def _is_unknown(entry: Leftover, answer: Answer) -> bool:
    """Whether the server says that there is no such profile."""
    if not entry.key:
        return answer.status == 404
    return bool(answer.fields.get("code") == documented_errors()["ProfileKeyInvalid"].code)


def delete_patiently(delete: Callable[[], Answer]) -> Answer:
    """Deletes something, later if need be: Ayrshare limits deletions in a second."""
    for _ in range(_ATTEMPTS):
        answer = delete()
        if answer.status != 429:
            break
        time.sleep(_PAUSE_SECONDS)
    return answer
