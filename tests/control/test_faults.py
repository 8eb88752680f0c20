"""Faults: calls that go wrong because a test ordered it, for its own account alone."""

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from flask import Flask
from werkzeug.test import Client, TestResponse

from fakeayr.client.environ import OUTSIDE_CONTRACT, WAIT
from fakeayr.serving.create_app import create_app
from fakeayr.serving.thread import run_in_thread
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web.faults import ConnectionBroken
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import running_app
from tests.support.contract import ContractViolation, the_contract
from tests.support.guards import Guard

FAULTS: Final = "/_fakeayr/faults"


def order(account: Account, kind: str, **fields: Any) -> dict[str, Any]:
    """Orders a fault and answers it."""
    answer = account.post(FAULTS, json={"kind": kind, **fields})
    assert answer.status_code == 201, answer.text
    fault: dict[str, Any] = answer.get_json()
    return fault


def ordered(account: Account) -> list[dict[str, Any]]:
    """The account's faults."""
    faults: list[dict[str, Any]] = account.get(FAULTS).get_json()["faults"]
    return faults


def statuses(account: Account, calls: int, path: str = "/api/user") -> list[int]:
    return [account.get(path).status_code for _ in range(calls)]


def titles(account: Account) -> list[str]:
    return [profile["title"] for profile in account.get("/api/profiles").get_json()["profiles"]]


def faults_met(account: Account) -> list[str | None]:
    """What the journal tells of the account's calls: each one's fault, without its id."""
    met = [entry.get("fault") for entry in account.requests()]
    return [None if fault is None else fault.partition("/")[2] for fault in met]


# Kinds.


def test_an_error_is_an_internal_one_unless_told_otherwise(account: Account) -> None:
    order(account, "error")
    answer = account.get("/api/user")
    assert answer.status_code == 500
    assert answer.get_json() == {
        "action": "request",
        "status": "error",
        "code": 9500,
        "message": "Internal server error.",
    }


@pytest.mark.parametrize(
    ("status", "action", "code", "message"),
    [
        (200, "request", 9500, "Internal server error."),
        (
            400,
            "request",
            101,
            "Missing or incorrect parameters. Please verify with the docs. "
            "https://docs.ayrshare.com/rest-api/endpoints",
        ),
        (401, "authorization", 102, "API Key not valid."),
        (402, "request", 9402, "Payment Required."),
        (403, "authorization", 9403, "This feature is not available on your plan."),
        (404, "request", 9404, "This endpoint does not exist"),
        (429, "request", 9429, "Too many requests."),
        (503, "request", 9503, "Service Unavailable."),
        (520, "request", 9520, "Unknown Error."),
    ],
)
def test_an_error_reads_like_the_documented_one_with_its_status(
    account: Account, status: int, action: str, code: int, message: str
) -> None:
    order(account, "error", status=status)
    answer = account.get("/api/user")
    assert answer.status_code == status
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.get_json() == {
        "action": action,
        "status": "error",
        "code": code,
        "message": message,
    }


def test_an_error_can_say_anything(account: Account) -> None:
    said = {"action": "post", "code": 161, "message": "Facebook authorization error."}
    order(account, "error", status=200, **said)
    answer = account.get("/api/user")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "error", **said}


def test_a_rate_limit_has_its_headers(account: Account) -> None:
    order(account, "rate-limit")
    answer = account.get("/api/user")
    assert answer.status_code == 429
    assert answer.headers["x-ratelimit-max"] == "300"
    assert answer.headers["x-ratelimit-count"] == "301"
    assert answer.get_json()["code"] == 9429


@pytest.mark.parametrize(
    ("fields", "status", "title"),
    [
        ({}, 502, "502 Bad Gateway"),
        ({"status": 504}, 504, "504 Gateway Timeout"),
        ({"status": 200}, 200, "200 OK"),
    ],
)
def test_a_proxy_answers_with_a_page(
    account: Account, fields: dict[str, Any], status: int, title: str
) -> None:
    order(account, "html", **fields)
    answer = account.get("/api/user")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert f"<h1>{title}</h1>" in answer.text


