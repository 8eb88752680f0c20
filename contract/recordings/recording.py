"""A recording: scenarios played against a server, in a file that people can review.

It is YAML because it is read in reviews: one field a line and no punctuation, so that a change of
one field is a change of one line. Fields of objects stand in alphabetical order, since their order
means nothing in JSON. Order is kept where it means something: of steps, of the entries of lists
(networks and their `displayNames` always come in the same order, profiles in the order of pages),
and of the parameters of a linking URL, which are documented with `domain` before `jwt`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fakeayr.contract import yaml_text
from fakeayr.contract.errors import Untestable
from fakeayr.contract.yaml_text import OneLine

FORMAT: Final = 1
_HEAD: Final = """\
# What a server returned, scenario by scenario. Ids, keys, times and tokens are replaced by what
# they are. Written by `fakeayr contract record`; `fakeayr contract diff` and `replay` compare it.
"""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario as it was played.

    Attributes:
        says: What it is about.
        age: Which of the two linking APIs the account lives in.
        steps: What was asked, and what was answered.
        ended: Why it ended before its last step, if it did.
    """

    says: str
    age: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What a server returned.

    Attributes:
        target: `fake` for one that was started for it, else `other`.
        scenarios: What was played, by name.
        left_out: What could not be played there, with the reason.
    """

    target: str
    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def is_fake(self) -> bool:
        """Whether a fake that was started for it has been recorded."""
        return self.target == "fake"


def to_text(recording: Recording) -> str:
    """The recording as a file's text."""
    parts = [_HEAD + yaml_text.written({"format": FORMAT, "target": recording.target})]
    if recording.left_out:
        parts.append(yaml_text.written({"left out": recording.left_out}))
    for name, played in recording.scenarios.items():
        steps = [_in_lines(step) for step in played.steps]
        shown: dict[str, Any] = {"says": played.says, "age": played.age, "steps": steps}
        if played.ended is not None:
            shown["ended"] = played.ended
        parts.append(yaml_text.written({f"scenario {name}": shown}))
    return "\n".join(parts)


def from_file(path: Path) -> Recording:
    """The recording in a file.

    Raises:
        Untestable: It cannot be read, or holds something else.
    """
    try:
        document = yaml_text.read(path.read_text("utf-8"))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise Untestable(f"{path} is not a recording of this version of fakeayr.")
        return _recording(document)
    except FileNotFoundError as error:
        raise Untestable(
            f"{path} does not exist; name a recording that `fakeayr contract record` has written."
        ) from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Untestable(f"{path} cannot be read as a recording.") from error


def _recording(document: Mapping[str, Any]) -> Recording:
    scenarios = {
        match[1]: ScenarioResult(
            it["says"], it["age"], [_step(**step) for step in it["steps"]], it.get("ended")
        )
        for key, it in document.items()
        if (match := re.fullmatch(r"scenario (.+)", key))
    }
    return Recording(document["target"], scenarios, document.get("left out", {}))


def _step(step: str, request: Any, **answer: Any) -> dict[str, Any]:
    return {"step": step, "request": request, **answer}


def _in_lines(step: dict[str, Any]) -> dict[str, Any]:
    shown = dict(step)
    if isinstance(step["request"], dict):
        shown["request"] = OneLine(step["request"])
    if isinstance(step.get("answer"), dict):
        shown["answer"] = step["answer"] | {"headers": OneLine(step["answer"]["headers"])}
    return shown
