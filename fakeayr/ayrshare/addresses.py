"""Ayrshare's hosts and the constants of its tokens."""

API_HOSTS = frozenset({"api.ayrshare.com", "app.ayrshare.com"})
"""Hosts that answer the API below `/api`; the second is what older SDKs call."""
PAGE_HOST = "profile.ayrshare.com"
PAGE_URL = "https://profile.ayrshare.com"
"""Where the hosted linking page lives; linking URLs follow it without a slash (reference)."""

PARENT_DOMAIN = "ayrshare.com"
"""Whatever is called below it is the real Ayrshare's."""

TOKEN_AUDIENCE = "https://app.ayrshare.com"
TOKEN_SUBJECT = "support@ayrshare.com"
VENDOR_DOMAIN = "ayrshare"
"""The vendor's own domain: its linking URLs begin with `?jwt=` (seen live)."""

SESSION_PREFIX = "ayr_ls_"
"""What the tokens of link sessions begin with (public research)."""

X_KEY_HEADER = "X-Twitter-OAuth1-Api-Key"
X_SECRET_HEADER = "X-Twitter-OAuth1-Api-Secret"
"""Headers that carry the credentials of the integrator's own X app (reference)."""
X_CALLBACKS = (
    "https://profile.ayrshare.com/social-accounts",
    "https://app.ayrshare.com/social-accounts",
)
"""Callback URLs that must be approved in that app (reference)."""
