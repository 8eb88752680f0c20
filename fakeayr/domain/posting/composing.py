"""What Ayrshare makes of a text before it is posted: hashtags, short links, random posts."""

import hashlib
import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from fakeayr.ayrshare.posting.composing import (
    DEFAULT_HASHTAGS,
    QUOTES,
    RANDOM_IMAGES,
    RANDOM_LANDSCAPE_VIDEOS,
    RANDOM_PORTRAIT_VIDEOS,
    SHORT_LINKS,
    UNSPLASH,
)
from fakeayr.domain.ids import Ids

_URL: Final = re.compile(r"https?://[^\s<>\"']+")
_WORD: Final = re.compile(r"(?<![\w#@/.])[^\W\d_]{5,}(?![\w/@])")


class AutoHashtag(msgspec.Struct, frozen=True, kw_only=True):
    """How hashtags are added, as `autoHashtag` of POST /post says it.

    Attributes:
        max: At most so many.
        position: `auto` for words within the text, `end` for behind it.
    """

    max: Annotated[int, Meta(ge=1, le=10)] = DEFAULT_HASHTAGS
    position: Literal["auto", "end"] = "auto"


def add_hashtags(text: str, wanted: AutoHashtag) -> str:
    """The text with its longest words as hashtags; which words Ayrshare chooses is not public.

    A word of fewer than five letters, in a URL, a mention or a hashtag is none.
    """
    spans = [(match.start(), match.end()) for match in _URL.finditer(text)]
    words: dict[str, re.Match[str]] = {}
    for match in _WORD.finditer(text):
        if not any(begin <= match.start() < end for begin, end in spans):
            words.setdefault(match[0].casefold(), match)
    chosen = sorted(words.values(), key=lambda match: -len(match[0]))[: wanted.max]
    if wanted.position == "end":
        return " ".join([text, *(f"#{match[0]}" for match in chosen)])
    for match in sorted(chosen, key=lambda match: -match.start()):
        text = f"{text[: match.start()]}#{text[match.start() :]}"
    return text


def shorten_links(text: str, api_key: str) -> str:
    """The text with short links in place of its URLs; the same one for the same URL."""

    def shorten(match: "re.Match[str]") -> str:
        named = hashlib.sha256(f"{api_key} {match[0]}".encode()).hexdigest()
        return f"{SHORT_LINKS}{named[:7]}"

    return _URL.sub(shorten, text)


def random_text(ids: Ids) -> str:
    """A quote with a number in front, so that it is no duplicate of an earlier one."""
    return f"#{ids.digits(6)} {ids.pick(QUOTES)}"


def random_media_url(ids: Ids, *, is_video: bool, is_portrait: bool) -> str:
    """The address of an image or a video that every server knows."""
    videos = RANDOM_PORTRAIT_VIDEOS if is_portrait else RANDOM_LANDSCAPE_VIDEOS
    return ids.pick(videos if is_video else RANDOM_IMAGES)


def unsplash_url(word: str) -> str:
    """The address of an Unsplash picture: for `random`, a search word, or an id."""
    named = hashlib.sha256(word.encode()).hexdigest()
    return f"{UNSPLASH}{named[:24]}.jpg"
