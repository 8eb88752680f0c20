"""What stands behind a URL, without looking there."""

from fakeayr.domain.media import uploads
from fakeayr.domain.media.facts import MediaFacts, guess
from fakeayr.domain.tenants import Tenant


def look_at(tenant: Tenant, url: str, *, is_video: bool = False) -> MediaFacts:
    """What a URL holds. No request leaves.

    That is what the tester has declared, what was uploaded, or what its extension says.

    Args:
        tenant: Whose post it is for.
        url: The URL.
        is_video: Whether what has no known extension counts as a video.
    """
    declared = tenant.store.declared(tenant.api_key, url)
    if declared is not None:
        return declared
    found = uploads.find_own(tenant, url)
    if found is not None:
        return found.facts(url, tenant.now())
    return guess(url, is_video=is_video)
