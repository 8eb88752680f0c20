"""How a network's next analytics end, as the tester decides."""

from enum import StrEnum
from typing import Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.tenants import Tenant

_ANYONE: Final = "*"


class AnalyticsOutcome(StrEnum):
    """How a network responds when it is asked for analytics."""

    FAILED = "failed"
    THROTTLED = "throttled"


ERRORS: Final[dict[AnalyticsOutcome, ApiError]] = {
    AnalyticsOutcome.FAILED: errors.ANALYTICS_FAILED,
    AnalyticsOutcome.THROTTLED: errors.ANALYTICS_THROTTLED,
}


class _Next(msgspec.Struct, frozen=True, kw_only=True):
    """How a network's next analytics fail, and how many of them."""

    outcome: AnalyticsOutcome
    times: int


_OUTCOMES: Final = Record(RecordKind.ANALYTICS_OUTCOME, _Next)


def set_outcome(
    tenant: Tenant,
    profile: Profile | None,
    platform: str,
    outcome: AnalyticsOutcome,
    times: int,
) -> None:
    """Decides how a network's next analytics fail; of any profile if `profile` is `None`."""
    whose = _ANYONE if profile is None else profile.key
    document = _Next(outcome=outcome, times=times)
    key = tenant.api_key
    _OUTCOMES.save(tenant.store, key, platform, whose, owner=key, document=document)


def take_outcome(tenant: Tenant, profile: Profile, platform: str) -> AnalyticsOutcome | None:
    """How a network's analytics fail now, if they do; each decision counts as often as it says."""
    for whose in (profile.key, _ANYONE):
        name = (tenant.api_key, platform, whose)
        if _OUTCOMES.get(tenant.store, *name) is None:
            continue
        with tenant.transaction():
            decided = _OUTCOMES.get(tenant.store, *name)
            if decided is None:  # Somebody else has taken it.
                continue
            if decided.times == 1:
                _OUTCOMES.delete(tenant.store, *name)
            else:
                left = msgspec.structs.replace(decided, times=decided.times - 1)
                _OUTCOMES.save(tenant.store, *name, owner=tenant.api_key, document=left)
            return decided.outcome
    return None
