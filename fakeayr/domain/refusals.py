"""How the domain says no."""

from fakeayr.ayrshare.errors import ApiError
from fakeayr.errors import FakeayrError


class Refused(FakeayrError):
    """A request that Ayrshare would refuse.

    Args:
        error: The documented error to answer.
        details: One sentence of ours that names the fault, for the body's `details`.
        status: Another HTTP status than the error's own, where a setting of the account says so.
    """

    def __init__(
        self, error: ApiError, details: str | None = None, *, status: int | None = None
    ) -> None:
        super().__init__(error.message if details is None else f"{error.message} {details}")
        self.error = error
        self.details = details
        self.status = error.status if status is None else status