def test_malformed_json_says_that_it_is_json(account: Account) -> None:
    order(account, "malformed")
    answer = account.get("/api/user")
    assert answer.status_code == 200
    assert answer.content_type == "application/json; charset=utf-8"
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)


def test_a_reset_breaks_the_connection_without_an_answer(account: Account) -> None:
    order(account, "reset")
    with pytest.raises(ConnectionBroken):
        account.get("/api/user")


def test_a_truncated_answer_breaks_off_in_the_middle(account: Account) -> None:
    order(account, "truncated")
    answer = account.get("/api/user", buffered=False)
    announced = int(answer.headers["Content-Length"])
    chunks = iter(answer.response)
    assert len(next(chunks)) == announced // 2
    with pytest.raises(ConnectionBroken):
        next(chunks)


@pytest.mark.parametrize("when", ["before", "after"])
def test_latency_lets_the_right_answer_wait(account: Account, when: str) -> None:
    waited: list[float] = []
    order(account, "latency", seconds=2.5, when=when)
    answer = account.get("/api/user", environ_overrides={WAIT: waited.append})
    assert answer.status_code == 200
    assert answer.get_json()["title"] == "Primary Profile"
    assert waited == [2.5]


def test_latency_is_real_time(account: Account) -> None:
    order(account, "latency", seconds=0.1)
    began = monotonic()
    account.get("/api/user")
    assert monotonic() - began >= 0.1


# Which calls.


@pytest.mark.parametrize(
    ("matching", "method", "path", "hit"),
    [
        ({}, "GET", "/api/user", True),
        ({"method": "GET"}, "GET", "/api/user", True),
        ({"method": "get"}, "GET", "/api/user", True),
        ({"method": "POST"}, "GET", "/api/user", False),
        ({"path": "/user"}, "GET", "/api/user", True),
        ({"path": "/user"}, "GET", "/api/user/", True),
        ({"path": "/user"}, "GET", "/api/profiles", False),
        ({"path": "/use"}, "GET", "/api/user", False),
        ({"path": "/USER"}, "GET", "/api/user", False),
        ({"path": "/profiles/*"}, "DELETE", "/api/profiles/social", True),
        ({"path": "/profiles/*"}, "GET", "/api/profiles", False),
        ({"path": "/profiles*"}, "POST", "/api/profiles/create-profile", True),
        ({"path": "*/social"}, "DELETE", "/api/profiles/social", True),
        ({"path": "/profiles/[gs]*"}, "POST", "/api/profiles/generateJWT", True),
        ({"method": "POST", "path": "/profiles"}, "POST", "/api/profiles", True),
        ({"method": "POST", "path": "/profiles"}, "GET", "/api/profiles", False),
    ],
)
def test_a_fault_hits_calls_by_method_and_path(
    account: Account, matching: dict[str, str], method: str, path: str, hit: bool
) -> None:
    order(account, "error", status=418, **matching)
    assert (account.call(method, path).status_code == 418) == hit


@pytest.mark.parametrize("place", ["header", "body", "query"])
def test_a_fault_hits_the_calls_for_one_profile(account: Account, place: str) -> None:
    mia, leo = (account.create_profile(title)["profileKey"] for title in ("Mia", "Leo"))

    def call(key: str) -> TestResponse:
        if place == "header":
            return account.get("/api/user", profile_key=key)
        if place == "body":
            body = {"profileKey": key, "platform": "facebook"}
            return account.delete("/api/profiles/social", json=body)
        return account.get("/api/user", query_string={"profileKey": key})

    order(account, "error", profileKey=mia)
    assert call(leo).status_code == 200
    assert account.get("/api/user").status_code == 200
    assert call(mia).status_code == 500


