"""The named checks: each guards facts, and says in one sentence what is true."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fakeayr.contract.facts import FACTS, Fact
from fakeayr.contract.session import ContractSession


@dataclass(frozen=True, slots=True)
class Check:
    """A named check.

    Attributes:
        name: Its name, which stays as it is.
        sentence: What is true if it holds.
        facts: What it guards.
        run: Raises `FactBroken` if a fact does not hold.
        needs_linking: Whether it links an account, which takes a person at the real Ayrshare.
    """

    name: str
    sentence: str
    facts: tuple[Fact, ...]
    run: Callable[[ContractSession], None]
    needs_linking: bool = False


CHECKS: Final[list[Check]] = []
"""Every check, in the order of their definition."""


def check(
    *facts: str, needs_linking: bool = False
) -> Callable[[Callable[[ContractSession], None]], Callable[[ContractSession], None]]:
    """Registers a function as a check; its docstring is the check's sentence.

    Args:
        facts: Ids of the facts that it guards.
        needs_linking: As in `Check`.
    """

    def register(function: Callable[[ContractSession], None]) -> Callable[[ContractSession], None]:
        guarded = tuple(FACTS[fact] for fact in facts)
        sentence = (function.__doc__ or "").strip()
        CHECKS.append(Check(function.__name__, sentence, guarded, function, needs_linking))
        return function

    return register


def load() -> list[Check]:
    """Every check."""
    from fakeayr.contract.checks import (  # noqa: F401, PLC0415 - they register themselves
        everywhere,
        profiles,
        refusals,
        tokens,
        users,
    )

    return CHECKS
