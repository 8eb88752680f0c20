"""What stands on the networks, as values that print usefully in a failing assertion."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import ndiff
from typing import Any, Final

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_LONGEST_SHOWN: Final = 200
_MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class PublishedPost:
    """A post as it was published on one network.

    Attributes:
        network: The network's name on the wire.
        post_id: Ayrshare's id of the post.
        ref_id: The profile that posted.
        text: The text as sent.
        media_urls: The media as sent.
        options: The network's options as sent.
        id: The network's id; `pending` until it is known, empty while the network takes its time.
        url: Its address on the network, if it is known.
        status: `success`, `slow`, or `deleted`.
        published: When, as ISO 8601 of the account's time.
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
    status: str = "success"
    published: str | None = None
    first_comment: str | None = None

    def __repr__(self) -> str:
        """The network, the text, and what is not plain about it."""
        more = [f"{len(self.media_urls)} media"] if self.media_urls else []
        more += [] if self.status == "success" else [self.status]
        return f"<Published on {self.network}: {' '.join([_quote(self.text), *more])}>"


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """A call of POST /post, and what became of it.

    Attributes:
        id: Ayrshare's id.
        ref_id: The profile that posted.
        status: As in history: `success`, `error`, `pending`, `processing`, `awaiting approval`,
            `paused` or `deleted`.
        text: The text that stands for the whole post.
        networks: The networks that it is for.
        schedule_date: When it appears, as ISO 8601.
        published: What stands on the networks.
        errors: What they refused.
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
        return cls(
            id=entry["id"],
            ref_id=entry["refId"],
            status=entry["status"],
            text=entry["post"],
            networks=entry["platforms"],
            schedule_date=entry["scheduleDate"],
            published=[_read_published(entry, one) for one in entry["published"]],
            errors=entry["errors"],
        )

    def __repr__(self) -> str:
        """Status, text, networks, and what they refused."""
        errors = [f"{one['platform']}: {one['code']} {one['message']}" for one in self.errors]
        parts = [f"{self.status} {_quote(self.text)} on {', '.join(self.networks)}", *errors]
        return f"<Post {'; '.join(parts)}>"


def _read_published(post: dict[str, Any], entry: dict[str, Any]) -> PublishedPost:
    return PublishedPost(
        network=entry["platform"],
        post_id=post["id"],
        ref_id=post["refId"],
        text=entry["post"],
        media_urls=entry["mediaUrls"],
        options=entry["options"],
        id=entry.get("id", ""),
        url=entry.get("postUrl"),
        status=entry["status"],
        published=entry.get("published"),
        first_comment=entry.get("firstComment", {}).get("comment"),
    )


def published_on(posts: Iterable[Post], network: str) -> list[PublishedPost]:
    """What of several posts people see on a network, the oldest first."""
    return [
        one
        for post in posts
        for one in post.published
        if one.network == network and one.status == "success"
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test expects to stand on a network.

    Attributes:
        network: The network.
        text: The whole text, or a pattern that it contains.
        media_urls: Exactly these media.
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
        options = all(one.options.get(name) == value for name, value in self.options.items())
        return fits and media and options

    def describe(self) -> list[str]:
        """A line for each thing that is expected."""
        text = self.text.pattern if isinstance(self.text, re.Pattern) else self.text
        wanted = {"text": text, "media_urls": self.media_urls, **self.options}
        given = [f"  {name}={value!r}" for name, value in wanted.items() if value is not None]
        return given or ["  any post"]


def find_posted(posts: Sequence[Post], wanted: Wanted) -> list[PublishedPost]:
    """Finds what was published as wanted.

    Raises:
        AssertionError: It was not, or not so often; the message says what stands there instead.
    """
    standing = published_on(posts, wanted.network)
    found = [one for one in standing if wanted.fits(one)]
    if (found and wanted.times is None) or len(found) == wanted.times:
        return found
    number = "at least one such post" if wanted.times is None else f"{wanted.times} such posts"
    lines = [f"{wanted.network} should have {number}, and has {len(found)}. Wanted:"]
    lines += [*wanted.describe(), *_describe_standing(posts, wanted, standing)]
    raise AssertionError("\n".join(lines))


def _describe_standing(
    posts: Sequence[Post], wanted: Wanted, standing: list[PublishedPost]
) -> list[str]:
    """What is on the network instead, and what was meant for it and is not there."""
    network, text = wanted.network, wanted.text
    lines = [f"On {network}:"] if standing else [f"Nothing is on {network}."]
    for one in standing[-_MOST_SHOWN:]:
        lines.append(f"  {one!r}")
        lines += [f"    {name}={value!r}" for name, value in one.options.items()]
        lines += [f"    {url}" for url in one.media_urls]
    if isinstance(text, str) and len(standing) == 1 and standing[0].text != text:
        lines.append("Difference of the texts (- wanted, + there):")
        lines += [f"  {line.rstrip()}" for line in ndiff([text], [standing[0].text])]
    there = {one.post_id for one in standing}
    missing = [post for post in posts if network in post.networks and post.id not in there]
    if missing:
        lines.append(f"Meant for {network}, and not there:")
        lines += [f"  {post!r}" for post in missing[-_MOST_SHOWN:]]
    return lines


def _quote(text: str) -> str:
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return repr(shown)
