"""How sure a fact is: where it was seen."""

from enum import StrEnum


class Source(StrEnum):
    """Where a fact about Ayrshare comes from, surest first."""

    REFERENCE = "reference"
    """Ayrshare's reference pages for generateJWT; they win over everything else."""
    DOCUMENTED = "documented"
    """Another page of Ayrshare's documentation."""
    LIVE = "live"
    """Seen in responses of the real API, or asserted by the vendor's own smoke tests."""
    PUBLIC_CODE = "public-code"
    """In integrators' public code, or in what they have published."""
    INFERRED = "inferred"
    """Not public: the fake does the simplest thing. No contract check holds Ayrshare to it."""
