"""An account as environment variables."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fakeayr.testing.account import Account

DEFAULT: Final = {
    "AYRSHARE_BASE_URL": "api_url",
    "AYRSHARE_API_KEY": "api_key",
    "AYRSHARE_DOMAIN": "domain",
    "AYRSHARE_PRIVATE_KEY": "private_key",
}
"""Variables, and what of the account they hold."""
KNOWN: Final = ("api_url", "url", "api_key", "domain", "private_key", "profile_key")
"""What of an account a variable can hold; `profile_key` is a new profile's."""


class Environment(dict[str, str]):
    """Environment variables; a failing assertion prints their names, not the keys in them."""

    def __repr__(self) -> str:
        """The names."""
        return f"<Environment {', '.join(self)}>"


def parse_variables(lines: Iterable[str]) -> dict[str, str]:
    """Variables and what they hold, read from lines `NAME=VALUE`; the usual ones without lines.

    Raises:
        ValueError: A line has another form, or names something else than `KNOWN`.
    """
    named = {}
    for line in lines:
        name, _, value = (part.strip() for part in line.partition("="))
        if not name or value not in KNOWN:
            raise ValueError(
                f"{line.strip()!r} must read NAME=VALUE, where VALUE is one of {', '.join(KNOWN)}"
            )
        named[name] = value
    return named or dict(DEFAULT)


def make_environment(account: "Account", named: Mapping[str, str]) -> Environment:
    """The account as environment variables.

    Args:
        account: The account.
        named: Variables and what they hold, one of `KNOWN`.
    """
    chosen = Environment()
    for name, value in named.items():
        profile = account.create_profile() if value == "profile_key" else None
        chosen[name] = str(profile.key if profile else getattr(account, value))
    return chosen
