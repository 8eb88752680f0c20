"""GET and POST /_fakeayr/clock: the account's time."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import fields_into, owner
from fakeayr.domain import system_events
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_clock", __name__)

_TEN_YEARS = 10 * 366 * 24 * 3600


class Advance(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """By how many seconds the account's clock moves."""

    advance: Annotated[float, msgspec.Meta(ge=0, le=_TEN_YEARS)]


@blueprint.get("/clock")
@owner
def get_clock(tenant: Tenant) -> dict[str, Any]:
    """Tells the account's time."""
    return _describe(tenant)


@blueprint.post("/clock")
@owner
def advance_clock(tenant: Tenant) -> dict[str, Any]:
    """Moves the account's clock forward; due retries and expiries happen before the answer."""
    seconds = fields_into(Advance).advance
    system_events.advance(tenant, seconds)
    return _describe(tenant)


def _describe(tenant: Tenant) -> dict[str, Any]:
    now, offset = tenant.now(), tenant.account.clock_offset
    due = tenant.store.next_due(tenant.api_key)
    return {
        "now": now,
        "utc": iso_milliseconds(now),
        "offset": offset,
        "next": None if due is None else due + offset,
    }
