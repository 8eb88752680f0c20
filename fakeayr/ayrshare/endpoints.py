"""Ayrshare's endpoints that the fake does not have yet, and paths that only look like endpoints.

Paths are below `/api`; `<id>` stands for one part of any name.
"""

ELSEWHERE: dict[str, tuple[str, ...]] = {
    "/ads/facebook/accounts": ("GET",),
    "/ads/facebook/boost": ("POST",),
    "/ads/facebook/boosted-ads": ("GET",),
    "/ads/facebook/cities": ("GET",),
    "/ads/facebook/dsa-recommendations": ("GET",),
    "/ads/facebook/history": ("GET",),
    "/ads/facebook/interests": ("GET",),
    "/ads/facebook/regions": ("GET",),
    "/ads/facebook/update": ("PUT",),
    "/analytics/links": ("GET",),
    "/analytics/links-short": ("GET",),
    "/auto-hashtag": ("POST",),
    "/brand/byUser": ("GET",),
    "/comments": ("GET", "POST"),
    "/comments/<id>": ("GET", "DELETE"),
    "/comments/reply": ("POST",),
    "/comments/reply/<id>": ("POST",),
    "/error-explainer": ("GET",),
    "/feed": ("GET", "POST", "PUT", "DELETE"),
    "/generate/altText": ("POST",),
    "/generate/post": ("POST",),
    "/generate/rewrite": ("POST",),
    "/generate/sentiment": ("POST",),
    "/generate/transcription": ("POST",),
    "/generate/translate": ("POST",),
    "/hashtags/auto": ("POST",),
    "/hashtags/banned": ("GET",),
    "/hashtags/recommend": ("GET",),
    "/links": ("GET", "POST"),
    "/links/<id>": ("GET",),
    "/messages/<id>": ("GET", "POST"),
    "/messages/autoresponse": ("GET", "POST"),
    "/post/copy": ("POST",),
    "/reviews": ("GET", "POST", "DELETE"),
    "/reviews/<id>": ("GET",),
    "/short": ("POST",),
    "/shorten": ("POST",),
    "/user/batch": ("GET",),
    "/user/details": ("GET",),
}
"""What Ayrshare has besides, with its methods; older spellings are those of the official SDKs
(documented)."""

MISTAKEN = {
    "/generateJWT": "/profiles/generateJWT",
    "/link-sessions": "/profiles/link-sessions",
    "/webhook": "/hook/webhook",
    "/webhooks": "/hook/webhook",
}
"""Paths that Ayrshare does not have, and what is meant by them: the first and the last are called
by programs (public-code)."""

OLDER = {
    "/api/profiles/create-profile": "POST /profiles",
    "/api/profiles/delete-profile": "DELETE /profiles",
    "/api/profiles/profile": "/profiles",
    "/api/delete": "DELETE /post",
}
"""Older spellings of paths, and today's (live): the official SDKs call them."""
