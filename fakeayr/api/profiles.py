"""POST, GET, PATCH and DELETE /profiles, and DELETE /profiles/social."""

import base64
import binascii
from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.limits import ACTION_LOG_MAX_DAYS, PROFILES_CACHE_SECONDS, PROFILES_PAGE_MAX
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Feature
from fakeayr.domain import links, profiles
from fakeayr.domain.advice import fields
from fakeayr.domain.clock import iso_milliseconds, iso_seconds, timestamp_parts
from fakeayr.domain.profiles import Action, Profile, ProfileFilter
from fakeayr.domain.refusals import Refused
from fakeayr.web.calls import Call, operation

blueprint = Blueprint("profiles", __name__)

Title = Annotated[str, msgspec.Meta(min_length=1)]
_SECONDS_PER_DAY: Final = 86_400
_LARGEST_POSITION: Final = 2**63 - 1


class ProfileFields(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What POST and PATCH /profiles can set."""

    messaging_active: bool | None = None
    hide_logo: bool | None = None
    hide_top_header: bool | None = None
    top_header: str | None = None
    sub_header: str | None = None
    disable_social: list[str] | None = None
    team: bool | None = None
    email: str | None = None
    tags: list[str] | None = None
    display_title: str | None = None
    hide_title: bool | None = None

    def given(self) -> dict[str, Any]:
        """The attributes of `Profile` that were sent."""
        return {
            name: value
            for name in ProfileFields.__struct_fields__
            if (value := getattr(self, name)) is not None
        }


class NewProfile(ProfileFields, frozen=True, kw_only=True):
    """The body of POST /profiles."""

    title: Title


class ProfileChange(ProfileFields, frozen=True, kw_only=True):
    """The body of PATCH /profiles."""

    profile_key: str | None = None
    title: Title | None = None


class ProfileDeletion(msgspec.Struct, frozen=True, rename="camel"):
    """The body of DELETE /profiles."""

    profile_key: str | None = None
    title: str | None = None


class SocialUnlinking(msgspec.Struct, frozen=True, rename="camel"):
    """The body of DELETE /profiles/social."""

    platform: str
    profile_key: str | None = None


class ProfileQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /profiles; `action_log` is true or a number of days."""

    title: str | None = None
    ref_id: str | None = None
    profile_keys: list[str] | None = None
    has_active_social_accounts: bool | None = None
    includes_active_social_accounts: list[str] | None = None
    is_byok_linked: bool | None = None
    action_log: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PROFILES_PAGE_MAX)] = PROFILES_PAGE_MAX
    cursor: str | None = None


@blueprint.post("/profiles")
@blueprint.post("/profiles/profile")
@blueprint.post("/profiles/create-profile")
@operation(Feature.USER_PROFILES)
def create_profile(call: Call) -> dict[str, Any]:
    """Creates a User Profile; no other response ever shows its key."""
    body = call.body(NewProfile)
    _check_team(team=body.team, email=body.email)
    call.advice += fields.on_networks("disableSocial", body.disable_social or [])
    profile = profiles.create(call.tenant, body.title, body.given())
    call.acting = profile
    return {
        "status": "success",
        "title": profile.title,
        "refId": profile.ref_id,
        "profileKey": profile.key,
        "messagingActive": profile.messaging_active,
    }


@blueprint.get("/profiles")
@operation(Feature.USER_PROFILES)
def get_profiles(call: Call) -> dict[str, Any]:
    """Lists User Profiles, oldest first; never the primary one, never a profile key."""
    query = call.query(ProfileQuery)
    days = _action_log_days(query.action_log)
    delay = call.tenant.account.settings.profile_visibility_delay
    found = call.tenant.store.profiles(
        call.tenant.api_key,
        ProfileFilter(
            title=query.title,
            ref_id=query.ref_id,
            profile_keys=query.profile_keys,
            has_links=query.has_active_social_accounts,
            includes=query.includes_active_social_accounts,
            own_x_app=query.is_byok_linked,
            created_until=call.now - delay if delay else None,
            after=_position(query.cursor),
            limit=query.limit + 1,
        ),
    )
    page = found[: query.limit]
    has_more = len(found) > query.limit
    return {
        "profiles": [_describe(profile, call.now, days) for _, profile in page],
        "count": len(page),
        "lastUpdated": iso_milliseconds(call.now),
        "nextUpdate": iso_milliseconds(call.now + PROFILES_CACHE_SECONDS),
        "pagination": {
            "hasMore": has_more,
            "nextCursor": _cursor(page[-1][0]) if has_more else None,
            "limit": query.limit,
        },
    }


