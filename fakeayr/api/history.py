"""GET /history and GET /history/:id."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.api.analytics import PlatformHistoryQuery, history_of_platform, is_platform
from fakeayr.api.posts import describe_post
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.journal import quoted
from fakeayr.domain.posting import shapes
from fakeayr.domain.posting.posts import PostFilter, PostStatus
from fakeayr.domain.refusals import Refused
from fakeayr.web.answers import error_body
from fakeayr.web.calls import Call, operation
from fakeayr.web.dates import read_date

blueprint = Blueprint("history", __name__)

_DEFAULT_LIMIT: Final = 25
_MOST: Final = 1_000
_DEFAULT_DAYS: Final = 30
_DAY_SECONDS: Final = 86_400
_CACHED_ABOVE: Final = 25
_CACHE_SECONDS: Final = 60
"""Longer histories than that are read from a cache of a minute (documented)."""
_TYPES: Final = {"immediate": False, "now": False, "scheduled": True}
_ANY_SERIES: Final = "all"

Number = Annotated[int, Meta(ge=0, le=_MOST)]


class HistoryQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /history; `lastRecords` is an older spelling of `limit`."""

    limit: Number | None = None
    last_records: Number | None = None
    last_days: Annotated[int, Meta(ge=0, le=100_000)] = _DEFAULT_DAYS
    start_date: str | None = None
    end_date: str | None = None
    status: str | None = None
    type: str | None = None
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
    answer: dict[str, Any] = {
        "history": [shapes.history(post) for post in posts],
        "refId": profile.ref_id,
        "count": len(posts),
        "lastUpdated": iso_milliseconds(call.now),
    }
    gap = _CACHE_SECONDS if wanted.limit > _CACHED_ABOVE else 0
    answer["nextUpdate"] = iso_milliseconds(call.now + gap)
    return answer


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
    return describe_post(call, None if query.search_all_posts else profile, post_id)


def _read_filter(query: HistoryQuery, profile_key: str, now: float) -> PostFilter:
    limit = query.limit if query.limit is not None else query.last_records
    since, until = _read_dates(query, now)
    statuses = None if query.status is None else frozenset({_read_status(query.status)})
    return PostFilter(
        limit=_DEFAULT_LIMIT if limit is None else limit,
        profile_key=profile_key,
        since=since,
        until=until,
        statuses=statuses,
        excluded=frozenset() if statuses else frozenset({PostStatus.DELETED}),
        scheduled=None if query.type is None else _read_type(query.type),
        platforms=_read_platforms([*(query.platforms or []), *(query.platform or [])]),
        auto_repost_id=_read_series(query.auto_repost_id),
    )


def _read_dates(query: HistoryQuery, now: float) -> tuple[float | None, float | None]:
    """From when to when; `lastDays` counts unless both dates are given (documented)."""
    since = None if query.start_date is None else read_date("startDate", query.start_date)
    until = None if query.end_date is None else read_date("endDate", query.end_date)
    if query.last_days and (since is None or until is None):
        since = max(since or 0.0, now - query.last_days * _DAY_SECONDS)
    return since, until


def _read_status(text: str) -> PostStatus:
    try:
        return PostStatus(text)
    except ValueError:
        words = ", ".join(status.value for status in PostStatus)
        raise _refuse(f"status: {quoted(text)} is none. Choose one of {words}.") from None


def _read_type(text: str) -> bool:
    if text not in _TYPES:
        raise _refuse(f"type: {quoted(text)} is none. Choose immediate or scheduled.")
    return _TYPES[text]


def _read_platforms(names: list[str]) -> list[str] | None:
    for name in names:
        if name not in NETWORKS:
            raise _refuse(f"platforms: {quoted(name)} is no network.")
    return list(dict.fromkeys(names)) or None


def _read_series(text: str | None) -> str | None:
    return "" if text == _ANY_SERIES else text


def _refuse(details: str) -> Refused:
    return Refused(errors.INVALID_PARAMETERS, details)