def test_the_api_key_stands_for_the_primary_profile(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    order(account, "error", profileKey=account.api_key)
    assert account.get("/api/user", profile_key=key).status_code == 200
    assert account.get("/api/user").status_code == 500


def test_a_fault_for_a_profile_shows_its_ref_id_and_never_its_key(account: Account) -> None:
    profile = account.create_profile()
    assert order(account, "error", profileKey=profile["profileKey"])["refId"] == profile["refId"]
    assert profile["profileKey"] not in account.get(FAULTS).text


def test_calls_for_a_profile_that_does_not_exist_meet_only_faults_for_any(account: Account) -> None:
    order(account, "error", profileKey=account.create_profile()["profileKey"])
    assert account.get("/api/user", profile_key="nobody").status_code == 403
    order(account, "error")
    assert account.get("/api/user", profile_key="nobody").status_code == 500


@pytest.mark.parametrize(
    ("data", "status"), [("{oops", 400), ("x" * 2_000_000, 413)], ids=["unreadable", "too-large"]
)
def test_calls_with_an_unusable_body_meet_only_faults_for_any(
    account: Account, data: str, status: int
) -> None:
    def call() -> int:
        return account.post("/api/profiles", data=data, content_type="application/json").status_code

    order(account, "error", profileKey=account.api_key)
    assert call() == status
    order(account, "error")
    assert call() == 500


def test_the_first_of_several_hits_and_only_that_one(account: Account) -> None:
    order(account, "error", status=503, times=2)
    order(account, "error", status=504, path="/user")
    assert statuses(account, 4) == [503, 503, 504, 200]
    assert [fault["calls"] for fault in ordered(account)] == [2, 1]


def test_a_call_with_a_wrong_key_meets_no_fault(account: Account) -> None:
    order(account, "error")
    stranger = account.get("/api/user", headers={"Authorization": "Bearer nobody"})
    assert stranger.status_code == 403
    assert ordered(account)[0]["calls"] == 0


def test_control_calls_meet_no_fault(account: Account) -> None:
    order(account, "reset", times=None)
    assert account.get("/_fakeayr/clock").status_code == 200
    assert ordered(account)[0]["calls"] == 0


def test_another_account_is_left_alone(account: Account, open_account: OpenAccount) -> None:
    other = open_account()
    fault = order(account, "error", times=None)
    assert statuses(other, 3) == [200, 200, 200]
    assert ordered(other) == []
    assert other.delete(f"{FAULTS}/{fault['id']}").status_code == 404
    other.delete(FAULTS)
    assert statuses(account, 1) == [500]


# How often.


def test_a_fault_hits_once_unless_told_otherwise(account: Account) -> None:
    order(account, "error")
    assert statuses(account, 3) == [500, 200, 200]


def test_a_fault_hits_as_often_as_it_should(account: Account) -> None:
    order(account, "error", times=3)
    assert statuses(account, 5) == [500, 500, 500, 200, 200]


def test_a_fault_without_an_end_is_removed_by_hand(account: Account) -> None:
    fault = order(account, "error", times=None)
    assert fault["times"] is None
    assert statuses(account, 20) == [500] * 20
    assert account.delete(f"{FAULTS}/{fault['id']}").get_json() == {"status": "success"}
    assert statuses(account, 2) == [200, 200]
    assert account.delete(f"{FAULTS}/{fault['id']}").status_code == 404


def test_one_or_all_faults_are_removed(account: Account) -> None:
    first, second, third = (order(account, kind)["id"] for kind in ("error", "html", "reset"))
    account.delete(f"{FAULTS}/{second}")
    assert [fault["id"] for fault in ordered(account)] == [first, third]
    assert account.delete(FAULTS).get_json() == {"status": "success"}
    assert ordered(account) == []
    assert statuses(account, 1) == [200]


def test_a_fault_tells_how_often_it_hit(account: Account) -> None:
    fault = order(account, "error", path="/user", times=2)
    assert (fault["calls"], fault["hits"]) == (0, 0)
    statuses(account, 3)
    statuses(account, 2, "/api/profiles")
    assert ordered(account) == [fault | {"calls": 2, "hits": 2}]


def test_an_account_has_at_most_100_and_makes_room_by_those_that_are_done(
    account: Account,
) -> None:
    order(account, "error", path="/user")
    for _ in range(99):
        order(account, "html", path="/user")
    full = account.post(FAULTS, json={"kind": "error"})
    assert full.status_code == 400
    assert full.get_json()["details"] == "An account has at most 100 faults; remove some."
    assert statuses(account, 1) == [500]
    order(account, "reset")
    assert [fault["kind"] for fault in ordered(account)] == ["html"] * 99 + ["reset"]


def test_counts_are_exact_when_20_threads_call_at_once(account: Account) -> None:
    order(account, "error", times=7)
    with ThreadPoolExecutor(20) as threads:
        answered = sorted(threads.map(lambda _: account.get("/api/user").status_code, range(60)))
    assert answered == [200] * 53 + [500] * 7
    assert [(fault["calls"], fault["hits"]) for fault in ordered(account)] == [(7, 7)]


def test_a_change_of_the_account_leaves_its_faults(account: Account) -> None:
    order(account, "error", times=2)
    statuses(account, 1)
    account.change(maxPack=False)
    account.post("/_fakeayr/clock", json={"advance": 60})
    assert [fault["hits"] for fault in ordered(account)] == [1]


def test_faults_of_the_development_account_survive_a_restart(dev: Account, tmp_path: Path) -> None:
    def restarted() -> Iterator[Account]:
        store = SqliteStore(tmp_path / "state")
        with contextlib.closing(create_app(store=store)) as app:
            yield replace(dev, client=app.test_client())

    for one in restarted():
        order(one, "error", status=503)
    for one in restarted():
        assert statuses(one, 2) == [503, 200]


# Before and after the effect.


@pytest.mark.parametrize("kind", ["error", "rate-limit", "malformed", "html", "reset"])
@pytest.mark.parametrize(("when", "made"), [(None, []), ("before", []), ("after", ["Mia"])])
def test_a_fault_comes_before_the_effect_unless_it_should_come_after(
    account: Account, kind: str, when: str | None, made: list[str]
) -> None:
    order(account, kind, method="POST", when=when)
    with contextlib.suppress(ConnectionBroken):
        answer = account.post("/api/profiles", json={"title": "Mia"})
        assert "profileKey" not in answer.text
    assert titles(account) == made


def test_a_truncated_answer_always_comes_after_the_effect(account: Account) -> None:
    assert order(account, "truncated", method="POST")["when"] == "after"
    account.post("/api/profiles", json={"title": "Mia"}, buffered=False)
    assert titles(account) == ["Mia"]


@pytest.mark.parametrize(("when", "already_made"), [("before", []), ("after", ["Mia"])])
def test_latency_lies_before_the_effect_or_behind_it(
    account: Account, when: str, already_made: list[str]
) -> None:
    made: list[str] = []
    order(account, "latency", seconds=1, method="POST", when=when)
    account.post(
        "/api/profiles",
        json={"title": "Mia"},
        environ_overrides={WAIT: lambda _: made.extend(titles(account))},
    )
    assert made == already_made
    assert titles(account) == ["Mia"]


def test_a_refusal_gets_lost_like_any_answer(account: Account) -> None:
    account.create_profile("Mia")
    order(account, "reset", when="after")
    with pytest.raises(ConnectionBroken):
        account.post("/api/profiles", json={"title": "Mia"})
    assert account.requests()[-1]["answer"]["message"] == "Profile title already exists."


@pytest.mark.parametrize(("when", "count"), [("before", "1"), ("after", "2")])
def test_what_fails_before_the_effect_does_not_count_against_the_rate_limit(
    open_account: OpenAccount, when: str, count: str
) -> None:
    account = open_account(settings={"rateLimit": True})
    order(account, "error", when=when)
    statuses(account, 1)
    assert account.get("/api/user").headers["x-ratelimit-count"] == count


# Chaos.


EXPECTED: Final = "...x.x.xx.x....xx......."
"""The first calls of an error with probability 0.3 and seed 10."""


def pattern(account: Account, calls: int = 24) -> str:
    """Which calls are hit: `x` for those."""
    return "".join("x" if status == 500 else "." for status in statuses(account, calls))


def test_a_seed_hits_and_spares_the_same_calls_on_every_machine(account: Account) -> None:
    order(account, "error", probability=0.3, seed=10)
    assert pattern(account) == EXPECTED


def test_another_seed_hits_others(account: Account, open_account: OpenAccount) -> None:
    other, same = open_account(), open_account()
    order(account, "error", probability=0.5, seed=1)
    order(other, "error", probability=0.5, seed=2)
    order(same, "error", probability=0.5, seed=1)
    assert pattern(account) == pattern(same) != pattern(other)


def test_the_seed_is_0_unless_given(account: Account, open_account: OpenAccount) -> None:
    other = open_account()
    assert order(account, "error", probability=0.5)["seed"] == 0
    order(other, "error", probability=0.5, seed=0)
    assert pattern(account) == pattern(other)


def test_time_has_no_part_in_chaos(account: Account, open_account: OpenAccount) -> None:
    later = open_account()
    later.post("/_fakeayr/clock", json={"advance": 86_400})
    for one in (account, later):
        order(one, "error", probability=0.5, seed=3)
    assert pattern(account) == pattern(later)


@pytest.mark.parametrize(("probability", "expected"), [(0, "." * 24), (1, "x" * 24)])
def test_never_and_always_are_probabilities_too(
    account: Account, probability: float, expected: str
) -> None:
    order(account, "error", probability=probability)
    assert pattern(account) == expected


def test_a_probability_is_met_in_the_long_run(account: Account) -> None:
    order(account, "error", probability=0.25, seed=1)
    pattern(account, 1000)
    (fault,) = ordered(account)
    assert fault["calls"] == 1000
    assert 200 < fault["hits"] < 300


def test_chaos_has_no_end_unless_told_otherwise(account: Account) -> None:
    assert order(account, "error", probability=0.5)["times"] is None
    account.delete(FAULTS)
    order(account, "error", probability=0.5, times=3)
    assert pattern(account, 100).count("x") == 3


def test_what_one_fault_spares_another_may_hit(account: Account) -> None:
    order(account, "error", status=502, probability=0.5, seed=1)
    order(account, "error", status=503, probability=0.5, seed=1)
    seen = statuses(account, 400)
    shares = {status: seen.count(status) / 400 for status in (502, 503, 200)}
    assert shares == pytest.approx({502: 0.5, 503: 0.25, 200: 0.25}, abs=0.1)
    after = [then for now, then in pairwise(seen) if now == 502]
    assert after.count(503) / len(after) == pytest.approx(0.25, abs=0.1)


def test_as_many_are_hit_when_20_threads_call_at_once(
    account: Account, open_account: OpenAccount
) -> None:
    other = open_account()
    for one in (account, other):
        order(one, "error", probability=0.4, seed=11)
    with ThreadPoolExecutor(20) as threads:
        seen = list(threads.map(lambda _: account.get("/api/user").status_code, range(200)))
    assert seen.count(500) == pattern(other, 200).count("x")


# The journal.


def test_the_journal_names_the_fault_of_every_call_that_was_hit(account: Account) -> None:
    fault = order(account, "error", status=503)
    statuses(account, 2)
    hit, spared = account.requests()
    assert hit["fault"] == f"{fault['id']}/error"
    assert hit["status"] == 503
    assert hit["answer"]["code"] == 9503
    assert "fault" not in spared


def test_the_journal_knows_what_was_sent_and_for_whom(account: Account) -> None:
    profile = account.create_profile()
    order(account, "error")
    account.delete("/api/profiles", json={"profileKey": profile["profileKey"], "reason": "moved"})
    entry = account.requests()[-1]
    assert entry["refId"] == profile["refId"]
    assert entry["body"] == {"profileKey": "[redacted]", "reason": "moved"}


def test_the_journal_tells_each_kind(account: Account) -> None:
    kinds = ["error", "rate-limit", "latency", "malformed", "html", "truncated", "reset"]
    for kind in kinds:
        order(account, kind, **({"seconds": 0} if kind == "latency" else {}))
    for _ in kinds:
        with contextlib.suppress(ConnectionBroken):
            account.get("/api/user", buffered=False)
    assert faults_met(account) == kinds
    assert [entry["status"] for entry in account.requests()] == [500, 429, 200, 200, 502, 200, 0]


def test_the_journal_keeps_an_answer_that_got_lost_without_its_secrets(account: Account) -> None:
    order(account, "reset", when="after")
    with pytest.raises(ConnectionBroken):
        account.post("/api/profiles", json={"title": "Mia"})
    (entry,) = account.requests()
    assert entry["status"] == 0
    assert entry["answer"]["title"] == "Mia"
    assert entry["answer"]["profileKey"] == "[redacted]"


# Orders that make no sense.


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, "kind is required."),
        (
            {"kind": "fire"},
            "kind: Invalid enum value 'fire'. Choose one of error, rate-limit, latency, reset, "
            "truncated, malformed, html.",
        ),
        (
            {"kind": "error", "metod": "GET"},
            "Object contains unknown field `metod`. Did you mean method?",
        ),
        (
            {"kind": "error", "method": "BREW"},
            "method must be one of GET, POST, PUT, PATCH, DELETE, HEAD.",
        ),
        ({"kind": "error", "path": "user"}, "path must begin with a slash, as in /profiles/*."),
        (
            {"kind": "error", "path": "/api/user"},
            "path is what follows /api: write /profiles instead of /api/profiles.",
        ),
        ({"kind": "error", "times": 0}, "times: Expected `int` >= 1."),
        (
            {"kind": "error", "times": "3"},
            "times is a text, and must be a whole number. Send the number without quotes.",
        ),
        ({"kind": "error", "status": 302}, "status must be 200, or 400 to 599."),
        ({"kind": "error", "status": 600}, "status must be 200, or 400 to 599."),
        ({"kind": "html", "status": 201}, "status must be 200, or 400 to 599."),
        ({"kind": "error", "code": -1}, "code: Expected `int` >= 0."),
        ({"kind": "latency"}, "latency needs seconds."),
        ({"kind": "latency", "seconds": -1}, "seconds: Expected `float` >= 0.0."),
        ({"kind": "latency", "seconds": 301}, "seconds: Expected `float` <= 300.0."),
        (
            {"kind": "error", "seconds": 1},
            "seconds belongs to the kind latency, not to error.",
        ),
        (
            {"kind": "reset", "status": 500},
            "status belongs to the kind error or html, not to reset.",
        ),
        (
            {"kind": "html", "message": "Sorry."},
            "message belongs to the kind error or rate-limit, not to html.",
        ),
        (
            {"kind": "truncated", "when": "before"},
            "What truncated cuts is the call's own answer: when can only be after.",
        ),
        (
            {"kind": "error", "when": "never"},
            "when: Invalid enum value 'never'. Choose one of before, after.",
        ),
        ({"kind": "error", "probability": 1.5}, "probability: Expected `float` <= 1.0."),
        ({"kind": "error", "seed": 1}, "seed belongs to a probability: send both."),
        (
            {"kind": "error", "probability": 0.5, "seed": -1},
            "seed: Expected `int` >= 0.",
        ),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    account: Account, body: dict[str, Any], details: str
) -> None:
    answer = account.post(FAULTS, json=body)
    assert answer.status_code == 400
    assert answer.get_json()["code"] == 101
    assert answer.get_json()["details"] == details
    assert ordered(account) == []


