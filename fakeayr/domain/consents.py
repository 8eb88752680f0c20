"""Consents: how a person's visit to a network ends, and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain import links
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.world import World

_KIND: Final = "consent"
_ANY: Final = "*"


class Outcome(StrEnum):
    """How a consent can end."""

    ALLOW = "allow"
    CANCEL = "cancel"
    NO_ACCOUNT = "no-account"
    PERMISSION_MISSING = "permission-missing"
    NETWORK_DOWN = "network-down"
    LINKED_ELSEWHERE = "linked-elsewhere"


SCENARIOS: Final[dict[Outcome, str]] = {
    Outcome.ALLOW: "Everything works",
    Outcome.NO_ACCOUNT: "There is no page or business account",
    Outcome.PERMISSION_MISSING: "A permission is not granted",
    Outcome.NETWORK_DOWN: "The network is down",
    Outcome.LINKED_ELSEWHERE: "The account is linked elsewhere already",
}
"""What the person on the consent page can choose to happen after Allow."""

_ERRORS: Final[dict[Outcome, ApiError]] = {
    Outcome.NO_ACCOUNT: errors.NO_ACCOUNT_TO_LINK,
    Outcome.PERMISSION_MISSING: errors.PERMISSION_MISSING,
    Outcome.NETWORK_DOWN: errors.NETWORK_DOWN,
    Outcome.LINKED_ELSEWHERE: errors.LINKED_ELSEWHERE,
}


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """How the next consent of a network ends, without asking the person.

    Attributes:
        outcome: How.
        details: Fields of the `displayNames` entry, if it links.
    """

    outcome: Outcome
    details: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a consent ended.

    Attributes:
        outcome: How.
        error: What the network or Ayrshare found wrong, if anything.
    """

    outcome: Outcome
    error: ApiError | None = None


def conclude(
    world: World,
    account: Account,
    profile: Profile,
    platform: str,
    chosen: Preset,
    *,
    own_app: bool = False,
) -> Conclusion:
    """Ends a consent: links the network if it was allowed and nothing is wrong.

    Raises:
        Refused: The profile is gone (144).
    """
    if chosen.outcome is Outcome.ALLOW:
        links.link(world, account, profile.key, platform, chosen.details, own_app=own_app)
        return Conclusion(chosen.outcome)
    if chosen.outcome is Outcome.NO_ACCOUNT and platform == "instagram":
        return Conclusion(chosen.outcome, errors.INSTAGRAM_NOT_PROFESSIONAL)
    return Conclusion(chosen.outcome, _ERRORS.get(chosen.outcome))


def preset(world: World, account: Account, platform: str | None, chosen: Preset) -> None:
    """Decides how the account's next consent ends; of any network if `platform` is `None`."""
    document = msgspec.json.encode(chosen)
    world.store.save_record(_KIND, _id(account, platform or _ANY), account.api_key, document)


def take_preset(world: World, account: Account, platform: str) -> Preset | None:
    """The decision about a network's next consent, if there is one; it counts once."""
    store = world.store
    with store.transaction(account.api_key):
        for name in (platform, _ANY):
            document = store.record(_KIND, _id(account, name))
            if document is not None:
                store.delete_record(_KIND, _id(account, name))
                return msgspec.json.decode(document, type=Preset)
    return None


def _id(account: Account, platform: str) -> str:
    return f"{account.api_key} {platform}"
