"""How the next publications end, as the tester decides."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.refusals import incorrect


class PublicationOutcome(StrEnum):
    """What a network does with a post."""

    FAIL = "fail"
    """It refuses it."""
    PENDING = "pending"
    """It takes it, and never reports its id."""
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
        message: With `fail`, the error's message; the documented one of the code unless given.
        retry_available: With `fail`, whether the error says `retryAvailable: true`.
        seconds: With `slow`, after how many seconds of the account's time the network takes it.
    """

    outcome: PublicationOutcome
    platform: str | None = None
    profile_key: str | None = None
    times: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    code: Annotated[int, Meta(ge=0, le=99_999)] | None = None
    message: Annotated[str, Meta(max_length=2_000)] | None = None
    retry_available: bool = False
    seconds: Annotated[float, Meta(gt=0, le=86_400 * 30)] | None = None

    def check(self) -> None:
        """Checks that every field goes with the outcome.

        Raises:
            Refused: One does not (101).
        """
        about_errors = self.code is not None or self.message is not None or self.retry_available
        if about_errors and self.outcome is not PublicationOutcome.FAIL:
            raise incorrect("code, message and retryAvailable go with the outcome fail.")
        if self.seconds is not None and self.outcome is not PublicationOutcome.SLOW:
            raise incorrect("seconds goes with the outcome slow.")


@cache
def error_of(code: int | None) -> ApiError:
    """The documented error of POST /post with a code; else that of a network that refuses.

    Only errors count whose message names nothing but the network.
    """
    for error in errors.by_name().values():
        places = error.message.replace("{network}", "")
        if error.code == code and error.action == "post" and "{" not in places:
            return error
    return errors.PUBLICATION_FAILED


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
