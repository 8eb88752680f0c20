"""What stands in the tokens of linking URLs."""

AUDIENCE = "https://app.ayrshare.com"
"""The claim `aud` (reference)."""
SUBJECT = "support@ayrshare.com"
"""The claim `sub` (reference)."""
CLAIMS = frozenset({"apiKey", "profileKey", "iat", "exp", "aud", "iss", "sub"})
"""All claims of a token (reference)."""

VENDOR_DOMAIN = "ayrshare"
"""Ayrshare's own domain; its linking URLs begin with `?jwt=` (live)."""

SESSION_PREFIX = "ayr_ls_"
"""What the token of a link session begins with (documented)."""
SESSION_SECRET_LENGTH = 43
"""How many letters and digits follow in it (documented)."""
