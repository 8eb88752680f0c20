"""Removes secrets from texts that are printed or written."""

import re
from typing import Final

from fakeayr.ayrshare import secrets
from fakeayr.domain.redaction import patterns
from fakeayr.domain.redaction.known_secrets import KnownSecrets
from fakeayr.domain.redaction.patterns import HIDDEN

_FILES: Final = re.compile(f"{secrets.KEY_FILE}|{secrets.ENCODED_KEY_FILE}", re.DOTALL)


class Redactor:
    """Removes known secrets from texts, and everything that looks like a secret.

    Args:
        keys: Known secrets, which must not appear in any form.
        private_key: PEM text of a private key, no part of which must appear.
    """

    def __init__(self, *keys: str, private_key: str = "") -> None:
        known = sorted((key for key in keys if key), key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None
        self._known = KnownSecrets(private_key, *known)

    def __call__(self, text: str) -> str:
        """Returns the text with `[redacted]` in place of secrets."""
        if self._values is not None:
            text = self._values.sub(HIDDEN, text)
        text = patterns.remove_keys(_FILES.sub(HIDDEN, text))
        return patterns.redact_urls(self._known(text))
