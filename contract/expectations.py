"""What a check says when a fact does not hold."""

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
    fields = answer.fields
    expect(fields.get("status") == "error", "it was not refused", answer)
    known = None if error is None else documented_errors()[error]
    allowed = [status] if status is not None else []
    if known is not None and not allowed:
        allowed = sorted({*known.statuses, *known.disputed})
    listed = " or ".join(map(str, allowed))
    right = not allowed or answer.status in allowed
    expect(right, f"HTTP status {answer.status}, not {listed}", answer)
    if known is not None and known.code_known:
        code = fields.get("code")
        expect(code == known.code, f"code {code}, not {known.code}", answer)
    if known is not None and known.message_known:
        right = fields.get("message") == known.message
        expect(right, f"the message is not {known.message!r}", answer)
        if known.code_known:
            action = fields.get("action")
            expect(action == known.action, f"action {action}, not {known.action}", answer)