def test_a_fault_for_an_unknown_profile_is_refused(account: Account) -> None:
    answer = account.post(FAULTS, json={"kind": "error", "profileKey": "nobody"})
    assert answer.status_code == 403
    assert answer.get_json()["code"] == 144


def test_only_an_account_can_order_faults(account: Account) -> None:
    stranger = {"Authorization": "Bearer nobody"}
    assert account.post(FAULTS, json={"kind": "error"}, headers=stranger).status_code == 403


# On the wire.


@dataclass(frozen=True)
class Remote:
    """An account of a server that is called over sockets.

    Attributes:
        url: The server's URL.
        api_key: The account's API key.
    """

    url: str
    api_key: str

    @classmethod
    def opened(cls, url: str) -> "Remote":
        """Opens an account."""
        answer = requests.post(f"{url}/_fakeayr/accounts", json={}, timeout=10)
        return cls(url, answer.json()["apiKey"])

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    def get(self, path: str = "/api/user") -> requests.Response:
        return requests.get(self.url + path, headers=self.authorization, timeout=30)

    def create(self, title: str) -> requests.Response:
        body = {"title": title}
        return requests.post(
            f"{self.url}/api/profiles", json=body, headers=self.authorization, timeout=30
        )

    def curl(self, path: str = "/api/user") -> "subprocess.CompletedProcess[str]":
        key = f"Authorization: Bearer {self.api_key}"
        command = ["curl", "-sS", "--max-time", "30", "-H", key, self.url + path]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def order(self, kind: str, **fields: Any) -> None:
        answer = requests.post(
            self.url + FAULTS,
            json={"kind": kind, **fields},
            headers=self.authorization,
            timeout=10,
        )
        assert answer.status_code == 201, answer.text

    def faults(self) -> list[dict[str, Any]]:
        faults: list[dict[str, Any]] = self.get(FAULTS).json()["faults"]
        return faults


