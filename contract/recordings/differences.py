"""What differs between two recordings, and what of it is known and accepted.

Two recordings of the fake are compared to the letter. Between other servers, what Ayrshare has not
published is not compared: codes, statuses and words of errors that `openapi.yaml` flags with
`x-inferred`, `x-inferred-status` and `x-inferred-message`, codes from 9000, and the statuses that
reports dispute (`x-disputed`).
"""

import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

from fakeayr.ayrshare.errors import OURS_FROM
from fakeayr.contract.document import DocumentedError, documented_errors
from fakeayr.contract.errors import Untestable
from fakeayr.contract.recordings.recording import Recording
from fakeayr.contract.yaml_text import in_one_line

ACCEPTED: Final = Path(__file__).with_name("accepted.toml")
"""The reviewed file of differences that are known and accepted."""
_MISSING: Final = object()
_PATTERNS: Final = ("scenario", "step", "place", "kind", "a", "b")


class DiffKind(StrEnum):
    """How something differs."""

    STATUS = "status"
    CODE = "code"
    MESSAGE = "message"
    HEADER = "header"
    ONLY_A = "only in A"
    ONLY_B = "only in B"
    TYPE = "type"
    ORDER = "order"
    VALUE = "value"
    OUTCOME = "outcome"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two servers return differently.

    Attributes:
        scenario: Where.
        step: In which step; empty if it concerns the scenario.
        place: In which part of the response.
        kind: How.
        a: What the first one says.
        b: What the second one says.
    """

    scenario: str
    step: str
    place: str
    kind: DiffKind
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Differences that are known and accepted; every pattern has to match.

    Attributes:
        reason: Why.
        patterns: Patterns, with `*` and `?`, for attributes of `Difference`.
    """

    reason: str
    patterns: Mapping[str, str]

    def covers(self, difference: Difference) -> bool:
        """Whether it accepts a difference."""
        return all(
            fnmatchcase(str(getattr(difference, name)), pattern.replace("[", "[[]"))
            for name, pattern in self.patterns.items()
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison has found.

    Attributes:
        found: What differs and is not accepted.
        accepted: What differs and is accepted.
        unused: Acceptances that nothing needs.
        not_compared: Scenarios that only one of the two has, with the reason.
    """

    found: list[Difference] = field(default_factory=list)
    accepted: list[Difference] = field(default_factory=list)
    unused: list[Acceptance] = field(default_factory=list)
    not_compared: dict[str, str] = field(default_factory=dict)


def acceptances(path: Path) -> list[Acceptance]:
    """The acceptances in a file.

    Raises:
        Untestable: It cannot be read, or an entry has no reason.
    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("accepted", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Untestable(f"{path} cannot be read: {error}") from error
    for entry in entries:
        patterns = {name: text for name, text in entry.items() if name != "reason"}
        if not entry.get("reason") or not patterns or not patterns.keys() <= set(_PATTERNS):
            raise Untestable(
                f"{path}: each [[accepted]] needs a reason, and one or more of "
                f"{', '.join(_PATTERNS)}."
            )
    return [
        Acceptance(entry["reason"], {name: str(entry[name]) for name in _PATTERNS if name in entry})
        for entry in entries
    ]


def compare(a: Recording, b: Recording, accepting: list[Acceptance]) -> Comparison:
    """Compares two recordings.

    Args:
        a: The first.
        b: The second.
        accepting: What is accepted; nothing is between two recordings of the fake.
    """
    result = Comparison()
    to_the_letter = a.is_fake and b.is_fake
    accepting = [] if to_the_letter else accepting
    used: set[int] = set()
    for difference in _differences(a, b, result, to_the_letter=to_the_letter):
        covering = [index for index, it in enumerate(accepting) if it.covers(difference)]
        used.update(covering)
        (result.accepted if covering else result.found).append(difference)
    result.unused.extend(it for index, it in enumerate(accepting) if index not in used)
    return result


def _differences(
    a: Recording, b: Recording, result: Comparison, *, to_the_letter: bool
) -> Iterator[Difference]:
    for name in [*a.scenarios, *(name for name in b.scenarios if name not in a.scenarios)]:
        left, right = a.scenarios.get(name), b.scenarios.get(name)
        if left is None or right is None:
            reasons = a.left_out | b.left_out
            result.not_compared[name] = reasons.get(name, "Only one of the two has played it.")
            continue
        if left.ended != right.ended:
            shown = (str(left.ended or "to the end"), str(right.ended or "to the end"))
            yield Difference(name, "", "how it was played", DiffKind.OUTCOME, *shown)
        yield from _steps(name, left.steps, right.steps, to_the_letter=to_the_letter)


def _steps(
    scenario: str, a: list[dict[str, Any]], b: list[dict[str, Any]], *, to_the_letter: bool
) -> Iterator[Difference]:
    left, right = _by_name(a), _by_name(b)
    for step in [*left, *(step for step in right if step not in left)]:
        if step not in right:
            yield Difference(scenario, step, "the step", DiffKind.ONLY_A, step, "")
            continue
        if step not in left:
            yield Difference(scenario, step, "the step", DiffKind.ONLY_B, "", step)
            continue
        asked = left[step]["request"], right[step]["request"]
        if asked[0] != asked[1]:
            yield Difference(scenario, step, "request", DiffKind.REQUEST, *map(in_one_line, asked))
        answers = left[step].get("answer"), right[step].get("answer")
        for found in _answers(*answers, to_the_letter=to_the_letter):
            yield Difference(scenario, step, *found)


def _by_name(steps: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Steps by their names; one that is repeated gets a number."""
    named: dict[str, dict[str, Any]] = {}
    seen: Counter[str] = Counter()
    for step in steps:
        seen[step["step"]] += 1
        number = seen[step["step"]]
        named[step["step"] if number == 1 else f"{step['step']} ({number})"] = step
    return named


class _Found(NamedTuple):
    place: str
    kind: DiffKind
    a: str
    b: str


def _answers(a: Any, b: Any, *, to_the_letter: bool) -> Iterator[_Found]:
    if not isinstance(a, dict) or not isinstance(b, dict):
        yield from _values("answer", a, b)
        return
    left, right = a.get("body"), b.get("body")
    if _is_error(left) != _is_error(right):  # Everything else follows from it.
        yield _Found("answer", DiffKind.OUTCOME, _outcome(a), _outcome(b))
        return
    unsure: frozenset[str] = frozenset()
    if not to_the_letter and _is_error(left) and _is_error(right):
        unsure = _unsure((left, right), {a.get("status"), b.get("status")})
        left, right = _without(left, unsure), _without(right, unsure)
    if a.get("status") != b.get("status") and "status" not in unsure:
        yield _Found(
            "status",
            DiffKind.STATUS,
            in_one_line(a.get("status")),
            in_one_line(b.get("status")),
        )
    yield from _headers(a.get("headers", {}), b.get("headers", {}))
    for found in _values("", left, right):
        is_named = _is_error(left) and found.place in {"code", "message"}
        is_value = found.kind is DiffKind.VALUE
        yield found._replace(kind=DiffKind(found.place)) if is_named and is_value else found


def _headers(a: dict[str, str], b: dict[str, str]) -> Iterator[_Found]:
    for name in sorted({*a, *b}):
        if a.get(name) != b.get(name):
            left, right = in_one_line(a.get(name, "none")), in_one_line(b.get(name, "none"))
            yield _Found(f"header {name}", DiffKind.HEADER, left, right)


def _values(place: str, a: Any, b: Any) -> Iterator[_Found]:
    match a, b:
        case dict(), dict():
            for name in [*a, *(name for name in b if name not in a)]:
                inner = f"{place}.{name}" if place else str(name)
                yield from _values(inner, a.get(name, _MISSING), b.get(name, _MISSING))
        case list(), list() if a != b and _bag(a) == _bag(b):
            yield _Found(place, DiffKind.ORDER, in_one_line(a), in_one_line(b))
        case list(), list() if len(a) == len(b):
            for index, (left, right) in enumerate(zip(a, b, strict=True)):
                yield from _values(f"{place}[{index}]", left, right)
        case _ if a is _MISSING:
            yield _Found(place, DiffKind.ONLY_B, "", in_one_line(b))
        case _ if b is _MISSING:
            yield _Found(place, DiffKind.ONLY_A, in_one_line(a), "")
        case _ if a != b or type(a) is not type(b):
            kind = DiffKind.VALUE if type(a) is type(b) else DiffKind.TYPE
            yield _Found(place or "body", kind, in_one_line(a), in_one_line(b))


def _unsure(bodies: Iterable[dict[str, Any]], statuses: set[Any]) -> frozenset[str]:
    """What is not compared: whatever the documented error leaves open.

    Args:
        bodies: Both refusals.
        statuses: Their HTTP statuses.
    """
    known: dict[tuple[Any, Any], DocumentedError] = {
        (it.code, it.message): it for it in documented_errors().values()
    }
    unsure = {"details"}  # Only the fake says what exactly is wrong.
    for body in bodies:
        code = body.get("code")
        error = known.get((code, body.get("message")))
        is_ours = isinstance(code, int) and code >= OURS_FROM
        if is_ours or (error is not None and not error.code_known):
            unsure.add("code")
        if is_ours or (error is not None and not error.message_known):
            unsure |= {"action", "message"}
        if error is not None and (not error.status_known or statuses & error.disputed):
            unsure.add("status")
    return frozenset(unsure)


def _is_error(body: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(body, dict) and body.get("status") == "error"


def _without(body: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _outcome(answer: dict[str, Any]) -> str:
    body = answer.get("body")
    if _is_error(body):
        return f"refused: {answer.get('status')}, code {body.get('code', 'missing')}"
    return f"accepted: {answer.get('status')}"


def _bag(values: list[Any]) -> list[str]:
    return sorted(map(in_one_line, values))
