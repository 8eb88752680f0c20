"""How the domain says no."""

from collections.abc import Sequence

from fakeayr.ayrshare.errors import INVALID_PARAMETERS, ApiError
from fakeayr.domain.advice.pieces import Piece
from fakeayr.errors import FakeayrError


class Refused(FakeayrError):
    """A request that Ayrshare would refuse.

    Args:
        error: The documented error to answer.
        details: One sentence of ours that names the fault, for the body's `details`; the first
            piece of advice's unless given, and none if it is empty.
        status: Another HTTP status than the error's own, where a setting of the account says so.
        advice: What the sender should mend.
    """

    def __init__(
        self,
        error: ApiError,
        details: str | None = None,
        *,
        status: int | None = None,
        advice: Sequence[Piece] = (),
    ) -> None:
        if details is None and advice:
            details = advice[0].details
        super().__init__(f"{error.message} {details}" if details else error.message)
        self.error = error
        self.details = details
        self.status = error.status if status is None else status
        self.advice = advice


def incorrect(details: str) -> Refused:
    """The refusal of a parameter that is missing or incorrect (101); `details` names it."""
    return Refused(INVALID_PARAMETERS, details)
