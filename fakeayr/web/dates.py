"""Dates in requests."""

from datetime import UTC, datetime
from typing import Final

from fakeayr.ayrshare import errors
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.refusals import Refused

_YEARS: Final = range(1970, 3000)
"""Years in which dates count: with room on either side for what is reckoned from them."""


def read_date(name: str, text: str) -> float:
    """An instant, UNIX seconds; a date without a zone is UTC.

    Args:
        name: The field that it stands in.
        text: The date as ISO 8601 writes it.

    Raises:
        Refused: It is none, or not of the years 1970 to 2999 (101).
    """
    try:
        date = datetime.fromisoformat(text.strip())
        if date.year not in _YEARS:
            raise ValueError
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        advice = advise("field-date-format", f"/{name}", field=name, text=quoted(text))
        raise Refused(errors.INVALID_PARAMETERS, advice=[advice]) from None
