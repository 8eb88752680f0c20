"""Ayrshare's limits, defaults and durations. Units are in the names."""

EXPIRES_IN_DEFAULT_MINUTES = 5
EXPIRES_IN_MIN_MINUTES = 1
EXPIRES_IN_MAX_MINUTES = 2880
EXPIRES_IN_RANGE = f"between {EXPIRES_IN_MIN_MINUTES} and {EXPIRES_IN_MAX_MINUTES} minutes"
"""How long a linking URL lives; choosing it needs the Max Pack (reference)."""

PROFILES_PAGE_MAX = 5000
"""Default and highest `limit` of GET /profiles (documented)."""
PROFILES_CACHE_SECONDS = 300
"""`nextUpdate` of GET /profiles and GET /user lies this far ahead (documented)."""
ACTION_LOG_MAX_DAYS = 365
"""How far back an action log reaches (documented)."""

RATE_LIMIT_REQUESTS = 300
RATE_LIMIT_WINDOW_SECONDS = 300
"""300 requests in 5 minutes for each profile; older pages say 250 (documented)."""
SUSPENDED_AFTER_REFUSALS = 1000
SUSPENDED_WITHIN_SECONDS = 24 * 3600
"""This many responses with status 429 in this time suspend the profile (documented)."""
PROFILE_DELETIONS_PER_SECOND = 8
"""How many profiles an account may delete in a second (documented)."""

COMPRESSED_FROM_BYTES = 1025
"""Only responses of more than 1,024 bytes are compressed (documented)."""

MONTHLY_API_CALLS_QUOTA = 100_000
MONTHLY_POST_QUOTA = 1_000
"""The quotas that GET /user shows; plausible numbers, not enforced (inferred)."""

REFRESH_NOTICE_SECONDS = 15 * 24 * 3600
"""A webhook announces the end of a link's term this long before it (public-code)."""

ANALYTICS_POST_IDS_MAX = 100
"""How many network ids `postIds` takes (public-code)."""

ANALYTICS_QUARTERS_MAX = 4
PLATFORM_HISTORY_DEFAULT = 10
PLATFORM_HISTORY_MAX = 500
"""Limits of `quarters` and of `limit` (documented)."""

ANALYTICS_QUARTER_SECONDS = 91 * 86_400
ANALYTICS_CACHE_SECONDS = 600
"""A quarter, and the gap between `lastUpdated` and `nextUpdate` of analytics (inferred)."""

PLATFORM_HISTORY_CACHE_SECONDS = 60
"""The gap between `lastUpdated` and `nextUpdate` of a history (documented)."""

DUPLICATE_WINDOW_SECONDS = 48 * 3600
"""Within what time a text may not be repeated on a network (documented)."""

HISTORY_DEFAULT = 25
HISTORY_MAX = 1_000
HISTORY_DEFAULT_DAYS = 30
"""`limit` and `lastDays` of GET /history (documented)."""
HISTORY_CACHE_SECONDS = 60
"""The gap between `lastUpdated` and `nextUpdate` of more posts than the default (documented)."""
