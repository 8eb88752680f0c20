"""POST, GET and DELETE /auto-schedule."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.accounts import Account
from tests.support.posts import made, refusal

PATH = "/api/auto-schedule"
BAKERY: dict[str, Any] = {
    "schedule": ["18:06z", "13:05Z"],
    "daysOfWeek": [3, 1, 0],
    "excludeDates": ["04/04/2024", "2027-12-24"],
}


def set_schedule(account: Account, profile_key: str | None = None, **body: Any) -> TestResponse:
    """Calls POST /auto-schedule."""
    return account.post(PATH, json=body, profile_key=profile_key)


def schedules(account: Account, profile_key: str | None = None) -> dict[str, Any]:
    """The schedules by title; empty if there are none."""
    response = account.get(PATH, profile_key=profile_key)
    if response.status_code == 400:
        assert response.get_json()["code"] == 192
        return {}
    found: dict[str, Any] = response.get_json()["schedules"]
    return found


@pytest.mark.parametrize("path", [PATH, f"{PATH}/set", "/api/set-auto-schedule"])
def test_a_schedule_is_returned_as_it_was_sent(account: Account, path: str) -> None:
    response = account.post(path, json={**BAKERY, "title": "Bakery"})
    assert response.get_json() == {
        "status": "success",
        "message": "Auto schedule set.",
        "title": "Bakery",
        **BAKERY,
    }
    for listing in (PATH, f"{PATH}/list"):
        listed = account.get(listing).get_json()
        assert listed == {"status": "success", "schedules": {"Bakery": BAKERY}}


def test_titles_are_told_apart_and_default_is_one(account: Account) -> None:
    set_schedule(account, **BAKERY)
    set_schedule(account, title="Default", schedule=["09:00Z"], excludeDates=[])
    assert schedules(account) == {
        "default": BAKERY,
        "Default": {"schedule": ["09:00Z"], "excludeDates": []},
    }


def test_a_schedule_replaces_one_with_the_same_title(account: Account) -> None:
    set_schedule(account, **BAKERY)
    set_schedule(account, schedule=["07:30"])
    assert schedules(account) == {"default": {"schedule": ["07:30"]}}


def test_a_start_moves_the_schedule_that_there_is(account: Account) -> None:
    account.link("facebook")
    set_schedule(account, schedule=["06:00Z"])
    response = set_schedule(account, setStartDate="2022-12-01")
    assert response.get_json()["schedule"] == ["06:00Z"]
    assert schedules(account)["default"] == {"schedule": ["06:00Z"], "setStartDate": "2022-12-01"}
    assert made(account, "facebook", autoSchedule=True)["scheduleDate"] == "2022-12-01T06:00:00Z"


def test_a_new_schedule_gives_no_place_away_twice(account: Account) -> None:
    account.link("facebook")
    set_schedule(account, schedule=["06:00Z"])
    first = made(account, "facebook", post="a", autoSchedule=True)
    set_schedule(account, schedule=["06:00Z", "07:00Z"])
    second = made(account, "facebook", post="b", autoSchedule=True)
    assert first["scheduleDate"] == "2022-11-02T06:00:00Z"
    assert second["scheduleDate"] == "2022-11-02T07:00:00Z"


def test_days_and_exclusions_count(account: Account) -> None:
    account.link("facebook")
    set_schedule(account, schedule=["06:00Z"], daysOfWeek=[0, 3], excludeDates=["11/02/2022"])
    dates = [
        made(account, "facebook", post=f"bread {number}", autoSchedule=True)["scheduleDate"]
        for number in range(3)
    ]
    # 2022-11-02 is a Wednesday.
    assert dates == ["2022-11-06T06:00:00Z", "2022-11-09T06:00:00Z", "2022-11-13T06:00:00Z"]


def test_each_profile_has_its_own(account: Account, profile_key: str) -> None:
    set_schedule(account, profile_key, **BAKERY)
    set_schedule(account, title="b", schedule=["09:00Z"], profileKey=profile_key)
    assert schedules(account) == {}
    assert schedules(account, profile_key).keys() == {"default", "b"}
    assert account.get(PATH, query_string={"profileKey": profile_key}).status_code == 200


@pytest.mark.parametrize("path", [PATH, f"{PATH}/delete"])
def test_a_schedule_is_deleted(account: Account, path: str) -> None:
    set_schedule(account, **BAKERY)
    set_schedule(account, **BAKERY, title="b")
    assert account.delete(path, json={"title": "b"}).get_json() == {
        "status": "success",
        "title": "b",
    }
    assert schedules(account).keys() == {"default"}
    assert account.delete(path).get_json()["title"] == "default"
    assert refusal(account.get(PATH)) == (400, 192)
    assert refusal(account.delete(path, json={"title": "b"})) == (400, 192)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "a"},
        {"schedule": []},
        {"schedule": None},
        {"schedule": "06:00Z"},
        {"schedule": [6]},
        {"schedule": ["24:00Z"]},
        {"schedule": ["6"]},
        {"schedule": ["06:60Z"]},
        {"schedule": ["\u0660\u0666:00"]},
        {"schedule": ["06:00+01:00"]},
        {"schedule": ["06:00Z"] * 1001},
        {"setStartDate": ""},
        {"setStartDate": "soon"},
        {"setStartDate": 7},
        {"schedule": ["06:00Z"], "setStartDate": "2022-02-30"},
        {"schedule": ["06:00Z"], "setStartDate": "9999-12-31"},
        {"schedule": ["06:00Z"], "title": ""},
        {"schedule": ["06:00Z"], "title": 7},
        {"schedule": ["06:00Z"], "title": "a" * 201},
        {"schedule": ["06:00Z"], "daysOfWeek": [7]},
        {"schedule": ["06:00Z"], "daysOfWeek": ["Monday"]},
        {"schedule": ["06:00Z"], "excludeDates": ["13/13/2022"]},
        {"schedule": ["06:00Z"], "excludeDates": ["1/2/3/4"]},
        {"schedule": ["06:00Z"], "excludeDates": "2022-12-24"},
    ],
)
def test_a_wrong_schedule_is_refused(account: Account, body: dict[str, Any]) -> None:
    assert refusal(set_schedule(account, **body)) == (400, 101)
    assert schedules(account) == {}


def test_a_schedule_without_a_place_within_a_year_is_told(account: Account) -> None:
    account.link("facebook")
    set_schedule(account, setStartDate="2022-12-01")
    body = {"post": "a", "platforms": ["facebook"], "autoSchedule": True}
    assert refusal(account.post("/api/post", json=body)) == (400, 101)


def test_a_profile_has_at_most_a_hundred(account: Account) -> None:
    for number in range(100):
        assert set_schedule(account, title=str(number), schedule=["06:00Z"]).status_code == 200
    assert refusal(set_schedule(account, title="a", schedule=["06:00Z"])) == (400, 101)
    assert set_schedule(account, title="7", schedule=["07:00Z"]).status_code == 200


def test_a_deleted_profiles_schedules_are_gone(account: Account, profile_key: str) -> None:
    set_schedule(account, profile_key, **BAKERY)
    account.delete("/api/profiles", json={"profileKey": profile_key})
    assert refusal(account.get(PATH, profile_key=profile_key)) == (403, 144)