@blueprint.route("/profiles", methods=["PATCH", "PUT"])
@blueprint.route("/profiles/profile", methods=["PATCH", "PUT"])
@operation(Feature.USER_PROFILES)
def update_profile(call: Call) -> dict[str, Any]:
    """Changes a User Profile, named by the Profile-Key header or the body's profileKey."""
    body = call.body(ProfileChange)
    _check_team(team=body.team, email=body.email)
    call.advice += fields.on_networks("disableSocial", body.disable_social or [])
    key = _find(call, call.profile_key(body.profile_key)).key
    changes = body.given() | ({} if body.title is None else {"title": body.title})
    profile = profiles.change(call.tenant, key, changes)
    return {"status": "success", "refId": profile.ref_id}


@blueprint.delete("/profiles")
@blueprint.delete("/profiles/profile")
@blueprint.delete("/profiles/delete-profile")
@operation(Feature.USER_PROFILES)
def delete_profile(call: Call) -> dict[str, Any]:
    """Deletes a User Profile, named by the header, the body's profileKey, or the body's title."""
    body = call.body(ProfileDeletion)
    key = call.profile_key(body.profile_key)
    if key is None and body.title is not None:
        key = profiles.find_by_title(call.tenant, body.title).key
    profile = profiles.delete(call.tenant, _find(call, key).key)
    return {"status": "success", "refId": profile.ref_id}


@blueprint.delete("/profiles/social")
@operation()
def unlink_social(call: Call) -> dict[str, Any]:
    """Unlinks a network; it succeeds too where nothing was linked."""
    body = call.body(SocialUnlinking)
    if body.platform not in NETWORKS:
        named = fields.on_networks("platform", [body.platform])
        raise Refused(errors.INVALID_PARAMETERS, advice=named)
    profile = call.profile(body.profile_key)
    links.unlink(call.tenant, profile.key, body.platform)
    return {"status": "success", "platform": body.platform, "refId": profile.ref_id}


def _check_team(*, team: bool | None, email: str | None) -> None:
    if team and not email:
        raise Refused(errors.INVALID_PARAMETERS, "email is required when team is true.")


def _find(call: Call, key: str | None) -> Profile:
    """The User Profile that the call names by its key; the primary one is never meant.

    Raises:
        Refused: None is named (101), the key is invalid (144), or the profile is suspended (276).
    """
    if key is None:
        raise Refused(
            errors.INVALID_PARAMETERS,
            f"Name the profile with the {PROFILE_KEY} header or the field profileKey.",
        )
    return call.acting_for(profiles.find(call.tenant, key))


def _action_log_days(asked: str | None) -> int | None:
    """The days of `actionLog`: 60 for true, a number for itself, none if it was not asked for."""
    if asked is None or asked == "false":
        return None
    if asked == "true":
        return 60
    digits = asked if asked.isascii() and asked.isdigit() and len(asked) <= 3 else "0"
    if 1 <= int(digits) <= ACTION_LOG_MAX_DAYS:
        return int(digits)
    raise Refused(errors.INVALID_PARAMETERS, "actionLog must be true or a number from 1 to 365.")


def _describe(profile: Profile, now: float, days: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "status": "suspended" if profile.suspended else "active",
        "title": profile.title,
    }
    if profile.display_title is not None:
        entry["displayTitle"] = profile.display_title
    entry |= {
        "created": timestamp_parts(profile.created),
        "createdUTC": iso_milliseconds(profile.created),
        "refId": profile.ref_id,
    }
    if profile.links:
        entry["activeSocialAccounts"] = profile.networks
    if profile.suspended:
        entry["suspended"] = True
    if days is not None:
        since = now - days * _SECONDS_PER_DAY
        recent = [action for action in profile.actions if action.created >= since]
        entry["actionLog"] = [_describe_action(action) for action in recent]
    return entry


def _describe_action(action: Action) -> dict[str, str]:
    return {
        "type": action.type,
        "platform": action.platform,
        "created": iso_seconds(action.created),
    }


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = int(base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii"))
    except (binascii.Error, ValueError):
        position = -1
    if not 0 <= position <= _LARGEST_POSITION:
        raise Refused(
            errors.INVALID_PARAMETERS, "cursor must be the nextCursor of an earlier answer."
        )
    return position
