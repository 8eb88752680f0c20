"""The named checks: each guards facts, and says in one sentence what is true."""

import importlib
import pkgutil
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
        needs_suspending: Whether it suspends a profile, which only Ayrshare itself can do.
        needs_posts: Whether it posts, which `--posts` has to allow on the real Ayrshare.
        needs_time: Whether it lets time go by, which takes a fake.
        is_newer: Whether it is about link sessions, which the older age does not have.
        is_last: Whether it looks at what other checks have left, and so runs after them.
    """

    name: str
    sentence: str
    facts: tuple[Fact, ...]
    run: Callable[[ContractSession], None]
    needs_linking: bool = False
    needs_suspending: bool = False
    needs_posts: bool = False
    needs_time: bool = False
    is_newer: bool = False
    is_last: bool = False


CHECKS: Final[list[Check]] = []
"""Every check that was registered."""


def check(
    *facts: str,
    **flags: bool,
) -> Callable[[Callable[[ContractSession], None]], Callable[[ContractSession], None]]:
    """Registers a function as a check; its docstring is the check's sentence.

    Args:
        facts: Ids of the facts that it guards.
        flags: What else is true of it, as in `Check`.
    """

    def register(function: Callable[[ContractSession], None]) -> Callable[[ContractSession], None]:
        guarded = tuple(FACTS[fact] for fact in facts)
        sentence = (function.__doc__ or "").strip()
        CHECKS.append(Check(function.__name__, sentence, guarded, function, **flags))
        return function

    return register


def load() -> list[Check]:
    """Every check, in the order in which they run: that of the facts that they guard."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)  # It registers its checks.
    order = {fact: place for place, fact in enumerate(FACTS)}
    return sorted(CHECKS, key=lambda check: (check.is_last, order[check.facts[0].id]))
