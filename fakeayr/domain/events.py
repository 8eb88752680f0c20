"""What Ayrshare's system does on its own: links that are lost or near their end, suspensions."""

from typing import Any, Final

import msgspec

from fakeayr.domain import links, outbox, profiles, webhooks
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.model import Account, Link, Profile, ProfileFilter
from fakeayr.domain.world import World
from fakeayr.vendor.errors import ACCOUNT_LOCKED
from fakeayr.vendor.limits import REFRESH_NOTICE_SECONDS
from fakeayr.vendor.networks import NETWORKS

_SECONDS_PER_DAY: Final = 86_400
_PAGE: Final = 500


def revoke(world: World, account: Account, key: str, platform: str) -> Profile:
    """A network takes a link away; the webhook's source is the system."""
    details = {
        "status": "error",
        "code": ACCOUNT_LOCKED.code,
        "message": ACCOUNT_LOCKED.message,
    }
    return links.unlink(world, account, key, platform, by_system=details)[0]


def near_expiry(world: World, account: Account, key: str, platform: str) -> Profile:
    """A link has to be renewed soon: GET /user says until when, and the webhook tells it."""
    with world.store.transaction():
        profile = profiles.get(world, account, key)
        linked = profile.links.get(platform)
        if linked is None:
            return profile
        refresh_by = iso_seconds(world.now(account) + REFRESH_NOTICE_SECONDS)
        return _announce_refresh(world, account, profile, linked, refresh_by)


def suspend(world: World, account: Account, key: str, *, suspended: bool) -> Profile:
    """Ayrshare suspends a profile, or takes it back; a suspension is told by the webhook."""
    with world.store.transaction():
        profile = profiles.change(world, account, key, {"suspended": suspended})
        if suspended:
            webhooks.emit(world, account, profile, "suspended", {"code": 200})
    return profile


def delete(world: World, account: Account, key: str) -> Profile:
    """Ayrshare deletes a profile; each of its links is told of as unlinked by the system."""
    with world.store.transaction():
        profile = profiles.find(world, account, key)
        for platform in profile.networks:
            links.unlink(world, account, key, platform, by_system={})
        world.store.delete_profile(key)
    return profile


def advance(world: World, account: Account, seconds: float) -> None:
    """Moves the account's clock forward; retries, expiries and their webhooks happen on the way.

    Args:
        world: The world.
        account: Whose clock.
        seconds: By how much.
    """
    since = world.now(account)
    outbox.advance(world, account, seconds)
    moved = world.store.account(account.api_key)
    if moved is not None:
        pass_time(world, moved, since)
        outbox.advance(world, moved, 0)


def pass_time(world: World, account: Account, since: float) -> None:
    """Lets happen what the account's links had ahead between `since` and its present time.

    Networks with a term (LinkedIn: 365 days) tell 15 days before it ends, and then unlink.
    """
    now = world.now(account)
    for name, network in NETWORKS.items():
        if network.refresh_days is None:
            continue
        term = network.refresh_days * _SECONDS_PER_DAY
        for profile in _profiles_with(world, account, name, now):
            end = profile.links[name].created + term
            if since < end <= now:
                links.unlink(world, account, profile.key, name, by_system={})
            elif since < end - REFRESH_NOTICE_SECONDS <= now:
                with world.store.transaction():
                    linked = profile.links[name]
                    _announce_refresh(world, account, profile, linked, iso_seconds(end))


def _announce_refresh(
    world: World, account: Account, profile: Profile, linked: Link, refresh_by: str
) -> Profile:
    details = {**linked.details, "refreshRequired": refresh_by}
    renewed = msgspec.structs.replace(linked, details=details)
    all_links = {**profile.links, linked.platform: renewed}
    changed = profiles.change(world, account, profile.key, {"links": all_links})
    payload: dict[str, Any] = links.event("refresh", linked, source="system")
    webhooks.emit(world, account, changed, "social", {**payload, "refreshBy": refresh_by})
    return changed


def _profiles_with(world: World, account: Account, platform: str, now: float) -> list[Profile]:
    """All profiles, the primary one too, that have a link to `platform`."""
    found = [profiles.primary(world, account)]
    after = 0
    while True:
        page = world.store.profiles(
            account.api_key,
            ProfileFilter(created_until=now, limit=_PAGE, includes=[platform], after=after),
        )
        found += [profile for _, profile in page]
        if len(page) < _PAGE:
            return [profile for profile in found if platform in profile.links]
        after = page[-1][0]
