"""What openapi.yaml says of errors: checks and comparisons take codes and messages from there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fakeayr.ayrshare import openapi


@dataclass(frozen=True, slots=True)
class DocumentedError:
    """An error of openapi.yaml.

    Attributes:
        code: Its code.
        message: Its message.
        action: Its action.
        statuses: The HTTP statuses it is documented with, in ascending order.
        disputed: Other statuses that were reported.
        code_known: Whether Ayrshare has published the code.
        message_known: Whether it has published the message.
        status_known: Whether it has published the status.
    """

    code: int
    message: str
    action: str
    statuses: tuple[int, ...]
    disputed: frozenset[int] = field(default_factory=frozenset)
    code_known: bool = True
    message_known: bool = True
    status_known: bool = True


@cache
def documented_errors() -> dict[str, DocumentedError]:
    """Every error by its name, such as `ProfileKeyInvalid`."""
    document = openapi.document()
    statuses: dict[str, set[int]] = {}
    for status, name in _returned(document):
        statuses.setdefault(name, set()).add(status)
    return {
        name: DocumentedError(
            code=example["value"]["code"],
            message=example["value"]["message"],
            action=example["value"]["action"],
            statuses=tuple(sorted(statuses.get(name, ()))),
            disputed=frozenset(example.get("x-disputed", {}).get("statuses", ())),
            code_known=not example.get("x-inferred"),
            message_known=not example.get("x-inferred-message"),
            status_known=not example.get("x-inferred-status"),
        )
        for name, example in document["components"]["examples"].items()
    }


def _returned(document: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Every status and error that an operation returns."""
    groups = document["components"]["responses"]
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation.get("responses", {}) if isinstance(operation, dict) else {}
            for status, response in responses.items():
                group = groups.get(response.get("$ref", "").rpartition("/")[2], response)
                for media in group.get("content", {}).values():
                    yield from ((int(status), name) for name in media.get("examples", {}))
