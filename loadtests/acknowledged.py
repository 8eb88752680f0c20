"""Records what was acknowledged, so that the end of a run can check that nothing was lost."""

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
    """A customer, and what was acknowledged about it.

    Attributes:
        customer: The customer.
        adapter: The adapter that made the customer.
        linked: Networks whose linking was acknowledged.
        unsure: Networks whose last change got no response, so that either state is correct.
        due: The expected webhooks, and how many of each.
    """

    customer: "Customer"
    adapter: "Adapter"
    linked: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    due: Counter[Event] = field(default_factory=Counter)

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
    def webhooks(self) -> int:
        """The number of expected webhooks."""
        return sum(entry.due.total() for entry in self)
