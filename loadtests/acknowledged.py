"""What was acknowledged, so that the end of a run can check that nothing is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeayr.loadtests.adapter import Adapter, Customer

Event = tuple[str, str]
"""What a webhook reports: `link` or `unlink`, and the network."""


@dataclass
class Acknowledged:
    """A customer, and what was acknowledged of it.

    Attributes:
        customer: The customer.
        adapter: How to ask about it.
        linked: Networks whose linking was acknowledged.
        unsure: Networks whose last change was never answered: either state is right.
        due: Webhooks that have to come, and how many of each.
    """

    customer: "Customer"
    adapter: "Adapter"
    linked: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    due: Counter[Event] = field(default_factory=Counter)

    def begin_change(self, network: str) -> None:
        """Notes that a link is about to change: until that is acknowledged, any state is right."""
        self.unsure.add(network)

    def add_link(self, network: str) -> None:
        """Notes that a link was acknowledged."""
        self.unsure.discard(network)
        self.linked.add(network)
        self.due["link", network] += 1

    def remove_link(self, network: str) -> None:
        """Notes that the end of a link was acknowledged."""
        self.unsure.discard(network)
        self.linked.discard(network)
        self.due["unlink", network] += 1

    @property
    def must_exist(self) -> bool:
        """Whether there is anything that must be there."""
        return bool(self.customer.ref_id or self.due)

    @property
    def sure(self) -> set[str]:
        """Networks that must be linked."""
        return self.linked - self.unsure


class Acknowledgements:
    """All that was acknowledged to this process."""

    def __init__(self) -> None:
        self._entries: dict[str, Acknowledged] = {}

    def __iter__(self) -> Iterator[Acknowledged]:
        return iter([entry for entry in self._entries.values() if entry.must_exist])

    def __len__(self) -> int:
        return sum(entry.must_exist for entry in self._entries.values())

    def add_customer(self, customer: "Customer", adapter: "Adapter") -> Acknowledged:
        """Notes a customer, whose profile was acknowledged if its id is known."""
        entry = self._entries[customer.name] = Acknowledged(customer, adapter)
        return entry

    @property
    def links(self) -> int:
        """Links that must be there."""
        return sum(len(entry.sure) for entry in self)

    @property
    def webhooks(self) -> int:
        """Webhooks that have to come."""
        return sum(entry.due.total() for entry in self)
