"""/_fakeayr/consents and /_fakeayr/x-apps: how a visit to a network ends, decided beforehand."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from tests.support.accounts import Account, OpenAccount
from tests.support.receivers import Receiver, deliveries
from tests.support.visitor import Visitor

FAILURES = {
    "no-account": "No page or business account was found to link.",
    "permission-missing": "A required permission was not granted.",
    "network-down": "The social network did not answer.",
    "linked-elsewhere": "The account is already linked to another profile.",
}


@pytest.fixture
def visitor(visitor: Visitor, account: Account, profile_key: str) -> Visitor:
    """Somebody who has the profile's page open."""
    visitor.opens(account.generate_jwt(profile_key).get_json()["url"])
    return visitor


def preset(account: Account, outcome: str, **order: Any) -> TestResponse:
    """Decides how the next consent ends."""
    return account.post("/_fakeayr/consents", json={"outcome": outcome, **order})


def begin(visitor: Visitor, network: str) -> str:
    """Presses "Link" and answers what the page tells afterwards, or where the consent is."""
    visitor.presses(f"/_page/link/{network}")
    return visitor.notice or visitor.page.request.path


def linked(account: Account, profile_key: str) -> list[str]:
    """The networks that are linked to the profile."""
    user = account.get("/api/user", profile_key=profile_key).get_json()
    networks: list[str] = user.get("activeSocialAccounts", [])
    return networks


def refused(answer: TestResponse) -> str:
    """The details of a refusal."""
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    return str(answer.get_json()["details"])


@pytest.mark.parametrize("network", NETWORKS)
def test_any_network_can_be_allowed_beforehand(
    account: Account, visitor: Visitor, profile_key: str, network: str
) -> None:
    assert preset(account, "allow", platform=network).get_json() == {"status": "success"}
    assert begin(visitor, network) == f"{NETWORKS[network].display_name} is linked."
    assert linked(account, profile_key) == [network]


def test_it_can_be_cancelled_beforehand(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    preset(account, "cancel", platform="facebook")
    assert begin(visitor, "facebook") == "Facebook was not linked: you cancelled."
    assert linked(account, profile_key) == []


@pytest.mark.parametrize("outcome", FAILURES)
def test_it_can_fail_in_each_way(
    account: Account, visitor: Visitor, profile_key: str, receiver: Receiver, outcome: str
) -> None:
    receiver.register(account)
    preset(account, outcome, platform="facebook")
    assert FAILURES[outcome] in begin(visitor, "facebook")
    assert linked(account, profile_key) == []
    assert deliveries(account) == []


def test_without_an_account_instagram_has_an_error_of_its_own(
    account: Account, visitor: Visitor
) -> None:
    preset(account, "no-account", platform="instagram")
    assert "Instagram authorization error" in begin(visitor, "instagram")


def test_a_decision_counts_once(account: Account, visitor: Visitor, profile_key: str) -> None:
    preset(account, "network-down", platform="facebook")
    begin(visitor, "facebook")
    assert begin(visitor, "facebook") == "/_page/consent/facebook"
    visitor.presses("/_page/consent/facebook", decision="allow")
    assert linked(account, profile_key) == ["facebook"]


def test_a_decision_for_one_network_leaves_the_others_alone(
    account: Account, visitor: Visitor
) -> None:
    preset(account, "cancel", platform="facebook")
    assert begin(visitor, "reddit") == "/_page/consent/reddit"
    visitor.opens("/")
    assert "cancelled" in begin(visitor, "facebook")


def test_a_decision_for_any_network_meets_the_next_one(account: Account, visitor: Visitor) -> None:
    preset(account, "cancel")
    assert begin(visitor, "reddit") == "Reddit was not linked: you cancelled."
    assert begin(visitor, "reddit") == "/_page/consent/reddit"


def test_a_networks_own_decision_goes_before_that_for_any(
    account: Account, visitor: Visitor
) -> None:
    preset(account, "cancel")
    preset(account, "network-down", platform="facebook")
    assert "did not answer" in begin(visitor, "facebook")
    assert "cancelled" in begin(visitor, "facebook")


def test_deciding_again_replaces(account: Account, visitor: Visitor) -> None:
    preset(account, "cancel", platform="facebook")
    preset(account, "allow", platform="facebook")
    assert begin(visitor, "facebook") == "Facebook is linked."
    assert begin(visitor, "reddit") == "/_page/consent/reddit"


def test_a_decision_is_its_accounts_alone(
    account: Account, open_account: OpenAccount, visitor: Visitor
) -> None:
    preset(open_account(), "cancel")
    assert begin(visitor, "facebook") == "/_page/consent/facebook"


def test_it_meets_connect_mode_too(app: Flask, account: Account, profile_key: str) -> None:
    preset(account, "permission-missing", platform="facebook")
    body = {"mode": "connect", "network": "facebook", "origin": "https://app.example"}
    session = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    visitor = Visitor(app)
    visitor.opens(session.get_json()["url"])
    assert [event["event"] for event in visitor.events] == ["connect:ready", "connect:error"]
    assert visitor.events[-1]["message"] == FAILURES["permission-missing"]


# Details.


def test_an_allowed_account_can_be_described(
    account: Account, visitor: Visitor, profile_key: str, receiver: Receiver
) -> None:
    receiver.register(account)
    details = {
        "displayName": "Mia bakes",
        "id": "17",
        "username": "mia",
        "profileUrl": "https://www.instagram.com/mia",
        "type": "creator",
        "usedQuota": 3,
        "verifiedType": "blue",
    }
    preset(account, "allow", platform="instagram", details=details)
    begin(visitor, "instagram")
    query = {"instagramDetails": "true"}
    user = account.get("/api/user", profile_key=profile_key, query_string=query).get_json()
    assert user["displayNames"][0].items() >= details.items()
    deliveries(account)
    assert receiver.payloads[0]["displayName"] == "Mia bakes"


@pytest.mark.parametrize("path", ["/_fakeayr/consents", "/_fakeayr/links"])
@pytest.mark.parametrize(
    ("details", "complaint"),
    [
        ({"nickname": "Mia"}, "nickname"),
        ({"platform": "reddit"}, "platform"),
        ({"created": "2022-11-02T01:03:42Z"}, "created"),
        ({"displayName": 7}, "details.displayName"),
        ({"displayName": None}, "details.displayName"),
        ({"profileUrl": "javascript:alert(1)"}, "details.profileUrl"),
        ({"userImage": "/mia.png"}, "details.userImage"),
        ({"messagingActive": "yes"}, "details.messagingActive"),
        ({"refreshDaysRemaining": 366}, "details.refreshDaysRemaining"),
        ({"refreshRequired": "tomorrow"}, "details.refreshRequired"),
        ([], "details"),
    ],
    ids=str,
)
def test_only_what_an_entry_can_have_describes_an_account(
    account: Account, path: str, details: Any, complaint: str
) -> None:
    order = {"platform": "facebook", "details": details}
    order |= {"outcome": "allow"} if path.endswith("consents") else {}
    assert complaint in refused(account.post(path, json=order))


# Orders that cannot be carried out.


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"outcome": "maybe"},
        {"outcome": "allow", "platform": "myspace"},
        {"outcome": "allow", "platform": ""},
        {"outcome": "allow", "network": "facebook"},
    ],
    ids=str,
)
def test_an_order_that_makes_no_sense_is_refused(account: Account, order: dict[str, Any]) -> None:
    refused(account.post("/_fakeayr/consents", json=order))


