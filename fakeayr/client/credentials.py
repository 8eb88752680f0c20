"""An account's credentials, and how to read them from environment variables."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fakeayr.errors import FakeayrError

_ARMOUR: Final = "-----BEGIN"
_VARIABLES: Final = ("AYRSHARE_API_KEY", "AYRSHARE_DOMAIN", "AYRSHARE_PRIVATE_KEY")


class NoCredentials(FakeayrError):
    """The environment variables name no account."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of an Ayrshare account.

    Attributes:
        api_key: The API key.
        domain: The domain that Ayrshare gave the account.
        private_key: The private key, as PEM text.
    """

    api_key: str
    domain: str
    private_key: str

    def __repr__(self) -> str:
        """Shows the domain, not the keys."""
        return f"<Credentials {self.domain}>"


def read_environment() -> Credentials:
    """Returns the account in `AYRSHARE_API_KEY`, `AYRSHARE_DOMAIN` and `AYRSHARE_PRIVATE_KEY`.

    The last one is the path of the key's file, or the key's text, in which newlines may be written
    as a backslash and an n, or the text in base64, as masked variables of a pipeline need it.

    Raises:
        NoCredentials: A variable is missing, or the key's file cannot be read.
    """
    missing = [name for name in _VARIABLES if not os.environ.get(name)]
    if missing:
        raise NoCredentials(
            f"{', '.join(missing)} must be set to use a server that is already running."
        )
    api_key, domain, key = (os.environ[name] for name in _VARIABLES)
    if _ARMOUR not in key:
        key = _from_base64(key) or _from_file(key)
    return Credentials(api_key, domain, key.replace("\\n", "\n"))


def _from_base64(text: str) -> str | None:
    """The key that a text in base64 holds; `None` if it holds none."""
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("ascii")
    except ValueError:
        return None
    return key if _ARMOUR in key else None


def _from_file(path: str) -> str:
    """The key in a file, which may be in base64, too.

    Raises:
        NoCredentials: It cannot be read.
    """
    try:
        key = Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise NoCredentials(
            "AYRSHARE_PRIVATE_KEY is neither a key, nor one in base64, nor a readable file; "
            "set it to one of them."
        ) from error
    return key if _ARMOUR in key else _from_base64(key) or key
