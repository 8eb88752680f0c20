"""The ids and addresses that networks give to what is published."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import msgspec

from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain.ids import Ids
from fakeayr.domain.profiles import Link

_PLACE: Final = re.compile(r"\{(\w+)(?::(\d+))?\}")
_TEST_SUBREDDIT: Final = "test"


class PublishedAs(msgspec.Struct, frozen=True, kw_only=True):
    """What a network calls a published post.

    Attributes:
        id: Its id there.
        post_url: Its address there.
        extra: Further fields of its entry in `postIds`.
    """

    id: str
    post_url: str
    extra: dict[str, Any]


def make_publication_id(
    ids: Ids,
    network: str,
    link: Link,
    *,
    options: Mapping[str, Any] | None = None,
    has_video: bool = False,
) -> PublishedAs:
    """Makes the id, the address and the other fields of a post that a network publishes.

    Args:
        ids: Makes what is new.
        network: One of `POSTING`.
        link: The account it is published to; address and id name it where the network's do.
        options: The network's options; Reddit's address names the subreddit.
        has_video: Whether the post has a video.
    """
    shape = POSTING[network].published
    account = link.details
    known = _describe(account, options or {})
    known["key"] = _filled(shape.key, ids, known)
    known["id"] = _filled(shape.id, ids, known)
    url = (shape.video_url if has_video else None) or shape.url
    extra: dict[str, Any] = {name: _filled(text, ids, known) for name, text in shape.extra.items()}
    if shape.tells_video is not None:
        extra[shape.tells_video] = has_video
    if owner := shape.owners.get(str(account.get("type")), next(iter(shape.owners.values()), "")):
        extra["owner"] = _filled(owner, ids, known)
    return PublishedAs(id=known["id"], post_url=_filled(url, ids, known), extra=extra)


def _describe(account: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    """What a link and the options say of an id's parts."""
    username = account.get("username") or account.get("displayName") or ""
    return {
        "account": str(account.get("id", "")),
        "username": quote(str(username), safe=""),
        "profile_url": str(account.get("profileUrl", "")).rstrip("/"),
        "subreddit": quote(str(options.get("subreddit") or _TEST_SUBREDDIT), safe=""),
    }


def _filled(text: str, ids: Ids, known: Mapping[str, str]) -> str:
    return "".join(
        getattr(ids, kind)(length) if length else known[kind] if kind else literal
        for literal, kind, length in _parts(text)
    )


@cache
def _parts(text: str) -> tuple[tuple[str, str, int], ...]:
    """What a text is made of: its literals, what is new, and what is known.

    Each as the literal, the kind and the length, two of which are empty for a literal.
    """
    parts = []
    end = 0
    for place in _PLACE.finditer(text):
        parts += [(text[end : place.start()], "", 0), ("", place[1], int(place[2] or 0))]
        end = place.end()
    return (*parts, (text[end:], "", 0))
