"""GET and DELETE /_fakeayr/advice, and GET /_fakeayr/changes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask

from fakeayr.delivery.courier import Courier
from fakeayr.domain.journal import KEPT
from fakeayr.serving.thread import run_in_thread
from fakeayr.web.recorder import Recorder
from tests.support.accounts import Account, OpenAccount
from tests.support.advice import names
from tests.support.receivers import Receiver


def advice_of(account: Account, **query: str) -> list[dict[str, Any]]:
    """The account's advice."""
    response = account.get("/_fakeayr/advice", query_string=query)
    assert response.status_code == 200, response.text
    advice: list[dict[str, Any]] = response.get_json()["advice"]
    return advice


def changes_of(account: Account, **query: Any) -> dict[str, Any]:
    """What is new in the account."""
    response = account.get("/_fakeayr/changes", query_string=query)
    assert response.status_code == 200, response.text
    changes: dict[str, Any] = response.get_json()
    return changes


def misspell(account: Account, field: str = "refid") -> None:
    """Makes a call with a field that Ayrshare does not know."""
    account.get("/api/profiles", query_string={field: "x"})


def test_a_new_account_has_no_advice(account: Account) -> None:
    assert advice_of(account) == []


def test_equal_advice_is_counted(account: Account) -> None:
    for _ in range(3):
        misspell(account)
    (advice,) = advice_of(account)
    ids = [entry["id"] for entry in account.requests()]
    assert (advice["name"], advice["place"], advice["count"]) == (
        "field-misspelt",
        "query refid",
        3,
    )
    assert (advice["method"], advice["path"]) == ("GET", "/api/profiles")
    assert advice["requests"] == ids


def test_the_surest_advice_comes_first_and_then_the_latest(
    account: Account, profile_key: str
) -> None:
    misspell(account, "refid")
    account.post("/_fakeayr/clock", json={"advance": 1})
    misspell(account, "titel")
    account.generate_jwt(profile_key, privateKey="")
    told = [(advice["name"], advice["place"]) for advice in advice_of(account)]
    assert told == [
        ("key-empty", "/privateKey"),
        ("field-misspelt", "query titel"),
        ("field-misspelt", "query refid"),
    ]


def test_advice_outlives_the_journals_entries(account: Account) -> None:
    misspell(account)
    for _ in range(KEPT):
        account.get("/api/user")
    advice = advice_of(account)[0]
    assert (advice["name"], advice["count"], advice["requests"]) == ("field-misspelt", 1, [])


def test_advice_can_be_asked_for_one_profile(account: Account) -> None:
    bakery, pub = (account.create_profile(title)["profileKey"] for title in ("Bakery", "Pub"))
    for key in (bakery, pub, pub):
        account.get("/api/user", profile_key=key, headers={"Profile-Key": key})
        account.generate_jwt(key, expiresIn=300)
    assert [advice["count"] for advice in advice_of(account)] == [3]
    assert [advice["count"] for advice in advice_of(account, profileKey=pub)] == [2]
    assert advice_of(account, profileKey=account.api_key) == []
    refused = account.get("/_fakeayr/advice", query_string={"profileKey": "nobody's"})
    assert refused.get_json()["code"] == 144


def test_cleared_advice_is_gone_and_the_journal_is_not(account: Account) -> None:
    misspell(account)
    assert account.delete("/_fakeayr/advice").get_json() == {"status": "success"}
    assert advice_of(account) == []
    assert names(account.requests()[0]) == ["field-misspelt"]
    misspell(account)
    assert [advice["count"] for advice in advice_of(account)] == [1]


def test_advice_is_one_accounts_own(account: Account, open_account: OpenAccount) -> None:
    misspell(account)
    assert advice_of(open_account()) == []


def test_changes_begin_with_the_whole_journal_and_go_on_behind_the_cursor(
    account: Account,
) -> None:
    account.get("/api/user")
    misspell(account)
    first = changes_of(account)
    assert [entry["path"] for entry in first["requests"]] == ["/api/user", "/api/profiles"]
    assert names(first["requests"][1]) == ["field-misspelt"]
    assert first["counts"] == {
        "requests": 2,
        "advice": 1,
        "posts": 0,
        "webhooks": 0,
        "emails": 0,
    }
    assert changes_of(account, after=first["cursor"])["requests"] == []
    account.get("/api/user")
    later = changes_of(account, after=first["cursor"])
    assert [entry["path"] for entry in later["requests"]] == ["/api/user"]
    assert later["cursor"] == first["cursor"] + 1


def test_changes_come_two_hundred_at_a_time(account: Account) -> None:
    for _ in range(250):
        account.get("/api/user")
    first = changes_of(account)
    second = changes_of(account, after=first["cursor"])
    assert [len(changes["requests"]) for changes in (first, second)] == [200, 50]


def test_a_cursor_of_a_server_that_was_started_anew_begins_from_the_front(
    account: Account,
) -> None:
    account.get("/api/user")
    assert len(changes_of(account, after=12_345)["requests"]) == 1


def test_changes_say_when_it_is_for_the_account(account: Account) -> None:
    account.post("/_fakeayr/clock", json={"advance": 300})
    changes = changes_of(account)
    clock = account.get("/_fakeayr/clock").get_json()
    assert clock.pop("next") is None
    assert {name: changes[name] for name in clock} == clock


def test_a_reader_that_waits_is_woken_by_the_next_call(account: Account) -> None:
    cursor = changes_of(account)["cursor"]
    caller = threading.Timer(0.1, account.get, ["/api/user"])
    caller.start()
    began = time.monotonic()
    changes = changes_of(account, after=cursor, wait=20)
    caller.join()
    assert [entry["path"] for entry in changes["requests"]] == ["/api/user"]
    assert time.monotonic() - began < 10


def test_waiting_ends_without_a_call_too(account: Account) -> None:
    cursor = changes_of(account)["cursor"]
    assert changes_of(account, after=cursor, wait=0.05)["requests"] == []


@pytest.mark.parametrize("path", ["changes?after=1&wait=30", "webhooks?wait=30"])
def test_a_reader_that_waits_does_not_hold_up_the_end_of_the_server(
    app: Flask, account: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    begun = threading.Event()
    for waiter, method in ((Recorder, "await_entry"), (Courier, "settle")):
        waits = getattr(waiter, method)

        def wait(*arguments: Any, waits: Any = waits) -> None:
            begun.set()
            waits(*arguments)

        monkeypatch.setattr(waiter, method, wait)
    receiver.gate.clear()
    receiver.register(account)
    account.call("PATCH", "/_fakeayr/accounts", json={"settings": {"webhookTimeout": 15}})
    account.post("/_fakeayr/links", json={"platform": "facebook"})
    receiver.wait(1)
    headers = {"Authorization": f"Bearer {account.api_key}"}
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        with run_in_thread(app) as url:
            reader = pool.submit(requests.get, f"{url}/_fakeayr/{path}", headers=headers)
            assert begun.wait(10)
        assert reader.result().status_code == 200
    assert time.monotonic() - began < 12
    receiver.gate.set()


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "-1"}, {"wait": "31"}])
def test_a_wrong_parameter_is_refused(account: Account, query: dict[str, str]) -> None:
    response = account.get("/_fakeayr/changes", query_string=query)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)


def test_looking_leaves_no_trace(account: Account) -> None:
    advice_of(account)
    changes_of(account)
    account.delete("/_fakeayr/advice")
    assert account.requests() == []
    assert account.get("/api/user").get_json()["monthlyApiCalls"] == 0
