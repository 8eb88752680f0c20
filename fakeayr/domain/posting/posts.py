"""Posts, and what stands of each on the networks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.domain.posting.requests import PostRequest

PENDING_ID: Final = "pending"
"""The id of a publication that its network has not named yet (reference)."""


class PostStatus(StrEnum):
    """How far a post has come; these words stand in history (documented)."""

    AWAITING_APPROVAL = "awaiting approval"
    DELETED = "deleted"
    ERROR = "error"
    PAUSED = "paused"
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESS = "success"


class PublicationStatus(StrEnum):
    """How a post fared on one network."""

    DELETED = "deleted"
    ERROR = "error"
    SLOW = "slow"
    """The network takes its time; nothing is known yet."""
    SUCCESS = "success"


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The first comment of a publication.

    Attributes:
        id: The network's id.
        text: Its text.
        media_urls: Its pictures.
        published: When, UNIX seconds of the account's time.
    """

    id: str
    text: str
    media_urls: list[str] = []
    published: float


class Publication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A post on one network.

    Attributes:
        platform: The network's name on the wire.
        status: How it fared.
        id: The network's id; `pending` until it is known, empty if there is none.
        post_url: Its public address; `None` until it is known.
        later: The id and the address that its network tells later.
        extra: Further fields of its entry in `postIds`.
        text: The text as sent.
        media_urls: The media as sent.
        options: The network's options as sent.
        published: When, UNIX seconds of the account's time.
        due: When the network goes on with it, UNIX seconds of the account's time.
        comment_due: When its first comment follows, likewise.
        comment: Its first comment.
        error: What the network refused, as an entry of `errors`.
    """

    platform: str
    status: PublicationStatus = PublicationStatus.SUCCESS
    id: str = ""
    post_url: str | None = None
    later: tuple[str, str | None] | None = None
    extra: dict[str, Any] = {}
    text: str = ""
    media_urls: list[str] = []
    options: dict[str, Any] = {}
    published: float | None = None
    due: float | None = None
    comment_due: float | None = None
    comment: Comment | None = None
    error: dict[str, Any] | None = None

    @property
    def is_live(self) -> bool:
        """Whether people see it on the network."""
        return self.status is PublicationStatus.SUCCESS


class Post(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One call of POST /post.

    Attributes:
        id: Ayrshare's id.
        account: API key of its account.
        profile_key: The profile it belongs to; the API key for the primary one.
        ref_id: That profile's public id.
        profile_title: The User Profile's title; `None` for the primary one.
        created: When it was submitted, UNIX seconds of the account's time.
        request: What was asked for.
        status: How far it has come.
        is_announced: Whether the webhook `scheduled` reports its end: it was scheduled or retried.
        is_retried: Whether it was retried; that works once.
        idempotency_key: What the profile's other posts may not carry.
        publications: What stands of it on the networks, alphabetically by network.
        approved: When it was approved, UNIX seconds of the account's time.
        deleted_by_hand: Whether it was marked as deleted at the networks.
    """

    id: str
    account: str
    profile_key: str
    ref_id: str
    profile_title: str | None = None
    created: float
    request: PostRequest
    status: PostStatus
    is_announced: bool = False
    is_retried: bool = False
    idempotency_key: str | None = None
    publications: list[Publication] = []
    approved: float | None = None
    deleted_by_hand: bool = False

    @property
    def due(self) -> float | None:
        """When the next thing happens to it, UNIX seconds of the account's time."""
        if self.status is PostStatus.PENDING:
            return self.created if self.request.scheduled is None else self.request.scheduled
        if self.status is PostStatus.DELETED:
            return None
        dates = [date for one in self.publications for date in (one.due, one.comment_due)]
        return min((date for date in dates if date is not None), default=None)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """What the networks refused."""
        return [one.error for one in self.publications if one.error is not None]

    def publication(self, network: str) -> Publication | None:
        """What stands of it on a network."""
        return next((one for one in self.publications if one.platform == network), None)

    def __repr__(self) -> str:
        """Names the post without its profile's key."""
        return f"<Post {self.id} {self.status} {self.request.platforms}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostFilter:
    """Which posts of an account are wanted; the newest come first.

    Attributes:
        limit: At most so many.
        profile_key: Only those of this profile, which is one of the account.
        since: Submitted at this instant (UNIX seconds of the account's time) or later.
        until: Submitted at this instant or earlier.
        statuses: With one of these.
        excluded: Without these.
        scheduled: Whether it was scheduled, or published at once.
        platforms: For one of these networks.
        auto_repost_id: Of this series; empty for any series.
    """

    limit: int
    profile_key: str | None = None
    since: float | None = None
    until: float | None = None
    statuses: frozenset[PostStatus] | None = None
    excluded: frozenset[PostStatus] = frozenset()
    scheduled: bool | None = None
    platforms: list[str] | None = None
    auto_repost_id: str | None = None
