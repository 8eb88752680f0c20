"""Keeping secrets out of everything that is printed or written."""

import re
from typing import Final

from fakeayr.ayrshare import secrets
from fakeayr.ayrshare.secrets import HIDDEN, KnownSecrets

_SHAPES: Final = re.compile(
    f"{secrets.KEY_FILE}|{secrets.ENCODED_KEY_FILE}|{secrets.SHORT}", re.DOTALL
)


class Redactor:
    """Takes secrets out of texts: those it was told, and whatever has the shape of one.

    Args:
        keys: Texts that must never appear, in whatever form.
        private_key: PEM text of a private key, no part of which must appear.
    """

    def __init__(self, *keys: str, private_key: str = "") -> None:
        told = sorted((key for key in keys if key), key=len, reverse=True)
        self._told = re.compile("|".join(map(re.escape, told)), re.IGNORECASE) if told else None
        self._known = KnownSecrets(private_key, *told)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._told is not None:
            text = self._told.sub(HIDDEN, text)
        return secrets.strike_from_urls(self._known(_SHAPES.sub(HIDDEN, text)))
