"""POST /_fakeayr/consents and /_fakeayr/x-apps: what the person and X will say."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import check_platform, fields_into, owner
from fakeayr.control.details import LinkDetails
from fakeayr.domain import consents
from fakeayr.domain.consents import Outcome, Preset
from fakeayr.domain.linking import x_apps
from fakeayr.domain.linking.x_apps import XApp
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_consents", __name__)


class ConsentOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """How the next consent ends; of any network without a `platform`."""

    outcome: Outcome
    platform: str | None = None
    details: LinkDetails = LinkDetails()


class XAppOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What the consent page knows of the integrator's X app."""

    api_key: Annotated[str, msgspec.Meta(min_length=1)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = XApp().name
    callback_approved: bool = True


@blueprint.post("/consents")
@owner
def preset_consent(tenant: Tenant) -> dict[str, Any]:
    """Decides how the next consent ends: no consent page is shown then."""
    order = fields_into(ConsentOrder)
    if order.platform is not None:
        check_platform(order.platform)
    chosen = Preset(outcome=order.outcome, details=order.details.given())
    consents.preset(tenant, order.platform, chosen)
    return {"status": "success"}


@blueprint.post("/x-apps")
@owner
def register_x_app(tenant: Tenant) -> dict[str, Any]:
    """Registers an X app's name and callbacks; only a digest of its key is kept."""
    order = fields_into(XAppOrder)
    app = XApp(name=order.name, callback_approved=order.callback_approved)
    reference = x_apps.register(tenant, order.api_key, app)
    return {"status": "success", "reference": reference}
