"""GET /_fakeayr/profiles: profiles with their keys, links and webhooks."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint, request
from msgspec import Meta

from fakeayr.control.access import owner
from fakeayr.domain import profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.profiles import Link, Profile, ProfileFilter
from fakeayr.domain.tenants import Tenant
from fakeayr.web.bodies import read_query

blueprint = Blueprint("control_profiles", __name__)


class ProfilesQuery(msgspec.Struct, frozen=True):
    """The query of GET /_fakeayr/profiles."""

    after: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 200


@blueprint.get("/profiles")
@owner
def get_profiles(tenant: Tenant) -> dict[str, Any]:
    """Returns the primary profile and a page of User Profiles, in order of creation."""
    query = read_query(request).into(ProfilesQuery)
    wanted = ProfileFilter(limit=query.limit, after=query.after)
    page = tenant.store.profiles(tenant.api_key, wanted)
    listed = [profiles.primary(tenant), *(profile for _, profile in page)]
    return {
        "profiles": [_describe(profile) for profile in listed],
        "count": tenant.store.count_profiles(tenant.api_key),
        "after": page[-1][0] if len(page) == query.limit else None,
    }


def _describe(profile: Profile) -> dict[str, Any]:
    return {
        "title": profile.title,
        "refId": profile.ref_id,
        "profileKey": profile.key,
        "primary": profile.primary,
        "suspended": profile.suspended,
        "created": iso_seconds(profile.created),
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
