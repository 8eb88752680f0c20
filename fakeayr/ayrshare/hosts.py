"""Ayrshare's host names and the addresses of its linking page."""

API_HOSTS = frozenset({"api.ayrshare.com", "app.ayrshare.com"})
"""Hosts that serve the API below `/api`; older SDKs call the second (live)."""
PAGE_HOST = "profile.ayrshare.com"
PAGE_URL = f"https://{PAGE_HOST}"
"""Where the hosted linking page is; linking URLs follow it without a slash (reference)."""

UPLOADS_HOST = "images.ayrshare.com"
UPLOADS_URL = f"https://{UPLOADS_HOST}"
"""Where uploaded files are (documented)."""
RESIZED_HOST = "media.ayrshare.com"
RESIZED_URL = f"https://{RESIZED_HOST}"
"""Where the images are that POST /media/resize makes (live)."""

PARENT_DOMAIN = "ayrshare.com"
"""Every host below it is the real Ayrshare's (documented)."""

X_CALLBACKS = (
    f"{PAGE_URL}/social-accounts",
    "https://app.ayrshare.com/social-accounts",
)
"""Callback URLs that must be approved in the integrator's own X app (reference)."""
