"""Finding posts whose texts are the same or nearly the same."""

import hashlib
import re
from functools import lru_cache
from typing import Final

from fakeayr.ayrshare.limits import DUPLICATE_WINDOW_SECONDS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain.posting.posts import Post, PostStatus, PublicationStatus
from fakeayr.domain.posting.requests import PostRequest
from fakeayr.domain.tenants import Tenant

_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=64)
def digest_of(text: str) -> str | None:
    """What similar texts have in common; `None` for a text without words.

    Texts are similar if they differ only in case, spaces, punctuation or emoji (inferred).
    """
    words = _BETWEEN_WORDS.sub("", text.casefold())
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest() if words else None


def find(tenant: Tenant, post: Post, instant: float) -> dict[str, Post]:
    """The earlier post with a similar text, by network.

    Args:
        tenant: The account.
        post: The post that is to appear.
        instant: When, UNIX seconds of the account's time.
    """
    found: dict[str, Post] = {}
    for digest, networks in _digests(post.request).items():
        for earlier in tenant.store.posts_with_text(
            post.profile_key,
            digest,
            instant - DUPLICATE_WINDOW_SECONDS,
            instant + DUPLICATE_WINDOW_SECONDS,
        ):
            for network in networks:
                if earlier.id != post.id and _stands(earlier, network, digest, instant):
                    found.setdefault(network, earlier)
    return found


def remember(tenant: Tenant, post: Post, instant: float) -> None:
    """Notes when the texts of a post appear."""
    for digest in _digests(post.request):
        tenant.store.add_post_text(post, digest, instant)


def _digests(request: PostRequest) -> dict[str, list[str]]:
    """The networks that mind duplicates, by the digest of the text that they get."""
    networks: dict[str, list[str]] = {}
    for network in request.platforms:
        if POSTING[network].duplicates_allowed:
            continue
        digest = digest_of(request.text_for(network))
        if digest is not None:
            networks.setdefault(digest, []).append(network)
    return networks


def _stands(earlier: Post, network: str, digest: str, instant: float) -> bool:
    """Whether a post with this text is, or will be, on a network within the time of an instant.

    A post may have moved since its text was noted.
    """
    if network not in earlier.request.platforms or earlier.status is PostStatus.DELETED:
        return False
    request = earlier.request
    appears = earlier.created if request.scheduled is None else request.scheduled
    publication = earlier.publication(network)
    text = request.text_for(network)
    stands = earlier.status is not PostStatus.ERROR
    if publication is not None and earlier.status is not PostStatus.PENDING:
        text = publication.text
        appears = publication.published or appears
        stands = publication.status in {PublicationStatus.SUCCESS, PublicationStatus.SLOW}
    is_near = abs(appears - instant) < DUPLICATE_WINDOW_SECONDS
    return stands and is_near and digest_of(text) == digest
