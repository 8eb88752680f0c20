"""/_fakeayr/clock: an account's time, and what falls due while it moves."""

import socket
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START, ManualClock
from tests.support.linking import claims_of, flaw_of, opened
from tests.support.receivers import (
    Receiver,
    advance,
    deliveries,
    raw_receiver,
    read_request,
    register,
    statuses,
    times,
)

CLOCK = "/_fakeayr/clock"
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def moved(account: Account, seconds: Any) -> TestResponse:
    """The answer to moving the clock."""
    return account.post(CLOCK, json={"advance": seconds})


def linkedin(account: Account) -> dict[str, Any]:
    """LinkedIn's entry of GET /user."""
    entry: dict[str, Any] = account.get("/api/user").get_json()["displayNames"][0]
    assert entry["platform"] == "linkedin"
    return entry


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """What the receiver was told, and when it happened."""
    return [(payload["type"], payload["created"]) for payload in receiver.payloads]


def test_an_account_begins_with_the_servers_time(account: Account) -> None:
    assert account.get(CLOCK).get_json() == {
        "now": START,
        "utc": "2022-11-02T01:03:42.000Z",
        "offset": 0,
        "next": None,
    }


def test_it_moves_forward_by_seconds(account: Account) -> None:
    told = {
        "now": START + 90.5,
        "utc": "2022-11-02T01:05:12.500Z",
        "offset": 90.5,
        "next": None,
    }
    assert moved(account, 90.5).get_json() == told
    assert account.get(CLOCK).get_json() == told


def test_it_goes_on_with_the_servers_time(account: Account, clock: ManualClock) -> None:
    advance(account, HOUR)
    clock.advance(seconds=30)
    assert account.get(CLOCK).get_json()["now"] == START + HOUR + 30


def test_steps_add_up(account: Account) -> None:
    for _ in range(3):
        advance(account, 0.25)
    assert account.get(CLOCK).get_json()["offset"] == 0.75


def test_it_is_the_accounts_alone(account: Account, open_account: OpenAccount) -> None:
    other = open_account()
    advance(account, DAY)
    assert other.get(CLOCK).get_json()["offset"] == 0


def test_it_survives_a_change_of_the_account(account: Account) -> None:
    advance(account, DAY)
    account.change(maxPack=False, settings={"rateLimit": True})
    assert account.get(CLOCK).get_json()["offset"] == DAY


@pytest.mark.parametrize(
    "seconds", [-1, -0.001, 316_224_001, 1e300, "60", None, [], True], ids=repr
)
def test_it_moves_forward_only_and_by_a_sensible_number(account: Account, seconds: Any) -> None:
    answer = moved(account, seconds)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    assert account.get(CLOCK).get_json()["offset"] == 0


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "-1", "1e999", ""])
def test_a_form_moves_it_no_further(account: Account, text: str) -> None:
    answer = account.post(CLOCK, data={"advance": text})
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)


@pytest.mark.parametrize("body", [b'{"advance": NaN}', b'{"advance": 1e999}', b"{}", b"60"])
def test_what_is_no_number_does_not_move_it(account: Account, body: bytes) -> None:
    answer = account.post(CLOCK, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)


def test_an_unknown_field_is_refused(account: Account) -> None:
    assert account.post(CLOCK, json={"advance": 1, "seconds": 1}).status_code == 400


def test_it_cannot_leave_the_century(account: Account) -> None:
    for _ in range(10):
        assert moved(account, 316_224_000).status_code == 200
    answer = moved(account, 1)
    assert answer.status_code == 400
    assert "100 years" in answer.get_json()["details"]
    assert account.get("/api/user").status_code == 200


def test_whoever_has_no_key_has_no_clock(account: Account) -> None:
    for method in ("GET", "POST"):
        nobody = {"Authorization": "Bearer nobody"}
        answer = account.call(method, CLOCK, json={"advance": 1}, headers=nobody)
        assert answer.status_code == 403


