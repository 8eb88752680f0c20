"""Webhooks: actions, headers and retries. Durations are in seconds."""

from dataclasses import dataclass

ACTIONS = (
    "feed",
    "social",
    "scheduled",
    "batch",
    "messages",
    "mentions",
    "comments",
    "automations",
    "suspended",
    "accountActivity",
)
"""What a webhook can be registered for (documented)."""
SUSPENSION_ACTIONS = ("suspended", "accountActivity")
"""Both names of the same event; the second is from a vendor tool (public-code)."""

TIMESTAMP_HEADER = "X-Authorization-Timestamp"
"""The time of the attempt in UNIX seconds (documented)."""
SIGNATURE_HEADER = "X-Authorization-Content-SHA256"
"""HMAC-SHA256 of the raw body under the profile's newest secret (documented), as lower-case
hexadecimal digits (public-code)."""
SIGNATURES_HEADER = "X-Authorization-Content-SHA256-V2"
"""The signatures under every secret that is valid, the newest first (public-code)."""
SIGNATURES_VERSION = "v1="
"""What each of them begins with; commas stand between them (public-code)."""
DELIVERY_ID_HEADER = "X-Ayrshare-Delivery-Id"
DELIVERY_ATTEMPT_HEADER = "X-Ayrshare-Delivery-Attempt"
"""The newer age's headers (public-code). How the older one marks retries is not public, so both
send them."""

ROTATION_SECONDS = 24 * 3600
"""How long both secrets sign after a rotation (documented)."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """When deliveries are sent again.

    Attributes:
        answer_within: Seconds that a receiver may take to respond.
        pauses: Seconds before the second, third, … attempt.
        final: Error statuses after which a delivery is not sent again. After a timeout or a broken
            connection it always is.
    """

    answer_within: float
    pauses: tuple[float, ...]
    final: frozenset[int]

    def is_retried_after_refusal(self, status: int) -> bool:
        """Returns whether a delivery is sent again after a response with this status."""
        return status not in self.final


_PASSING = {408, 425, 429, *range(500, 600)}

FIRST_AGE = RetryRule(10, (5, 30), frozenset())
"""Anything but 2xx is sent again after 5 seconds and after 30 more (documented)."""
SECOND_AGE = RetryRule(15, (5, 25, 60, 120, 240, 480, 960, 1680), frozenset(range(1000)) - _PASSING)
"""Up to 9 deliveries in about an hour, only after 408, 425, 429, 5xx and timeouts (public-code);
the pauses themselves are (inferred)."""
TIMEOUT_STATUS = 503
"""The status that the first age records for a timeout (documented)."""
