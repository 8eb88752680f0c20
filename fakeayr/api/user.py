"""GET /user."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.ayrshare.limits import (
    MONTHLY_API_CALLS_QUOTA,
    MONTHLY_POST_QUOTA,
    PROFILES_CACHE_SECONDS,
)
from fakeayr.domain import links
from fakeayr.domain.clock import iso_milliseconds, iso_seconds, month_of, timestamp_parts
from fakeayr.domain.posting import quotas
from fakeayr.domain.profiles import Profile
from fakeayr.web.calls import Call, operation

blueprint = Blueprint("user", __name__)


class UserQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /user; `instagramQuota` is the older spelling of `instagramDetails`."""

    instagram_details: bool = False
    instagram_quota: bool = False
    profile_key: str | None = None


@blueprint.get("/user")
@operation()
def get_user(call: Call) -> dict[str, Any]:
    """Returns a profile's linked accounts; the lists are absent while nothing is linked."""
    query = call.query(UserQuery)
    profile = call.profile(query.profile_key)
    usage = call.tenant.store.usage(month_of(call.now), call.tenant.api_key, profile.key)
    quota = call.tenant.account.settings.monthly_post_quota
    answer: dict[str, Any] = {}
    if profile.links:
        answer["activeSocialAccounts"] = profile.networks
    answer["ayrlinkUrl"] = f"https://ayrlink.fakeayr.example/{profile.ref_id[:8]}"
    answer["created"] = {
        **timestamp_parts(profile.created),
        "utc": iso_seconds(profile.created),
    }
    if profile.links:
        answer["displayNames"] = _display_names(
            call, profile, instagram_details=query.instagram_details or query.instagram_quota
        )
    answer |= {
        "email": profile.email or call.tenant.account.email,
        "lastApiCall": iso_seconds(usage.last_call or call.now),
        "lastUpdated": iso_milliseconds(call.now),
        "messagingConversationMonthlyCount": 0,
        "messagingEnabled": profile.messaging_active,
        "monthlyApiCalls": usage.calls,
        "monthlyApiCallsQuota": MONTHLY_API_CALLS_QUOTA,
        "monthlyPostCount": usage.posts,
        "monthlyPostQuota": MONTHLY_POST_QUOTA if quota is None else quota,
        "nextUpdate": iso_milliseconds(call.now + PROFILES_CACHE_SECONDS),
        "refId": profile.ref_id,
        "title": profile.title,
    }
    return answer


def _display_names(
    call: Call, profile: Profile, *, instagram_details: bool
) -> list[dict[str, Any]]:
    """The linked accounts, on request with how much of Instagram's day is used."""
    names = links.display_names(profile, call.now, instagram_details=instagram_details)
    for entry in names:
        if "usedQuota" in entry:
            network = entry["platform"]
            entry["usedQuota"] = quotas.used(call.tenant, profile, network, call.now)
    return names
