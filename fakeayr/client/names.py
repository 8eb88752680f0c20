"""Names that a test passes: a wrong one is its author's mistake, and is said at once."""

from collections.abc import Collection, Iterable

from fakeayr.domain.spelling import near

__tracebackhide__ = True  # A failing test's report shows the test's own lines.


def check_fields(given: Iterable[str], known: Collection[str], call: str) -> None:
    """Checks the fields of a call, which the API itself would ignore if it did not know them.

    Args:
        given: Their names.
        known: What the API reads.
        call: The call, for the message.

    Raises:
        TypeError: One is unknown.
    """
    for name in given:
        if name not in known:
            raise TypeError(f"{call} has no field {name}.{near(name, known)}")


def check_choice(given: str, choices: Collection[str], what: str) -> None:
    """Checks a name that stands for one of a few things.

    Raises:
        ValueError: It stands for none.
    """
    if given not in choices:
        hint = near(given, choices) or f" Choose one of {', '.join(choices)}."
        raise ValueError(f"{given!r} is no {what}.{hint}")
