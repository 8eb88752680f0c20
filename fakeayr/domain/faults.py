"""Faults: what can go wrong, ordering it, and finding the fault that hits a call."""

import hashlib
from enum import StrEnum
from fnmatch import fnmatchcase
from http.client import responses
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fakeayr.ayrshare import errors
from fakeayr.domain import profiles
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant


class FaultKind(StrEnum):
    """How a call goes wrong."""

    ERROR = "error"
    """Ayrshare refuses it."""
    RATE_LIMIT = "rate-limit"
    """Ayrshare refuses it with 429 and the rate limit's headers."""
    LATENCY = "latency"
    """The answer is right, but late."""
    RESET = "reset"
    """The connection breaks without an answer."""
    TRUNCATED = "truncated"
    """The connection breaks in the middle of the answer."""
    MALFORMED = "malformed"
    """The answer says that it is JSON, and is not."""
    HTML = "html"
    """A proxy responds with a page."""


class When(StrEnum):
    """Whether a call that goes wrong still does what it was made for."""

    BEFORE = "before"
    AFTER = "after"


class Fault(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A rule that makes the next matching calls of an account go wrong.

    Attributes:
        id: Its id.
        kind: How they go wrong.
        when: Before the call takes effect, or after.
        times: How many calls it hits at most; `None` for all until it is removed.
        calls: How many calls matched, among them those that its probability spared.
        hits: How many of them it hit.
        method: Only calls with this method.
        path: Only calls whose path below /api matches this pattern.
        ref_id: Only calls for this profile.
        status: HTTP status of the answer.
        code: The error's code.
        message: The error's message.
        action: The error's action.
        seconds: How late the answer is.
        probability: Which share of the matching calls it hits; all of them unless given.
        seed: Decides which ones.
    """

    id: str
    kind: FaultKind
    when: When
    times: int | None
    calls: int
    hits: int
    method: str | None = None
    path: str | None = None
    ref_id: str | None = None
    status: int | None = None
    code: int | None = None
    message: str | None = None
    action: str | None = None
    seconds: float | None = None
    probability: float | None = None
    seed: int | None = None

    @property
    def spent(self) -> bool:
        """Whether it has hit as often as it should."""
        return self.times is not None and self.hits >= self.times

    def __str__(self) -> str:
        """Names it as the journal does."""
        return f"{self.id}/{self.kind}"


MOST_KEPT: Final = 100
"""Faults that an account can have at once."""

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_ERRORS: Final = {
    200: errors.INTERNAL_ERROR,
    400: errors.INVALID_PARAMETERS,
    401: errors.API_KEY_NOT_VALID,
    403: errors.PLAN_LACKS_FEATURE,
    404: errors.ENDPOINT_NOT_FOUND,
    405: errors.METHOD_NOT_ALLOWED,
    413: errors.BODY_TOO_LARGE,
    429: errors.TOO_MANY_REQUESTS,
    500: errors.INTERNAL_ERROR,
}
_KINDS_WITH: Final = {
    "status": (FaultKind.ERROR, FaultKind.HTML),
    "seconds": (FaultKind.LATENCY,),
    **dict.fromkeys(("code", "message", "action"), (FaultKind.ERROR, FaultKind.RATE_LIMIT)),
}
"""Fields of a request that only some kinds have."""

Probability = Annotated[float, Meta(ge=0, le=1)]
Seed = Annotated[int, Meta(ge=0, le=2**53)]


class FaultRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What should go wrong; see `Fault`. What is not set is chosen by `add`.

    `profile_key` names a User Profile, or, being the API key, the primary profile.
    """

    kind: FaultKind
    when: When | None = None
    times: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType | None = UNSET
    method: str | None = None
    path: Annotated[str, Meta(max_length=200)] | None = None
    profile_key: str | None = None
    status: int | None = None
    code: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    message: Annotated[str, Meta(max_length=2_000)] | None = None
    action: Annotated[str, Meta(max_length=200)] | None = None
    seconds: Annotated[float, Meta(ge=0, le=300)] | None = None
    probability: Probability | None = None
    seed: Seed | None = None


def add(tenant: Tenant, wanted: FaultRequest) -> Fault:
    """Makes matching calls go wrong from now on.

    Raises:
        Refused: The request makes no sense, or the account has too many faults (101); it names a
            profile that does not exist (144).
    """
    fault = Fault(
        id=tenant.world.ids.slug(8),
        kind=wanted.kind,
        when=_when(wanted),
        times=_times(wanted),
        calls=0,
        hits=0,
        method=_method(wanted.method),
        path=_path(wanted.path),
        ref_id=_ref_id(tenant, wanted.profile_key),
        probability=wanted.probability,
        seed=_seed(wanted),
        **_specifics(wanted),
    )
    with tenant.transaction():
        kept = tenant.account.faults
        if len(kept) >= MOST_KEPT:
            kept = [earlier for earlier in kept if not earlier.spent]
        if len(kept) >= MOST_KEPT:
            raise _no(f"An account has at most {MOST_KEPT} faults; remove some.")
        _save(tenant, [*kept, fault])
    return fault


def remove(tenant: Tenant, fault_id: str | None = None) -> None:
    """Removes a fault, or all of them.

    Raises:
        Refused: There is none with this id (404).
    """
    with tenant.transaction():
        known = tenant.account.faults
        kept = [fault for fault in known if fault_id not in (None, fault.id)]
        if fault_id is not None and len(kept) == len(known):
            raise Refused(errors.NOT_FOUND, "There is no fault with this id.")
        _save(tenant, kept)


def next_fault(tenant: Tenant, *, method: str, path: str, ref_id: str | None) -> Fault | None:
    """The fault that hits a call, if any: the first that matches and whose draw says so.

    Both are counted, and counts are exact whoever else calls meanwhile.

    Args:
        tenant: Whose call it is.
        method: Its method.
        path: Its path below /api.
        ref_id: The profile it is for, if that is known.
    """

    def matches(fault: Fault) -> bool:
        return (
            not fault.spent
            and fault.method in (None, method)
            and fault.ref_id in (None, ref_id)
            and (fault.path is None or fnmatchcase(path, fault.path))
        )

    if not any(map(matches, tenant.account.faults)):
        return None
    with tenant.transaction():
        faults = list(tenant.account.faults)
        struck = None
        for place, fault in enumerate(faults):
            if matches(fault):
                hit = fault.probability is None or _draw(fault) < fault.probability
                faults[place] = msgspec.structs.replace(
                    fault, calls=fault.calls + 1, hits=fault.hits + hit
                )
                if hit:
                    struck = faults[place]
                    break
        _save(tenant, faults)
    return struck


def reason(status: int) -> str:
    """What HTTP calls a status."""
    return responses.get(status, "Unknown Error")


def _draw(fault: Fault) -> float:
    """A number from 0 to 1 for a fault's next call: the same for the same calls in any process.

    What the fault does and where takes part, so that several faults with one seed do not hit and
    spare in step.
    """
    chance = f"{fault.seed} {fault.kind} {fault.status} {fault.method} {fault.path} {fault.calls}"
    return int.from_bytes(hashlib.sha256(chance.encode()).digest()[:8], "big") / 2**64


def _when(wanted: FaultRequest) -> When:
    if wanted.kind is not FaultKind.TRUNCATED:
        return wanted.when or When.BEFORE
    if wanted.when is When.BEFORE:
        raise _no("What truncated cuts is the call's own answer: when can only be after.")
    return When.AFTER


def _times(wanted: FaultRequest) -> int | None:
    if wanted.times is not UNSET:
        return wanted.times
    return 1 if wanted.probability is None else None


def _method(wanted: str | None) -> str | None:
    method = None if wanted is None else wanted.upper()
    if method is not None and method not in _METHODS:
        raise _no(f"method must be one of {', '.join(_METHODS)}.")
    return method


def _path(wanted: str | None) -> str | None:
    if wanted is not None and not wanted.startswith(("/", "*")):
        raise _no("path must begin with a slash, as in /profiles/*.")
    if wanted is not None and f"{wanted}/".startswith("/api/"):
        raise _no("path is what follows /api: write /profiles instead of /api/profiles.")
    return wanted


def _ref_id(tenant: Tenant, key: str | None) -> str | None:
    return None if key is None else profiles.get(tenant, key).ref_id


def _seed(wanted: FaultRequest) -> int | None:
    if wanted.probability is not None:
        return wanted.seed or 0
    if wanted.seed is not None:
        raise _no("seed belongs to a probability: send both.")
    return None


def _specifics(wanted: FaultRequest) -> dict[str, Any]:
    """The fields that belong to the fault's kind, complete with what the request leaves open."""
    for name, kinds in _KINDS_WITH.items():
        if getattr(wanted, name) is not None and wanted.kind not in kinds:
            raise _no(f"{name} belongs to the kind {' or '.join(kinds)}, not to {wanted.kind}.")
    if wanted.kind is FaultKind.ERROR:
        return _error(wanted, 500)
    if wanted.kind is FaultKind.RATE_LIMIT:
        return _error(wanted, 429)
    if wanted.kind is FaultKind.HTML:
        return {"status": _status(wanted, 502)}
    if wanted.kind is FaultKind.LATENCY and wanted.seconds is None:
        raise _no("latency needs seconds.")
    return {"seconds": wanted.seconds}


def _error(wanted: FaultRequest, default: int) -> dict[str, Any]:
    """The documented error of a status, or a likely one, with what the request wants otherwise."""
    status = _status(wanted, default)
    known = _ERRORS.get(status)
    likely = {
        "code": errors.OURS_FROM + status if known is None else known.code,
        "message": f"{reason(status)}." if known is None else known.message,
        "action": "request" if known is None else known.action,
    }
    asked = {name: getattr(wanted, name) for name in likely}
    return {
        "status": status,
        **likely,
        **{name: value for name, value in asked.items() if value is not None},
    }


def _status(wanted: FaultRequest, default: int) -> int:
    status = default if wanted.status is None else wanted.status
    if status != 200 and not 400 <= status <= 599:
        raise _no("status must be 200, or 400 to 599.")
    return status


def _save(tenant: Tenant, faults: list[Fault]) -> None:
    tenant.save(msgspec.structs.replace(tenant.account, faults=faults))


def _no(details: str) -> Refused:
    return Refused(errors.INVALID_PARAMETERS, details)
