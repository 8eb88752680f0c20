"""An account at a server that is already up, as the variables of the environment name it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fakeayr.errors import FakeayrError

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

    The last is the key's text, with newlines as such or written as a backslash and an n, or the
    path of its file.

    Raises:
        NoCredentials: A variable is missing, or the key's file cannot be read.
    """
    missing = [name for name in _VARIABLES if not os.environ.get(name)]
    if missing:
        raise NoCredentials(f"{', '.join(missing)} must be set for a server that is already up.")
    api_key, domain, key = (os.environ[name] for name in _VARIABLES)
    if "-----BEGIN" not in key:
        try:
            key = Path(key).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise NoCredentials(
                "AYRSHARE_PRIVATE_KEY is neither a key nor a file that can be read."
            ) from error
    return Credentials(api_key, domain, key.replace("\\n", "\n"))
