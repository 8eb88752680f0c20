"""Records what was acknowledged, so that the end of a run can check that nothing was lost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeayr.loadtests.adapter import Adapter, Customer

Event = tuple[str, str]
"""What a webhook reports: `link` or `unlink` and the network, or `post` and the post's id."""


def read_event(body: dict[str, Any]) -> Event:
    """Returns what a webhook reports."""
    if body.get("action") == "scheduled":
        return str(body.get("subAction", "post")), str(body.get("id"))
    return str(body.get("type")), str(body.get("platform"))


@dataclass
class AcknowledgedPost:
    """A post that was acknowledged.

    Attributes:
        text: Its text, which no other post has.
        networks: Where it must stand.
        is_reported: Whether a webhook reports its publication.
        deleted: Whether its deletion was acknowledged; `None` if that got no response.
    """

    text: str
    networks: frozenset[str]
    is_reported: bool
    deleted: bool | None = False


@dataclass(frozen=True, kw_only=True)
class SeenPost:
    """A post as the target shows it.

    Attributes:
        post_id: Its id.
        text: Its text.
        networks: The networks on which it stands.
    """

    post_id: str
    text: str
    networks: list[str]


@dataclass
class Acknowledged:
    """A customer, and what was acknowledged about it.

    Attributes:
        customer: The customer.
        adapter: The adapter that made the customer.
        linked: Networks whose linking was acknowledged.
        unsure: Networks whose last change got no response, so that either state is correct.
        due: The expected webhooks, and how many of each.
        posts: The posts, by their ids.
    """

    customer: "Customer"
    adapter: "Adapter"
    linked: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    due: Counter[Event] = field(default_factory=Counter)
    posts: dict[str, AcknowledgedPost] = field(default_factory=dict)

    def begin_change(self, network: str) -> None:
        """Records that a link is about to change: until it is acknowledged, any state is right."""
        self.unsure.add(network)

    def add_link(self, network: str) -> None:
        """Records an acknowledged link."""
        self.unsure.discard(network)
        self.linked.add(network)
        self.due["link", network] += 1

    def remove_link(self, network: str) -> None:
        """Records an acknowledged unlinking."""
        self.unsure.discard(network)
        self.linked.discard(network)
        self.due["unlink", network] += 1

    def add_post(self, post_id: str, post: AcknowledgedPost) -> None:
        """Records an acknowledged post."""
        self.posts[post_id] = post
        if post.is_reported:
            self.due["post", post_id] += 1

    def begin_deletion(self, post_id: str) -> None:
        """Records that a scheduled post is about to be deleted: until then, any state is right."""
        self.posts[post_id].deleted = None
        del self.due["post", post_id]

    def end_deletion(self, post_id: str) -> None:
        """Records an acknowledged deletion."""
        self.posts[post_id].deleted = True

    @property
    def must_exist(self) -> bool:
        """Whether anything was acknowledged that must still exist."""
        return bool(self.customer.ref_id or self.due)

    @property
    def sure(self) -> set[str]:
        """Networks that must be linked."""
        return self.linked - self.unsure


class Acknowledgements:
    """Everything that was acknowledged to this process."""

    def __init__(self) -> None:
        self._entries: dict[str, Acknowledged] = {}

    def __iter__(self) -> Iterator[Acknowledged]:
        return iter([entry for entry in self._entries.values() if entry.must_exist])

    def __len__(self) -> int:
        return sum(entry.must_exist for entry in self._entries.values())

    def add_customer(self, customer: "Customer", adapter: "Adapter") -> Acknowledged:
        """Adds a customer and returns its record. Its profile must exist if its id is known."""
        entry = self._entries[customer.name] = Acknowledged(customer, adapter)
        return entry

    @property
    def links(self) -> int:
        """The number of links that must exist."""
        return sum(len(entry.sure) for entry in self)

    @property
    def posts(self) -> int:
        """The number of posts that must stand on their networks."""
        return sum(post.deleted is False for entry in self for post in entry.posts.values())

    @property
    def webhooks(self) -> int:
        """The number of expected webhooks."""
        return sum(entry.due.total() for entry in self)


def find_faults(posts: Mapping[str, AcknowledgedPost], seen: Iterable[SeenPost]) -> list[str]:
    """Returns which posts are lost, doubled, or published after their deletion.

    Args:
        posts: What was acknowledged, by the ids of the posts.
        seen: What the target shows.
    """
    standing = {post.post_id: set(post.networks) for post in seen}
    by_text: dict[str, Counter[str]] = {}
    for shown in seen:
        by_text.setdefault(shown.text, Counter()).update(shown.networks)
    faults = []
    for post_id, post in posts.items():
        there = standing.get(post_id, set())
        if post.deleted is False:
            lost = sorted(post.networks - there)
            faults += [f"post {post_id} on {network}" for network in lost]
        if post.deleted and there:
            faults.append(f"the deletion of post {post_id}")
        for network, times in sorted(by_text.get(post.text, Counter()).items()):
            if times > 1:
                faults.append(f"post {post_id}, twice on {network},")
    return faults
