"""What a network would refuse in a post: each is a row of `POSTING`, and this reads the row."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING, MediaLimits, PostingNetwork
from fakeayr.ayrshare.posting.options import OPTIONS
from fakeayr.domain.media.facts import MediaFacts, MediaKind
from fakeayr.domain.posting.lengths import fits, length

_HASHTAG: Final = re.compile(r"(?<![\w&/])#(?=\w*[^\W\d_])\w+")
_MENTION: Final = re.compile(r"(?<![\w@./])@\w+")
_PARAGRAPHS: Final = "\n\n"

_MEASURES: Final[tuple[tuple[str, str, Callable[[MediaFacts], float | None]], ...]] = (
    ("bytes", "size in bytes", lambda facts: facts.bytes),
    ("width", "width in pixels", lambda facts: facts.width),
    ("height", "height in pixels", lambda facts: facts.height),
    (
        "aspect",
        "width divided by height",
        lambda facts: facts.width / facts.height if facts.width and facts.height else None,
    ),
    (
        "pixels",
        "number of pixels",
        lambda facts: facts.width * facts.height if facts.width and facts.height else None,
    ),
    ("seconds", "duration in seconds", lambda facts: facts.seconds),
)


class PostFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a network refuses.

    Attributes:
        error: What it is.
        message: The error's text, with the network and the numbers filled in.
        verify_check: Whether it shows `verifyCheck`: a check of media, before anything is sent.
    """

    error: ApiError
    message: str
    verify_check: bool = False


def finding(
    error: ApiError, network: str, *, verify_check: bool = False, **places: object
) -> PostFinding:
    """Fills in an error's text.

    Args:
        error: The error.
        network: The network's name; the text has the name that people know.
        verify_check: Whether it is a check of media.
        places: What else the text has places for.
    """
    message = error.message.format(network=NETWORKS[network].display_name, **places)
    return PostFinding(error=error, message=message, verify_check=verify_check)


def check(
    network: str, text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]
) -> list[PostFinding]:
    """Returns what a network would refuse; empty for a post that it takes.

    Args:
        network: One of `POSTING`.
        text: What it would publish.
        media: The images and videos with it.
        options: The network's options as sent and already of the right types; `title` and
            `subreddit` of the top level are among them.
    """
    row = POSTING[network]
    findings: list[PostFinding] = []
    if row.required:
        findings += _missing_options(network, row, media, options)
    is_cut = bool(media) and row.media_text_kept is not None
    if not is_cut and not fits(text, row.counting, row.text_limit):
        findings += _too_long(network, row, text, options)
    for limit, sign, pattern, error in (
        (row.max_hashtags, "#", _HASHTAG, errors.TOO_MANY_HASHTAGS),
        (row.max_mentions, "@", _MENTION, errors.TOO_MANY_MENTIONS),
    ):
        if limit is not None and text.count(sign) > limit and len(pattern.findall(text)) > limit:
            findings.append(finding(error, network, limit=limit))
    if media:
        findings += _of_media(network, row, media, options)
    elif row.needs_media:
        findings.append(finding(errors.MEDIA_REQUIRED, network))
    return findings


def _missing_options(
    network: str, row: PostingNetwork, media: Sequence[MediaFacts], options: Mapping[str, Any]
) -> Iterator[PostFinding]:
    has_video = any(facts.kind is MediaKind.VIDEO for facts in media)
    for required in row.required:
        if not options.get(required.name) and (has_video or not required.only_with_video):
            option = f"{OPTIONS[network].name}.{required.name}"
            yield finding(errors.OPTION_REQUIRED, network, option=option)


def _too_long(
    network: str, row: PostingNetwork, text: str, options: Mapping[str, Any]
) -> Iterator[PostFinding]:
    limit = row.text_limit
    if row.longer_with is not None and options.get(row.longer_with[0]):
        limit = row.longer_with[1]
    is_thread = row.splits_threads and options.get("thread")
    parts = text.split(_PARAGRAPHS) if is_thread else [text]
    over = max(length(part, row.counting) for part in parts) - limit
    if over > 0:
        yield finding(errors.POST_TOO_LONG, network, limit=limit, over=over)


def _of_media(
    network: str, row: PostingNetwork, media: Sequence[MediaFacts], options: Mapping[str, Any]
) -> Iterator[PostFinding]:
    if not all(facts.reachable for facts in media):
        yield finding(errors.MEDIA_URL_INVALID, network)
    yield from _mixture(network, row, media)
    for facts in media:
        limits = _limits(row, facts.kind, options)
        error = errors.MEDIA_NOT_ACCEPTED if limits is None else limits.error
        reason = _objection(facts, limits)
        if reason is not None:
            yield finding(error, network, verify_check=True, reason=reason)


def _mixture(
    network: str, row: PostingNetwork, media: Sequence[MediaFacts]
) -> Iterator[PostFinding]:
    videos = sum(facts.kind is MediaKind.VIDEO for facts in media)
    images = len(media) - videos
    most = max(row.max_images, row.max_videos) if row.mixes_media else None
    for count, limit in ((images, row.max_images), (videos, row.max_videos), (len(media), most)):
        if limit and count > limit:
            yield finding(errors.TOO_MANY_MEDIA, network, limit=limit)
            return
    if images and videos and not row.mixes_media:
        reason = "images and videos do not go together"
        yield finding(errors.MEDIA_NOT_ACCEPTED, network, verify_check=True, reason=reason)


def _limits(row: PostingNetwork, kind: MediaKind, options: Mapping[str, Any]) -> MediaLimits | None:
    if kind is MediaKind.VIDEO:
        chosen = (limits for option, limits in row.video_with.items() if options.get(option))
        return next(chosen, row.video)
    if kind is MediaKind.OTHER:
        return row.document
    return row.gif or row.image if kind is MediaKind.GIF else row.image


def _objection(facts: MediaFacts, limits: MediaLimits | None) -> str | None:
    """What is wrong with an image or a video, in a few words."""
    if limits is None or facts.content_type not in limits.types:
        return f"{facts.content_type} is not supported"
    for name, what, measure in _MEASURES:
        allowed = getattr(limits, name)
        value = None if allowed is None else measure(facts)
        if value is not None and value < allowed[0]:
            return f"its {what} is {_shown(value)}, and at least {_shown(allowed[0])} is required"
        if value is not None and value > allowed[1]:
            return f"its {what} is {_shown(value)}, and at most {_shown(allowed[1])} is allowed"
    return None


def _shown(number: float) -> str:
    return f"{number:,.4g}" if number % 1 else f"{number:,.0f}"
