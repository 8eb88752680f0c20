"""Posting for checks: every post is marked, noted before it is sent, and deleted in the end."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.contract.errors import OutOfTime
from fakeayr.contract.expectations import NotServed, expect
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.post_responses import id_of, ids_in
from fakeayr.contract.server import Answer

if TYPE_CHECKING:
    from fakeayr.contract.session import ContractSession

FILM: Final[dict[str, Any]] = {"randomMediaUrl": True, "isVideo": True, "isPortraitVideo": True}
"""The fields of a random video that every network of videos takes."""
SAMPLE_IMAGE: Final = "https://img.ayrshare.com/012/gb.jpg"
"""The image of Ayrshare's own samples."""
NOT_ON_THE_REAL_API: Final = frozenset(
    {"twitter", *(name for name, network in POSTING.items() if not network.deletable)}
)
"""Where nothing is posted on a server that may be the real one: what is published there cannot be
deleted through the API, or takes the credentials of an X app."""
PLAIN: Final = tuple(name for name, it in POSTING.items() if not it.needs_media and not it.required)
"""Networks that take a text and nothing more."""
LIMITS: Final = {
    "bluesky": 300,
    "instagram": 2200,
    "linkedin": 3000,
    "pinterest": 500,
    "threads": 500,
    "tiktok": 2200,
    "twitter": 280,
    "youtube": 5000,
}
"""The longest texts, as the documentation of each network says."""
PLAIN_DELETABLE: Final = tuple(name for name in PLAIN if POSTING[name].deletable)
"""Those of them where what is published can be deleted."""
NOBODYS_POST: Final = "AAAAAAAAAAAAAAAAAAAA"
"""An id of the right shape that no server has given to any post."""
_NEED_MEDIA: Final = frozenset(name for name, network in POSTING.items() if network.needs_media)
_NEED_VIDEO: Final = frozenset({"youtube"})
_LEFT_UNLINKED: Final = "telegram"
"""So that the primary profile of a fake has a network that is not linked."""
_FAR_DAYS: Final = 40
_DAYS_APART: Final = 5
"""Ayrshare looks for duplicates within two days."""
_WORDS: Final = (
    "amber apron autumn bakery barley basil bread butter candle caramel cedar cherry cinnamon "
    "clay clover cocoa copper crumb dough ember flour garden ginger harbour hazel honey ivory "
    "juniper kettle lantern lavender lemon linen maple meadow mint morning nutmeg oak oat "
    "olive orchard oven paper pepper pine plum pumpkin quince raisin river rosemary rye "
    "saffron sage salt seed sesame silver spelt sugar thyme vanilla violet walnut wheat "
    "willow window winter yeast"
)


@dataclass(frozen=True, slots=True)
class Author:
    """A profile that posts.

    Attributes:
        key: Its profile key; `None` for the primary profile.
        title: Its title.
        ref_id: Its refId.
        networks: What is linked to it and may be posted to, in the order of Ayrshare.
    """

    key: str | None
    title: str
    ref_id: str
    networks: tuple[str, ...]

    def among(self, *wanted: str) -> list[str]:
        """Those of the networks that it has.

        Raises:
            NotServed: It has none of them.
        """
        found = [network for network in self.networks if network in wanted]
        if not found:
            raise NotServed(f"none of {', '.join(wanted)} is linked and may be posted to")
        return found


