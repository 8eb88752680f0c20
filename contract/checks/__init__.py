"""The named checks: each guards facts, and says in one sentence what is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fakeayr.contract.facts import FACTS, Fact
from fakeayr.contract.lab import Lab


@dataclass(frozen=True, slots=True)
class Check:
    """A named check.

    Attributes:
        name: Its name.
        facts: What it guards.
        run: Raises `Broken` if a fact does not hold.
        needs_linking: Whether it has to link an account, which takes a person at the real Ayrshare.
    """

    name: str
    facts: tuple[Fact, ...]
    run: Callable[[Lab], None]
    needs_linking: bool = False


CHECKS: Final[list[Check]] = []
"""Every check, in the order of their definition."""


def check(
    *facts: str, needs_linking: bool = False
) -> Callable[[Callable[[Lab], None]], Callable[[Lab], None]]:
    """Registers a function as the check of facts, named by their ids."""

    def register(function: Callable[[Lab], None]) -> Callable[[Lab], None]:
        guarded = tuple(FACTS[fact] for fact in facts)
        CHECKS.append(Check(function.__name__, guarded, function, needs_linking))
        return function

    return register


def load() -> list[Check]:
    """Every check of the library."""
    from fakeayr.contract.checks import (  # noqa: F401, PLC0415 - they register themselves
        everywhere,
        profiles,
        refusals,
        tokens,
        users,
    )

    return CHECKS
