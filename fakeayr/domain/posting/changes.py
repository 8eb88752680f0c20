"""Finding posts, and changing, deleting and retrying them."""

from typing import Any

from msgspec.structs import replace

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.ayrshare.posting.options import CHANGEABLE
from fakeayr.domain.posting import duplicates, publishing, shapes
from fakeayr.domain.posting.posts import (
    Post,
    PostFilter,
    PostStatus,
    Publication,
    PublicationStatus,
)
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

_WAITING = frozenset({PostStatus.PENDING, PostStatus.PAUSED, PostStatus.AWAITING_APPROVAL})
"""Posts of which nothing stands anywhere yet."""
_MOST_SCHEDULED = 10_000


def find(tenant: Tenant, profile: Profile | None, post_id: str) -> Post | None:
    """A profile's post; any of the account's if no profile is given."""
    post = tenant.store.post(tenant.api_key, post_id)
    if post is None or (profile is not None and post.profile_key != profile.key):
        return None
    return post


def get(tenant: Tenant, profile: Profile | None, post_id: str) -> Post:
    """A profile's post; any of the account's if no profile is given.

    Raises:
        Refused: There is none with this id (221).
    """
    post = find(tenant, profile, post_id)
    if post is None:
        raise Refused(errors.HISTORY_NOT_FOUND)
    return post


def change(
    tenant: Tenant,
    profile: Profile,
    post_id: str,
    *,
    approved: bool | None = None,
    paused: bool | None = None,
    scheduled: float | None = None,
    **fields: Any,
) -> Post:
    """Changes a post that has not been published yet; what falls due by it is published at once.

    Args:
        tenant: The account.
        profile: Whose post it is.
        post_id: Its id.
        approved: Whether it is approved.
        paused: Whether it rests.
        scheduled: When it appears, UNIX seconds of the account's time.
        **fields: Other attributes of its `PostRequest`.

    Raises:
        Refused: There is no such post, or its status does not allow it.
    """
    with tenant.transaction():
        post = get(tenant, profile, post_id)
        if post.status not in _WAITING:
            raise Refused(errors.UPDATE_NOT_POSSIBLE, f"Its status is {post.status.value}.")
        if approved is not None and post.status is not PostStatus.AWAITING_APPROVAL:
            raise Refused(errors.UPDATE_NOT_POSSIBLE, "It does not await approval.")
        now = tenant.now()
        status = PostStatus.PENDING if approved else post.status
        if paused is not None:
            if status is PostStatus.AWAITING_APPROVAL:
                raise Refused(errors.UPDATE_NOT_POSSIBLE, "It awaits approval.")
            status = PostStatus.PAUSED if paused else PostStatus.PENDING
        if scheduled is not None:
            fields |= {"scheduled": scheduled, "schedule_text": None}
        request = replace(post.request, **fields)
        future = request.scheduled is not None and request.scheduled > now
        changed = replace(
            post,
            request=request,
            status=status,
            is_announced=post.is_announced or future,
            approved=now if approved else post.approved,
        )
        if status is PostStatus.PENDING and not future:
            problems = publishing.find_problems(tenant, profile, changed, now)
            changed = publishing.publish(tenant, profile, changed, now, problems)
            publishing.announce(tenant, profile, post, changed)
        publishing.save(tenant, changed)
        duplicates.remember(tenant, changed, max(now, request.scheduled or now))
    return changed


def change_published(tenant: Tenant, profile: Profile, post_id: str, **fields: Any) -> Post:
    """Changes what stands of a published post on the network that allows it.

    Args:
        tenant: The account.
        profile: Whose post it is.
        post_id: Its id.
        **fields: Options of that network, as sent.

    Raises:
        Refused: There is no such post, or it is not on that network.
    """
    with tenant.transaction():
        post = get(tenant, profile, post_id)
        known = post.publication(CHANGEABLE)
        if known is None or not known.is_live:
            name = NETWORKS[CHANGEABLE].display_name
            raise Refused(errors.UPDATE_NOT_POSSIBLE, f"It is not published on {name}.")
        publications = [
            replace(one, options={**one.options, **fields}) if one is known else one
            for one in post.publications
        ]
        changed = replace(post, publications=publications)
        publishing.save(tenant, changed)
    return changed


def retry(tenant: Tenant, profile: Profile, post_id: str) -> Post:
    """Tries the networks again that refused a post, as if it were scheduled; it works once.

    Raises:
        Refused: There is no such post, it did not fail, or it was retried before.
    """
    with tenant.transaction():
        post = get(tenant, profile, post_id)
        if post.status is not PostStatus.ERROR or post.is_retried:
            raise Refused(errors.RETRY_NOT_POSSIBLE)
        now = tenant.now()
        waiting = replace(
            post,
            request=replace(post.request, scheduled=now, schedule_text=None),
            status=PostStatus.PENDING,
            is_announced=True,
            is_retried=True,
            publications=[one for one in post.publications if one.error is None],
        )
        publishing.save(tenant, waiting)
        duplicates.remember(tenant, waiting, now)
    return waiting


def delete(
    tenant: Tenant, profile: Profile, post_id: str, *, by_hand: bool = False
) -> dict[str, Any]:
    """Deletes a post, on the networks, too.

    Args:
        tenant: The account.
        profile: Whose post it is.
        post_id: Its id.
        by_hand: Whether it was deleted at the networks already, so that nothing is sent to them.

    Returns:
        What DELETE /post returns for it.

    Raises:
        Refused: There is no such post (114), it is deleted (383), or it was not deleted at the
            networks, where the account's settings say that this is checked (382).
    """
    with tenant.transaction():
        post = find(tenant, profile, post_id)
        if post is None:
            raise Refused(errors.DELETE_ID_NOT_FOUND)
        if post.status is PostStatus.DELETED:
            raise Refused(errors.ALREADY_DELETED)
        is_live = any(one.is_live for one in post.publications)
        if by_hand and is_live and tenant.account.settings.check_manual_deletions:
            raise Refused(errors.STILL_PUBLISHED)
        results: dict[str, Any] = {}
        publications = []
        for one in post.publications:
            status = one.status
            if one.is_live and not by_hand and _stays(tenant, post, one):
                results[one.platform] = shapes.post_error(errors.DELETE_NOT_SUPPORTED, one.platform)
            elif one.is_live:
                status = PublicationStatus.DELETED
                results[one.platform] = {"action": "delete", "status": "success", "id": one.id}
            publications.append(replace(one, status=status, due=None, comment_due=None))
        deleted = replace(
            post,
            status=PostStatus.DELETED,
            publications=publications,
            deleted_by_hand=by_hand,
        )
        publishing.save(tenant, deleted)
    answer = {"status": "success", "id": post.id}
    return answer if by_hand else {**answer, "code": 200, **results}


def delete_scheduled(tenant: Tenant, profile: Profile) -> list[dict[str, Any]]:
    """Deletes all posts of a profile that have not appeared yet."""
    with tenant.transaction():
        wanted = PostFilter(limit=_MOST_SCHEDULED, profile_key=profile.key, statuses=_WAITING)
        results = []
        while posts := tenant.store.posts(tenant.api_key, wanted):
            results += [delete(tenant, profile, post.id) for post in posts]
    return results


def _stays(tenant: Tenant, post: Post, publication: Publication) -> bool:
    """Whether a publication cannot be deleted by API."""
    facts = POSTING[publication.platform]
    if facts.undeletable_with is None or not facts.deletable:
        return not facts.deletable
    is_kind = publication.options.get(facts.undeletable_with) is True
    return is_kind and not publishing.has_video(tenant, post, publication)
