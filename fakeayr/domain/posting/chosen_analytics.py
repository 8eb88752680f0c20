"""Values of analytics that a tester has set: they count instead of made-up ones."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from fakeayr.ayrshare.posting.analytics import (
    ACCOUNT_FIELDS,
    HISTORY_FIELDS,
    LIFETIME_FIELDS,
    POST_FIELDS,
    Field,
    Kind,
    Rows,
)
from fakeayr.domain.posting.analytics import LARGEST, NOTHING_GIVEN, Given
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import incorrect
from fakeayr.domain.spelling import near
from fakeayr.domain.tenants import Tenant

_TYPES: Final[dict[Kind, Any]] = {
    Kind.COUNT: Annotated[int, Meta(ge=0, le=LARGEST)],
    Kind.NUMBER: Annotated[float, Meta(ge=0, le=LARGEST)],
    Kind.TEXT: str,
    Kind.DATE: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")],
    Kind.FLAG: bool,
    Kind.TEXTS: list[str],
}


class SetAnalytics(msgspec.Struct, frozen=True, kw_only=True):
    """Values that a tester has set.

    Attributes:
        values: By the fields' whole names.
        profile_key: Whose account has the post, if it was not sent through Ayrshare.
        created: When they were set first, UNIX seconds of the account's time.
    """

    values: dict[str, Any]
    profile_key: str
    created: float


_VALUES: Final = Record(RecordKind.ANALYTICS, SetAnalytics)


def set_analytics(
    tenant: Tenant, profile: Profile, platform: str, post_id: str | None, values: dict[str, Any]
) -> None:
    """Makes values count; earlier ones of other fields stay.

    Args:
        tenant: The account.
        profile: Whose account at the network they are of, or has the post.
        platform: The network.
        post_id: Ayrshare's id or the network's id of a post; `None` for the account's own.
        values: Nested as in the response.

    Raises:
        Refused: A field is unknown or has the wrong type (101).
    """
    fields = _account_fields(platform) if post_id is None else _post_fields(platform)
    flat = dict(_flatten(values, {one.name: one for one in fields}, platform))
    name = (tenant.api_key, platform, _account_name(profile) if post_id is None else post_id)
    with tenant.transaction():
        known = _VALUES.get(tenant.store, *name)
        document = SetAnalytics(
            values={**known.values, **flat} if known else flat,
            profile_key=known.profile_key if known else profile.key,
            created=known.created if known else tenant.now(),
        )
        _VALUES.save(tenant.store, *name, owner=tenant.api_key, document=document)


def of_account(tenant: Tenant, profile: Profile, platform: str) -> Given:
    """What was set for a profile's account at a network."""
    return _given(_account_fields(platform), _find(tenant, platform, _account_name(profile)))


def of_post(tenant: Tenant, platform: str, *ids: str) -> Given:
    """What was set for a post, under any of its ids; the later ones go first."""
    return _given(_post_fields(platform), *(_find(tenant, platform, one) for one in ids))


def foreign_post(
    tenant: Tenant, profile: Profile, platform: str, network_id: str
) -> SetAnalytics | None:
    """What was set for a network's id, if its account is the profile's: then there is a post."""
    known = _find(tenant, platform, network_id)
    return known if known is not None and known.profile_key == profile.key else None


def _find(tenant: Tenant, platform: str, name: str) -> SetAnalytics | None:
    return _VALUES.get(tenant.store, tenant.api_key, platform, name)


def _account_name(profile: Profile) -> str:
    return f"account {profile.key}"


def _account_fields(platform: str) -> tuple[Field, ...]:
    return (*ACCOUNT_FIELDS.get(platform, ()), *LIFETIME_FIELDS.get(platform, ()))


def _post_fields(platform: str) -> tuple[Field, ...]:
    return (*HISTORY_FIELDS.get(platform, ()), *POST_FIELDS.get(platform, ()))


def _given(fields: Iterable[Field], *found: SetAnalytics | None) -> Given:
    values: dict[str, Any] = {}
    for one in found:
        if one is not None:
            values |= one.values
    if not values:
        return NOTHING_GIVEN
    numbers = {
        str(one.holds): values[one.name] for one in fields if one.is_number and one.name in values
    }
    return Given(values, numbers)


def _flatten(
    values: Mapping[str, Any], fields: Mapping[str, Field], platform: str, parents: str = ""
) -> Iterator[tuple[str, Any]]:
    """Values by whole names, checked against their fields."""
    for name, value in values.items():
        whole = f"{parents}{name}"
        if whole in fields:
            yield whole, _checked(fields[whole], value)
        elif isinstance(value, dict) and any(one.startswith(f"{whole}.") for one in fields):
            yield from _flatten(value, fields, platform, f"{whole}.")
        else:
            names = {one.partition(".")[0] for one in fields} if not parents else set(fields)
            raise incorrect(
                f"values: {platform} has no field {whole[:100]} here.{near(whole[:100], names)}"
            )


def _checked(one: Field, value: Any) -> Any:
    try:
        return msgspec.to_builtins(msgspec.convert(value, _type_of(one)))
    except msgspec.ValidationError as error:
        details = f"values.{one.name}: {str(error).partition(' - at')[0]}."
        raise incorrect(details) from error


def _type_of(one: Field) -> Any:
    if not isinstance(one.holds, Rows):
        return _TYPES[one.kind]
    row = one.holds.rows[0]
    kinds = {name: float if isinstance(value, float) else str for name, value in row.items()}
    of_row: Any = msgspec.defstruct("Row", [*kinds.items()], forbid_unknown_fields=True)
    return list[of_row]
