"""What Ayrshare's system does on its own: links that are lost or near their end, suspensions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import REFRESH_NOTICE_SECONDS
from fakeayr.ayrshare.webhooks import SUSPENSION_ACTIONS
from fakeayr.domain import accounts, links, profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.model import Account, Link, Profile, ProfileFilter
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.refusals import Refused
from fakeayr.domain.world import World

_FARTHEST_SECONDS: Final = 100 * 366 * 86_400
_PAGE: Final = 500
_ANNOUNCED: Final = "refreshRequired"
"""The field of a `displayNames` entry by which a link's end has been told."""


def revoke(world: World, account: Account, key: str, platform: str) -> Profile:
    """A network takes a link away; the webhook's source is the system.

    Raises:
        Refused: The profile is unknown (144), or the network is not linked to it (400).
    """
    locked = errors.ACCOUNT_LOCKED
    details = {"status": "error", "code": locked.code, "message": locked.message}
    with world.store.transaction(account.api_key):
        _linked(world, account, key, platform)
        return links.unlink(world, account, key, platform, by_system=details)[0]


def near_expiry(world: World, account: Account, key: str, platform: str) -> Profile:
    """A link comes within 15 days of its end: GET /user and the webhook say until when it lasts.

    Raises:
        Refused: The profile is unknown (144), or the network is not linked to it (400).
    """
    with world.store.transaction(account.api_key):
        profile, linked = _linked(world, account, key, platform)
        expires = world.now(account) + REFRESH_NOTICE_SECONDS
        return _announce(world, account, profile, linked, expires)


def suspend(world: World, account: Account, key: str, *, suspended: bool) -> Profile:
    """Ayrshare suspends a profile, or takes it back; a suspension is told by the webhook.

    Raises:
        Refused: The profile is unknown (144).
    """
    with world.store.transaction(account.api_key):
        known = profiles.get(world, account, key)
        profile = profiles.change(world, account, key, {"suspended": suspended})
        if suspended and not known.suspended:
            for action in SUSPENSION_ACTIONS:
                webhooks.emit(world, account, profile, action, {"code": 200})
    return profile


def delete(world: World, account: Account, key: str) -> Profile:
    """Ayrshare deletes a profile; each of its links is told of as unlinked by the system.

    Raises:
        Refused: The User Profile is unknown (144).
    """
    with world.store.transaction(account.api_key):
        profile = profiles.find(world, account, key)
        for platform in profile.networks:
            links.unlink(world, account, key, platform, by_system={})
        world.store.delete_profile(key)
    return profile


def advance(world: World, account: Account, seconds: float) -> None:
    """Moves the account's clock forward; retries, expiries and their webhooks happen on the way.

    Networks with a term (LinkedIn: 365 days) tell 15 days before it ends, and then unlink.

    Args:
        world: The world.
        account: Whose clock.
        seconds: By how much.

    Raises:
        Refused: It would be more than 100 years ahead (400), or the account is gone (102).
    """
    if account.clock_offset + seconds > _FARTHEST_SECONDS:
        raise Refused(errors.INVALID_PARAMETERS, "The clock cannot be over 100 years ahead.")
    while terms := sorted(_terms(world, account, world.now(account) + seconds)):
        for instant, key, platform in terms:
            step = max(0.0, instant - world.now(account))
            outbox.advance(world, account, step)
            seconds -= step
            account = accounts.present(world, account.api_key)
            _meet_term(world, account, key, platform, instant)
    outbox.advance(world, account, seconds)


def _terms(world: World, account: Account, until: float) -> Iterator[tuple[float, str, str]]:
    """What the account's links have ahead until an instant: when, and whose link to which network.

    First a link's end is announced, and then it ends.
    """
    for profile in _profiles_expiring(world, account, until + REFRESH_NOTICE_SECONDS):
        for platform, linked in profile.links.items():
            if linked.expires is None:
                continue
            notice = linked.expires - REFRESH_NOTICE_SECONDS
            if notice <= until and _ANNOUNCED not in linked.details:
                yield notice, profile.key, platform
            if linked.expires <= until:
                yield linked.expires, profile.key, platform


def _meet_term(world: World, account: Account, key: str, platform: str, instant: float) -> None:
    """Announces a link's end or ends it, as is due by then; it may have changed meanwhile."""
    with world.store.transaction(account.api_key):
        profile = world.store.profile(key)
        linked = None if profile is None else profile.links.get(platform)
        if profile is None or linked is None or linked.expires is None:
            return
        if _ANNOUNCED not in linked.details:
            if linked.expires - REFRESH_NOTICE_SECONDS <= instant:
                _announce(world, account, profile, linked, linked.expires)
        elif linked.expires <= instant:
            links.unlink(world, account, key, platform, by_system={})


def _announce(
    world: World, account: Account, profile: Profile, linked: Link, expires: float
) -> Profile:
    refresh_by = iso_seconds(expires)
    told = msgspec.structs.replace(
        linked, expires=expires, details={**linked.details, _ANNOUNCED: refresh_by}
    )
    changes = {"links": {**profile.links, linked.platform: told}}
    changed = profiles.change(world, account, profile.key, changes)
    payload = links.event("refresh", told, source="system")
    webhooks.emit(world, account, changed, "social", {**payload, "refreshBy": refresh_by})
    return changed


def _linked(world: World, account: Account, key: str, platform: str) -> tuple[Profile, Link]:
    profile = profiles.get(world, account, key)
    linked = profile.links.get(platform)
    if linked is None:
        raise Refused(errors.INVALID_PARAMETERS, f"{platform} is not linked to this profile.")
    return profile, linked


def _profiles_expiring(world: World, account: Account, until: float) -> Iterator[Profile]:
    """All profiles, the primary one too, with a link that ends by `until`."""
    yield profiles.primary(world, account)
    wanted = ProfileFilter(created_until=until, expiring_by=until, limit=_PAGE)
    while page := world.store.profiles(account.api_key, wanted):
        yield from (profile for _, profile in page)
        wanted = replace(wanted, after=page[-1][0])
