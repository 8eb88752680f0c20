"""GET /_fakeayr/posts and /_fakeayr/publications: what was published, and how it goes next."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta

from fakeayr.control.access import anyone, check_platform, fields_into, owner
from fakeayr.domain import profiles
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting import changes, shapes
from fakeayr.domain.posting.outcomes import MOST_KEPT, NextPublication
from fakeayr.domain.posting.posts import Comment, Post, PostFilter, Publication
from fakeayr.domain.refusals import incorrect
from fakeayr.domain.tenants import Tenant
from fakeayr.web.bodies import read_query
from fakeayr.web.calls import authenticate
from fakeayr.web.responses import json_response

blueprint = Blueprint("control_posts", __name__)

_MOST: Final = 10_000


class PostsQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /_fakeayr/posts."""

    id: str | None = None
    profile_key: str | None = None
    limit: Annotated[int, Meta(ge=1, le=_MOST)] = 1_000


@blueprint.get("/posts")
@owner
def get_posts(tenant: Tenant) -> dict[str, Any]:
    """Lists the account's posts, the oldest first, with what stands on each network."""
    query = read_query(request).into(PostsQuery)
    key = query.profile_key
    profile = None if key is None else profiles.get(tenant, key)
    if query.id is None:
        wanted = PostFilter(limit=query.limit, profile_key=key)
        posts = tenant.store.posts(tenant.api_key, wanted)
    else:
        post = changes.find(tenant, profile, query.id)
        posts = [] if post is None else [post]
    return {"posts": [_describe(post) for post in reversed(posts)]}


def _describe(post: Post) -> dict[str, Any]:
    published = [_describe_publication(one) for one in post.publications if one.error is None]
    more = {
        "due": _date(post.due),
        "disableComments": True if post.request.disable_comments else None,
        "published": published,
    }
    return {**shapes.history(post), **without_none(more)}


def _describe_publication(publication: Publication) -> dict[str, Any]:
    return without_none(
        {
            "platform": publication.platform,
            "status": publication.status.value,
            "id": publication.id or None,
            "postUrl": publication.post_url,
            "post": publication.text,
            "mediaUrls": publication.media_urls,
            "options": publication.options,
            "published": _date(publication.published),
            "firstComment": _describe_comment(publication.comment),
        }
    )


def _describe_comment(comment: Comment | None) -> dict[str, Any] | None:
    if comment is None:
        return None
    return {
        "id": comment.id,
        "comment": comment.text,
        "mediaUrls": comment.media_urls,
        "published": _date(comment.published),
    }


def _date(instant: float | None) -> str | None:
    return None if instant is None else iso_milliseconds(instant)


@blueprint.post("/publications")
@anyone
def decide_publication() -> Response:
    """Decides how the next matching publications end."""
    tenant = authenticate()
    wanted = fields_into(NextPublication)
    wanted.check()
    if wanted.platform is not None:
        check_platform(wanted.platform)
    if wanted.profile_key is not None:
        profiles.get(tenant, wanted.profile_key)
    with tenant.transaction():
        waiting = tenant.account.next_publications
        if len(waiting) >= MOST_KEPT:
            raise incorrect(f"An account has at most {MOST_KEPT} of these decisions.")
        changed = [*waiting, wanted]
        tenant.save(msgspec.structs.replace(tenant.account, next_publications=changed))
    return json_response({"status": "success"}, 201)


@blueprint.get("/publications")
@owner
def get_publications(tenant: Tenant) -> dict[str, Any]:
    """Lists the decisions that no publication has met yet; profiles are named by their refId."""
    waiting = tenant.account.next_publications
    return {"publications": [_describe_decision(tenant, one) for one in waiting]}


def _describe_decision(tenant: Tenant, decision: NextPublication) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(decision)
    described["outcome"] = decision.outcome.value
    described["times"] = decision.times
    key = described.pop("profileKey", None)
    profile = None if key is None else tenant.store.profile(key)
    return described if profile is None else {**described, "refId": profile.ref_id}


@blueprint.delete("/publications")
@owner
def remove_publications(tenant: Tenant) -> dict[str, Any]:
    """Takes all decisions back."""
    with tenant.transaction():
        tenant.save(msgspec.structs.replace(tenant.account, next_publications=[]))
    return {"status": "success"}