class Posts:
    """What posts in a run.

    Args:
        session: The run.
        leftovers: Where posts are noted.
        run: What stands in every title and text of the run.

    Attributes:
        shared: Texts of posts that several checks look at.
        ahead_seconds: By how much the account's clock has been moved.
    """

    def __init__(self, session: "ContractSession", leftovers: Leftovers, run: str) -> None:
        self.shared: set[str] = set()
        self.ahead_seconds = 0.0
        self._session = session
        self._leftovers = leftovers
        self._run = run
        self._count = 0

    # Who posts

    @cached_property
    def account(self) -> Author:
        """The primary profile, with what its owner has linked.

        Raises:
            NotServed: Nothing is linked that may be posted to.
        """
        session = self._session
        if session.control is not None:
            for network in NETWORKS:
                if network != _LEFT_UNLINKED:
                    session.control.link(None, network)
        user = session.call("GET", "/user").fields
        linked = user.get("activeSocialAccounts") or []
        shunned = NOT_ON_THE_REAL_API if session.target.paced else frozenset()
        networks = tuple(it for it in NETWORKS if it in linked and it not in shunned)
        if not networks:
            raise NotServed("the account has linked no network that may be posted to")
        return Author(None, str(user.get("title")), str(user.get("refId")), networks)

    @cached_property
    def profile(self) -> Author:
        """A new profile with every network linked; only a fake can have one."""
        return self.new_profile()

    def new_profile(self, *networks: str) -> Author:
        """A new profile with networks linked, all of them unless given."""
        linked = networks or tuple(NETWORKS)
        made = self._session.create_profile()
        for network in linked:
            self._session.fake.link(made.key, network)
        return Author(made.key, made.title, made.ref_id, linked)

    @cached_property
    def unlinked(self) -> Author:
        """A profile that has nothing linked: what is posted for it is not seen."""
        profile = self._session.profile
        return Author(profile.key, profile.title, profile.ref_id, ())

    def advance(self, seconds: float) -> None:
        """Moves the account's clock forward.

        Raises:
            NotServed: It cannot be moved here, as the server is no fake.
        """
        self._session.fake.advance(seconds)
        self.ahead_seconds += seconds

    # What is posted

    def text(self) -> str:
        """A new text that says where it comes from, and is like no other.

        It has an ampersand and a cup of coffee, which must not suffer on their way.
        """
        self._count += 1
        words = " ".join(secrets.choice(_WORDS.split()) for _ in range(10))
        return f"{TITLE_PREFIX}{self._run}-post-{self._count}: {words} & \u2615"

    def far(self, days: float = 0) -> str:
        """A moment far ahead, so that what is scheduled for it is deleted before."""
        moment = datetime.now(UTC) + timedelta(days=_FAR_DAYS + days, seconds=self.ahead_seconds)
        return moment.strftime("%Y-%m-%dT%H:%M:00Z")

    def apart(self, number: int) -> str:
        """A moment far ahead, too far from those of other numbers for a duplicate."""
        return self.far(number * _DAYS_APART)

    def body(self, networks: Iterable[str], **fields: Any) -> dict[str, Any]:
        """A body of POST /post with what the networks require; a field of `None` is left out."""
        chosen = list(networks)
        body: dict[str, Any] = {"post": self.text(), "platforms": chosen}
        title = f"{TITLE_PREFIX}{self._run}"
        if _NEED_VIDEO & set(chosen):
            body |= {"randomMediaUrl": True, "isVideo": True, "isLandscapeVideo": True}
            body["youTubeOptions"] = {"title": title, "visibility": "private"}
        elif _NEED_MEDIA & set(chosen):
            body["randomMediaUrl"] = True
        if "reddit" in chosen:
            body["redditOptions"] = {"title": title, "subreddit": "test"}
        body |= fields
        return {name: value for name, value in body.items() if value is not None}

    # Posting

    def send(
        self,
        author: Author,
        body: Any,
        *,
        method: str = "POST",
        path: str = "/post",
        marks: Sequence[str] = (),
        **sent: Any,
    ) -> Answer:
        """Makes a call that posts; what it posts is deleted when the run ends.

        Args:
            author: Who posts.
            body: The body; `None` if it is sent otherwise.
            method: The method.
            path: The path.
            marks: The texts by which posts can be found; those of the body unless given.
            sent: As in `ContractSession.call`.
        """
        session = self._session
        noted = [
            Leftover(session.target.url, it, author.key or "", is_post=True)
            for it in (marks or list(_texts(body)))
        ]
        for entry in noted:
            self._leftovers.add(entry)
        try:
            answer = session.call(method, path, profile_key=author.key, body=body, **sent)
        except OutOfTime:  # No call was made.
            self._forget(noted)
            raise
        ids = tuple(ids_in(answer))
        if _posted_nothing(answer):
            self._forget(noted)
        elif ids:
            self._forget(noted[1:])
            title = noted[0].title if noted else f"{TITLE_PREFIX}{self._run} {ids[0]}"
            entry = Leftover(session.target.url, title, author.key or "", True, ids)
            self._leftovers.add(entry)
        return answer

    def post(self, author: Author, networks: Iterable[str], **fields: Any) -> Answer:
        """Posts to networks; see `body` and `send`."""
        return self.send(author, self.body(networks, **fields))

    def schedule(self, author: Author, networks: Iterable[str], **fields: Any) -> str:
        """Schedules a post far ahead; returns its id.

        Raises:
            FactBroken: It was not scheduled.
        """
        answer = self.post(author, networks, **{"scheduleDate": self.far(), **fields})
        expect(answer.status == 200, "the post was not scheduled", answer)
        return id_of(answer)

    @cached_property
    def published(self) -> tuple[list[str], str, Answer]:
        """A post of the primary profile that checks share: its networks, text and response."""
        networks = [it for it in self.account.networks if it not in _NEED_VIDEO]
        body = self.body(networks or self.account.networks)
        self.shared.add(body["post"])
        return body["platforms"], body["post"], self.send(self.account, body)

    def get(self, author: Author, post_id: str) -> Answer:
        """GET /post/:id."""
        return self._session.call("GET", f"/post/{post_id}", profile_key=author.key)

    def state(self, author: Author, post_id: str) -> Any:
        """How far a post has come, as GET /post/:id returns it."""
        return self.get(author, post_id).fields.get("status")

    def expect_state(self, author: Author, post_id: str, state: str) -> Answer:
        """Checks how far a post has come, and returns what GET /post/:id shows of it.

        Raises:
            FactBroken: It is not in this state.
        """
        shown = self.get(author, post_id)
        found = shown.fields.get("status")
        expect(found == state, f"the post is {found}, not {state}", shown)
        return shown

    def ids(self, author: Author, **query: Any) -> list[Any]:
        """The ids of the rows of GET /history."""
        return [row.get("id") for row in self.history(author, **query)]

    def delete(self, author: Author, post_id: str, **fields: Any) -> Answer:
        """DELETE /post."""
        body = {"id": post_id, **fields}
        return self._session.call("DELETE", "/post", profile_key=author.key, body=body)

    def change(self, author: Author, post_id: str, method: str = "PATCH", **fields: Any) -> Answer:
        """PATCH /post."""
        body = {"id": post_id, **fields}
        return self._session.call(method, "/post", profile_key=author.key, body=body)

    def retry(self, author: Author, post_id: str) -> Answer:
        """PUT /post/retry."""
        body = {"id": post_id}
        return self._session.call("PUT", "/post/retry", profile_key=author.key, body=body)

    def history(self, author: Author, **query: Any) -> list[dict[str, Any]]:
        """The rows of GET /history; none if it says that there are none."""
        answer = self._session.call("GET", "/history", profile_key=author.key, query=query)
        rows = answer.fields.get("history")
        if isinstance(rows, dict):
            return []
        expect(answer.status == 200 and isinstance(rows, list), "no history", answer)
        return [row for row in rows or [] if isinstance(row, dict)]

    def _forget(self, noted: Iterable[Leftover]) -> None:
        for entry in noted:
            self._leftovers.remove(entry.url, entry.title)


def _texts(body: Any) -> Iterator[str]:
    """The marked texts in a body."""
    match body:
        case str() if body.startswith(TITLE_PREFIX):
            yield body
        case dict() if "post" in body:
            yield from list(_texts(body["post"]))[:1]
        case dict():
            for value in body.values():
                yield from _texts(value)


def _posted_nothing(answer: Answer) -> bool:
    """Whether a refusal says that nothing was published, nor is going to be."""
    posts = answer.fields.get("posts")
    told = [it for it in posts if isinstance(it, dict)] if isinstance(posts, list) else []
    refused = 400 <= answer.status < 500 and bool(answer.fields)  # A gateway's 5xx says nothing.
    return refused and not any(it.get("postIds") for it in [answer.fields, *told])
