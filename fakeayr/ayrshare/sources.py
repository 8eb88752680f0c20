"""How sure a fact is: where it was seen."""

from enum import StrEnum


class Source(StrEnum):
    """Where a fact about Ayrshare comes from, surest first."""

    REFERENCE = "reference"
    """Ayrshare's reference pages for generateJWT; they win over everything else."""
    DOCUMENTED = "documented"
    """Another page of Ayrshare's documentation."""
    LIVE = "live"
    """Seen in answers of the real API, or asserted by the vendor's own smoke tests."""
    PUBLIC_CODE = "public-code"
    """Relied upon by integrators' public code."""
    INFERRED = "inferred"
    """Unknown to the public: our plainest choice. No contract check holds Ayrshare to it."""
