"""Auto schedules: the times of day at which a profile's posts take the next free slot."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.domain import profiles
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.domain.tenants import Tenant

DEFAULT_TITLE: Final = "default"
MOST_KEPT: Final = 100
"""Schedules that a profile can have."""
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)[zZ]?", re.ASCII)
_DATES: Final = (
    re.compile(r"(?P<year>[12]\d{3})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)", re.ASCII),
    re.compile(r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>[12]\d{3})(?!\d)", re.ASCII),
)
_FARTHEST_DAYS: Final = 366
_SUNDAY_FIRST: Final = 7


class AutoSchedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A schedule as it was set; what Ayrshare returns of it are the same words.

    Attributes:
        schedule: Times of day in UTC, such as `13:05Z`.
        days_of_week: Days on which they count, 0 being Sunday; every day if none is given.
        exclude_dates: Days that are left out.
        start: The first day, as sent.
        last: The latest slot that was given away, UNIX seconds of the account's time.
    """

    schedule: list[str] = []
    days_of_week: list[int] | None = None
    exclude_dates: list[str] | None = None
    start: str | None = None
    last: float | None = None


_SCHEDULES: Final = Record(RecordKind.AUTO_SCHEDULES, dict[str, AutoSchedule])


def find_all(tenant: Tenant, profile: Profile) -> dict[str, AutoSchedule]:
    """A profile's schedules by title; empty if none was ever set."""
    return _SCHEDULES.get(tenant.store, profile.key) or {}


def set_schedule(
    tenant: Tenant, profile: Profile, title: str, wanted: AutoSchedule
) -> AutoSchedule:
    """Sets a schedule in place of one with the same title.

    A start without times moves the schedule that there is. Slots that were given away stay so.

    Returns:
        The schedule as it is now.

    Raises:
        Refused: A time or a date cannot be read, or there are too many schedules (101), or the
            profile was deleted meanwhile (144).
    """
    for text in wanted.schedule:
        _read_time(text)
    for text in [*(wanted.exclude_dates or []), *([wanted.start] if wanted.start else [])]:
        _read_date(text)
    with tenant.transaction():
        known = find_all(tenant, profile)
        if title not in known and len(known) >= MOST_KEPT:
            raise incorrect(f"A profile has at most {MOST_KEPT} schedules.")
        before = known.get(title, AutoSchedule())
        if wanted.schedule:
            changed = msgspec.structs.replace(wanted, last=before.last)
        else:
            changed = msgspec.structs.replace(before, start=wanted.start)
        _save(tenant, profile, {**known, title: changed})
    return changed


def delete(tenant: Tenant, profile: Profile, title: str) -> None:
    """Deletes a schedule.

    Raises:
        Refused: There is none with this title (192), or the profile was deleted meanwhile (144).
    """
    with tenant.transaction():
        known = find_all(tenant, profile)
        if title not in known:
            raise Refused(errors.NO_AUTO_SCHEDULE, _missing(title, known))
        _save(tenant, profile, {name: one for name, one in known.items() if name != title})


def next_slot(tenant: Tenant, profile: Profile, title: str) -> float:
    """The next free slot of a schedule, UNIX seconds of the account's time.

    Raises:
        Refused: There is no such schedule (192), or it has no slot within a year (101).
    """
    known = find_all(tenant, profile)
    schedule = known.get(title)
    if schedule is None:
        raise Refused(errors.NO_AUTO_SCHEDULE, _missing(title, known))
    after = max(tenant.now(), schedule.last or 0.0)
    slot = next((slot for slot in _slots(schedule, after) if slot > after), None)
    if slot is None:
        raise incorrect("The auto schedule has no free slot within a year.")
    return slot


def take_slot(tenant: Tenant, profile: Profile, title: str, slot: float) -> None:
    """Gives away a slot that `next_slot` found in the same transaction."""
    known = find_all(tenant, profile)
    used = msgspec.structs.replace(known[title], last=slot)
    _save(tenant, profile, {**known, title: used})


def _slots(schedule: AutoSchedule, after: float) -> Iterator[float]:
    """The slots of a schedule in order, from the day of an instant on."""
    times = sorted(_read_time(text) for text in schedule.schedule)
    excluded = {_read_date(text) for text in schedule.exclude_dates or []}
    first = datetime.fromtimestamp(after, UTC).date()
    if schedule.start:
        first = max(first, _read_date(schedule.start))
    days = schedule.days_of_week
    for number in range(_FARTHEST_DAYS):
        day = first + timedelta(days=number)
        if day in excluded or (days and day.isoweekday() % _SUNDAY_FIRST not in days):
            continue
        for hour, minute in times:
            yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()


def _read_time(text: str) -> tuple[int, int]:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise incorrect("schedule: write times of day in UTC, such as 13:05Z.")
    return int(match[1]), int(match[2])


def _read_date(text: str) -> date:
    """A day as ISO writes it, or as 04/30/2026; the time of day behind it does not count."""
    found = (pattern.match(text.strip()) for pattern in _DATES)
    try:
        parts = next(match for match in found if match is not None).groupdict()
        return date(**{name: int(part) for name, part in parts.items()})
    except (StopIteration, ValueError):
        raise incorrect("Write dates as 2026-04-30 or 04/30/2026.") from None


def _missing(title: str, known: dict[str, Any]) -> str | None:
    return f"There is none with the title {title[:60]!r}." if known else None


def _save(tenant: Tenant, profile: Profile, schedules: dict[str, AutoSchedule]) -> None:
    profiles.get(tenant, profile.key)  # Nothing is kept for one that was deleted meanwhile.
    _SCHEDULES.save(tenant.store, profile.key, owner=tenant.api_key, document=schedules)
