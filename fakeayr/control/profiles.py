"""GET /_fakeayr/profiles: the account's profiles with their keys, which Ayrshare shows once."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint, request

from fakeayr.control.access import owner
from fakeayr.domain import profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.profiles import Link, Profile, ProfileFilter
from fakeayr.domain.tenants import Tenant
from fakeayr.web.bodies import read_query

blueprint = Blueprint("control_profiles", __name__)


class ProfilesQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /_fakeayr/profiles. With a `name`: the title or the refId of one."""

    name: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000


@blueprint.get("/profiles")
@owner
def get_profiles(tenant: Tenant) -> dict[str, Any]:
    """Lists the primary profile and then the User Profiles, the oldest first."""
    query = read_query(request).into(ProfilesQuery)
    if query.name is not None:
        return {"profiles": [_describe(profile) for profile in _find_named(tenant, query.name)]}
    found = tenant.store.profiles(tenant.api_key, ProfileFilter(limit=query.limit))
    own = [profiles.primary(tenant), *(profile for _, profile in found)]
    return {"profiles": [_describe(profile) for profile in own[: query.limit]]}


def _find_named(tenant: Tenant, name: str) -> list[Profile]:
    """The profile with this title or, if there is none, with this refId."""
    primary = profiles.primary(tenant)
    titled = tenant.store.profile_titled(tenant.api_key, name)
    if titled is not None:
        return [titled]
    if name in {primary.title, primary.ref_id}:
        return [primary]
    found = tenant.store.profiles(tenant.api_key, ProfileFilter(limit=1, ref_id=name))
    return [profile for _, profile in found]


def _describe(profile: Profile) -> dict[str, Any]:
    return {
        "title": profile.title,
        "refId": profile.ref_id,
        "profileKey": profile.key,
        "primary": profile.primary,
        "suspended": profile.suspended,
        "created": iso_seconds(profile.created),
        "activeSocialAccounts": profile.networks,
        "links": [_describe_link(link) for link in profile.links.values()],
        "webhooks": profile.webhooks.urls,
        "signed": profile.webhooks.secret is not None,
    }


def _describe_link(link: Link) -> dict[str, Any]:
    return {
        "platform": link.platform,
        "displayName": link.details.get("displayName", ""),
        "created": link.created,
        "expires": None if link.expires is None else iso_seconds(link.expires),
    }
