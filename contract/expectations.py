"""What a check says when a fact does not hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fakeayr.contract.document import documented_errors
from fakeayr.contract.server import Answer
from fakeayr.errors import FakeayrError


class NotServed(FakeayrError):
    """The server does not have what a check is about, and need not have it."""


class FactBroken(FakeayrError, AssertionError):
    """A fact does not hold.

    Attributes:
        answer: The response that shows it, if one does.
    """

    def __init__(self, what: str, answer: Answer | None = None) -> None:
        super().__init__(what)
        self.answer = answer


def expect(holds: object, what: str, answer: Answer | None = None) -> None:
    """Checks a condition.

    Raises:
        FactBroken: It does not hold; `what` says what is broken.
    """
    if not holds:
        raise FactBroken(what, answer)


def expect_success(answer: Answer, what: str = "it is refused", **fields: Any) -> None:
    """Checks that a response has HTTP status 200, `status: success` and these fields.

    Raises:
        FactBroken: It is another response; `what` says what is broken if it has no status 200.
    """
    expect(answer.status == 200, f"{what} with HTTP status {answer.status}", answer)
    expect_fields(answer, status="success", **fields)


def expect_fields(answer: Answer, **fields: Any) -> None:
    """Checks that fields of a response have these values.

    Raises:
        FactBroken: One has another.
    """
    for name, value in fields.items():
        found = answer.fields.get(name)
        is_right = found == value and type(found) is type(value)  # In JSON, 1 is not true.
        expect(is_right, f"{name} is {found!r}, not {value!r}", answer)


@contextmanager
def about(what: str) -> Iterator[None]:
    """Puts what was sent before whatever turns out to be broken in the block."""
    try:
        yield
    except FactBroken as error:
        raise FactBroken(f"{what}: {error}", error.answer) from error


def expect_refusal(answer: Answer, error: str | None = None, *, status: int | None = None) -> None:
    """Checks that a response is an error.

    Args:
        answer: The response.
        error: Its name in openapi.yaml, such as `ProfileKeyInvalid`: the status, and the code and
            the message as far as Ayrshare has published them, have to be the documented ones.
        status: The HTTP status, where no error is named or openapi.yaml has none for it.

    Raises:
        FactBroken: It is another response.
    """
    expect(answer.fields.get("status") == "error", "it was not refused", answer)
    known = None if error is None else documented_errors()[error]
    allowed = [status] if status is not None else []
    if known is not None and not allowed:
        allowed = sorted({*known.statuses, *known.disputed})
    listed = " or ".join(map(str, allowed))
    right = not allowed or answer.status in allowed
    expect(right, f"HTTP status {answer.status}, not {listed}", answer)
    if known is not None and known.code_known:
        expect_fields(answer, code=known.code)
    if known is not None and known.message_known:
        expect_fields(answer, message=known.message)
        if known.code_known:
            expect_fields(answer, action=known.action)
