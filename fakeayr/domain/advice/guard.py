"""Rules are run so that none can change a response."""

import logging
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger("fakeayr")


def guard(rule: Callable[P, Iterable[T]], *arguments: P.args, **named: P.kwargs) -> list[T]:
    """What a rule finds; nothing where it fails, which is logged as a fault of fakeayr."""
    try:
        return list(rule(*arguments, **named))
    except Exception:
        _log.exception("A rule of advice failed; this is a fault of fakeayr")
        return []
