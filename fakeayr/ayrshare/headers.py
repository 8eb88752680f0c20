"""The HTTP headers of Ayrshare's API; those of its webhooks are in `webhooks`."""

PROFILE_KEY = "Profile-Key"
"""Names the User Profile that a call acts for (documented)."""
X_APP_KEY = "X-Twitter-OAuth1-Api-Key"
X_APP_SECRET = "X-Twitter-OAuth1-Api-Secret"
"""Carry the credentials of the integrator's own X app (reference)."""

RATE_LIMIT_MAX = "x-ratelimit-max"
RATE_LIMIT_COUNT = "x-ratelimit-count"
"""The number of calls that a window allows, and of those made in it (documented)."""
JSON_CONTENT_TYPE = "application/json; charset=utf-8"
"""The Content-Type of every response of the API, to the letter (live)."""
