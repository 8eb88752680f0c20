"""One test of many cases, where a test of each would take longer than all the checks."""

from collections.abc import Callable, Mapping
from typing import TypeVar

_Case = TypeVar("_Case")


def each(
    cases: Mapping[str, _Case],
) -> Callable[[Callable[[str, _Case], None]], Callable[[], None]]:
    """Makes one test of a check of many cases, which fails with the failures of all of them.

    Args:
        cases: The cases by their names. There must be some: a test of none would pass.

    Returns:
        A decorator for a check, which is called with the name of each case and the case.
    """
    assert cases

    def decorate(check: Callable[[str, _Case], None]) -> Callable[[], None]:
        def test() -> None:
            failures = []
            for name, case in cases.items():
                try:
                    check(name, case)
                except Exception as failure:
                    failure.add_note(f"The case is {name}.")
                    failures.append(failure)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(cases)} cases", failures)

        test.__name__, test.__doc__, test.__module__ = (
            check.__name__,
            check.__doc__,
            check.__module__,
        )
        return test

    return decorate
