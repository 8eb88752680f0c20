"""Names that a test passes: a wrong one is its author's mistake, and is said at once."""

import difflib
from collections.abc import Collection, Iterable

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


def near(name: str, known: Collection[str]) -> str:
    """A hint at the known name that was probably meant; nothing if there is none."""
    plain = {_plain(one): one for one in known}
    close = difflib.get_close_matches(_plain(str(name)), plain, n=1)
    return f" Did you mean {plain[close[0]]}?" if close else ""


def _plain(name: str) -> str:
    """A name without what differs between spellings: `display_name` and `displayName`."""
    return name.replace("_", "").replace("-", "").lower()
