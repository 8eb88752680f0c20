"""What the domain asks of storage. The room `store` implements it.

It names the domain's types and imports none of them, so that each can use what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from fakeayr.errors import FakeayrError

if TYPE_CHECKING:
    from fakeayr.domain.accounts import Account
    from fakeayr.domain.media.facts import MediaFacts
    from fakeayr.domain.media.uploads import Upload
    from fakeayr.domain.notifications.outbox import Channel, Outgoing
    from fakeayr.domain.posting.posts import Post, PostFilter
    from fakeayr.domain.posting.published import PublishedFilter
    from fakeayr.domain.profiles import Profile, ProfileFilter, Usage

LOG_DELAY_SECONDS: Final = 0.05
"""Within what time a process writes entries of a log that it has announced."""


class StoreUnusable(FakeayrError):
    """The database cannot hold a state; the message says why, without a password."""


class StoreUnreachable(FakeayrError):
    """The database does not respond now; the message says why, without a password.

    Args:
        message: The whole sentence, for the person who runs the server.
        trouble: What is wrong, for clients: without names, paths or a full stop.
    """

    def __init__(self, message: str, trouble: str | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble


class StoreClosed(StoreUnreachable):
    """The store was closed; work that goes on beside the requests should end."""

    def __init__(self) -> None:
        super().__init__("The store is closed: the server that used it has ended.")


MOST_COUNTED: Final = 10_000
"""A tally counts no further: an account may have millions of posts, and counts are asked often."""


class Tally(NamedTuple):
    """How much there is of an account, each up to `MOST_COUNTED`.

    Attributes:
        last: The greatest number that an entry of its log has had; numbers never come twice.
        entries: Entries of the log.
        posts: Its posts.
        webhooks: Webhooks in its outbox.
        emails: E-mails in its outbox.
    """

    last: int
    entries: int
    posts: int
    webhooks: int
    emails: int


class Store(Protocol):
    """Accounts, their profiles, and what hangs below them.

    Objects are immutable: a change saves a new one. Every single write is atomic; several belong
    together inside `transaction`. Any method may raise `StoreUnreachable`; a later call may find
    the database well again.
    """

    @property
    def remote(self) -> bool:
        """Whether the database is another program, perhaps on another machine.

        Then calls spend most of their time waiting for it, and other servers that use it come and
        go unnoticed.
        """
        ...

    def close(self) -> None:
        """Gives back what the store holds open; it may not be used any more."""
        ...

    def transaction(self, account: str) -> AbstractContextManager[None]:
        """Reads and writes inside it take effect together or not at all.

        No other transaction of the account runs meanwhile, here or in any other process. One
        inside another is part of the outer one.

        Args:
            account: API key of the account that it is about; empty for what is the server's own.
        """
        ...

    def account(self, api_key: str) -> Account | None:
        """The account with this API key."""
        ...

    def accounts(self, limit: int) -> list[Account]:
        """At most so many accounts, those that were opened last first."""
        ...

    def save_account(self, account: Account) -> None:
        """Adds the account or replaces the one with its API key."""
        ...

    def delete_account(self, api_key: str) -> None:
        """Removes the account and everything below it."""
        ...

    def profile(self, key: str) -> Profile | None:
        """The profile with this key; an account's API key names its primary profile."""
        ...

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """The account's User Profile with exactly this title."""
        ...

    def save_profile(self, profile: Profile) -> None:
        """Adds the profile or replaces the one with its key."""
        ...

    def delete_profile(self, key: str) -> None:
        """Removes the profile."""
        ...

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """User Profiles in order of creation, each with its position for the next page."""
        ...

    def count_profiles(self, account: str) -> int:
        """How many User Profiles the account has."""
        ...

    def record(self, kind: str, record_id: str) -> bytes | None:
        """A small document kept under an id, such as a short link's target."""
        ...

    def save_record(self, kind: str, record_id: str, account: str, document: bytes) -> None:
        """Keeps a document; one under the same id is replaced."""
        ...

    def delete_record(self, kind: str, record_id: str) -> bool:
        """Removes a document; whether there was one. Of several who try, one removes it."""
        ...

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """Adds `(account, JSON object)` entries; an account keeps its latest `limit`.

        Entries of accounts that do not exist are dropped.
        """
        ...

    def log(
        self, kind: str, account: str, *, after: int = 0, limit: int | None = None
    ) -> list[tuple[int, bytes]]:
        """An account's entries with their numbers, oldest first.

        Args:
            kind: Which log.
            account: API key of the account.
            after: Only entries with greater numbers.
            limit: At most so many; all unless given.
        """
        ...

    def tally(self, account: str, log: str) -> Tally:
        """How much there is of an account; `log` is the log that is counted."""
        ...

    def clear_log(self, kind: str, account: str) -> None:
        """Removes an account's entries."""
        ...

    def announce_entries(self) -> Callable[[], None]:
        """Makes `await_entries` in other processes wait for entries that this one will write.

        It never fails, and neither does what it returns: call that once the entries are written,
        or will not be. They should be written within `LOG_DELAY_SECONDS`.
        """
        ...

    def await_entries(self) -> None:
        """Waits until the entries are written that other processes have announced by now."""
        ...

    def count_window(self, name: str, profile: Profile, now: float, window: float) -> int:
        """Counts one event and returns how many fell into the present window.

        A window of `window` seconds begins with its first event.
        """
        ...

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """Adds calls of existing profiles: `(key, how many, the last one's instant)`."""
        ...

    def usage(self, month: str, account: str, profile_key: str) -> Usage:
        """What a profile did in a month."""
        ...

    def count_post(self, month: str, post: Post) -> None:
        """Counts a post for its profile."""
        ...

    def add_outgoing(self, items: Iterable[tuple[Outgoing, float | None]], limit: int) -> None:
        """Puts items of one account into the outbox.

        Args:
            items: The items, and when to send each, UNIX seconds of the server's time; `None` for
                never.
            limit: How many finished ones of each channel the account keeps.
        """
        ...

    def save_outgoing(self, outgoing: Outgoing, due: float | None) -> None:
        """Replaces an outgoing item, says when it is due next, and ends its lease."""
        ...

    def outgoing(
        self, account: str, channel: Channel, *, limit: int | None = None
    ) -> list[Outgoing]:
        """An account's outbox, oldest first; with a limit its latest items."""
        ...

    def outgoing_item(self, account: str, channel: Channel, item_id: str) -> Outgoing | None:
        """An item of an account's outbox."""
        ...

    def find_outgoing(self, channel: Channel, item_id: str) -> Outgoing | None:
        """The item of the outbox with this id, whichever account's it is."""
        ...

    def lease(self, item_id: str, now: float, lease: float) -> Outgoing | None:
        """Takes an item, whether it is due or not, unless it is being sent; see `lease_due`."""
        ...

    def lease_due(
        self, now: float, lease: float, limit: int, *, account: str | None = None
    ) -> list[Outgoing]:
        """Takes what is due and not being sent; no other process gets it until the lease ends.

        Of each lane it takes the first, and nothing while one is being sent.

        Args:
            now: The server's time.
            lease: For how many seconds.
            limit: At most so many.
            account: Only this account's.
        """
        ...

    def next_due(self, account: str, after: float = 0.0) -> float | None:
        """When the next outgoing item or post that is due after an instant is due.

        Items that are being sent just now count, too.
        """
        ...

    def next_wake(self) -> float | None:
        """When the next outgoing item of any account can be taken, or its next post is due."""
        ...

    def hasten(self, account: str, seconds: float) -> None:
        """Brings an account's due times forward, since its clock was moved."""
        ...

    def save_posts(self, posts: Iterable[tuple[Post, float | None]]) -> None:
        """Adds posts, or replaces those with their ids.

        Args:
            posts: The posts, and when the next thing happens to each, UNIX seconds of the server's
                time; `None` for never.
        """
        ...

    def post(self, account: str, post_id: str) -> Post | None:
        """The account's post with this id."""
        ...

    def posts(self, account: str, wanted: PostFilter) -> list[Post]:
        """Posts of an account, the newest first."""
        ...

    def post_published_as(self, account: str, platform: str, network_id: str) -> Post | None:
        """The account's post that is live on a network under the network's id."""
        ...

    def published(self, wanted: PublishedFilter) -> list[Post]:
        """A profile's posts that are live on a network, the one published last first."""
        ...

    def has_idempotency_key(self, profile_key: str, key: str) -> bool:
        """Whether a post of the profile carried this `idempotencyKey`."""
        ...

    def due_posts(self, account: str, now: float, limit: int) -> list[Post]:
        """An account's posts to which something happens by now, in order of their due times.

        Args:
            account: API key of the account.
            now: The server's time.
            limit: At most so many.
        """
        ...

    def accounts_with_due_posts(self, now: float) -> list[str]:
        """The API keys of the accounts to whose posts something happens by now."""
        ...

    def add_post_text(self, post: Post, digest: str, instant: float) -> None:
        """Notes that a post with a text of this digest appears at an instant (account's time)."""
        ...

    def posts_with_text(
        self, profile_key: str, digest: str, after: float, before: float
    ) -> list[Post]:
        """A profile's posts with a text of this digest between two instants, neither included."""
        ...

    def save_upload(self, upload: Upload) -> None:
        """Adds an uploaded file without its content, or replaces what is known of it."""
        ...

    def upload(self, upload_id: str) -> Upload | None:
        """The uploaded file with this id, of any account."""
        ...

    def uploads(self, account: str) -> list[Upload]:
        """An account's uploaded files, oldest first."""
        ...

    def delete_upload(self, upload_id: str) -> None:
        """Removes an uploaded file and its content."""
        ...

    def add_upload_piece(self, upload: Upload, number: int, content: bytes) -> None:
        """Adds a piece of a file's content; the first is number 0."""
        ...

    def upload_piece(self, upload_id: str, number: int) -> bytes | None:
        """A piece of a file's content."""
        ...

    def save_declared(self, account: str, facts: MediaFacts) -> None:
        """Keeps what a URL holds for an account, in place of what was declared before."""
        ...

    def declared(self, account: str, url: str) -> MediaFacts | None:
        """What was declared for an account that a URL holds."""
        ...

    def all_declared(self, account: str) -> list[MediaFacts]:
        """What was declared for an account, oldest URL first."""
        ...

    def count_declared(self, account: str) -> int:
        """How many URLs were declared for an account."""
        ...

    def clear_declared(self, account: str) -> None:
        """Removes what was declared for an account."""
        ...
