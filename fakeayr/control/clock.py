"""GET and POST /_fakeayr/clock: the account's time."""

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint

from fakeayr.ayrshare import errors
from fakeayr.control.access import fields_into, owner
from fakeayr.domain import system_events
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_clock", __name__)

_TEN_YEARS = 10 * 366 * 24 * 3600
_MOMENT_SECONDS = 0.001


class Advance(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """By how many seconds the account's clock moves; `next`: to whatever happens next."""

    advance: Annotated[float, msgspec.Meta(ge=0, le=_TEN_YEARS)] | Literal["next"]


@blueprint.get("/clock")
@owner
def get_clock(tenant: Tenant) -> dict[str, Any]:
    """Returns the account's time."""
    return _describe(tenant)


@blueprint.post("/clock")
@owner
def advance_clock(tenant: Tenant) -> dict[str, Any]:
    """Moves the account's clock forward; due retries and expiries happen before the answer."""
    wanted = fields_into(Advance).advance
    seconds = _find_next(tenant) if isinstance(wanted, str) else wanted
    system_events.advance(tenant, seconds)
    return _describe(tenant)


def _find_next(tenant: Tenant) -> float:
    """In how many seconds the next thing is due; a little more, so that it is due then.

    Raises:
        Refused: Nothing is (101).
    """
    seconds = system_events.next_due(tenant)
    if seconds is None:
        raise Refused(
            errors.INVALID_PARAMETERS,
            "Nothing is due: no delivery is to be tried again, no post waits, and no link ends.",
        )
    return min(seconds + _MOMENT_SECONDS, _TEN_YEARS)


def _describe(tenant: Tenant) -> dict[str, Any]:
    now, seconds = tenant.now(), system_events.next_due(tenant)
    return {
        "now": now,
        "utc": iso_milliseconds(now),
        "offset": tenant.account.clock_offset,
        "next": None if seconds is None else now + seconds,
    }
