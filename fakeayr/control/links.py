"""POST and DELETE /_fakeayr/links: linking without a browser."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.ayrshare import errors
from fakeayr.control.access import check_platform, fields_into, owner
from fakeayr.control.details import LinkDetails
from fakeayr.domain import links, profiles
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_links", __name__)


class LinkOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A network to link to or unlink from a profile; without a key the primary one.

    `details` replace made-up fields of the `displayNames` entry. `own_app`: whether X is linked
    through the integrator's own app.
    """

    platform: str
    profile_key: str | None = None
    details: LinkDetails = LinkDetails()
    own_app: bool = False


@blueprint.post("/links")
@owner
def link(tenant: Tenant) -> dict[str, Any]:
    """Links a network, as a person would on the page."""
    order = _order()
    key = _profile(tenant, order).key
    profile = links.link(tenant, key, order.platform, order.details.given(), own_app=order.own_app)
    return _linked(profile)


@blueprint.delete("/links")
@owner
def unlink(tenant: Tenant) -> dict[str, Any]:
    """Unlinks a network, as a person would on the page."""
    order = _order()
    profile, _ = links.unlink(tenant, _profile(tenant, order).key, order.platform)
    return _linked(profile)


def _order() -> LinkOrder:
    order = fields_into(LinkOrder)
    check_platform(order.platform)
    if order.own_app and order.platform != "twitter":
        raise Refused(errors.INVALID_PARAMETERS, "ownApp is for twitter: no other network has one.")
    return order


def _profile(tenant: Tenant, order: LinkOrder) -> Profile:
    if order.profile_key is None:
        return profiles.primary(tenant)
    return profiles.find(tenant, order.profile_key)


def _linked(profile: Profile) -> dict[str, Any]:
    return {
        "status": "success",
        "refId": profile.ref_id,
        "activeSocialAccounts": profile.networks,
    }