# The integrator's own X app.


X_HEADERS = {
    "X-Twitter-OAuth1-Api-Key": "consumer-key-4711",
    "X-Twitter-OAuth1-Api-Secret": "consumer-secret-4711",
}


def register_app(account: Account, **order: Any) -> TestResponse:
    """Tells what the consent page knows of the app with the key of `X_HEADERS`."""
    return account.post("/_fakeayr/x-apps", json={"apiKey": "consumer-key-4711", **order})


def open_with_app(app: Flask, account: Account, profile_key: str) -> Visitor:
    """Somebody who opened a URL that was made with the app's credentials."""
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
    }
    made = account.post("/api/profiles/generateJWT", json=body, headers=X_HEADERS)
    visitor = Visitor(app)
    visitor.opens(made.get_json()["url"])
    return visitor


def test_the_consent_shows_the_apps_name(app: Flask, account: Account, profile_key: str) -> None:
    assert register_app(account, name="Acme Social").status_code == 200
    visitor = open_with_app(app, account, profile_key)
    visitor.presses("/_page/link/twitter")
    assert "Acme Social" in visitor.words


def test_an_app_that_nobody_told_of_has_approved_its_callbacks(
    app: Flask, account: Account, profile_key: str
) -> None:
    visitor = open_with_app(app, account, profile_key)
    assert begin(visitor, "twitter") == "/_page/consent/twitter"


def test_an_app_without_approved_callbacks_gets_the_documented_403(
    app: Flask, account: Account, profile_key: str
) -> None:
    register_app(account, callbackApproved=False)
    visitor = open_with_app(app, account, profile_key)
    visitor.presses("/_page/link/twitter")
    assert visitor.page.status_code == 403
    assert "Callback URL not approved" in visitor.words
    register_app(account, callbackApproved=True)
    visitor.opens("/")
    assert begin(visitor, "twitter") == "/_page/consent/twitter"


def test_the_apps_credentials_are_kept_nowhere(
    app: Flask, account: Account, profile_key: str
) -> None:
    answer = register_app(account, name="Acme Social")
    visitor = open_with_app(app, account, profile_key)
    shown = answer.text + visitor.page.text + account.get("/_fakeayr/requests").text
    assert "4711" not in shown
    assert len(answer.get_json()["reference"]) == 16


@pytest.mark.parametrize(
    "order",
    [{}, {"apiKey": ""}, {"apiKey": "k", "name": ""}, {"apiKey": "k", "name": "x" * 101}],
    ids=str,
)
def test_an_app_needs_a_key_and_a_name(account: Account, order: dict[str, Any]) -> None:
    refused(account.post("/_fakeayr/x-apps", json=order))
