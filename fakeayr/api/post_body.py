"""The body of POST /post and POST /validate/post, and the request that it makes."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.ayrshare.plans import PLANS, Feature
from fakeayr.ayrshare.posting.options import GENERAL, OPTIONS, InstagramOptions, Options
from fakeayr.domain.accounts import Account
from fakeayr.domain.advice.fields import on_networks
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.ids import Ids
from fakeayr.domain.media import uploads
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting import composing, schedules
from fakeayr.domain.posting.composing import AutoHashtag
from fakeayr.domain.posting.requests import DEFAULT, FirstComment, PostRequest
from fakeayr.domain.posting.submitting import AutoRepost
from fakeayr.domain.profiles import Profile
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_loopback, is_web_url
from fakeayr.web.bodies import Fields
from fakeayr.web.dates import read_date

ALL: Final = "all"
"""Stands for all linked networks (documented)."""
MOST_PROFILES: Final = 1_000
"""Profiles that one call can post for (inferred)."""
_ANY_NETWORK: Final = "A social network"

Media = str | list[str] | dict[str, str | list[str]]


class AutoScheduleChoice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`autoSchedule` of a post: whether it takes the next free slot, and of which schedule."""

    schedule: bool = True
    title: str = schedules.DEFAULT_TITLE


class PostFields(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The fields that are not about one network."""

    post: str | dict[str, str] | None = None
    platforms: Annotated[list[str], Meta(min_length=1)]
    media_urls: Media | None = None
    media_url: Media | None = None
    older_media_urls: Media | None = msgspec.field(default=None, name="media_urls")
    is_video: bool = False
    schedule_date: str | None = None
    validate_scheduled: bool = True
    auto_schedule: AutoScheduleChoice | bool | None = None
    auto_schedule_title: str | None = None
    auto_repost: AutoRepost | None = None
    first_comment: FirstComment | None = None
    disable_comments: bool = False
    shorten_links: bool = False
    auto_hashtag: AutoHashtag | bool | None = None
    unsplash: str | list[str] | None = None
    requires_approval: bool = False
    notes: str | None = None
    idempotency_key: Annotated[str, Meta(min_length=1, max_length=1_000)] | None = None
    profile_key: str | None = None
    profile_keys: Annotated[list[str], Meta(max_length=MOST_PROFILES)] | None = None
    array_response: bool = False
    title: str | None = None
    subreddit: str | None = None
    random_post: bool = False
    random_media_url: bool = False
    is_landscape_video: bool = False
    is_portrait_video: bool = False


_OBJECTS: Final = {name: network for network, known in OPTIONS.items() for name in known.names}
"""The network of each options object, by the object's name on the wire."""

PostBody: Final = cast(
    type[PostFields],
    msgspec.defstruct(
        "PostBody",
        [
            (
                f"options_{place}",
                OPTIONS[network].model | None,
                msgspec.field(default=None, name=name),
            )
            for place, (name, network) in enumerate(_OBJECTS.items())
        ],
        bases=(PostFields,),
        frozen=True,
        kw_only=True,
    ),
)
"""The whole body: with an options object for each network, in every spelling."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a body asks for, before it is known for which profile.

    Attributes:
        request: The post; `all` still stands among its platforms.
        auto_schedule: Title of the schedule whose next slot it takes.
        series: How it is repeated.
    """

    request: PostRequest
    auto_schedule: str | None = None
    series: AutoRepost | None = None


def read_draft(fields: Fields, body: PostFields, account: Account, ids: Ids) -> Draft:
    """Makes a draft of a body.

    Args:
        fields: The body's fields as they were sent.
        body: The same as a model.
        account: The account, whose plan must include what is asked for.
        ids: The source of randomness of `randomPost` and `randomMediaUrl`.

    Raises:
        Refused: A field is missing or wrong (101), a URL is none (136), or the plan or the Max Pack
            lacks it (169).
    """
    _check_plan(body, account)
    texts = _read_texts(body, ids)
    is_video = body.is_video or body.is_landscape_video or body.is_portrait_video
    if body.first_comment is not None:
        check_urls(body.first_comment.media_urls or [])
    # A scheduled date wins (documented).
    series = body.auto_repost if body.schedule_date is None else None
    if series is None:
        scheduled = read_optional_date("scheduleDate", body.schedule_date)
    else:
        scheduled = read_optional_date("autoRepost.startDate", series.start_date)
    request = PostRequest(
        platforms=_read_platforms(body.platforms),
        texts={name: _compose(text, body, account) for name, text in texts.items()},
        media=_read_media(body, ids, is_video=is_video),
        options=_read_options(fields, body),
        is_video=is_video,
        scheduled=scheduled,
        schedule_text=body.schedule_date,
        validate_scheduled=body.validate_scheduled,
        first_comment=body.first_comment,
        disable_comments=body.disable_comments,
        shorten_links=body.shorten_links,
        requires_approval=body.requires_approval,
        notes=body.notes,
    )
    return Draft(request=request, auto_schedule=_read_auto_schedule(body), series=series)


def for_profile(draft: Draft, tenant: Tenant, profile: Profile) -> PostRequest:
    """The request for one profile: with its own networks for `all`, and its next free slot.

    Raises:
        Refused: Nothing is linked (156), or there is no such schedule (192).
    """
    request = draft.request
    if ALL in request.platforms:
        if not profile.links:
            raise Refused(errors.NETWORK_NOT_LINKED.fill(network=_ANY_NETWORK))
        request = replace(request, platforms=profile.networks)
    if draft.auto_schedule is not None:
        slot = schedules.next_slot(tenant, profile, draft.auto_schedule)
        request = replace(request, scheduled=slot, schedule_text=None)
    return request


def _check_plan(body: PostFields, account: Account) -> None:
    if (body.auto_hashtag or body.auto_repost) and (
        Feature.PREMIUM_POSTING not in PLANS[account.plan].features
    ):
        raise Refused(errors.PLAN_FEATURE, f"The plan is {account.plan.value}.")
    if account.max_pack:
        return
    if body.shorten_links:
        raise Refused(errors.MAX_PACK_REQUIRED, "shortenLinks needs the Max Pack.")
    for name, options in _options_of(body):
        if isinstance(options, InstagramOptions) and options.auto_resize:
            raise Refused(errors.MAX_PACK_REQUIRED, f"autoResize of {name} needs the Max Pack.")


def _options_of(body: PostFields) -> Iterator[tuple[str, Options]]:
    """The options objects that a body has, by their names on the wire."""
    for place, name in enumerate(_OBJECTS):
        options = getattr(body, f"options_{place}")
        if options is not None:
            yield name, options


def _read_texts(body: PostFields, ids: Ids) -> dict[str, str]:
    if body.random_post:
        return {DEFAULT: composing.random_text(ids)}
    if body.post is None:
        raise incorrect("post is required, unless randomPost is true.")
    if isinstance(body.post, str):
        return {DEFAULT: body.post}
    _check_networks("post", body.post)
    return body.post


def _compose(text: str, body: PostFields, account: Account) -> str:
    """A text with the hashtags and the short links that are wanted."""
    if body.auto_hashtag:
        wanted = AutoHashtag() if body.auto_hashtag is True else body.auto_hashtag
        text = composing.add_hashtags(text, wanted)
    return composing.shorten_links(text, account.api_key) if body.shorten_links else text


def _read_platforms(platforms: list[str]) -> list[str]:
    for name in platforms:
        if name not in NETWORKS and name != ALL:
            raise Refused(errors.INVALID_PARAMETERS, advice=on_networks("platforms", [name]))
    return [ALL] if ALL in platforms else in_order(platforms)


def _read_media(body: PostFields, ids: Ids, *, is_video: bool) -> dict[str, list[str]]:
    if body.random_media_url:
        is_portrait = body.is_portrait_video
        return {
            DEFAULT: [composing.random_media_url(ids, is_video=is_video, is_portrait=is_portrait)]
        }
    sent = body.media_urls or body.media_url or body.older_media_urls or {}
    by_network = sent if isinstance(sent, dict) else {DEFAULT: sent}
    _check_networks("mediaUrls", by_network)
    media = {name: [one] if isinstance(one, str) else one for name, one in by_network.items()}
    for urls in media.values():
        check_urls(urls)
    if body.unsplash:
        words = [body.unsplash] if isinstance(body.unsplash, str) else body.unsplash
        found = [composing.unsplash_url(word) for word in words]
        media[DEFAULT] = [*media.get(DEFAULT, []), *found]
    return media


def check_urls(urls: list[str]) -> None:
    """Checks that media have addresses that a network could fetch.

    Plain http is let through to this machine, and to uploads under any name of the server.
    """
    for url in urls:
        if not is_web_url(url):
            advice = advise("post-media-no-url", "/mediaUrls", url=quoted(url))
            raise Refused(errors.MEDIA_URL_INVALID, advice=[advice])
        is_here = is_loopback(urlsplit(url).hostname) or uploads.is_address(url)
        if not url.lower().startswith("https:") and not is_here:
            advice = advise("post-media-http", "/mediaUrls", url=quoted(url))
            raise Refused(errors.MEDIA_URL_INVALID, advice=[advice])


def _check_networks(field: str, values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in NETWORKS and name != DEFAULT:
            raise incorrect(f"{field}: {quoted(name)} is neither a network nor default.")


def _read_options(fields: Fields, body: PostFields) -> dict[str, dict[str, Any]]:
    """The options of each network as sent, with the general title and subreddit below them.

    Those of a form are read first: there every value is a text.
    """
    general = without_none({"title": body.title, "subreddit": body.subreddit})
    options: dict[str, dict[str, Any]] = dict.fromkeys(GENERAL, general) if general else {}
    for name, model in _options_of(body):
        network = _OBJECTS[name]
        sent = fields.values[name] if fields.typed else msgspec.to_builtins(model)
        options[network] = {**options.get(network, {}), **sent}
    return options


def read_optional_date(name: str, text: str | None) -> float | None:
    """The instant of a field that may be absent; see `read_date`."""
    return None if text is None else read_date(name, text)


def _read_auto_schedule(body: PostFields) -> str | None:
    chosen = body.auto_schedule
    if not chosen or (not isinstance(chosen, bool) and not chosen.schedule):
        return None
    if body.schedule_date is not None:
        raise incorrect("scheduleDate and autoSchedule exclude each other.")
    if isinstance(chosen, bool):
        return body.auto_schedule_title or schedules.DEFAULT_TITLE
    return chosen.title
