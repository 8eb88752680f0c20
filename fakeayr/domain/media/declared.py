"""What testers declare that foreign URLs hold."""

from typing import Final

from fakeayr.ayrshare import errors
from fakeayr.domain.media.facts import MediaFacts
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

MOST: Final = 10_000
"""Declarations that an account can have."""


def declare(tenant: Tenant, facts: MediaFacts) -> None:
    """Declares what a URL holds, in place of an earlier declaration.

    Raises:
        Refused: The account has too many (507), or was closed meanwhile (102).
    """
    with tenant.transaction():
        tenant.store.save_declared(tenant.account.api_key, facts)  # Refused if it was closed.
        if tenant.store.count_declared(tenant.api_key) > MOST:
            raise Refused(
                errors.UPLOADS_FULL,
                f"An account can have {MOST:,} declared media. "
                "Remove them with DELETE /_fakeayr/media, or use another account.",
            )
