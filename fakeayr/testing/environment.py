"""An account as environment variables."""

from collections.abc import Iterable

from fakeayr.testing.account import Ayrshare

_DEFAULT = (
    "AYRSHARE_BASE_URL=api_url",
    "AYRSHARE_API_KEY=api_key",
    "AYRSHARE_DOMAIN=domain",
    "AYRSHARE_PRIVATE_KEY=private_key",
)
_KNOWN = ("api_url", "url", "api_key", "domain", "private_key", "profile_key")


class Environment(dict[str, str]):
    """Environment variables; a failing assertion prints their names, not the keys in them."""

    def __repr__(self) -> str:
        """The names."""
        return f"<Environment {', '.join(self)}>"


def variables(account: Ayrshare, wanted: Iterable[str] = ()) -> Environment:
    """The account as environment variables.

    Args:
        account: The account.
        wanted: Lines `NAME=VALUE`, where VALUE is `api_url`, `url`, `api_key`, `domain`,
            `private_key` or `profile_key` (a new profile's); the usual names unless given.

    Raises:
        ValueError: A line has another form.
    """
    chosen = Environment()
    for line in list(wanted) or _DEFAULT:
        name, found, value = (part.strip() for part in line.partition("="))
        if not found or not name or value not in _KNOWN:
            raise ValueError(
                f"{line!r} must read NAME=VALUE, where VALUE is one of {', '.join(_KNOWN)}."
            )
        if value == "profile_key":
            chosen[name] = str(account.create_profile().key)
        else:
            chosen[name] = getattr(account, value)
    return chosen
