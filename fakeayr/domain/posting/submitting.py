"""Submitting a post: it is checked, and then published, scheduled or kept for approval."""

from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from fakeayr.ayrshare import errors
from fakeayr.domain import profiles
from fakeayr.domain.clock import DAY_SECONDS, month_of
from fakeayr.domain.posting import duplicates, publishing, shapes
from fakeayr.domain.posting.posts import Post, PostStatus
from fakeayr.domain.posting.publishing import Problems
from fakeayr.domain.posting.requests import PostRequest
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant


class AutoRepost(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a post is repeated, as `autoRepost` of POST /post says it.

    Attributes:
        repeat: How often it appears.
        days: Days between two appearances.
        start_date: When it appears first, as sent; `scheduled` of the request is the instant.
    """

    repeat: Annotated[int, Meta(ge=1, le=10)]
    days: Annotated[int, Meta(ge=2, le=3_650)]
    start_date: str | None = None


def submit(
    tenant: Tenant, profile: Profile, request: PostRequest, *, idempotency_key: str | None = None
) -> Post:
    """Takes a post: publishes it, or keeps it until it is time or somebody approves it.

    Args:
        tenant: The account.
        profile: The profile that posts.
        request: What to post.
        idempotency_key: What no other post of the profile may carry.

    Returns:
        The post; its status is `error` if a network refused it, or if a scheduled one failed the
        check.

    Raises:
        Refused: The month's quota is used up (106), the key was used before, or a medium cannot be
            reached (136), or the profile was deleted meanwhile (144).
    """
    with tenant.transaction():
        profile = profiles.get(tenant, profile.key)
        now = tenant.now()
        _check_quota(tenant, profile, now)
        store = tenant.store
        if idempotency_key is not None and store.has_idempotency_key(profile.key, idempotency_key):
            raise Refused(errors.IDEMPOTENCY_KEY_USED)
        if not request.requires_approval and (request.scheduled or now) <= now:
            request = replace(request, scheduled=None, schedule_text=None)  # It appears at once.
        post = _new_post(tenant, profile, request, now, idempotency_key)
        taken = _take(tenant, profile, post, now)
        publishing.save(tenant, taken)
        if taken.status is not PostStatus.ERROR or shapes.post_ids(taken):
            store.count_post(month_of(now), taken)
            duplicates.remember(tenant, taken, max(now, request.scheduled or now))
    return taken


def _check_quota(tenant: Tenant, profile: Profile, now: float) -> None:
    quota = tenant.account.settings.monthly_post_quota
    if quota is None:
        return
    if tenant.store.usage(month_of(now), tenant.api_key, profile.key).posts >= quota:
        raise Refused(errors.MONTHLY_QUOTA)


def _new_post(
    tenant: Tenant, profile: Profile, request: PostRequest, now: float, key: str | None
) -> Post:
    future = request.scheduled is not None and request.scheduled > now
    return Post(
        id=tenant.world.ids.entity(),
        account=tenant.api_key,
        profile_key=profile.key,
        ref_id=profile.ref_id,
        profile_title=None if profile.primary else profile.title,
        created=now,
        request=request,
        status=PostStatus.PENDING,
        is_announced=future,
        idempotency_key=key,
    )


def _take(tenant: Tenant, profile: Profile, post: Post, now: float) -> Post:
    request = post.request
    if not post.is_announced and not request.requires_approval:
        problems = publishing.find_problems(tenant, profile, post, now)
        return publishing.publish(tenant, profile, post, now, problems)
    if request.validate_scheduled:
        problems = publishing.find_problems(tenant, profile, post, request.scheduled or now)
        if problems:  # One network would refuse its part: nothing is posted at all.
            refused = publishing.refuse(post, problems)
            return replace(post, status=PostStatus.ERROR, is_announced=False, publications=refused)
    status = PostStatus.AWAITING_APPROVAL if request.requires_approval else PostStatus.PENDING
    return replace(post, status=status)


def submit_series(
    tenant: Tenant,
    profile: Profile,
    request: PostRequest,
    series: AutoRepost,
    *,
    idempotency_key: str | None = None,
) -> list[Post]:
    """Schedules a post several times; the posts share an `autoRepostId`.

    Args:
        tenant: The account.
        profile: The profile that posts.
        request: What to post; its `scheduled` is when it appears first.
        series: How often, and how far apart.
        idempotency_key: What no other post of the profile may carry; the first one keeps it.

    Raises:
        Refused: As `submit` does; then none is scheduled.
    """
    with tenant.transaction():
        start = max(tenant.now(), request.scheduled or 0.0)
        named = replace(request, auto_repost_id=tenant.world.ids.entity(), schedule_text=None)
        return [
            submit(
                tenant,
                profile,
                replace(named, scheduled=start + number * series.days * DAY_SECONDS),
                idempotency_key=None if number else idempotency_key,
            )
            for number in range(series.repeat)
        ]


def preview(tenant: Tenant, profile: Profile, request: PostRequest) -> Problems:
    """What would be refused of a post, by network, for POST /validate/post.

    Raises:
        Refused: A medium cannot be reached (136).
    """
    now = tenant.now()
    post = _new_post(tenant, profile, request, now, None)
    return publishing.find_problems(tenant, profile, post, max(now, request.scheduled or now))
