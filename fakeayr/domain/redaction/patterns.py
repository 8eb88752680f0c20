"""Secrets by what they look like: finding them in texts, and removing them."""

import re
from typing import Final

from fakeayr.ayrshare.secrets import ANY_KEY, SESSION_SECRET, TOKEN
from fakeayr.ayrshare.tokens import SESSION_PREFIX

HIDDEN: Final = "[redacted]"
"""What stands in a secret's place."""

_TOKEN: Final = re.compile(TOKEN)
_SESSION_SECRET: Final = re.compile(SESSION_SECRET)
_ANY_KEY: Final = re.compile(ANY_KEY)
_END_OF_KEY: Final = re.compile(r"-[A-Z0-9]{7}")
_USER: Final = re.compile(r"(?P<slashes>:(?<=[A-Za-z0-9+.-]:)/{1,3})[^\s/?#\"'<>]*@")
_PARAMETER: Final = re.compile(r"(?P<name>[?&;#][A-Za-z0-9_.%\[\]-]{1,100}=)[^&;#\s\"'<>]+")
_SECRET_PARAMETER: Final = re.compile(
    r"secret|passw|pwd|token|jwt|auth|key|signature|session|credential", re.IGNORECASE
)
_SEGMENT: Final = re.compile(
    r"/(?<=[A-Za-z0-9_.]/)(?=[A-Za-z_-]{0,200}[0-9])(?=[0-9_-]{0,200}[A-Za-z])[A-Za-z0-9_-]{20,}"
    r"(?=[/?#\s\"']|\Z)",
    re.ASCII,
)
"""A part of a URL's path that no person has chosen."""


def may_have_keys(text: str) -> bool:
    """Whether a text may hold what looks like a token, a key or a beginning of a key file.

    Most texts hold none, and this finds out at a fraction of what the expressions above cost.
    """
    return (
        "eyJ" in text
        or SESSION_PREFIX in text
        or "BEGIN" in text
        or "LS0tLS1CRUdJTi" in text
        or _may_have_key(text)
    )


def _may_have_key(text: str) -> bool:
    return "-" in text and _END_OF_KEY.search(text) is not None


def remove_keys(text: str) -> str:
    """A text without tokens and keys; one expression for all would read each letter three times."""
    if "eyJ" in text:
        text = _TOKEN.sub(HIDDEN, text)
    if SESSION_PREFIX in text:
        text = _SESSION_SECRET.sub(HIDDEN, text)
    return _ANY_KEY.sub(HIDDEN, text) if _may_have_key(text) else text


def may_have_urls(text: str) -> bool:
    """Whether `redact_urls` may change a text; as cheap as `may_have_keys`."""
    if "=" in text:
        return True
    if ":/" not in text:
        return False
    if "@" in text and _USER.search(text) is not None:
        return True
    return "://" in text and _SEGMENT.search(text) is not None


def redact_urls(text: str) -> str:
    """A text whose URLs have lost their passwords and tokens."""
    if "@" in text and ":/" in text:
        text = _USER.sub(rf"\g<slashes>{HIDDEN}@", text)
    if "=" in text:
        text = _PARAMETER.sub(_without_value, text)
    return _SEGMENT.sub(f"/{HIDDEN}", text) if "://" in text else text


def _without_value(found: "re.Match[str]") -> str:
    name = found["name"]
    return f"{name}{HIDDEN}" if _SECRET_PARAMETER.search(name) else found[0]
