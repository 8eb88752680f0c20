"""What an order can say of a linked account: fields of its `displayNames` entry."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

WebUrl = Annotated[str, Meta(pattern=r"^[hH][tT][tT][pP][sS]?://[^\s/]")]
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
Days = Annotated[int, Meta(ge=0, le=365)]


class LinkDetails(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """The fields that take the place of made-up ones."""

    display_name: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    profile_url: WebUrl | UnsetType = UNSET
    user_image: WebUrl | UnsetType = UNSET
    username: str | UnsetType = UNSET
    page_name: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    messaging_active: bool | UnsetType = UNSET
    type: str | UnsetType = UNSET
    used_quota: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    refresh_days_remaining: Days | UnsetType = UNSET
    description: str | UnsetType = UNSET
    refresh_required: Instant | UnsetType = UNSET
    subscription_type: str | UnsetType = UNSET
    verified_type: str | UnsetType = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that were sent, in Ayrshare's spelling."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        return fields
