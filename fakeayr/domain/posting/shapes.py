"""Posts as Ayrshare writes them: in responses, in history, and in webhooks."""

from typing import Any

from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.clock import iso_milliseconds, iso_seconds
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting.posts import Post, PostStatus, Publication, PublicationStatus


def post_error(
    error: ApiError, network: str, message: str | None = None, **extra: Any
) -> dict[str, Any]:
    """An entry of `errors`.

    Args:
        error: The error.
        network: Whose it is.
        message: Its text; the error's own with the network's name unless given.
        **extra: Further fields.
    """
    if message is None:
        message = error.fill(network=NETWORKS[network].display_name).message
    return {
        "action": error.action,
        "status": "error",
        "code": error.code,
        "message": message,
        "platform": network,
        **extra,
    }


def submission(post: Post) -> dict[str, Any]:
    """What POST /post returns for one profile."""
    answer: dict[str, Any] = {"status": _submission_status(post)}
    if answer["status"] in {"success", "error"}:
        answer["errors"] = post.errors
        answer["postIds"] = post_ids(post)
        if any(error.get("verifyCheck") for error in post.errors) and not answer["postIds"]:
            answer["validate"] = True
    elif post.request.scheduled is not None:
        answer["scheduleDate"] = post.request.schedule_text or _schedule_date(post)
    answer |= {"id": post.id, "refId": post.ref_id, "post": post.request.text}
    answer |= {"profileTitle": post.profile_title, "autoRepostId": post.request.auto_repost_id}
    return without_none(answer)


def _submission_status(post: Post) -> str:
    if post.status is PostStatus.AWAITING_APPROVAL:
        return post.status.value
    if post.status is PostStatus.PENDING:
        return "scheduled"
    return "error" if post.errors else "success"


def post_ids(post: Post) -> list[dict[str, Any]]:
    """The entries of `postIds`: what the networks have taken."""
    taken = {PublicationStatus.SUCCESS, PublicationStatus.DELETED}
    return [_post_id(one) for one in post.publications if one.status in taken]


def _post_id(publication: Publication) -> dict[str, Any]:
    entry = {
        "status": publication.status.value,
        "id": publication.id,
        "postUrl": publication.post_url,
        "platform": publication.platform,
    }
    return without_none(entry | publication.extra)


def history(post: Post) -> dict[str, Any]:
    """A post in history, and what GET /post/:id returns."""
    request = post.request
    row: dict[str, Any] = {
        "created": iso_milliseconds(post.created),
        "errors": post.errors,
        "id": post.id,
        "mediaUrls": request.media_urls,
        "platforms": request.platforms,
        "post": request.text,
        "postIds": post_ids(post),
        "refId": post.ref_id,
        "scheduleDate": _schedule_date(post),
        "shortenLinks": request.shorten_links,
        "status": post.status.value,
        "type": "now" if request.scheduled is None else "scheduled",
        "profileTitle": post.profile_title,
        "notes": request.notes,
        "autoRepostId": request.auto_repost_id,
        "approvedDate": None if post.approved is None else iso_milliseconds(post.approved),
    }
    if request.requires_approval:
        row |= {"requiresApproval": True, "approved": post.approved is not None}
    return without_none(row)


def _schedule_date(post: Post) -> str:
    scheduled = post.request.scheduled
    return iso_seconds(post.created if scheduled is None else scheduled)


def webhook(post: Post, only: str | None = None) -> dict[str, Any]:
    """The fields of the webhook `scheduled` besides those that every webhook has.

    Args:
        post: The post.
        only: The one network that it reports.
    """
    entries = [one for one in post_ids(post) if only in {None, one["platform"]}]
    errors = [one for one in post.errors if only in {None, one["platform"]}]
    return {
        "code": 200,
        "status": "error" if errors else "success",
        "id": post.id,
        "errors": errors,
        "postIds": entries,
    }
