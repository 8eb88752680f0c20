"""What a profile has on a network, as GET /history/:platform lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFilter:
    """Which posts that are live on a network are wanted.

    Attributes:
        profile_key: The profile's; the API key for the primary one.
        platform: The network.
        limit: At most so many.
        since: Published at this instant (UNIX seconds of the account's time) or later.
        until: Published at this instant or earlier.
        before: Only those that follow this one: its instant, and the network's id.
    """

    profile_key: str
    platform: str
    limit: int
    since: float | None = None
    until: float | None = None
    before: tuple[float, str] | None = None
