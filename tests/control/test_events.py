"""/_fakeayr/events: what Ayrshare's system does on its own, with its webhooks."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.linking import opened
from tests.support.receivers import Receiver, advance, cause, deliveries

DAY = 86_400


def event(account: Account, kind: str, **order: Any) -> TestResponse:
    """The answer to an event."""
    return account.post("/_fakeayr/events", json={"type": kind, **order})


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The details of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.get_json()["code"] == code
    return str(answer.get_json().get("details"))


def linked(account: Account, profile_key: str | None = None) -> list[str]:
    """The networks that are linked to a profile."""
    user = account.get("/api/user", profile_key=profile_key).get_json()
    networks: list[str] = user.get("activeSocialAccounts", [])
    return networks


def events_told(receiver: Receiver) -> list[tuple[str, str, str]]:
    """Kind, network and source of each event that a receiver was told."""
    return [
        (payload["type"], payload["platform"], payload["source"]) for payload in receiver.payloads
    ]


# A network revokes a link.


def test_a_network_can_revoke_a_link(account: Account, receiver: Receiver) -> None:
    for network in ("facebook", "instagram"):
        account.link(network)
    receiver.register(account)
    answer = event(account, "revoke", platform="instagram")
    assert answer.get_json() == {"status": "success", "refId": account.ref_id}
    assert linked(account) == ["facebook"]
    deliveries(account)
    assert events_told(receiver) == [("unlink", "instagram", "system")]


def test_it_happens_to_the_named_profile(account: Account, profile_key: str) -> None:
    account.link("facebook")
    account.link("facebook", profile_key)
    cause(account, "revoke", platform="facebook", profileKey=profile_key)
    assert linked(account) == ["facebook"]
    assert linked(account, profile_key) == []


@pytest.mark.parametrize("kind", ["revoke", "near-expiry"])
def test_what_is_not_linked_cannot_be_lost(account: Account, kind: str, receiver: Receiver) -> None:
    receiver.register(account)
    details = refused(event(account, kind, platform="facebook"), 400, 101)
    assert details == "facebook is not linked to this profile."
    assert deliveries(account) == []


@pytest.mark.parametrize("kind", ["revoke", "near-expiry"])
@pytest.mark.parametrize("order", [{}, {"platform": "myspace"}, {"platform": None}])
def test_a_network_must_be_named(account: Account, kind: str, order: dict[str, Any]) -> None:
    assert "platform" in refused(event(account, kind, **order), 400, 101)


# A link nears its end.


@pytest.mark.parametrize("network", ["linkedin", "facebook"])
def test_a_link_can_come_near_its_end(account: Account, receiver: Receiver, network: str) -> None:
    account.link(network)
    receiver.register(account)
    advance(account, DAY)
    cause(account, "near-expiry", platform=network)
    (entry,) = account.get("/api/user").get_json()["displayNames"]
    assert entry["refreshRequired"] == "2022-11-18T01:03:42Z"
    assert entry.get("refreshDaysRemaining", 15) == 15
    deliveries(account)
    assert events_told(receiver) == [("refresh", network, "system")]
    assert receiver.payloads[0]["refreshBy"] == "2022-11-18T01:03:42Z"


def test_what_came_near_its_end_ends_unless_it_is_linked_anew(
    account: Account, receiver: Receiver
) -> None:
    for network in ("facebook", "reddit"):
        account.link(network)
        cause(account, "near-expiry", platform=network)
    account.link("reddit")
    receiver.register(account)
    advance(account, 15 * DAY - 1)
    assert linked(account) == ["facebook", "reddit"]
    advance(account, 1)
    assert linked(account) == ["reddit"]
    assert events_told(receiver) == [("unlink", "facebook", "system")]


def test_linking_anew_takes_the_warning_away(account: Account) -> None:
    account.link("facebook")
    cause(account, "near-expiry", platform="facebook")
    account.link("facebook")
    (entry,) = account.get("/api/user").get_json()["displayNames"]
    assert "refreshRequired" not in entry


# A profile is suspended.


def test_a_suspended_profile_is_shown_as_such_and_may_do_nothing(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    cause(account, "suspend", profileKey=profile_key)
    (listed,) = account.get("/api/profiles").get_json()["profiles"]
    assert (listed["status"], listed["suspended"]) == ("suspended", True)
    refused(account.generate_jwt(profile_key), 403, 276)
    assert opened(app, url).status_code == 403


def test_a_suspension_can_be_taken_back(app: Flask, account: Account, profile_key: str) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    cause(account, "suspend", profileKey=profile_key)
    cause(account, "unsuspend", profileKey=profile_key)
    (listed,) = account.get("/api/profiles").get_json()["profiles"]
    assert listed["status"] == "active"
    assert opened(app, url).status_code == 200


def test_1000_refusals_suspend_with_the_same_webhook(
    open_account: OpenAccount, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.web.calls.SUSPENDED_AFTER_REFUSALS", 2)
    account = open_account(settings={"rateLimit": True})
    receiver.register(account, "suspended")
    answers = [account.get("/api/user").status_code for _ in range(301)]
    assert answers == [200] * 299 + [429] * 2
    deliveries(account)
    assert [payload["action"] for payload in receiver.payloads] == ["suspended"]


# A profile is deleted.


def test_a_deleted_profile_is_gone_and_each_of_its_links_is_told_of(
    app: Flask, account: Account, receiver: Receiver, profile_key: str
) -> None:
    for network in ("facebook", "reddit"):
        account.link(network, profile_key)
    url = account.generate_jwt(profile_key).get_json()["url"]
    receiver.register(account)
    cause(account, "delete", profileKey=profile_key)
    deliveries(account)
    assert events_told(receiver) == [
        ("unlink", "facebook", "system"),
        ("unlink", "reddit", "system"),
    ]
    assert account.get("/api/profiles").get_json()["profiles"] == []
    refused(account.get("/api/user", profile_key=profile_key), 403, 144)
    assert opened(app, url).status_code == 401


def test_a_deleted_profiles_own_webhook_hears_of_it(
    account: Account, receiver: Receiver, profile_key: str
) -> None:
    account.link("facebook", profile_key)
    receiver.register(account, profile_key=profile_key)
    cause(account, "delete", profileKey=profile_key)
    deliveries(account)
    assert events_told(receiver) == [("unlink", "facebook", "system")]


def test_the_primary_profile_cannot_be_deleted(account: Account) -> None:
    refused(event(account, "delete"), 403, 144)
    assert account.get("/api/user").status_code == 200


# Orders that cannot be carried out.


@pytest.mark.parametrize("kind", ["revoke", "near-expiry", "suspend", "unsuspend", "delete"])
def test_an_unknown_profile_is_refused(
    account: Account, open_account: OpenAccount, kind: str
) -> None:
    strangers = open_account().create_profile()["profileKey"]
    for key in ("nobody", "", strangers):
        refused(event(account, kind, platform="facebook", profileKey=key), 403, 144)


@pytest.mark.parametrize("order", [{}, {"type": "explode"}, {"type": "suspend", "why": "spam"}])
def test_an_order_that_makes_no_sense_is_refused(account: Account, order: dict[str, Any]) -> None:
    refused(account.post("/_fakeayr/events", json=order), 400, 101)


def test_what_happens_is_in_the_action_log(account: Account, profile_key: str) -> None:
    account.link("facebook", profile_key)
    cause(account, "revoke", platform="facebook", profileKey=profile_key)
    query = {"actionLog": "true"}
    (listed,) = account.get("/api/profiles", query_string=query).get_json()["profiles"]
    assert [entry["type"] for entry in listed["actionLog"]] == ["link", "unlink"]
