"""POST, GET and DELETE /_fakeayr/faults: making the account's calls go wrong."""

from typing import Any

import msgspec
from flask import Blueprint, Response, request

from fakeayr.control.access import anyone, owner
from fakeayr.domain import faults
from fakeayr.domain.faults import FaultRequest
from fakeayr.domain.tenants import Tenant
from fakeayr.web.bodies import read_body
from fakeayr.web.calls import authenticate
from fakeayr.web.responses import json_response

blueprint = Blueprint("control_faults", __name__)


@blueprint.post("/faults")
@anyone
def order_fault() -> Response:
    """Orders a fault; `times: null` means until it is removed."""
    tenant = authenticate()
    fields = read_body(request)
    wanted = fields.into(FaultRequest)
    if fields.values.get("times", ...) is None:
        wanted = msgspec.structs.replace(wanted, times=None)
    return json_response(faults.add(tenant, wanted), 201)


@blueprint.get("/faults")
@owner
def get_faults(tenant: Tenant) -> dict[str, Any]:
    """Returns the account's faults, with the calls that matched and that were hit."""
    return {"faults": tenant.account.faults}


@blueprint.delete("/faults")
@owner
def remove_faults(tenant: Tenant) -> dict[str, Any]:
    """Removes all faults."""
    faults.remove(tenant)
    return {"status": "success"}


@blueprint.delete("/faults/<fault_id>")
@owner
def remove_fault(tenant: Tenant, fault_id: str) -> dict[str, Any]:
    """Removes one fault."""
    faults.remove(tenant, fault_id)
    return {"status": "success"}
