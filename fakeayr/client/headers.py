"""Headers of the fake that the real Ayrshare does not have."""

from typing import Final

CONTROL_TOKEN: Final = "X-Fakeayr-Control-Token"
"""The server's control token."""
TOOLKIT_CALL: Final = "X-Fakeayr-Aside"
"""Marks a call of the toolkit: it is not journaled, and no fault or rate limit applies."""
