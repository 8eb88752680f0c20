"""Ayrshare's plans: what each may use and how many User Profiles it has."""

from dataclasses import dataclass
from enum import StrEnum


class Plan(StrEnum):
    """A plan's name."""

    FREE = "free"
    PREMIUM = "premium"
    LAUNCH = "launch"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"


class Feature(StrEnum):
    """A part of the API that only some plans have."""

    USER_PROFILES = "user-profiles"
    """POST, GET, PATCH and DELETE /profiles; acting for a User Profile."""
    LINKING_URLS = "linking-urls"
    """generateJWT (Business and Enterprise in the reference; newer pages add Launch)."""
    WEBHOOKS = "webhooks"
    """/hook/webhook."""
    PREMIUM_POSTING = "premium-posting"
    """Changing posts, validating them, `autoHashtag` and `autoRepost` (documented)."""
    MAX_PACK = "max-pack"
    """Whether the Max Pack can be bought: expiresIn and the Connect Accounts e-mail."""
    ANALYTICS = "analytics"
    """Analytics, and what a profile has on a network."""
    ANALYTICS_BY_NETWORK_ID = "analytics-by-network-id"
    """Analytics of posts by the networks' ids."""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a plan includes.

    Attributes:
        max_profiles: How many User Profiles it allows; `None` is no limit.
        features: The parts of the API that it may use.
    """

    max_profiles: int | None
    features: frozenset[Feature]


_LINKING = frozenset(Feature)

PLANS: dict[Plan, PlanFacts] = {
    Plan.FREE: PlanFacts(0, frozenset()),
    Plan.PREMIUM: PlanFacts(
        0, frozenset({Feature.WEBHOOKS, Feature.PREMIUM_POSTING, Feature.ANALYTICS})
    ),
    Plan.LAUNCH: PlanFacts(10, _LINKING),
    Plan.BUSINESS: PlanFacts(30, _LINKING),
    Plan.ENTERPRISE: PlanFacts(None, _LINKING),
}
"""What each plan includes; older pages give linking to the last two only (documented)."""
