"""Dates in requests."""

from datetime import UTC, datetime

from fakeayr.ayrshare import errors
from fakeayr.domain.journal import quoted
from fakeayr.domain.refusals import Refused


def read_date(name: str, text: str) -> float:
    """An instant, UNIX seconds; a date without a zone is UTC.

    Args:
        name: The field that it stands in.
        text: The date as ISO 8601 writes it.

    Raises:
        Refused: It is none (101).
    """
    try:
        date = datetime.fromisoformat(text.strip())
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(
            errors.INVALID_PARAMETERS,
            f"{name}: {quoted(text)} is no date: write it as 2026-11-29T18:30:00Z.",
        ) from None
