"""How the next publications end, as the tester decides."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta


class Outcome(StrEnum):
    """What a network does with a post."""

    FAIL = "fail"
    """It refuses it."""
    PENDING = "pending"
    """It takes it, and never tells its id."""
    SLOW = "slow"
    """It takes it after some time."""


MOST_KEPT: Final = 100
"""Decisions that an account can have at once."""


class NextPublication(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """How the next publications end; they are counted, and only those that match.

    Attributes:
        outcome: How they end.
        platform: Only on this network.
        profile_key: Only of this profile; the account's API key names the primary one.
        times: How many publications end so.
        code: With `fail`, the error's code.
        message: With `fail`, the error's message.
        seconds: With `slow`, after how many seconds of the account's time the network takes it.
    """

    outcome: Outcome
    platform: str | None = None
    profile_key: str | None = None
    times: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    code: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    message: Annotated[str, Meta(max_length=2_000)] | None = None
    seconds: Annotated[float, Meta(gt=0, le=86_400 * 30)] | None = None


def take(
    waiting: list[NextPublication], platform: str, profile_key: str
) -> tuple[NextPublication | None, list[NextPublication]]:
    """The decision that a publication meets, if any, and those that are left.

    Args:
        waiting: The account's decisions; the first that matches counts.
        platform: The network.
        profile_key: The profile that publishes.
    """
    for place, decision in enumerate(waiting):
        if decision.platform not in {None, platform}:
            continue
        if decision.profile_key not in {None, profile_key}:
            continue
        left = decision.times - 1
        rest = [msgspec.structs.replace(decision, times=left)] if left else []
        return decision, [*waiting[:place], *rest, *waiting[place + 1 :]]
    return None, waiting
