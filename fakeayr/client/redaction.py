"""Removes secrets from texts that are printed or written."""

import re
from typing import Final

from fakeayr.ayrshare import secrets

_HIDDEN: Final = "[redacted]"
_SHAPES: Final = re.compile(
    f"{secrets.KEY_FILE}|{secrets.ENCODED_KEY_FILE}|{secrets.SHORT}", re.DOTALL
)


class Redactor:
    """Removes known secrets from texts, and everything that looks like a secret.

    Args:
        secrets: The known secrets.
    """

    def __init__(self, *secrets: str) -> None:
        known = sorted((secret for secret in secrets if secret), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """Returns the text with `[redacted]` in place of secrets."""
        if self._known is not None:
            text = self._known.sub(_HIDDEN, text)
        return _SHAPES.sub(_HIDDEN, text)
