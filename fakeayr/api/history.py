"""GET /history and GET /history/:id."""

from typing import Annotated, Any, Final, Literal

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.api.analytics import PlatformHistoryQuery, history_of_platform, is_platform
from fakeayr.api.post_body import read_optional_date
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.limits import (
    HISTORY_CACHE_SECONDS,
    HISTORY_DEFAULT,
    HISTORY_DEFAULT_DAYS,
    HISTORY_MAX,
)
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.clock import DAY_SECONDS, iso_milliseconds
from fakeayr.domain.posting import changes, shapes
from fakeayr.domain.posting.posts import PostFilter, PostStatus
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.web.calls import Call, operation
from fakeayr.web.responses import error_body

blueprint = Blueprint("history", __name__)

_ANY_SERIES: Final = "all"

Number = Annotated[int, Meta(ge=0, le=HISTORY_MAX)]


class HistoryQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /history; `lastRecords` is an older spelling of `limit`."""

    limit: Number | None = None
    last_records: Number | None = None
    last_days: Annotated[int, Meta(ge=0, le=100_000)] = HISTORY_DEFAULT_DAYS
    start_date: str | None = None
    end_date: str | None = None
    status: PostStatus | None = None
    type: Literal["immediate", "now", "scheduled"] | None = None
    platforms: list[str] | None = None
    platform: list[str] | None = None
    auto_repost_id: str | None = None
    profile_key: str | None = None


class PostHistoryQuery(PlatformHistoryQuery, frozen=True, kw_only=True, rename="camel"):
    """The query of GET /history/:id; what is about networks is read and has no effect."""

    search_all_posts: bool = False


@blueprint.get("/history")
@operation()
def get_history(call: Call) -> dict[str, Any]:
    """Lists a profile's posts, the newest first."""
    query = call.query(HistoryQuery)
    profile = call.profile(query.profile_key)
    wanted = _read_filter(query, profile.key, call.now)
    posts = call.tenant.store.posts(call.tenant.api_key, wanted)
    if not posts:
        call.status = errors.HISTORY_NOT_FOUND.status
        return {"history": error_body(Refused(errors.HISTORY_NOT_FOUND)), "count": 0}
    gap = HISTORY_CACHE_SECONDS if wanted.limit > HISTORY_DEFAULT else 0
    return {
        "history": [shapes.history(post) for post in posts],
        "refId": profile.ref_id,
        "count": len(posts),
        "lastUpdated": iso_milliseconds(call.now),
        "nextUpdate": iso_milliseconds(call.now + gap),
    }


@blueprint.get("/history/<post_id>")
@operation()
def get_history_of_post(call: Call, post_id: str) -> dict[str, Any]:
    """Returns a post; with `searchAllPosts`, one of any profile of the account.

    A network's name lists what the profile has there.
    """
    if is_platform(post_id):
        return history_of_platform(call, post_id)
    query = call.query(PostHistoryQuery)
    profile = call.profile(query.profile_key)
    whose = None if query.search_all_posts else profile
    return shapes.history(changes.get(call.tenant, whose, post_id))


def _read_filter(query: HistoryQuery, profile_key: str, now: float) -> PostFilter:
    limit = query.limit if query.limit is not None else query.last_records
    since, until = _read_dates(query, now)
    statuses = None if query.status is None else frozenset({query.status})
    return PostFilter(
        limit=HISTORY_DEFAULT if limit is None else limit,
        profile_key=profile_key,
        since=since,
        until=until,
        statuses=statuses,
        excluded=frozenset() if statuses else frozenset({PostStatus.DELETED}),
        scheduled=None if query.type is None else query.type == "scheduled",
        platforms=_read_platforms([*(query.platforms or []), *(query.platform or [])]),
        auto_repost_id="" if query.auto_repost_id == _ANY_SERIES else query.auto_repost_id,
    )


def _read_dates(query: HistoryQuery, now: float) -> tuple[float | None, float | None]:
    """From when to when; `lastDays` counts unless both dates are given (documented)."""
    since = read_optional_date("startDate", query.start_date)
    until = read_optional_date("endDate", query.end_date)
    if query.last_days and (since is None or until is None):
        since = max(since or 0.0, now - query.last_days * DAY_SECONDS)
    return since, until


def _read_platforms(names: list[str]) -> list[str] | None:
    for name in names:
        if name not in NETWORKS:
            raise incorrect(f"platforms: {quoted(name)} is no network.")
    return list(dict.fromkeys(names)) or None
