"""GET and DELETE /_fakeayr/requests: the journal."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import owner
from fakeayr.domain.journal import JOURNAL
from fakeayr.domain.tenants import Tenant
from fakeayr.web.context import context

blueprint = Blueprint("control_requests", __name__)


@blueprint.get("/requests")
@owner
def get_requests(tenant: Tenant) -> dict[str, Any]:
    """Answers the account's journal, oldest entry first."""
    context().recorder.settle()
    entries = tenant.store.log(JOURNAL, tenant.api_key)
    return {"requests": [{"id": number, **msgspec.json.decode(entry)} for number, entry in entries]}


@blueprint.delete("/requests")
@owner
def clear_requests(tenant: Tenant) -> dict[str, Any]:
    """Empties the account's journal."""
    context().recorder.settle()
    tenant.store.clear_log(JOURNAL, tenant.api_key)
    return {"status": "success"}
