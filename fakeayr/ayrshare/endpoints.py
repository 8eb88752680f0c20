"""Ayrshare's endpoints that the fake does not have."""

ELSEWHERE = frozenset(
    {
        "ads",
        "analytics",
        "auto-schedule",
        "brand",
        "comments",
        "delete",
        "error-explainer",
        "feed",
        "generate",
        "hashtags",
        "history",
        "links",
        "media",
        "messages",
        "post",
        "reviews",
        "shorten",
        "upload",
        "validate",
    }
)
"""First part of their paths below /api (documented)."""
