"""Auto-schedules: they are kept for a profile, and go with it."""

from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_fields, expect_refusal, expect_success
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOT_SERVED, SCHEDULE_PATH, ContractSession, CreatedProfile

_PLANS: Final[dict[str, dict[str, Any]]] = {
    "Bakery": {
        "schedule": ["18:06z", "13:05Z"],
        "daysOfWeek": [3, 1, 0],
        "excludeDates": ["04/04/2024", "2027-12-24"],
    },
    "bakery": {"schedule": ["00:00Z"], "daysOfWeek": [6], "excludeDates": ["12/24/2027"]},
}


@check("auto-schedule.echo", "auto-schedule.list")
def auto_schedules_are_repeated_as_they_were_set(session: ContractSession) -> None:
    """What an auto-schedule was set to is repeated exactly, at once and in the list."""
    profile, other = session.create_profile(), session.create_profile()
    kept: dict[str, dict[str, Any]] = {}
    for title, plan in _PLANS.items():
        _expect_set(_set(session, profile, {**plan, "title": title}), title, plan)
        kept[title] = plan
        _expect_listed(session, profile, kept)
    kept["Bakery"] = {"schedule": ["07:30Z"], "daysOfWeek": [2], "excludeDates": []}
    _expect_set(_set(session, profile, {**kept["Bakery"], "title": "Bakery"}), "Bakery", {})
    _expect_listed(session, profile, kept)
    _expect_none(session, other)


@check("auto-schedule.none")
def no_auto_schedule_is_an_error(session: ContractSession) -> None:
    """A list without auto-schedules is an error: code 192."""
    _expect_none(session, session.create_profile())


@check("auto-schedule.default")
def an_auto_schedule_without_a_title_is_the_default(session: ContractSession) -> None:
    """An auto-schedule without a title is called default, and is deleted without one."""
    profile = session.create_profile()
    plan: dict[str, Any] = {"schedule": ["09:00Z"], "daysOfWeek": [1], "excludeDates": []}
    _expect_set(_set(session, profile, plan), "default", plan)
    other = {**plan, "schedule": ["10:00Z"]}
    _set(session, profile, {**other, "title": "Other"})
    _expect_listed(session, profile, {"default": plan, "Other": other})
    _delete(session, profile, {})
    _expect_listed(session, profile, {"Other": other})
    _set(session, profile, {**other, "title": "Third"})
    _delete(session, profile, {"title": "Other"})
    _expect_listed(session, profile, {"Third": other})
    _delete(session, profile, {"title": "Third"})
    left = session.call("GET", SCHEDULE_PATH, profile_key=profile.key)
    expect("Third" not in (left.fields.get("schedules") or {}), "it is not deleted", left)


@check("auto-schedule.required")
def an_auto_schedule_needs_times(session: ContractSession) -> None:
    """An auto-schedule without times and without a start is refused."""
    profile = session.create_profile()
    bodies: tuple[dict[str, Any], ...] = ({}, {"title": "Bakery"}, {"schedule": []})
    for body in (*bodies, {"schedule": [], "title": "Bakery"}):
        answer = _set(session, profile, body)
        expect_refusal(answer, "InvalidParameters")
    _expect_none(session, profile)
    plan = {"schedule": ["09:00Z"], "title": "Bakery"}
    expect(_set(session, profile, plan).status == 200, "times alone are refused")
    start = {"title": "Bakery", "setStartDate": "2039-01-01T00:00:00Z"}
    made = _set(session, profile, start)
    expect(made.status == 200, "a start alone is refused", made)


@check("auto-schedule.older-paths")
def older_paths_of_auto_schedules_work(session: ContractSession) -> None:
    """The older paths of auto-schedules, where they exist, do what the new ones do."""
    profile = session.create_profile()
    plan: dict[str, Any] = {"schedule": ["09:00Z"], "daysOfWeek": [1], "excludeDates": []}
    kept: dict[str, dict[str, Any]] = {"default": plan}
    _set(session, profile, plan)
    for number, path in enumerate(("/auto-schedule/set", "/set-auto-schedule")):
        body = {**plan, "title": f"older-{number}"}
        made = session.call("POST", path, profile_key=profile.key, body=body)
        if made.status not in NOT_SERVED:
            _expect_set(made, f"older-{number}", plan)
            kept[f"older-{number}"] = plan
            _expect_listed(session, profile, kept)
    listed = session.call("GET", "/auto-schedule/list", profile_key=profile.key)
    if listed.status not in NOT_SERVED:
        expect_fields(listed, status="success")
        expect(set(listed.fields.get("schedules", {})) == set(kept), "it lists others", listed)
    gone = session.call(
        "DELETE", "/auto-schedule/delete", profile_key=profile.key, body={"title": "default"}
    )
    if gone.status not in NOT_SERVED:
        expect_fields(gone, status="success")
        left = session.call("GET", SCHEDULE_PATH, profile_key=profile.key)
        shown = left.fields.get("schedules") or {}
        expect("default" not in shown, "it is not deleted", left)


def _set(session: ContractSession, profile: CreatedProfile, body: dict[str, Any]) -> Answer:
    return session.call("POST", SCHEDULE_PATH, profile_key=profile.key, body=body)


def _delete(session: ContractSession, profile: CreatedProfile, body: dict[str, Any]) -> None:
    gone = session.call("DELETE", SCHEDULE_PATH, profile_key=profile.key, body=body)
    expect_success(gone, "the deletion is refused")


def _expect_set(made: Answer, title: str, plan: dict[str, Any]) -> None:
    expect_success(made, message="Auto schedule set.", title=title, **plan)


def _expect_listed(
    session: ContractSession, profile: CreatedProfile, kept: dict[str, dict[str, Any]]
) -> None:
    listed = session.call("GET", SCHEDULE_PATH, profile_key=profile.key)
    expect_success(listed, "the list is refused")
    schedules = listed.fields.get("schedules")
    expect(isinstance(schedules, dict), "schedules is no object", listed)
    expect(set(schedules or {}) == set(kept), "the titles are others", listed)
    for title, plan in kept.items():
        shown = (schedules or {})[title]
        for name, value in plan.items():
            expect(shown.get(name) == value, f"{name} of {title} is {shown.get(name)}", listed)


def _expect_none(session: ContractSession, profile: CreatedProfile) -> None:
    expect_refusal(session.call("GET", SCHEDULE_PATH, profile_key=profile.key), "NoAutoSchedule")
