"""Posts and what networks show of them, as values that print usefully in a failing assertion."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches, ndiff
from typing import Any, Final

from fakeayr.client.refusals import describe_error
from fakeayr.testing.decoding import decode
from fakeayr.testing.records import shorten

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_LONGEST_TEXT: Final = 200
_LONGEST_ERROR: Final = 120
_MOST_SHOWN: Final = 10
_SHOWN: Final = "success"
_WAITING: Final = frozenset({"pending", "paused"})


@dataclass(frozen=True, slots=True, repr=False)
class PublishedPost:
    """A post on one network.

    Attributes:
        network: The network.
        post_id: Ayrshare's id of the post.
        ref_id: The profile that posted.
        text: The text as sent.
        media_urls: The media as sent.
        options: The network's options as sent.
        id: The network's id; `pending` until it is known, empty while the network takes its time.
        url: Its address on the network, if it is known.
        status: `success` while people see it, `slow` before, `deleted` afterwards.
        published: When it appeared, as ISO 8601 of the account's time.
        first_comment: The text of its first comment, once that has followed.
    """

    network: str
    post_id: str
    ref_id: str
    text: str
    media_urls: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    url: str | None = None
    status: str = _SHOWN
    published: str | None = None
    first_comment: str | None = None

    def __repr__(self) -> str:
        """The network, the text, and whatever else there is."""
        more = [] if self.status == _SHOWN else [f"({self.status})"]
        more += [f"{name}={value!r}" for name, value in self.options.items()]
        more += self.media_urls
        return f"<PublishedPost {' '.join([self.network, _quote(self.text), *more])}>"


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """What one call of POST /post has become.

    Attributes:
        id: Ayrshare's id.
        ref_id: The profile that posted.
        status: As in history: `success`, `error`, `pending`, `processing`, `awaiting approval`,
            `paused` or `deleted`.
        text: The text; the default one if networks have their own.
        networks: The networks that it is for.
        schedule_date: When it appears, as ISO 8601.
        published: What the networks took, one for each.
        errors: What the networks refused, as Ayrshare reports it.
    """

    id: str
    ref_id: str
    status: str
    text: str
    networks: list[str]
    schedule_date: str
    published: list[PublishedPost]
    errors: list[dict[str, Any]]

    @classmethod
    def from_entry(cls, entry: dict[str, Any]) -> "Post":
        """An entry of `GET /_fakeayr/posts` as a value."""
        published = [_read_published(entry, one) for one in entry["published"]]
        return decode(
            cls, entry, text=entry["post"], networks=entry["platforms"], published=published
        )

    def __repr__(self) -> str:
        """The same in angle brackets."""
        return f"<Post {self}>"

    def __str__(self) -> str:
        """Its text, networks and status, and what the networks refused."""
        until = f" until {self.schedule_date}" if self.status in _WAITING else ""
        line = f"{_quote(self.text)} for {', '.join(self.networks)}: {self.status}{until}"
        errors = [shorten(describe_error(error), _LONGEST_ERROR) for error in self.errors]
        return "; ".join([line, *errors])


def _read_published(post: dict[str, Any], entry: dict[str, Any]) -> PublishedPost:
    return decode(
        PublishedPost,
        entry,
        network=entry["platform"],
        post_id=post["id"],
        ref_id=post["refId"],
        text=entry["post"],
        url=entry.get("postUrl"),
        first_comment=entry.get("firstComment", {}).get("comment"),
    )


def published_on(posts: Iterable[Post], network: str) -> list[PublishedPost]:
    """What people see of several posts on a network, the oldest first."""
    return [
        one
        for post in posts
        for one in post.published
        if one.network == network and one.status == _SHOWN
    ]


@dataclass(frozen=True, slots=True)
class WantedPost:
    """What a test expects people to see on a network.

    Attributes:
        network: The network.
        text: The whole text, or a pattern that it contains.
        media_urls: Exactly these media, in this order.
        options: Options of the network, with their values.
        times: How many posts; `None` for at least one.
    """

    network: str
    text: "str | re.Pattern[str] | None"
    media_urls: Sequence[str] | None
    options: dict[str, Any]
    times: int | None

    def fits(self, one: PublishedPost) -> bool:
        """Whether a published post is one of these."""
        if isinstance(self.text, re.Pattern):
            fits = self.text.search(one.text) is not None
        else:
            fits = self.text in {None, one.text}
        media = self.media_urls is None or list(self.media_urls) == one.media_urls
        options = all(
            name in one.options and one.options[name] == value
            for name, value in self.options.items()
        )
        return fits and media and options

    def __str__(self) -> str:
        """How many of what, in the test's own words."""
        text = self.text.pattern if isinstance(self.text, re.Pattern) else self.text
        plain = {"text": text, "media_urls": self.media_urls}
        wanted = {name: value for name, value in plain.items() if value is not None}
        given = [f"{name}={value!r}" for name, value in (wanted | self.options).items()]
        return f"A post on {self.network}{' with ' if given else ''}{', '.join(given)}"


def find_posted(posts: Sequence[Post], wanted: WantedPost) -> list[PublishedPost]:
    """Finds what people see on a network of what a test expects.

    Args:
        posts: The posts to look through.
        wanted: What the test expects.

    Raises:
        AssertionError: There are fewer or more; the message says what is there, and why what was
            meant for the network is not.
    """
    shown = published_on(posts, wanted.network)
    found = [one for one in shown if wanted.fits(one)]
    if (found and wanted.times is None) or len(found) == wanted.times:
        return found
    expected = "at least once" if wanted.times is None else count_times(wanted.times)
    lines = [f"{wanted} is there {count_times(len(found))}, not {expected}."]
    lines += _describe_shown(wanted, shown) if shown else [f"Nothing is on {wanted.network}."]
    lines += _describe_missing(posts, wanted.network, shown)
    raise AssertionError("\n".join(lines))


def _describe_shown(wanted: WantedPost, shown: Sequence[PublishedPost]) -> list[str]:
    """What is on the network, and where the text that comes nearest differs."""
    lines = [f"On {wanted.network}:", *(f"  {one!r}" for one in shown[-_MOST_SHOWN:])]
    texts = [one.text for one in shown]
    if isinstance(wanted.text, str) and wanted.text not in texts:
        for near in get_close_matches(wanted.text, texts, n=1):
            lines.append("The nearest text (- wanted, + there):")
            compared = ndiff(wanted.text.splitlines(), near.splitlines())
            lines += [f"  {line.rstrip()}" for line in compared]
    return lines


def _describe_missing(
    posts: Sequence[Post], network: str, shown: Sequence[PublishedPost]
) -> list[str]:
    """What was meant for the network and is not there."""
    there = {one.post_id for one in shown}
    missing = [post for post in posts if network in post.networks and post.id not in there]
    if not missing:
        return []
    return [f"Not on {network}:", *(f"  {post!r}" for post in missing[-_MOST_SHOWN:])]


def count_times(number: int) -> str:
    """How often, in words."""
    return "once" if number == 1 else f"{number} times"


def _quote(text: str) -> str:
    return repr(shorten(text, _LONGEST_TEXT))
