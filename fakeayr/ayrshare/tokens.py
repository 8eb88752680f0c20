"""The contents of the tokens in linking URLs."""

AUDIENCE = "https://app.ayrshare.com"
"""The claim `aud` (reference)."""
SUBJECT = "support@ayrshare.com"
"""The claim `sub` (reference)."""
CLAIMS = frozenset({"apiKey", "profileKey", "iat", "exp", "aud", "iss", "sub"})
"""All claims of a token (reference)."""

VENDOR_DOMAIN = "ayrshare"
"""Ayrshare's own domain; its linking URLs begin with `?jwt=` (live)."""

SESSION_PREFIX = "ayr_ls_"
"""The beginning of a link session's token (documented)."""
SESSION_SECRET_LENGTH = 43
"""The number of letters and digits that follow (documented)."""
