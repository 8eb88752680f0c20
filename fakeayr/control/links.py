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


class LinkRequest(
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
    wanted = _read_request()
    key = _profile(tenant, wanted).key
    details = wanted.details.given()
    profile = links.link(tenant, key, wanted.platform, details, own_app=wanted.own_app)
    return _describe(profile)


@blueprint.delete("/links")
@owner
def unlink(tenant: Tenant) -> dict[str, Any]:
    """Unlinks a network, as a person would on the page."""
    wanted = _read_request()
    profile, _ = links.unlink(tenant, _profile(tenant, wanted).key, wanted.platform)
    return _describe(profile)


def _read_request() -> LinkRequest:
    wanted = fields_into(LinkRequest)
    check_platform(wanted.platform)
    if wanted.own_app and wanted.platform != "twitter":
        raise Refused(errors.INVALID_PARAMETERS, "ownApp is for twitter: no other network has one.")
    return wanted


def _profile(tenant: Tenant, wanted: LinkRequest) -> Profile:
    if wanted.profile_key is None:
        return profiles.primary(tenant)
    return profiles.find(tenant, wanted.profile_key)


def _describe(profile: Profile) -> dict[str, Any]:
    return {
        "status": "success",
        "refId": profile.ref_id,
        "activeSocialAccounts": profile.networks,
    }
