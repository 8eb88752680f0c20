"""What is deleted between the reading of a call and its effect: nothing is kept for it."""

from collections.abc import Callable

import pytest

from fakeayr.domain import accounts, profiles
from fakeayr.domain.media.declared import declare
from fakeayr.domain.media.facts import guess
from fakeayr.domain.posting import schedules, submitting
from fakeayr.domain.posting.posts import PostFilter
from fakeayr.domain.posting.requests import DEFAULT, PostRequest
from fakeayr.domain.posting.schedules import AutoSchedule
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import RecordKind
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant, World
from tests.support.accounts import Account

Act = Callable[[Tenant, Profile], object]


def submit(tenant: Tenant, profile: Profile) -> None:
    """Posts at once."""
    request = PostRequest(platforms=["facebook"], texts={DEFAULT: "Fresh bread"})
    submitting.submit(tenant, profile, request)


def schedule(tenant: Tenant, profile: Profile) -> None:
    """Sets an auto schedule."""
    schedules.set_schedule(tenant, profile, "s", AutoSchedule(schedule=["13:05Z"]))


def declare_media(tenant: Tenant, profile: Profile) -> None:
    """Declares what a URL holds."""
    declare(tenant, guess("https://img.example/a.png", is_video=False))


@pytest.mark.parametrize("act", [submit, schedule])
def test_nothing_is_kept_for_a_deleted_profile(tenant: Tenant, act: Act) -> None:
    profile = profiles.create(tenant, "Mia's Bakery", {})
    profiles.delete(tenant, profile.key)
    with pytest.raises(Refused) as refused:
        act(tenant, profile)
    assert refused.value.error.code == 144
    assert tenant.store.posts(tenant.api_key, PostFilter(limit=9)) == []
    assert tenant.store.record(RecordKind.AUTO_SCHEDULES, profile.key) is None


def test_the_schedules_of_a_profile_go_with_it(tenant: Tenant) -> None:
    profile = profiles.create(tenant, "Mia's Bakery", {})
    schedule(tenant, profile)
    schedule(tenant, profiles.primary(tenant))
    profiles.delete(tenant, profile.key)
    assert tenant.store.record(RecordKind.AUTO_SCHEDULES, profile.key) is None
    assert schedules.find_all(tenant, profiles.primary(tenant)).keys() == {"s"}


@pytest.mark.parametrize("act", [submit, schedule, declare_media])
def test_nothing_is_kept_for_a_closed_account(world: World, tenant: Tenant, act: Act) -> None:
    profile = profiles.primary(tenant)
    closing = world.tenant(tenant.api_key)
    assert closing is not None
    accounts.close_account(closing)
    with pytest.raises(Refused) as refused:
        act(tenant, profile)
    assert refused.value.error.code == 102
    assert tenant.store.posts(tenant.api_key, PostFilter(limit=9)) == []
    assert tenant.store.record(RecordKind.AUTO_SCHEDULES, profile.key) is None
    assert tenant.store.all_declared(tenant.api_key) == []


def test_a_post_sees_the_links_as_they_stand(tenant: Tenant, account: Account) -> None:
    before = profiles.primary(tenant)
    account.link("facebook")
    request = PostRequest(platforms=["facebook"], texts={DEFAULT: "Fresh bread"})
    assert submitting.submit(tenant, before, request).errors == []
