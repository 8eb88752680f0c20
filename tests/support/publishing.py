"""Posts for tests that are about something else."""

from typing import Any

from fakeayr.domain import profiles
from fakeayr.domain.posting import changes, submitting
from fakeayr.domain.posting.posts import Post
from fakeayr.domain.posting.requests import DEFAULT, PostRequest
from fakeayr.web.context import context
from tests.support.accounts import Account


def publish(
    account: Account,
    *platforms: str,
    text: str = "Fresh bread",
    media: list[str] | None = None,
    profile_key: str | None = None,
    options: dict[str, dict[str, Any]] | None = None,
    scheduled: float | None = None,
) -> Post:
    """Posts to networks; without a profile key, of the primary profile."""
    request = PostRequest(
        platforms=list(platforms),
        texts={DEFAULT: text},
        media={DEFAULT: media or []},
        options=options or {},
        scheduled=scheduled,
    )
    with account.client.application.app_context():
        tenant = context().world.tenant(account.api_key)
        assert tenant is not None
        profile = profiles.get(tenant, profile_key or account.api_key)
        return submitting.submit(tenant, profile, request)


def find_post(account: Account, post: Post) -> Post:
    """The post as it stands now."""
    with account.client.application.app_context():
        found = context().world.store.post(account.api_key, post.id)
    assert found is not None
    return found


def live_id(account: Account, post: Post, network: str) -> str:
    """The network's id of a post that people see there."""
    publication = find_post(account, post).publication(network)
    assert publication is not None
    assert publication.is_live
    return publication.id


def advance(account: Account, seconds: float) -> None:
    """Moves the account's clock."""
    answer = account.post("/_fakeayr/clock", json={"advance": seconds})
    assert answer.status_code == 200, answer.text


def choose_analytics(account: Account, platform: str, **order: Any) -> None:
    """Says what a network reports, or how its next analytics fail."""
    answer = account.post("/_fakeayr/analytics", json={"platform": platform, **order})
    assert answer.status_code == 200, answer.text


def delete_post(account: Account, post: Post) -> None:
    """Deletes a post and what people see of it."""
    with account.client.application.app_context():
        tenant = context().world.tenant(account.api_key)
        assert tenant is not None
        profile = profiles.get(tenant, post.profile_key)
        changes.delete(tenant, profile, post.id)
