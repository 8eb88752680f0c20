"""How long linking URLs live."""

from typing import Any

from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES
from fakeayr.domain.model import Account
from fakeayr.domain.notifications import emails
from fakeayr.domain.refusals import Refused


def asked(
    account: Account,
    expires_in: float | None,
    email: dict[str, Any] | None,
    *,
    out_of_range: Refused,
    no_max_pack: ApiError,
) -> float | None:
    """Minutes that a request asks for: its own, else its e-mail's; `None` if neither says.

    Args:
        account: Who asks; both need the Max Pack.
        expires_in: The request's `expiresIn`.
        email: The request's `email`.
        out_of_range: What to answer to a number that is out of range.
        no_max_pack: What to answer without the Max Pack.

    Raises:
        Refused: One of these two, or the e-mail's fields are not right (333).
    """
    if expires_in is not None and not emails.is_lifetime(expires_in):
        raise out_of_range
    if (expires_in is not None or email is not None) and not account.max_pack:
        raise Refused(no_max_pack)
    in_email = None if email is None else emails.check_request(email)
    return in_email if expires_in is None else expires_in


def seconds(minutes: float | None) -> int:
    """A lifetime in seconds; 5 minutes unless asked otherwise."""
    return round((EXPIRES_IN_DEFAULT_MINUTES if minutes is None else minutes) * 60)


def shown(minutes: float | None) -> str | None:
    """A lifetime as answers show it: `30m`."""
    return None if minutes is None else f"{minutes:g}m"