# What follows it.


def test_tokens_are_issued_and_expire_by_it(app: Flask, account: Account) -> None:
    key = account.create_profile()["profileKey"]
    advance(account, DAY)
    answer = account.generate_jwt(key).get_json()
    assert claims_of(answer["token"])["iat"] == START + DAY
    advance(account, 5 * MINUTE - 1)
    assert opened(app, answer["url"]).status_code == 200
    advance(account, 1)
    assert flaw_of(opened(app, answer["url"])) == "expired"


def test_what_is_made_bears_its_time(account: Account) -> None:
    advance(account, DAY)
    account.create_profile()
    account.link("facebook")
    (profile,) = account.get("/api/profiles").get_json()["profiles"]
    assert profile["createdUTC"] == "2022-11-03T01:03:42.000Z"
    entry = account.get("/api/user").get_json()["displayNames"][0]
    assert entry["created"] == "2022-11-03T01:03:42Z"
    assert account.requests()[-1]["time"] == START + DAY


def test_due_retries_happen_before_the_answer(account: Account, receiver: Receiver) -> None:
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    deliveries(account)
    advance(account, 5)
    assert statuses(deliveries(account, wait=0)[0]) == [500, 200]


def test_moving_it_by_nothing_sends_what_is_due(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("facebook")
    advance(account, 0)
    assert statuses(deliveries(account, wait=0)[0]) == [200]


def test_retries_of_another_account_wait(
    account: Account, open_account: OpenAccount, receiver: Receiver
) -> None:
    other = open_account()
    receiver.answers = [500]
    receiver.register(account)
    account.link("facebook")
    deliveries(account)
    advance(other, DAY)
    assert statuses(deliveries(account)[0]) == [500]


def test_fractions_of_seconds_do_not_lose_a_retry(account: Account, receiver: Receiver) -> None:
    receiver.answers = [500, 500, 500]
    receiver.register(account)
    advance(account, 0.1)
    account.link("facebook")
    for _ in range(351):
        advance(account, 0.1)
    (delivery,) = deliveries(account)
    assert times(delivery) == pytest.approx([0.1, 5.1, 35.1], abs=1e-3)


# Links with a term: LinkedIn's last 365 days.


def test_linkedin_counts_the_days_down(account: Account) -> None:
    account.link("linkedin")
    assert linkedin(account)["refreshDaysRemaining"] == 365
    advance(account, DAY - 1)
    assert linkedin(account)["refreshDaysRemaining"] == 365
    advance(account, 1)
    assert linkedin(account)["refreshDaysRemaining"] == 364
    advance(account, 348 * DAY)
    assert linkedin(account)["refreshDaysRemaining"] == 16
    assert "refreshRequired" not in linkedin(account)


def test_15_days_before_the_end_a_refresh_is_asked_for(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("linkedin")
    advance(account, 350 * DAY - 1)
    assert len(deliveries(account)) == 1
    advance(account, 1)
    _, refresh = receiver.payloads
    assert (refresh["type"], refresh["source"]) == ("refresh", "system")
    assert refresh["created"] == "2023-10-18T01:03:42Z"
    assert refresh["refreshBy"] == "2023-11-02T01:03:42Z"
    assert linkedin(account)["refreshRequired"] == "2023-11-02T01:03:42Z"
    assert linkedin(account)["refreshDaysRemaining"] == 15


def test_at_the_end_the_system_unlinks(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("linkedin")
    advance(account, 365 * DAY - 1)
    assert account.get("/api/user").get_json()["activeSocialAccounts"] == ["linkedin"]
    advance(account, 1)
    assert "activeSocialAccounts" not in account.get("/api/user").get_json()
    unlink = receiver.payloads[-1]
    assert (unlink["type"], unlink["source"]) == ("unlink", "system")


def test_one_long_step_meets_everything_at_its_own_time(
    account: Account, receiver: Receiver
) -> None:
    receiver.answers = [500]
    receiver.register(account)
    account.link("linkedin")
    advance(account, 1_000 * DAY)
    assert told(receiver) == [
        ("link", "2022-11-02T01:03:42Z"),
        ("link", "2022-11-02T01:03:42Z"),
        ("refresh", "2023-10-18T01:03:42Z"),
        ("unlink", "2023-11-02T01:03:42Z"),
    ]
    assert [times(delivery) for delivery in deliveries(account)] == [
        [0, 5],
        [350 * DAY],
        [365 * DAY],
    ]


def test_a_term_that_ended_while_nobody_moved_the_clock_is_met_by_the_next_step(
    account: Account, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("linkedin")
    deliveries(account)
    clock.advance(minutes=400 * 24 * 60)
    assert advance(account, 10)["offset"] == 10
    assert [kind for kind, _ in told(receiver)] == ["link", "refresh", "unlink"]


def test_linking_anew_begins_a_new_term(account: Account, receiver: Receiver) -> None:
    account.link("linkedin")
    advance(account, 355 * DAY)
    account.link("linkedin")
    receiver.register(account)
    assert linkedin(account)["refreshDaysRemaining"] == 365
    assert "refreshRequired" not in linkedin(account)
    advance(account, 349 * DAY)
    assert deliveries(account) == []
    advance(account, DAY)
    assert [kind for kind, _ in told(receiver)] == ["refresh"]


def test_other_networks_have_no_term(account: Account, receiver: Receiver) -> None:
    account.link("facebook")
    receiver.register(account)
    advance(account, 3_000 * DAY)
    assert deliveries(account) == []


def test_every_profiles_links_have_their_own_term(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    for days, title in enumerate(("Mia", "Flo", "Pia")):
        account.link("linkedin", account.create_profile(title)["profileKey"])
        account.link("facebook", account.create_profile(f"{title}'s friend")["profileKey"])
        advance(account, DAY * (days + 1))
    advance(account, 400 * DAY)
    refreshed = [
        (payload["title"], payload["created"], payload["refreshBy"])
        for payload in receiver.payloads
        if payload["type"] == "refresh"
    ]
    assert refreshed == [
        ("Mia", "2023-10-18T01:03:42Z", "2023-11-02T01:03:42Z"),
        ("Flo", "2023-10-19T01:03:42Z", "2023-11-03T01:03:42Z"),
        ("Pia", "2023-10-21T01:03:42Z", "2023-11-05T01:03:42Z"),
    ]


def test_a_page_of_profiles_is_not_the_last(
    account: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.domain.system_events._PAGE", 2)
    receiver.register(account)
    for number in range(5):
        account.link("linkedin", account.create_profile(f"Profile {number}")["profileKey"])
    advance(account, 365 * DAY)
    kinds = [kind for kind, _ in told(receiver)]
    assert (kinds.count("refresh"), kinds.count("unlink")) == (5, 5)


def test_who_is_linked_anew_on_the_way_keeps_the_link(account: Account) -> None:
    """The receiver of the notice acts at once, in the middle of a long step."""

    def linking_anew(connection: socket.socket) -> None:
        if b'"type":"refresh"' in read_request(connection):
            account.link("linkedin")
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    account.link("linkedin")
    with raw_receiver(linking_anew) as url:
        register(account, url)
        advance(account, 400 * DAY)
    assert linkedin(account)["created"] == "2023-10-18T01:03:42Z"
    assert linkedin(account)["refreshDaysRemaining"] == 315


def test_it_names_what_is_due_next(account: Account) -> None:
    account.link("facebook")
    tomorrow = START + 24 * HOUR
    post = {"post": "Bread", "platforms": ["facebook"], "scheduleDate": "2022-11-03T01:03:42Z"}
    account.post("/api/post", json=post)
    assert account.get(CLOCK).get_json()["next"] == tomorrow
    assert advance(account, HOUR)["next"] == tomorrow
    assert advance(account, 24 * HOUR)["next"] is None
