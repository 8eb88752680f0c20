"""POST /_fakeayr/consents and /_fakeayr/x-apps: what the person and X will say."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import check_platform, fields_into, owner
from fakeayr.control.details import LinkDetails
from fakeayr.domain import consents
from fakeayr.domain.consents import ConsentOutcome, Preset
from fakeayr.domain.linking import x_apps
from fakeayr.domain.linking.x_apps import XApp
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_consents", __name__)


class ConsentRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """How the next consent ends; of any network without a `platform`."""

    outcome: ConsentOutcome
    platform: str | None = None
    details: LinkDetails = LinkDetails()


class XAppRequest(
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
    wanted = fields_into(ConsentRequest)
    if wanted.platform is not None:
        check_platform(wanted.platform)
    chosen = Preset(outcome=wanted.outcome, details=wanted.details.given())
    consents.preset(tenant, wanted.platform, chosen)
    return {"status": "success"}


@blueprint.post("/x-apps")
@owner
def register_x_app(tenant: Tenant) -> dict[str, Any]:
    """Registers an X app's name and callbacks; only a digest of its key is kept."""
    wanted = fields_into(XAppRequest)
    app = XApp(name=wanted.name, callback_approved=wanted.callback_approved)
    reference = x_apps.register(tenant, wanted.api_key, app)
    return {"status": "success", "reference": reference}
