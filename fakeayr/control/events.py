"""POST /_fakeayr/events: what Ayrshare's system does on its own."""

from enum import StrEnum
from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import check_platform, fields_into, owner
from fakeayr.domain import system_events
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_events", __name__)


class EventKind(StrEnum):
    """What happens."""

    REVOKE = "revoke"
    NEAR_EXPIRY = "near-expiry"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    DELETE = "delete"


class EventRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What happens to which profile; the first two kinds need a `platform`.

    Without a `profile_key` it happens to the primary profile.
    """

    type: EventKind
    profile_key: str | None = None
    platform: str | None = None


@blueprint.post("/events")
@owner
def cause_event(tenant: Tenant) -> dict[str, Any]:
    """Makes it happen, with its webhooks."""
    wanted = fields_into(EventRequest)
    key = tenant.api_key if wanted.profile_key is None else wanted.profile_key
    if wanted.type is EventKind.REVOKE:
        profile = system_events.revoke(tenant, key, check_platform(wanted.platform))
    elif wanted.type is EventKind.NEAR_EXPIRY:
        profile = system_events.near_expiry(tenant, key, check_platform(wanted.platform))
    elif wanted.type is EventKind.DELETE:
        profile = system_events.delete(tenant, key)
    else:
        suspended = wanted.type is EventKind.SUSPEND
        profile = system_events.suspend(tenant, key, suspended=suspended)
    return {"status": "success", "refId": profile.ref_id}
