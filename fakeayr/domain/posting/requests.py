"""What one call of POST /post asks for, once it has been read."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

DEFAULT: Final = "default"
"""Stands for every network that has no text or media of its own (documented)."""


class FirstComment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A comment that follows the post, as `firstComment` of POST /post says it.

    Attributes:
        comment: Its text.
        media_urls: Its pictures, on networks that take them.
    """

    comment: Annotated[str, Meta(min_length=1)]
    media_urls: list[str] | None = None


class PostRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What to post, where, and when.

    Attributes:
        platforms: The networks, in Ayrshare's order, each once.
        texts: The text by network; `default` stands for the others.
        media: URLs of pictures and videos by network; `default` stands for the others.
        options: The networks' options objects, as sent.
        is_video: Whether media without a known extension are videos.
        scheduled: When to publish it, UNIX seconds of the account's time; `None` for at once.
        schedule_text: `scheduledDate` as sent.
        validate_scheduled: Whether a scheduled post is checked when it is submitted, too.
        first_comment: A comment that follows it.
        disable_comments: Whether nobody may comment.
        shorten_links: Whether links in the text are shortened.
        requires_approval: Whether somebody has to approve it first.
        notes: What only history shows.
        auto_repost_id: What the posts of one `autoRepost` have in common.
    """

    platforms: list[str]
    texts: dict[str, str] = {}
    media: dict[str, list[str]] = {}
    options: dict[str, dict[str, Any]] = {}
    is_video: bool = False
    scheduled: float | None = None
    schedule_text: str | None = None
    validate_scheduled: bool = True
    first_comment: FirstComment | None = None
    disable_comments: bool = False
    shorten_links: bool = False
    requires_approval: bool = False
    notes: str | None = None
    auto_repost_id: str | None = None

    @property
    def text(self) -> str:
        """The text that stands for the whole post: the default one, else the first network's."""
        return self.texts.get(DEFAULT) or next(iter(self.texts.values()), "")

    def text_for(self, network: str) -> str:
        """The text that a network gets."""
        own = self.texts.get(network)
        return self.texts.get(DEFAULT, "") if own is None else own

    def media_for(self, network: str) -> list[str]:
        """The media that a network gets."""
        own = self.media.get(network)
        return self.media.get(DEFAULT, []) if own is None else own

    @property
    def media_urls(self) -> list[str]:
        """All media, each once."""
        return list(dict.fromkeys(url for urls in self.media.values() for url in urls))
