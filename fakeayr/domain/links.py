"""Linking social accounts to profiles, and taking the links away again."""

import hashlib
import math
from typing import Any, Final

from fakeayr.ayrshare.networks import NETWORKS, Network
from fakeayr.domain import profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.ids import Ids
from fakeayr.domain.notifications import webhooks
from fakeayr.domain.profiles import Action, Link, Profile
from fakeayr.domain.tenants import Tenant

_ACTIONS_KEPT: Final = 100
_SECONDS_PER_DAY: Final = 86_400


def link(
    tenant: Tenant,
    key: str,
    platform: str,
    details: dict[str, Any] | None = None,
    *,
    own_app: bool = False,
) -> Profile:
    """Links a network to a profile, in place of an earlier link to the same network.

    Args:
        tenant: The account.
        key: The profile's key; the account's API key for the primary profile.
        platform: One of `NETWORKS`.
        details: Fields of the `displayNames` entry to use instead of made-up ones.
        own_app: Whether the integrator's own X app asked for it.

    Raises:
        Refused: The profile is gone (144).
    """
    now = tenant.now()
    with tenant.transaction():
        profile = profiles.get(tenant, key)
        network = NETWORKS[platform]
        days = network.refresh_days
        new = Link(
            platform=platform,
            created=now,
            details=_details(network, profile, tenant.world.ids) | (details or {}),
            own_app=own_app,
            expires=None if days is None else now + days * _SECONDS_PER_DAY,
        )
        changes = {
            "links": {**profile.links, platform: new},
            "lost": [name for name in profile.lost if name != platform],
            "actions": _logged(profile, "link", platform, now),
        }
        changed = profiles.change(tenant, key, changes)
        webhooks.emit(tenant, changed, "social", event("link", new, source="user"))
    return changed


def unlink(
    tenant: Tenant,
    key: str,
    platform: str,
    *,
    by_system: dict[str, Any] | None = None,
) -> tuple[Profile, Link | None]:
    """Takes a link away. Returns the profile, and the link that was there, if any.

    Args:
        tenant: The account.
        key: The profile's key; the account's API key for the primary profile.
        platform: One of `NETWORKS`.
        by_system: Given when Ayrshare does it and not the user; the webhook's `details`, or empty.

    Raises:
        Refused: The profile is gone (144).
    """
    now = tenant.now()
    with tenant.transaction():
        profile = profiles.get(tenant, key)
        gone = profile.links.get(platform)
        if gone is None:
            return profile, None
        kept = {name: link for name, link in profile.links.items() if name != platform}
        actions = _logged(profile, "unlink", platform, now)
        changes = {"links": kept, "actions": actions}
        if by_system is not None:
            changes["lost"] = [*profile.lost, platform]
        changed = profiles.change(tenant, key, changes)
        payload = event("unlink", gone, source="user" if by_system is None else "system")
        webhooks.emit(tenant, changed, "social", {**payload, "details": by_system or None})
    return changed, gone


def event(kind: str, linked: Link, *, source: str) -> dict[str, Any]:
    """The `social` webhook's own fields.

    Args:
        kind: `link`, `unlink` or `refresh`.
        linked: The link.
        source: `user`, or `system` for what Ayrshare does on its own.
    """
    return {
        "code": 200,
        "displayName": linked.details.get("displayName") or None,
        "platform": linked.platform,
        "source": source,
        "type": kind,
    }


def display_names(profile: Profile, now: float, *, instagram_details: bool) -> list[dict[str, Any]]:
    """The `displayNames` of GET /user: an entry for each link, in Ayrshare's order.

    Args:
        profile: The profile.
        now: The account's time; LinkedIn's remaining days count down with it.
        instagram_details: Whether Instagram's `usedQuota` and `type` are wanted.
    """
    entries = []
    for name in profile.networks:
        linked = profile.links[name]
        entry: dict[str, Any] = {
            "created": iso_seconds(linked.created),
            **linked.details,
            "platform": name,
        }
        if "refreshDaysRemaining" in NETWORKS[name].fields and linked.expires is not None:
            remaining = math.ceil((linked.expires - now) / _SECONDS_PER_DAY)
            entry.setdefault("refreshDaysRemaining", max(0, remaining))
        if name == "instagram":
            on_request = {"type": entry.pop("type", None), "usedQuota": entry.pop("usedQuota", 0)}
            if instagram_details:
                entry |= on_request
        entries.append(entry)
    return entries


def _logged(profile: Profile, kind: str, platform: str, now: float) -> list[Action]:
    action = Action(type=kind, platform=platform, created=now)
    return [*profile.actions, action][-_ACTIONS_KEPT:]


def _details(network: Network, profile: Profile, ids: Ids) -> dict[str, Any]:
    """Made-up fields of a network's account, such as a person could have."""
    account_id = network.id_prefix + (ids.slug(24) if network.id_prefix else ids.digits(17))
    username = f"{network.name}_{ids.slug(6)}"
    url = network.profile_url.format(id=account_id, username=username)
    picture = hashlib.sha256(account_id.encode()).hexdigest()[:16]
    values: dict[str, Any] = {
        "id": account_id,
        "profileUrl": url,
        "userImage": f"https://images.fakeayr.example/{picture}.png",
        "username": username,
        "pageName": profile.title,
        "userId": ids.digits(17),
        "messagingActive": profile.messaging_active,
    }
    if network.types:
        values["type"] = network.types[0]
    wanted = {name: values[name] for name in network.fields if name in values}
    if network.types:
        wanted["type"] = values["type"]
    return {"displayName": profile.title, **wanted}
