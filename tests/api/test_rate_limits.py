"""Rate limits: off unless a setting switches them on, and exact when on."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import ManualClock


@pytest.fixture
def limited(open_account: OpenAccount) -> Account:
    """An account with rate limits."""
    return open_account(settings={"rateLimit": True})


def call_times(account: Account, times: int, **options: Any) -> list[TestResponse]:
    """Calls GET /api/user so many times."""
    return [account.get("/api/user", **options) for _ in range(times)]


def counted(response: TestResponse) -> tuple[str | None, str | None]:
    """What the headers of an answer tell of the limit."""
    return response.headers.get("x-ratelimit-count"), response.headers.get("x-ratelimit-max")


def test_limits_are_off_by_default_and_tell_nothing(account: Account) -> None:
    responses = call_times(account, 310)
    assert {response.status_code for response in responses} == {200}
    assert counted(responses[-1]) == (None, None)


def test_300_calls_pass_and_the_next_one_is_refused(limited: Account) -> None:
    responses = call_times(limited, 301)
    assert {response.status_code for response in responses[:300]} == {200}
    assert responses[300].status_code == 429
    assert responses[300].get_json() == {
        "action": "request",
        "status": "error",
        "code": 9429,
        "message": "Too many requests.",
    }


def test_headers_tell_the_limit_and_the_count(limited: Account) -> None:
    responses = call_times(limited, 301)
    assert counted(responses[0]) == ("1", "300")
    assert counted(responses[299]) == ("300", "300")
    assert counted(responses[300]) == ("301", "300")


def test_no_header_tells_when_the_count_begins_again(limited: Account) -> None:
    (response,) = call_times(limited, 1)
    assert "x-ratelimit-reset" not in response.headers
    assert "Retry-After" not in response.headers


def test_refused_and_faulty_calls_count_and_tell_it(limited: Account) -> None:
    assert counted(limited.post("/api/profiles", json={})) == ("1", "300")
    assert counted(limited.get("/api/user", profile_key="unknown")) == ("2", "300")
    assert counted(limited.get("/api/user")) == ("3", "300")


def test_the_count_begins_again_5_minutes_after_its_first_call(
    limited: Account, clock: ManualClock
) -> None:
    call_times(limited, 1)
    clock.advance(minutes=4, seconds=59)
    assert call_times(limited, 300)[-1].status_code == 429
    clock.advance(seconds=1)
    (response,) = call_times(limited, 1)
    assert (response.status_code, *counted(response)) == (200, "1", "300")


def test_every_profile_has_a_limit_of_its_own(limited: Account) -> None:
    profile_key = limited.create_profile()["profileKey"]
    assert call_times(limited, 300)[-1].status_code == 429
    (response,) = call_times(limited, 1, profile_key=profile_key)
    assert (response.status_code, *counted(response)) == (200, "1", "300")


def test_every_account_has_limits_of_its_own(open_account: OpenAccount) -> None:
    first, second = (open_account(settings={"rateLimit": True}) for _ in range(2))
    call_times(first, 301)
    assert counted(call_times(second, 1)[0]) == ("1", "300")


def test_the_count_is_exact_when_calls_come_at_once(limited: Account) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = pool.map(lambda _: limited.get("/api/user").status_code, range(310))
        statuses = list(calls)
    assert (statuses.count(200), statuses.count(429)) == (300, 10)


def test_1000_refusals_in_24_hours_suspend_the_profile(limited: Account) -> None:
    profile_key = limited.create_profile()["profileKey"]
    call_times(limited, 300 + 999, profile_key=profile_key)
    assert limited.get("/api/profiles").get_json()["profiles"][0]["status"] == "active"
    call_times(limited, 1, profile_key=profile_key)
    assert limited.get("/api/profiles").get_json()["profiles"][0]["status"] == "suspended"


def test_a_suspended_profile_may_not_act_even_when_its_count_begins_again(
    limited: Account, clock: ManualClock
) -> None:
    profile_key = limited.create_profile()["profileKey"]
    call_times(limited, 300 + 1000, profile_key=profile_key)
    clock.advance(minutes=5)
    (user,) = call_times(limited, 1, profile_key=profile_key)
    for answer in (user, limited.generate_jwt(profile_key)):
        error = answer.get_json()
        assert (answer.status_code, error["code"]) == (403, 276)
        assert error["message"] == "This profile is suspended."


def test_refusals_older_than_24_hours_do_not_count(limited: Account, clock: ManualClock) -> None:
    profile_key = limited.create_profile()["profileKey"]
    call_times(limited, 300 + 999, profile_key=profile_key)
    clock.advance(minutes=24 * 60)
    call_times(limited, 300 + 999, profile_key=profile_key)
    assert limited.get("/api/profiles").get_json()["profiles"][0]["status"] == "active"


def test_8_profiles_a_second_can_be_deleted(limited: Account, clock: ManualClock) -> None:
    keys = [limited.create_profile(f"Shop {number}")["profileKey"] for number in range(10)]
    statuses = [limited.delete("/api/profiles", profile_key=key).status_code for key in keys]
    assert statuses == [200] * 8 + [429] * 2
    clock.advance(seconds=1)
    assert limited.delete("/api/profiles", profile_key=keys[8]).status_code == 200


def test_a_refused_deletion_says_why_and_deletes_nothing(limited: Account) -> None:
    keys = [limited.create_profile(f"Shop {number}")["profileKey"] for number in range(9)]
    *_, refused = (limited.delete("/api/profiles", profile_key=key) for key in keys)
    error = refused.get_json()
    assert (error["code"], error["details"]) == (9429, "At most 8 profiles are deleted a second.")
    (kept,) = limited.get("/api/profiles").get_json()["profiles"]
    assert kept["title"] == "Shop 8"


def test_deletions_are_not_limited_by_default(account: Account) -> None:
    keys = [account.create_profile(f"Shop {number}")["profileKey"] for number in range(12)]
    statuses = {account.delete("/api/profiles", profile_key=key).status_code for key in keys}
    assert statuses == {200}


def test_limits_can_be_switched_on_and_off(account: Account) -> None:
    assert counted(account.get("/api/user")) == (None, None)
    account.change(settings={"rateLimit": True})
    assert counted(account.get("/api/user")) == ("1", "300")
    account.change(settings={"rateLimit": False})
    assert counted(account.get("/api/user")) == (None, None)


def test_control_calls_are_never_limited(limited: Account) -> None:
    call_times(limited, 301)
    assert limited.get("/_fakeayr/accounts").status_code == 200
