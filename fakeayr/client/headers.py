"""Header names that the real Ayrshare does not know."""

from typing import Final

CONTROL_TOKEN: Final = "X-Fakeayr-Control-Token"
"""Carries the server's control token."""
TOOLKIT_CALL: Final = "X-Fakeayr-Aside"
"""Marks what the toolkit does for a test: no journal, ordered fault or rate limit sees it."""
