"""Auto schedules: which slot is the next one."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fakeayr.domain import profiles
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.posting import schedules
from fakeayr.domain.posting.schedules import AutoSchedule
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.serving.create_app import create_app
from fakeayr.web import development
from fakeayr.web.context import context
from tests.support.clock import ManualClock


@pytest.fixture
def tenant(clock: ManualClock) -> Iterator[Tenant]:
    """The development account, on Wednesday, 2022-11-02T01:03:42Z."""
    with closing(create_app(clock=clock)) as app, app.app_context():
        found = context().world.tenant(development.API_KEY)
        assert found is not None
        yield found


@pytest.fixture
def profile(tenant: Tenant) -> Profile:
    """Its primary profile."""
    return profiles.primary(tenant)


def slots(tenant: Tenant, profile: Profile, schedule: AutoSchedule, count: int) -> list[str]:
    """The next slots of a schedule, each of which is taken."""
    schedules.set_schedule(tenant, profile, "s", schedule)
    found = []
    for _ in range(count):
        slot = schedules.next_slot(tenant, profile, "s")
        assert schedules.next_slot(tenant, profile, "s") == slot
        schedules.take_slot(tenant, profile, "s", slot)
        found.append(iso_seconds(slot))
    return found


def test_times_follow_in_their_order(tenant: Tenant, profile: Profile) -> None:
    schedule = AutoSchedule(schedule=["18:00Z", "01:03", "7:30z"])
    assert slots(tenant, profile, schedule, 4) == [
        "2022-11-02T07:30:00Z",
        "2022-11-02T18:00:00Z",
        "2022-11-03T01:03:00Z",
        "2022-11-03T07:30:00Z",
    ]


def test_a_place_that_is_over_is_not_given_away(
    tenant: Tenant, profile: Profile, clock: ManualClock
) -> None:
    schedule = AutoSchedule(schedule=["06:00Z"])
    assert slots(tenant, profile, schedule, 1) == ["2022-11-02T06:00:00Z"]
    clock.advance(minutes=60 * 24 * 3)
    slot = schedules.next_slot(tenant, profile, "s")
    assert iso_seconds(slot) == "2022-11-05T06:00:00Z"


@pytest.mark.parametrize(
    ("schedule", "first"),
    [
        (AutoSchedule(schedule=["06:00Z"], days_of_week=[0]), "2022-11-06T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], days_of_week=[6]), "2022-11-05T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], days_of_week=[]), "2022-11-02T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], exclude_dates=["2022-11-02"]), "2022-11-03T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], exclude_dates=["11/2/2022"]), "2022-11-03T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], start="2022-11-20"), "2022-11-20T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], start="2022-11-20T09:00Z"), "2022-11-20T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], start="2020-01-01"), "2022-11-02T06:00:00Z"),
        (AutoSchedule(schedule=["06:00Z"], start="2999-12-31"), "2999-12-31T06:00:00Z"),
    ],
)
def test_days_count(tenant: Tenant, profile: Profile, schedule: AutoSchedule, first: str) -> None:
    assert slots(tenant, profile, schedule, 1) == [first]


def test_a_year_without_a_place_is_told(tenant: Tenant, profile: Profile) -> None:
    schedules.set_schedule(tenant, profile, "s", AutoSchedule(start="2022-12-01"))
    with pytest.raises(Refused, match="no free slot"):
        schedules.next_slot(tenant, profile, "s")
