"""Checks of names that a test passes, with a suggestion for a misspelt one."""

from collections.abc import Collection, Iterable

from fakeayr.domain.spelling import near

__tracebackhide__ = True  # A failing test's report shows the test's own lines.


def check_fields(given: Iterable[str], known: Collection[str], call: str) -> None:
    """Checks the names of a call's fields. The API itself ignores unknown ones.

    Args:
        given: The names to check.
        known: The names that the API reads.
        call: The call, for the message.

    Raises:
        TypeError: A name is unknown.
    """
    for name in given:
        if name not in known:
            raise TypeError(f"{call} has no field {name}.{near(name, known)}")


def check_choice(given: str, choices: Collection[str], what: str) -> None:
    """Checks a name against the possible ones.

    Args:
        given: The name to check.
        choices: The possible names.
        what: What the name is of, for the message.

    Raises:
        ValueError: The name is not one of `choices`.
    """
    if given not in choices:
        hint = near(given, choices) or f" Choose one of {', '.join(choices)}."
        raise ValueError(f"{given!r} is not a {what}.{hint}")
