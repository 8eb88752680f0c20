"""POST, GET and DELETE /auto-schedule, and their older spellings."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.posting.messages import AUTO_SCHEDULE_SET
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting import schedules
from fakeayr.domain.posting.schedules import AutoSchedule
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.web.calls import Call, operation

blueprint = Blueprint("auto_schedule", __name__)

Title = Annotated[str, Meta(min_length=1, max_length=200)]
_MOST_TIMES: Final = 1_000


class ScheduleBody(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /auto-schedule: at least `schedule` or `setStartDate`."""

    schedule: Annotated[list[str], Meta(max_length=_MOST_TIMES)] | None = None
    title: Title = schedules.DEFAULT_TITLE
    days_of_week: list[Annotated[int, Meta(ge=0, le=6)]] | None = None
    exclude_dates: Annotated[list[str], Meta(max_length=_MOST_TIMES)] | None = None
    set_start_date: str | None = None
    profile_key: str | None = None


class ScheduleRemoval(msgspec.Struct, frozen=True, rename="camel"):
    """The body of DELETE /auto-schedule."""

    title: str = schedules.DEFAULT_TITLE
    profile_key: str | None = None


class ScheduleQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /auto-schedule."""

    profile_key: str | None = None


@blueprint.post("/auto-schedule")
@blueprint.post("/auto-schedule/set", endpoint="set_auto_schedule_legacy")
@blueprint.post("/set-auto-schedule", endpoint="set_auto_schedule_oldest")
@operation()
def set_auto_schedule(call: Call) -> dict[str, Any]:
    """Sets a schedule; what was sent is returned as it came."""
    body = call.body(ScheduleBody)
    profile = call.profile(body.profile_key)
    if not body.schedule and not body.set_start_date:
        raise incorrect("schedule or setStartDate is required.")
    wanted = AutoSchedule(
        schedule=body.schedule or [],
        days_of_week=body.days_of_week,
        exclude_dates=body.exclude_dates,
        start=body.set_start_date,
    )
    kept = schedules.set_schedule(call.tenant, profile, body.title, wanted)
    set_up = {"status": "success", "message": AUTO_SCHEDULE_SET, "title": body.title}
    return {**set_up, **_describe(kept)}


@blueprint.get("/auto-schedule")
@blueprint.get("/auto-schedule/list", endpoint="get_auto_schedules_legacy")
@operation()
def get_auto_schedules(call: Call) -> dict[str, Any]:
    """Lists a profile's schedules by title."""
    profile = call.profile(call.query(ScheduleQuery).profile_key)
    known = schedules.find_all(call.tenant, profile)
    if not known:
        raise Refused(errors.NO_AUTO_SCHEDULE)
    described = {title: _describe(schedule) for title, schedule in known.items()}
    return {"status": "success", "schedules": described}


@blueprint.delete("/auto-schedule")
@blueprint.delete("/auto-schedule/delete", endpoint="delete_auto_schedule_legacy")
@operation()
def delete_auto_schedule(call: Call) -> dict[str, Any]:
    """Deletes a schedule."""
    body = call.body(ScheduleRemoval)
    profile = call.profile(body.profile_key)
    schedules.delete(call.tenant, profile, body.title)
    return {"status": "success", "title": body.title}


def _describe(schedule: AutoSchedule) -> dict[str, Any]:
    return without_none(
        {
            "schedule": schedule.schedule,
            "daysOfWeek": schedule.days_of_week,
            "excludeDates": schedule.exclude_dates,
            "setStartDate": schedule.start,
            "lastScheduleDate": None if schedule.last is None else iso_seconds(schedule.last),
        }
    )
