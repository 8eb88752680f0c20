"""How many posts each network has taken of a profile, and whether it takes another one."""

from collections.abc import Mapping
from typing import Any, Final

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING, PostQuota
from fakeayr.domain.clock import DAY_SECONDS
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

_MINUTE_SECONDS: Final = 60
_TAKEN: Final = Record(RecordKind.POSTS_TAKEN, dict[str, list[float]])
"""When each network took the posts of the last 24 hours, UNIX seconds of the account's time."""


def take(
    tenant: Tenant, profile: Profile, network: str, options: Mapping[str, Any], now: float
) -> int:
    """Counts a post that a network takes, where there is a quota and somebody asks for it.

    Args:
        tenant: The account.
        profile: The profile that posts.
        network: The network.
        options: The network's options of the post.
        now: The account's time, UNIX seconds.

    Returns:
        How much of the day's quota is used, this post included; 0 if nothing was counted.

    Raises:
        Refused: The network takes no more posts now, and the account's settings say that this
            counts; the error's text names the limit.
    """
    facts = POSTING[network]
    quota = facts.quota
    is_enforced = tenant.account.settings.post_quotas
    if quota is None or not (is_enforced or facts.published.used_quota):
        return 0
    if quota.option is not None and options.get(quota.option) is not True:
        return 0
    taken = _TAKEN.get(tenant.store, profile.key) or {}
    recent = _of_a_day(taken, network, now)
    count = len(recent) + _said_by_link(profile, network)
    if is_enforced:
        if quota.per_minute is not None:
            in_a_minute = sum(instant > now - _MINUTE_SECONDS for instant in recent)
            if in_a_minute >= quota.per_minute:
                raise _refuse(network, quota, quota.per_minute, "a minute")
        if count >= quota.daily:
            raise _refuse(network, quota, quota.daily, "24 hours")
    changed = {**taken, network: [*recent, now][-quota.daily :]}
    _TAKEN.save(tenant.store, profile.key, owner=tenant.api_key, document=changed)
    return count + 1


def used(tenant: Tenant, profile: Profile, network: str, now: float) -> int:
    """How many posts of the last 24 hours a network counts, with those that the link reports."""
    taken = _TAKEN.get(tenant.store, profile.key) or {}
    return len(_of_a_day(taken, network, now)) + _said_by_link(profile, network)


def _of_a_day(taken: Mapping[str, list[float]], network: str, now: float) -> list[float]:
    return [instant for instant in taken.get(network, []) if instant > now - DAY_SECONDS]


def _said_by_link(profile: Profile, network: str) -> int:
    linked = profile.links.get(network)
    return 0 if linked is None else int(linked.details.get("usedQuota", 0))


def _refuse(network: str, quota: PostQuota, limit: int, time: str) -> Refused:
    name = NETWORKS[network].display_name
    posts = "posts" if quota.option is None else f"posts with {quota.option}"
    return Refused(errors.TOO_MANY_POSTS.fill(network=name, limit=limit, posts=posts, time=time))
