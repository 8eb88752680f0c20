"""Keeping secrets out of everything that is printed or written."""

import re
from typing import Final

from fakeayr.ayrshare import secrets

_HIDDEN: Final = "[redacted]"
_SHAPES: Final = re.compile(
    f"{secrets.KEY_FILE}|{secrets.ENCODED_KEY_FILE}|{secrets.SHORT}", re.DOTALL
)


class Redactor:
    """Takes secrets out of texts: those it was told, and whatever has the shape of one.

    Args:
        secrets: Texts that must never appear.
    """

    def __init__(self, *secrets: str) -> None:
        told = sorted((secret for secret in secrets if secret), key=len, reverse=True)
        self._told = re.compile("|".join(map(re.escape, told))) if told else None

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._told is not None:
            text = self._told.sub(_HIDDEN, text)
        return _SHAPES.sub(_HIDDEN, text)
