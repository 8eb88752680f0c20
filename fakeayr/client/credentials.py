"""An account at a server that is already up, as the variables of the environment name it."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fakeayr.errors import FakeayrError

_ARMOUR: Final = "-----BEGIN"
_VARIABLES: Final = ("AYRSHARE_API_KEY", "AYRSHARE_DOMAIN", "AYRSHARE_PRIVATE_KEY")


class NoCredentials(FakeayrError):
    """The environment names no account."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a customer of Ayrshare has.

    Attributes:
        api_key: The API key.
        domain: The domain given at onboarding.
        private_key: PEM text of the private key.
    """

    api_key: str
    domain: str
    private_key: str

    def __repr__(self) -> str:
        """Names the domain, not the keys."""
        return f"<Credentials {self.domain}>"


def read_environment() -> Credentials:
    """The account of `AYRSHARE_API_KEY`, `AYRSHARE_DOMAIN` and `AYRSHARE_PRIVATE_KEY`.

    The last is the key's text, with newlines as such or written as a backslash and an n; the text
    in base64, as masked variables of a pipeline must have it; or the path of its file.

    Raises:
        NoCredentials: A variable is missing, or the key's file cannot be read.
    """
    missing = [name for name in _VARIABLES if not os.environ.get(name)]
    if missing:
        raise NoCredentials(f"{', '.join(missing)} must be set for a server that is already up.")
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
            "AYRSHARE_PRIVATE_KEY is neither a key, nor one in base64, nor a file that can be read."
        ) from error
    return key if _ARMOUR in key else _from_base64(key) or key
