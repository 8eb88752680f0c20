"""What Ayrshare's system does on its own: links that are lost or near their end, suspensions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import REFRESH_NOTICE_SECONDS
from fakeayr.ayrshare.webhooks import SUSPENSION_ACTIONS
from fakeayr.domain import links, profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.profiles import Link, Profile, ProfileFilter
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

_FARTHEST_SECONDS: Final = 100 * 366 * 86_400
_LOOK_AHEAD_SECONDS: Final = 10 * 366 * 86_400
_PAGE: Final = 500
_ANNOUNCED: Final = "refreshRequired"
"""The field of a `displayNames` entry that announces a link's end."""


def revoke(tenant: Tenant, key: str, platform: str) -> Profile:
    """A network takes a link away; the webhook's source is the system.

    Raises:
        Refused: The profile is unknown (144), or the network is not linked to it (400).
    """
    locked = errors.ACCOUNT_LOCKED
    details = {"status": "error", "code": locked.code, "message": locked.message}
    with tenant.transaction():
        _find_link(tenant, key, platform)
        return links.unlink(tenant, key, platform, by_system=details)[0]


def near_expiry(tenant: Tenant, key: str, platform: str) -> Profile:
    """A link comes within 15 days of its end: GET /user and the webhook say until when it lasts.

    Raises:
        Refused: The profile is unknown (144), or the network is not linked to it (400).
    """
    with tenant.transaction():
        profile, linked = _find_link(tenant, key, platform)
        expires = tenant.now() + REFRESH_NOTICE_SECONDS
        return _announce(tenant, profile, linked, expires)


def suspend(tenant: Tenant, key: str, *, suspended: bool) -> Profile:
    """Ayrshare suspends a profile, or takes it back; a suspension sends webhooks.

    Raises:
        Refused: The profile is unknown (144).
    """
    with tenant.transaction():
        known = profiles.get(tenant, key)
        profile = profiles.change(tenant, key, {"suspended": suspended})
        if suspended and not known.suspended:
            for action in SUSPENSION_ACTIONS:
                webhooks.emit(tenant, profile, action, {"code": 200})
    return profile


def delete(tenant: Tenant, key: str) -> Profile:
    """Ayrshare deletes a profile; a webhook reports each of its links as unlinked.

    Raises:
        Refused: The User Profile is unknown (144).
    """
    with tenant.transaction():
        profile = profiles.find(tenant, key)
        for platform in profile.networks:
            links.unlink(tenant, key, platform, by_system={})
        tenant.store.delete_profile(key)
    return profile


def advance(tenant: Tenant, seconds: float) -> None:
    """Moves the account's clock forward; retries, expiries and their webhooks happen on the way.

    Links with a term (LinkedIn: 365 days) are announced 15 days before they end.

    Args:
        tenant: Whose clock.
        seconds: By how much.

    Raises:
        Refused: It would be more than 100 years ahead (400), or the account is gone (102).
    """
    if tenant.account.clock_offset + seconds > _FARTHEST_SECONDS:
        raise Refused(errors.INVALID_PARAMETERS, "The clock cannot be over 100 years ahead.")
    while terms := sorted(_find_terms(tenant, tenant.now() + seconds)):
        for instant, key, platform in terms:
            step = max(0.0, instant - tenant.now())
            outbox.advance(tenant, step)
            seconds -= step
            _meet_term(tenant, key, platform, instant)
    outbox.advance(tenant, seconds)


def next_due(tenant: Tenant) -> float | None:
    """In how many seconds the next thing happens by itself, within ten years; `None` if nothing is.

    A delivery is tried again, a post is published, or the end of a link is announced or comes.
    """
    now = tenant.world.clock.now()
    waiting = tenant.store.next_due(tenant.api_key, after=now)
    terms = _find_terms(tenant, tenant.now() + _LOOK_AHEAD_SECONDS)
    pauses = [instant - tenant.now() for instant, _, _ in terms]
    if waiting is not None:
        pauses.append(waiting - now)
    return max(0.0, min(pauses)) if pauses else None


def _find_terms(tenant: Tenant, until: float) -> Iterator[tuple[float, str, str]]:
    """What the account's links have ahead until an instant: when, and whose link to which network.

    First a link's end is announced, and then it ends.
    """
    for profile in _find_expiring(tenant, until + REFRESH_NOTICE_SECONDS):
        for platform, linked in profile.links.items():
            if linked.expires is None:
                continue
            notice = linked.expires - REFRESH_NOTICE_SECONDS
            if notice <= until and _ANNOUNCED not in linked.details:
                yield notice, profile.key, platform
            if linked.expires <= until:
                yield linked.expires, profile.key, platform


def _meet_term(tenant: Tenant, key: str, platform: str, instant: float) -> None:
    """Announces a link's end or ends it, as is due by then; it may have changed meanwhile."""
    with tenant.transaction():
        profile = tenant.store.profile(key)
        linked = None if profile is None else profile.links.get(platform)
        if profile is None or linked is None or linked.expires is None:
            return
        if _ANNOUNCED not in linked.details:
            if linked.expires - REFRESH_NOTICE_SECONDS <= instant:
                _announce(tenant, profile, linked, linked.expires)
        elif linked.expires <= instant:
            links.unlink(tenant, key, platform, by_system={})


def _announce(tenant: Tenant, profile: Profile, linked: Link, expires: float) -> Profile:
    refresh_by = iso_seconds(expires)
    announced = msgspec.structs.replace(
        linked, expires=expires, details={**linked.details, _ANNOUNCED: refresh_by}
    )
    changes = {"links": {**profile.links, linked.platform: announced}}
    changed = profiles.change(tenant, profile.key, changes)
    payload = links.event("refresh", announced, source="system")
    webhooks.emit(tenant, changed, "social", {**payload, "refreshBy": refresh_by})
    return changed


def _find_link(tenant: Tenant, key: str, platform: str) -> tuple[Profile, Link]:
    profile = profiles.get(tenant, key)
    linked = profile.links.get(platform)
    if linked is None:
        raise Refused(errors.INVALID_PARAMETERS, f"{platform} is not linked to this profile.")
    return profile, linked


def _find_expiring(tenant: Tenant, until: float) -> Iterator[Profile]:
    """All profiles, the primary one too, with a link that ends by `until`."""
    yield profiles.primary(tenant)
    wanted = ProfileFilter(created_until=until, expiring_by=until, limit=_PAGE)
    while page := tenant.store.profiles(tenant.api_key, wanted):
        yield from (profile for _, profile in page)
        wanted = replace(wanted, after=page[-1][0])
