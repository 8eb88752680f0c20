"""What can be made to happen on a fake, and on no other server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Control:
    """The parts of people, of time and of networks.

    Attributes:
        link: Links a network, given second, to the profile whose key is given first; to the primary
            profile for `None`.
        revoke: Withdraws a link at the network, likewise.
        suspend: Suspends the profile whose key is given.
        advance: Moves the account's clock forward by seconds.
        webhooks: Returns what the account's webhooks were sent, oldest first: the `refId` and
            the `body` of each.
        declare: Says what stands behind a URL: its fields are those of POST /_fakeayr/media.
    """

    link: Callable[[str | None, str], None]
    revoke: Callable[[str | None, str], None]
    suspend: Callable[[str], None]
    advance: Callable[[float], None]
    webhooks: Callable[[], list[dict[str, Any]]]
    declare: Callable[[dict[str, Any]], None]
