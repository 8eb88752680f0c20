"""POST /_fakeayr/analytics: what networks report of posts and accounts, and how they fail."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.control.access import check_platform, fields_into, owner
from fakeayr.domain import profiles
from fakeayr.domain.posting import analytics_outcomes
from fakeayr.domain.posting.analytics_outcomes import AnalyticsOutcome
from fakeayr.domain.refusals import incorrect
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_analytics", __name__)


class NewAnalytics(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """Values of a post or an account, or how a network's next analytics fail.

    Attributes:
        platform: The network.
        id: Ayrshare's or the network's id of a post; without it, `values` are the account's.
        profile_key: Whose account at the network: the primary profile's unless given. An outcome
            hits any profile without it.
        values: Fields as the response has them; they count from now on.
        outcome: How the network's next analytics fail.
        times: How many of them.
    """

    platform: str
    id: Annotated[str, Meta(pattern=r"^\S{1,500}$")] | None = None
    profile_key: str | None = None
    values: dict[str, Any] | None = None
    outcome: AnalyticsOutcome | None = None
    times: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


@blueprint.post("/analytics")
@owner
def choose_analytics(tenant: Tenant) -> dict[str, Any]:
    """Sets values, or decides how the next analytics of a network fail."""
    order = fields_into(NewAnalytics)
    platform = check_platform(order.platform)
    if (order.values is None) == (order.outcome is None):
        raise incorrect("Either values or outcome is required.")
    key = order.profile_key
    profile = profiles.get(tenant, tenant.api_key if key is None else key)
    if order.values is not None:
        from fakeayr.domain.posting import chosen_analytics  # noqa: PLC0415 - it would slow every start

        chosen_analytics.set_analytics(tenant, profile, platform, order.id, order.values)
    elif order.outcome is not None:
        whose = None if key is None else profile
        analytics_outcomes.set_outcome(tenant, whose, platform, order.outcome, order.times)
    return {"status": "success"}