@contextlib.contextmanager
def running_serve(*options: str) -> Iterator[str]:
    """`fakeayr serve` in a process of its own."""
    command = [sys.executable, "-m", "fakeayr", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base = next(line.split()[1] for line in server.stdout if line.startswith("  API  "))
            yield base.removesuffix("/api")
        finally:
            server.terminate()


SERVERS: Final[dict[str, Callable[[], contextlib.AbstractContextManager[str]]]] = {
    "thread": running_app,
    "serve": running_serve,
    "workers": lambda: running_serve("--workers", "2"),
}


WAITING: Final = 24
"""Calls that wait at once: more than any server here has threads to begin with."""


@pytest.fixture(scope="module", params=SERVERS)
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each way to run a server."""
    with SERVERS[request.param]() as url:
        yield url


@pytest.fixture
def remote(server_url: str) -> Remote:
    return Remote.opened(server_url)


@pytest.mark.outside("curl")
def test_a_client_sees_a_reset_as_no_answer(remote: Remote) -> None:
    remote.order("reset", times=2)
    with pytest.raises(requests.ConnectionError, match="without response"):
        remote.get()
    told = remote.curl()
    assert told.returncode == 52, told
    assert told.stderr.startswith("curl: (52) Empty reply from server")
    assert remote.get().status_code == 200


def test_a_reset_ends_a_connection_that_was_good(remote: Remote) -> None:
    with requests.Session() as session:
        session.headers.update(remote.authorization)
        assert session.get(f"{remote.url}/api/user", timeout=10).status_code == 200
        remote.order("reset")
        with pytest.raises(requests.ConnectionError):
            session.get(f"{remote.url}/api/user", timeout=10)
        assert session.get(f"{remote.url}/api/user", timeout=10).status_code == 200


@pytest.mark.outside("curl")
def test_a_client_sees_a_truncated_answer_as_broken(remote: Remote) -> None:
    remote.order("truncated", times=2)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        remote.get()
    told = remote.curl()
    assert told.returncode == 18, told
    assert re.fullmatch(r'\{"ayrlinkUrl":.+', told.stdout)
    with pytest.raises(json.JSONDecodeError):
        json.loads(told.stdout)
    assert remote.get().status_code == 200


def test_a_profile_is_made_although_the_answer_got_lost(remote: Remote) -> None:
    remote.order("reset", when="after")
    with pytest.raises(requests.ConnectionError):
        remote.create("Mia")
    again = remote.create("Mia")
    assert again.status_code == 400
    assert again.json()["code"] == 146


def test_a_client_gets_pages_and_malformed_json(remote: Remote) -> None:
    remote.order("html")
    remote.order("malformed")
    page = remote.get()
    assert page.status_code == 502
    assert page.headers["Content-Type"].startswith("text/html")
    with pytest.raises(requests.JSONDecodeError):
        remote.get().json()


def test_counts_are_exact_over_all_workers(remote: Remote) -> None:
    remote.order("error", times=7)
    with ThreadPoolExecutor(20) as threads:
        answered = sorted(threads.map(lambda _: remote.get().status_code, range(60)))
    assert answered == [200] * 53 + [500] * 7
    assert [(fault["calls"], fault["hits"]) for fault in remote.faults()] == [(7, 7)]


def test_a_seed_hits_the_same_calls_in_every_process(remote: Remote) -> None:
    remote.order("error", probability=0.3, seed=10)
    seen = "".join("x" if remote.get().status_code == 500 else "." for _ in range(24))
    assert seen == EXPECTED


@pytest.mark.slow
def test_calls_that_wait_do_not_hold_up_others(remote: Remote) -> None:
    remote.order("latency", seconds=8, times=None, path="/user")
    others = Remote.opened(remote.url)
    with ThreadPoolExecutor(WAITING) as threads:
        waiting = [threads.submit(remote.get) for _ in range(WAITING)]
        while remote.faults()[0]["hits"] < len(waiting):
            assert not any(call.done() for call in waiting)
        assert others.get().status_code == 200
        assert not any(call.done() for call in waiting)
        assert {call.result().status_code for call in waiting} == {200}


def test_a_server_that_stops_does_not_wait_for_those_that_wait(app: Flask) -> None:
    with ThreadPoolExecutor() as threads:
        with run_in_thread(app) as url:
            remote = Remote.opened(url)
            remote.order("latency", seconds=300)
            call = threads.submit(remote.get)
            while remote.faults()[0]["hits"] < 1:
                assert not call.done()
            began = monotonic()
        assert monotonic() - began < 30
        assert call.result(timeout=30).status_code == 200


# The guard of these tests.


def test_only_what_a_fault_answers_is_outside_the_contract() -> None:
    def nonsense(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["QUERY_STRING"] == "fault":
            environ[OUTSIDE_CONTRACT] = True
        start_response("418 I'm a teapot", [("Content-Type", "text/plain")])
        return [b"short and stout"]

    guard = Guard(the_contract())
    client = Client(lambda environ, start: guard.answer(nonsense, environ, start))
    assert client.get("/api/user?fault").status_code == 418
    with pytest.raises(ContractViolation, match="status 418 is not documented"):
        client.get("/api/user")


def test_only_answers_that_are_wrong_are_outside_the_contract(app: Flask, account: Account) -> None:
    seen: list[WSGIEnvironment] = []

    def watched(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ)
        return app(environ, start_response)

    client = Client(watched)
    order(account, "latency", seconds=0)
    order(account, "error")
    for _ in range(3):
        client.get("/api/user", headers=account.headers)
    assert [OUTSIDE_CONTRACT in environ for environ in seen] == [False, True, False]
