"""Creating, finding, changing and deleting profiles."""

from typing import Any

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import PROFILE_DELETIONS_PER_SECOND
from fakeayr.ayrshare.plans import PLANS
from fakeayr.domain.model import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant


def create(tenant: Tenant, title: str, fields: dict[str, Any]) -> Profile:
    """Creates a User Profile.

    Args:
        tenant: Whose profile it becomes.
        title: Its title, unique in the account (case-sensitive).
        fields: Further attributes of `Profile`.

    Raises:
        Refused: The title is taken (146), the plan's number of profiles is reached and the
            account's setting enforces it, or the account is gone (102).
    """
    store = tenant.store
    with tenant.transaction():
        account = tenant.account
        if store.profile_titled(tenant.api_key, title) is not None:
            raise Refused(errors.PROFILE_TITLE_EXISTS)
        most = PLANS[account.plan].max_profiles
        if (
            account.settings.enforce_profile_limit
            and most is not None
            and store.count_profiles(tenant.api_key) >= most
        ):
            raise Refused(errors.PROFILE_LIMIT_REACHED)
        profile = Profile(
            key=tenant.world.ids.key(),
            account=tenant.api_key,
            ref_id=tenant.world.ids.ref_id(),
            title=title,
            created=tenant.now(),
            **fields,
        )
        store.save_profile(profile)
    return profile


def find(tenant: Tenant, key: str) -> Profile:
    """The User Profile that `key` names.

    Raises:
        Refused: The key is empty, unknown, another account's, or the API key itself (144).
    """
    profile = tenant.store.profile(key) if key and key != tenant.api_key else None
    if profile is None or profile.account != tenant.api_key:
        details = "The API key cannot stand for a profile key." if key == tenant.api_key else None
        status = tenant.account.settings.invalid_profile_key_status
        raise Refused(errors.PROFILE_KEY_INVALID, details, status=status)
    return profile


def primary(tenant: Tenant) -> Profile:
    """The account's own profile."""
    profile = tenant.store.profile(tenant.api_key)
    if profile is None:  # The account was closed between two reads.
        raise Refused(errors.API_KEY_NOT_VALID)
    return profile


def get(tenant: Tenant, key: str) -> Profile:
    """The profile that `key` names, where the account's API key names the primary one.

    Raises:
        Refused: There is none (144).
    """
    return primary(tenant) if key == tenant.api_key else find(tenant, key)


def change(tenant: Tenant, key: str, changes: dict[str, Any]) -> Profile:
    """Changes attributes of a profile, and answers it as it is now.

    Raises:
        Refused: The profile is gone (144), or the new title is another profile's (146).
    """
    store = tenant.store
    with tenant.transaction():
        profile = get(tenant, key)
        title = changes.get("title", profile.title)
        if title != profile.title and store.profile_titled(tenant.api_key, title) is not None:
            raise Refused(errors.PROFILE_TITLE_EXISTS)
        changed = msgspec.structs.replace(profile, **changes)
        store.save_profile(changed)
    return changed


def delete(tenant: Tenant, key: str) -> Profile:
    """Deletes a User Profile; its key, links and linking URLs are dead at once.

    Raises:
        Refused: The profile is unknown (144), or more than 8 a second are deleted while rate
            limits are on (429).
    """
    store = tenant.store
    now = tenant.now()
    limited = tenant.account.settings.rate_limit
    with tenant.transaction():
        profile = find(tenant, key)
        if limited:
            deletions = store.count_window("deletions", primary(tenant), now, 1.0)
            if deletions > PROFILE_DELETIONS_PER_SECOND:
                raise Refused(errors.TOO_MANY_REQUESTS, "At most 8 profiles are deleted a second.")
        store.delete_profile(key)
    return profile


def titled(tenant: Tenant, title: str) -> Profile:
    """The User Profile with exactly this title.

    Raises:
        Refused: There is none (404).
    """
    profile = tenant.store.profile_titled(tenant.api_key, title)
    if profile is None:
        raise Refused(errors.PROFILE_TITLE_NOT_FOUND)
    return profile
