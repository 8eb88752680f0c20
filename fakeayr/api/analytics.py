"""POST /analytics/post and /analytics/social, GET /history/:platform."""

import base64
import binascii
from typing import Annotated, Any, Final, Literal

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.api.post_body import read_optional_date
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.limits import (
    ANALYTICS_POST_IDS_MAX,
    ANALYTICS_QUARTERS_MAX,
    PLATFORM_HISTORY_CACHE_SECONDS,
    PLATFORM_HISTORY_DEFAULT,
    PLATFORM_HISTORY_MAX,
)
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Feature
from fakeayr.ayrshare.posting.analytics import OTHER_USERS
from fakeayr.domain import accounts
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.posting.published import PublishedFilter
from fakeayr.domain.refusals import incorrect
from fakeayr.web.calls import Call, operation
from fakeayr.web.x_credentials import check_x_credentials

blueprint = Blueprint("analytics", __name__)

_LONGEST_ID: Final = 500
NetworkId = Annotated[str, Meta(min_length=1, max_length=_LONGEST_ID)]
NetworkIds = Annotated[list[NetworkId], Meta(min_length=1, max_length=ANALYTICS_POST_IDS_MAX)]


class PostAnalyticsRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of POST /analytics/post.

    Attributes:
        id: Ayrshare's id of a post, or with `search_platform_id` the network's.
        post_ids: Several of the network's ids.
        platforms: Of these networks; all of the post's unless given.
        search_platform_id: Whether the ids are those of the one network.
    """

    id: NetworkId | None = None
    post_ids: NetworkIds | None = None
    platforms: list[str] | None = None
    search_platform_id: bool = False


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """What `youtube` of POST /analytics/social can ask for."""

    lifetime: bool = False


class SocialAnalyticsRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of POST /analytics/social.

    Attributes:
        platforms: The networks.
        quarters: Numbers of the latest quarters; 0 for all.
        daily: Also the numbers of each day.
        period60_days: TikTok's numbers of 60 days.
        youtube: What else is wanted of YouTube.
        user_id: Somebody else on X, by the number.
        user_name: Somebody else on X, by the name.
    """

    platforms: Annotated[list[str], Meta(min_length=1)]
    quarters: Annotated[int, Meta(ge=0, le=ANALYTICS_QUARTERS_MAX)] = 0
    daily: bool = False
    period60_days: bool = msgspec.field(default=False, name="period60Days")
    youtube: Lifetime = Lifetime()
    user_id: NetworkId | None = None
    user_name: NetworkId | None = None


class PlatformHistoryQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The query of GET /history/:platform; the official SDKs repeat the network."""

    limit: Annotated[int, Meta(ge=1, le=PLATFORM_HISTORY_MAX)] = PLATFORM_HISTORY_DEFAULT
    skip_analytics: bool = False
    next: str | None = None
    since: str | None = None
    until: str | None = None
    page_published: bool | None = None
    data_type: Literal["posts", "stories"] = "posts"
    user_id: NetworkId | None = None
    user_name: NetworkId | None = None
    id: str | None = None
    platform: str | None = None
    profile_key: str | None = None


@blueprint.post("/analytics/post")
@operation(Feature.ANALYTICS)
def get_post_analytics(call: Call) -> dict[str, Any]:
    """Returns what the networks report of a post, or of posts by their network's ids."""
    from fakeayr.domain.posting import insights  # noqa: PLC0415 - it would slow every start

    wanted = call.body(PostAnalyticsRequest)
    profile = call.profile()
    networks = None if wanted.platforms is None else _check_networks(wanted.platforms)
    if wanted.search_platform_id or wanted.post_ids is not None:
        ids, network = _read_network_ids(call, wanted, networks)
        check_x_credentials(call, [network])
        several = wanted.post_ids is not None
        found = insights.of_network_ids(call.tenant, profile, network, ids, several=several)
        return found.answer() if several else found.answer(id=ids[0])
    if wanted.id is None:
        raise incorrect("id is required.")
    post = insights.find_post(call.tenant, profile, wanted.id)
    check_x_credentials(call, networks or insights.networks_of(post))
    return insights.of_post(call.tenant, profile, post, networks).answer(id=post.id)


