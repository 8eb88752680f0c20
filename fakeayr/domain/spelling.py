"""What a misspelt name was probably meant to be."""

from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that was probably meant; nothing if there is none."""
    meant = nearest(name, known)
    return "" if meant is None else f" Did you mean {meant}?"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; `None` if there is none."""
    plain = {_plain(one): one for one in known}
    import difflib  # noqa: PLC0415 - slow to import, and seldom needed

    close = difflib.get_close_matches(_plain(str(name)), plain, n=1)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    """A name without what differs between spellings: `display_name` and `displayName`."""
    return name.replace("_", "").replace("-", "").lower()
