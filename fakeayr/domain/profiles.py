"""Profiles and what belongs to one; creating, finding, changing and deleting them."""

from dataclasses import dataclass
from typing import Any

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import PROFILE_DELETIONS_PER_SECOND
from fakeayr.ayrshare.networks import in_order
from fakeayr.ayrshare.plans import PLANS
from fakeayr.domain.advice.profile_keys import note_deletion
from fakeayr.domain.records import ENDING_WITH_PROFILE
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A social account linked to a profile.

    Attributes:
        platform: The network's name on the wire.
        created: When it was linked, UNIX seconds.
        details: The network's own fields of the `displayNames` entry, `displayName` among them.
        own_app: Whether it was linked through the integrator's own X app.
        expires: When its network ends it unless it is renewed, UNIX seconds; `None` for never.
    """

    platform: str
    created: float
    details: dict[str, Any]
    own_app: bool = False
    expires: float | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a profile's links, for `actionLog`."""

    type: str
    platform: str
    created: float


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """A profile's webhooks.

    Attributes:
        urls: Where each action is delivered.
        updated: When they were changed last, UNIX seconds.
        updated_actions: When each action's was registered last, UNIX seconds.
        secret: Signs the deliveries of all actions.
        previous_secret: Signs too, until `previous_until` (UNIX seconds), while a secret rotates.
    """

    urls: dict[str, str] = {}
    updated: float = 0.0
    updated_actions: dict[str, float] = {}
    secret: str | None = None
    previous_secret: str | None = None
    previous_until: float = 0.0

    def __repr__(self) -> str:
        """Names the actions, not the secrets."""
        return f"<Webhooks {self.urls}>"


class Profile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A User Profile, or an account's primary profile.

    Attributes:
        key: The profile key; the primary profile's is its account's API key.
        account: API key of the account it belongs to.
        ref_id: Its public id.
        title: Its name, unique in the account.
        created: UNIX seconds.
        primary: Whether it is the account's own profile.
        suspended: Whether Ayrshare has suspended it.
        links: Linked social accounts by network.
        lost: Networks that took a link away themselves and were not linked again.
        actions: The latest link events, oldest first.
        webhooks: Where events are delivered.

    The other attributes are the fields of POST /profiles.
    """

    key: str
    account: str
    ref_id: str
    title: str
    created: float
    primary: bool = False
    suspended: bool = False
    messaging_active: bool = False
    hide_logo: bool = False
    hide_top_header: bool = False
    top_header: str | None = None
    sub_header: str | None = None
    disable_social: list[str] = []
    team: bool = False
    email: str | None = None
    tags: list[str] = []
    display_title: str | None = None
    hide_title: bool = False
    links: dict[str, Link] = {}
    lost: list[str] = []
    actions: list[Action] = []
    webhooks: Webhooks = Webhooks()

    @property
    def networks(self) -> list[str]:
        """Names of the linked networks, in Ayrshare's order."""
        return in_order(self.links)

    @property
    def expires(self) -> float | None:
        """When the first of its links ends, UNIX seconds."""
        ends = (link.expires for link in self.links.values() if link.expires is not None)
        return min(ends, default=None)

    def __repr__(self) -> str:
        """Names the profile without its key."""
        return f"<Profile {self.title!r} {self.ref_id} {self.networks}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileFilter:
    """What GET /profiles asks for.

    Attributes:
        title: Exactly this title.
        ref_id: Exactly this refId.
        profile_keys: One of these keys.
        has_links: True for at least one linked network, false for none.
        includes: All of these networks are linked.
        own_x_app: Whether a network is linked through the integrator's own X app.
        expiring_by: A link ends at this instant (UNIX seconds) or earlier.
        created_until: Created at this instant (UNIX seconds) or earlier; servers' clocks differ.
        after: Only profiles behind this position.
        limit: At most so many.
    """

    limit: int
    created_until: float | None = None
    title: str | None = None
    ref_id: str | None = None
    profile_keys: list[str] | None = None
    has_links: bool | None = None
    includes: list[str] | None = None
    own_x_app: bool | None = None
    expiring_by: float | None = None
    after: int = 0


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile did in a month: its calls, when the last one came, and its posts."""

    calls: int = 0
    last_call: float | None = None
    posts: int = 0


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
        status = tenant.account.settings.invalid_profile_key_status
        raise Refused(errors.PROFILE_KEY_INVALID, status=status)
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
    """Changes attributes of a profile. Returns the changed profile.

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
        for kind in ENDING_WITH_PROFILE:
            store.delete_record(kind, key)
        note_deletion(tenant, key)
    return profile


def find_by_title(tenant: Tenant, title: str) -> Profile:
    """The User Profile with exactly this title.

    Raises:
        Refused: There is none (404).
    """
    profile = tenant.store.profile_titled(tenant.api_key, title)
    if profile is None:
        raise Refused(errors.PROFILE_TITLE_NOT_FOUND)
    return profile