def _read_network_ids(
    call: Call, wanted: PostAnalyticsRequest, networks: list[str] | None
) -> tuple[list[str], str]:
    accounts.check_plan(call.tenant.account, Feature.ANALYTICS_BY_NETWORK_ID)
    ids = wanted.post_ids or ([wanted.id] if wanted.id is not None else [])
    if not wanted.search_platform_id:
        raise incorrect("postIds needs searchPlatformId: true.")
    if not ids:
        raise incorrect("id or postIds is required.")
    if networks is None or len(networks) != 1:
        raise incorrect("searchPlatformId needs exactly one platform.")
    return list(dict.fromkeys(ids)), networks[0]


@blueprint.post("/analytics/social")
@operation(Feature.ANALYTICS)
def get_social_analytics(call: Call) -> dict[str, Any]:
    """Returns what the networks report of a profile's accounts."""
    from fakeayr.domain.posting import insights  # noqa: PLC0415 - it would slow every start

    wanted = call.body(SocialAnalyticsRequest)
    profile = call.profile()
    networks = _check_networks(wanted.platforms)
    if wanted.period60_days and (wanted.daily or wanted.quarters):
        raise incorrect("period60Days goes with neither daily nor quarters.")
    check_x_credentials(call, networks)
    span = insights.Span(
        quarters=wanted.quarters,
        daily=wanted.daily,
        sixty_days=wanted.period60_days,
        lifetime=wanted.youtube.lifetime,
    )
    user = _read_user(call, wanted.user_id, wanted.user_name, networks)
    return insights.of_accounts(call.tenant, profile, networks, span, user).answer()


def _read_user(
    call: Call, user_id: str | None, user_name: str | None, networks: list[str]
) -> dict[str, str] | None:
    """Somebody else at a network, as a word of `WORDS`."""
    if user_id is None and user_name is None:
        return None
    if networks != [OTHER_USERS]:
        raise incorrect(f"userId and userName are for {OTHER_USERS} only.")
    if call.profile_key() is not None:
        raise incorrect(f"userId and userName do not go with {PROFILE_KEY}.")
    if user_id is not None:
        return {"account id": user_id}
    return {"account username": str(user_name)}


def is_platform(name: str) -> bool:
    """Whether the last part of `/history/…` names a network rather than a post."""
    return name in NETWORKS


def history_of_platform(call: Call, platform: str) -> dict[str, Any]:
    """What a profile has on a network, for GET /history/:platform.

    Raises:
        Refused: A parameter cannot be used (101), the plan lacks it, or the network is not covered,
            not linked (156) or throttles (444).
    """
    from fakeayr.domain.posting import insights  # noqa: PLC0415 - it would slow every start

    accounts.check_plan(call.tenant.account, Feature.ANALYTICS)
    query = call.query(PlatformHistoryQuery)
    profile = call.profile(query.profile_key)
    check_x_credentials(call, [platform])
    if _read_user(call, query.user_id, query.user_name, [platform]) is not None:
        return _list_rows(call, [], None)
    wanted = PublishedFilter(
        profile_key=profile.key,
        platform=platform,
        limit=query.limit,
        since=read_optional_date("since", query.since),
        until=read_optional_date("until", query.until),
        before=None if query.next is None else _read_cursor(query.next),
    )
    status, rows, place = insights.list_posts(
        call.tenant,
        profile,
        wanted,
        with_numbers=not query.skip_analytics,
        stories=query.data_type == "stories",
    )
    return _list_rows(call, rows, place, status)


def _list_rows(
    call: Call,
    rows: list[dict[str, Any]],
    place: tuple[float, str] | None,
    status: str = "success",
) -> dict[str, Any]:
    pagination: dict[str, Any] = {"hasMore": place is not None}
    if place is not None:
        pagination["next"] = _write_cursor(place)
    return {
        "status": status,
        "posts": rows,
        "meta": {"pagination": pagination},
        "lastUpdated": iso_milliseconds(call.now),
        "nextUpdate": iso_milliseconds(call.now + PLATFORM_HISTORY_CACHE_SECONDS),
    }


def _check_networks(names: list[str]) -> list[str]:
    """The networks asked for, each once.

    Raises:
        Refused: There is none, or a name is unknown (101).
    """
    if not names:
        raise incorrect("platforms must name at least one network.")
    for name in names:
        if name not in NETWORKS:
            raise incorrect(f"platforms: choose of {', '.join(NETWORKS)}.")
    return list(dict.fromkeys(names))


def _write_cursor(place: tuple[float, str]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[float, str]:
    try:
        padded = text + "=" * (-len(text) % 4)
        document = base64.urlsafe_b64decode(padded.encode("ascii"))
        return msgspec.json.decode(document, type=tuple[float, str])
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        details = "next must be the next of an earlier response."
        raise incorrect(details) from error
