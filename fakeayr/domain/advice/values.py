"""Rules about the names, types and values of single fields."""

from collections.abc import Iterable
from typing import Final

from fakeayr.ayrshare.fields import ENDPOINTS, MISTAKEN
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.spelling import nearest

_ENDPOINT_OF: Final = {name: endpoint for endpoint, names in ENDPOINTS.items() for name in names}
_A_MINUTE: Final = 60.0


def on_unknown_field(name: str, known: Iterable[str], path: str, *, in_body: bool) -> Piece:
    """Says what is probably meant by a field that an endpoint does not have.

    Args:
        name: The field.
        known: The fields that it has.
        path: The path of the call.
        in_body: Whether the field stands in the body, not in the query.
    """
    shown = quoted(name)
    place = f"/{shown}" if in_body else f"query {shown}"
    mistaken = MISTAKEN.get(path.rstrip("/").rpartition("/")[2], {})
    meant = mistaken.get(name) or nearest(name[:100], known)
    if meant is not None:
        return advise("field-misspelt", place, field=shown, meant=meant)
    endpoint = _ENDPOINT_OF.get(name)
    if endpoint is not None:
        return advise("field-of-other-endpoint", place, field=shown, endpoint=endpoint)
    return advise("field-unknown", place, field=shown)


def on_wrong_type(path: str, *, expected: str, got: str) -> Piece:
    """Says in words which type a field must have.

    Args:
        path: Where the field stands, with full stops between names.
        expected: The type it must have.
        got: The type it has.
    """
    place = "/" + path.replace("[", ".").replace("]", "").replace(".", "/")
    name = "field-wrong-type"
    if got == "a text":
        if "a list" in expected:
            name = "field-list-as-text"
        elif "number" in expected:
            name = "field-number-as-text"
        elif expected == "true or false":
            name = "field-boolean-as-text"
    return advise(name, place, field=path, expected=expected, got=got, example='"…"')


def on_lifetime(field: str, minutes: float) -> Piece | None:
    """Says what is probably meant by a lifetime in minutes that is out of range."""
    hours = minutes / 60
    if minutes >= 60_000 and minutes % 1000 == 0:
        name, meant = "field-expiry-in-milliseconds", minutes / 60_000
    elif minutes > 0 and minutes % 60 == 0:
        name, meant = "field-expiry-in-seconds", minutes / 60
    else:
        return None
    return advise(name, f"/{field}", field=field, minutes=minutes, hours=hours, meant=meant)


def on_schedule(field: str, text: str, instant: float, now: float) -> list[Piece]:
    """Says what is probably wrong with a date that was read.

    Args:
        field: Where it stands.
        text: As sent.
        instant: The instant it was read as, UNIX seconds.
        now: The account's time.
    """
    place = f"/{field}"
    if instant < now - _A_MINUTE:
        minutes = round((now - instant) / 60)
        return [advise("field-date-in-past", place, field=field, minutes=f"{minutes:,}")]
    if _has_zone(text):
        return []
    return [advise("field-date-without-zone", place, field=field, text=quoted(text))]


def _has_zone(text: str) -> bool:
    tail = text.strip()[10:]
    return tail.upper().endswith("Z") or "+" in tail or "-" in tail
