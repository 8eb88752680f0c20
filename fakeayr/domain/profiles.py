"""Creating, finding, changing and deleting profiles."""

from typing import Any

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import PROFILE_DELETIONS_PER_SECOND
from fakeayr.ayrshare.plans import PLANS
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.world import World


def create(world: World, account: Account, title: str, fields: dict[str, Any]) -> Profile:
    """Creates a User Profile.

    Args:
        world: Where it is kept.
        account: Whose profile it becomes.
        title: Its title, unique in the account (case-sensitive).
        fields: Further attributes of `Profile`.

    Raises:
        Refused: The title is taken (146), the plan's number of profiles is reached and the
            account's setting enforces it, or the account is gone (102).
    """
    store = world.store
    with store.transaction(account.api_key):
        primary(world, account)  # The account may have been closed meanwhile.
        if store.profile_titled(account.api_key, title) is not None:
            raise Refused(errors.PROFILE_TITLE_EXISTS)
        most = PLANS[account.plan].max_profiles
        if (
            account.settings.enforce_profile_limit
            and most is not None
            and store.count_profiles(account.api_key) >= most
        ):
            raise Refused(errors.PROFILE_LIMIT_REACHED)
        profile = Profile(
            key=world.ids.key(),
            account=account.api_key,
            ref_id=world.ids.ref_id(),
            title=title,
            created=world.now(account),
            **fields,
        )
        store.save_profile(profile)
    return profile


def find(world: World, account: Account, key: str) -> Profile:
    """The User Profile that `key` names.

    Raises:
        Refused: The key is empty, unknown, another account's, or the API key itself (144).
    """
    profile = world.store.profile(key) if key and key != account.api_key else None
    if profile is None or profile.account != account.api_key:
        details = "The API key cannot stand for a profile key." if key == account.api_key else None
        status = account.settings.invalid_profile_key_status
        raise Refused(errors.PROFILE_KEY_INVALID, details, status=status)
    return profile


def to_link(world: World, account: Account, key: str, domain: str | None) -> Profile:
    """The User Profile that a linking URL is asked for.

    Args:
        world: Where it is kept.
        account: Who asks.
        key: The profile's key.
        domain: The domain that the request names; link sessions may leave it out.

    Raises:
        Refused: The domain is another one than the account's (188), there is no such profile (144),
            or it is suspended (403).
    """
    if domain is not None and domain != account.domain:
        raise Refused(errors.DOMAIN_NOT_VALID, status=account.settings.invalid_domain_status)
    profile = find(world, account, key)
    if profile.suspended:
        raise Refused(errors.PROFILE_SUSPENDED)
    return profile


def primary(world: World, account: Account) -> Profile:
    """The account's own profile."""
    profile = world.store.profile(account.api_key)
    if profile is None:  # The account was closed between two reads.
        raise Refused(errors.API_KEY_NOT_VALID)
    return profile


def get(world: World, account: Account, key: str) -> Profile:
    """The profile that `key` names, where the account's API key names the primary one.

    Raises:
        Refused: There is none (144).
    """
    return primary(world, account) if key == account.api_key else find(world, account, key)


def change(world: World, account: Account, key: str, changes: dict[str, Any]) -> Profile:
    """Changes attributes of a profile, and answers it as it is now.

    Raises:
        Refused: The profile is gone (144), or the new title is another profile's (146).
    """
    store = world.store
    with store.transaction(account.api_key):
        profile = get(world, account, key)
        title = changes.get("title", profile.title)
        if title != profile.title and store.profile_titled(account.api_key, title) is not None:
            raise Refused(errors.PROFILE_TITLE_EXISTS)
        changed = msgspec.structs.replace(profile, **changes)
        store.save_profile(changed)
    return changed


def delete(world: World, account: Account, key: str) -> Profile:
    """Deletes a User Profile; its key, links and linking URLs are dead at once.

    Raises:
        Refused: The profile is unknown (144), or more than 8 a second are deleted while rate
            limits are on (429).
    """
    store = world.store
    with store.transaction(account.api_key):
        profile = find(world, account, key)
        if account.settings.rate_limit:
            deletions = store.count_window(
                "deletions", primary(world, account), world.now(account), 1.0
            )
            if deletions > PROFILE_DELETIONS_PER_SECOND:
                raise Refused(errors.TOO_MANY_REQUESTS, "At most 8 profiles are deleted a second.")
        store.delete_profile(key)
    return profile


def titled(world: World, account: Account, title: str) -> Profile:
    """The User Profile with exactly this title.

    Raises:
        Refused: There is none (404).
    """
    profile = world.store.profile_titled(account.api_key, title)
    if profile is None:
        raise Refused(errors.PROFILE_TITLE_NOT_FOUND)
    return profile
