"""Consents: how a person's visit to a network ends, and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain import links
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.tenants import Tenant

_ANY: Final = "*"


class ConsentOutcome(StrEnum):
    """How a consent can end."""

    ALLOW = "allow"
    CANCEL = "cancel"
    NO_ACCOUNT = "no-account"
    PERMISSION_MISSING = "permission-missing"
    NETWORK_DOWN = "network-down"
    LINKED_ELSEWHERE = "linked-elsewhere"


SCENARIOS: Final[dict[ConsentOutcome, str]] = {
    ConsentOutcome.ALLOW: "Everything works",
    ConsentOutcome.NO_ACCOUNT: "There is no page or business account",
    ConsentOutcome.PERMISSION_MISSING: "A permission is not granted",
    ConsentOutcome.NETWORK_DOWN: "The network is down",
    ConsentOutcome.LINKED_ELSEWHERE: "The account is linked elsewhere already",
}
"""What the person on the consent page can choose to happen after Allow."""

_ERRORS: Final[dict[ConsentOutcome, ApiError]] = {
    ConsentOutcome.NO_ACCOUNT: errors.NO_ACCOUNT_TO_LINK,
    ConsentOutcome.PERMISSION_MISSING: errors.PERMISSION_MISSING,
    ConsentOutcome.NETWORK_DOWN: errors.NETWORK_DOWN,
    ConsentOutcome.LINKED_ELSEWHERE: errors.LINKED_ELSEWHERE,
}


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """How the next consent of a network ends, without asking the person.

    Attributes:
        outcome: How.
        details: Fields of the `displayNames` entry, if it links.
    """

    outcome: ConsentOutcome
    details: dict[str, Any] = {}


_PRESETS: Final = Record(RecordKind.PRESET, Preset)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a consent ended.

    Attributes:
        outcome: How.
        error: What the network or Ayrshare found wrong, if anything.
    """

    outcome: ConsentOutcome
    error: ApiError | None = None


def conclude(
    tenant: Tenant,
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
    if chosen.outcome is ConsentOutcome.ALLOW:
        links.link(tenant, profile.key, platform, chosen.details, own_app=own_app)
        return Conclusion(chosen.outcome)
    if chosen.outcome is ConsentOutcome.NO_ACCOUNT and platform == "instagram":
        return Conclusion(chosen.outcome, errors.INSTAGRAM_NOT_PROFESSIONAL)
    return Conclusion(chosen.outcome, _ERRORS.get(chosen.outcome))


def preset(tenant: Tenant, platform: str | None, chosen: Preset) -> None:
    """Decides how the account's next consent ends; of any network if `platform` is `None`."""
    key = tenant.api_key
    _PRESETS.save(tenant.store, key, platform or _ANY, owner=key, document=chosen)


def take_preset(tenant: Tenant, platform: str) -> Preset | None:
    """The decision about a network's next consent, if there is one; it counts once."""
    with tenant.transaction():
        for name in (platform, _ANY):
            chosen = _PRESETS.get(tenant.store, tenant.api_key, name)
            if chosen is not None:
                _PRESETS.delete(tenant.store, tenant.api_key, name)
                return chosen
    return None
