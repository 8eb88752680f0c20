"""What a test says of analytics: `set_analytics` and `next_analytics`."""

from typing import Any

import pytest
import requests

from fakeayr import Account, CallRefused
from fakeayr.testing.profile import Profile


def ask(ayrshare: Account, path: str, profile: Profile, **body: Any) -> requests.Response:
    """What the application under test calls."""
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    if profile.key is not None:
        headers["Profile-Key"] = profile.key
    url = f"https://api.ayrshare.com/api/analytics/{path}"
    return requests.post(url, headers=headers, json=body, timeout=5)


def followers(ayrshare: Account, profile: Profile) -> int:
    """How many follow a profile on Instagram."""
    answer = ask(ayrshare, "social", profile, platforms=["instagram"]).json()
    count: int = answer["instagram"]["analytics"]["followersCount"]
    return count


def test_a_profiles_account_reports_what_a_test_sets(ayrshare: Account) -> None:
    first, second = ayrshare.create_profile(), ayrshare.create_profile()
    for profile in (first, second, ayrshare.primary):
        profile.link("instagram")
    first.set_analytics("instagram", followersCount=12)
    ayrshare.primary.set_analytics("instagram", followersCount=13)
    assert followers(ayrshare, first) == 12
    assert followers(ayrshare, ayrshare.primary) == 13
    assert followers(ayrshare, second) > 13


def test_a_post_reports_what_a_test_sets(ayrshare: Account) -> None:
    ayrshare.primary.link("facebook")
    ayrshare.set_analytics("1_2", "facebook", likeCount=12, reactions={"love": 3})
    body = {"id": "1_2", "platforms": ["facebook"], "searchPlatformId": True}
    answer = ask(ayrshare, "post", ayrshare.primary, **body).json()
    analytics = answer["facebook"]["analytics"]
    assert (analytics["likeCount"], analytics["reactions"]["love"]) == (12, 3)


def test_a_post_of_the_fixture_reports_what_a_test_sets(ayrshare: Account) -> None:
    profile = ayrshare.create_profile()
    profile.link("threads")
    profile.post("Fresh bread", ["threads"])
    (post,) = profile.posts
    ayrshare.set_analytics(post, "threads", likes=12)
    answer = ask(ayrshare, "post", profile, id=post.id).json()
    assert answer["threads"]["analytics"]["likes"] == 12


def test_the_next_analytics_of_a_network_fail(ayrshare: Account) -> None:
    profile = ayrshare.create_profile()
    for one in (profile, ayrshare.primary):
        one.link("facebook")
    ayrshare.next_analytics("throttled", "facebook", profile=ayrshare.primary)
    ayrshare.next_analytics("failed", "facebook", profile=profile, times=2)
    asked = [
        ask(ayrshare, "social", one, platforms=["facebook"]).json().get("code")
        for one in (ayrshare.primary, ayrshare.primary, profile, profile, profile)
    ]
    assert asked == [444, None, 186, 186, None]


def test_a_field_that_the_network_does_not_have_is_refused(ayrshare: Account) -> None:
    with pytest.raises(CallRefused, match=r"no field folowersCount here\. Did you mean followers"):
        ayrshare.primary.set_analytics("instagram", folowersCount=12)
