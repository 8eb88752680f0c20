"""GET and DELETE /_fakeayr/requests: the journal."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import owner
from fakeayr.domain.journal import JOURNAL, read_entry
from fakeayr.domain.tenants import Tenant
from fakeayr.web.context import context

blueprint = Blueprint("control_requests", __name__)


@blueprint.get("/requests")
@owner
def get_requests(tenant: Tenant) -> dict[str, Any]:
    """Returns the account's journal, oldest entry first."""
    context().recorder.settle()
    entries = tenant.store.log(JOURNAL, tenant.api_key)
    return {"requests": [describe_entry(number, document) for number, document in entries]}


@blueprint.delete("/requests")
@owner
def clear_requests(tenant: Tenant) -> dict[str, Any]:
    """Empties the account's journal."""
    context().recorder.settle()
    tenant.store.clear_log(JOURNAL, tenant.api_key)
    return {"status": "success"}


def describe_entry(number: int, document: bytes) -> dict[str, Any]:
    """An entry of the journal on the wire."""
    entry = msgspec.json.decode(document)
    if "advice" in entry:
        known = read_entry(document).advice
        entry["advice"] = [piece.describe() for piece in known]
    return {"id": number, **entry}
