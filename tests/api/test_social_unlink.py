"""DELETE /api/profiles/social: unlinking a network."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.accounts import Account, OpenAccount


def networks(account: Account, profile_key: str | None = None) -> list[str]:
    """The networks that are linked to a profile."""
    user = account.get("/api/user", profile_key=profile_key).get_json()
    found: list[str] = user.get("activeSocialAccounts", [])
    return found


def test_a_network_is_unlinked_from_the_profile_in_the_header(account: Account) -> None:
    profile = account.create_profile()
    key = profile["profileKey"]
    account.link("facebook", key)
    account.link("gmb", key)
    response = account.delete("/api/profiles/social", json={"platform": "gmb"}, profile_key=key)
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "success",
        "platform": "gmb",
        "refId": profile["refId"],
    }
    assert networks(account, key) == ["facebook"]


def test_a_network_is_unlinked_from_the_profile_in_the_body(account: Account) -> None:
    profile = account.create_profile()
    key = profile["profileKey"]
    account.link("facebook", key)
    body = {"platform": "facebook", "profileKey": key}
    response = account.delete("/api/profiles/social", json=body)
    assert response.get_json()["refId"] == profile["refId"]
    assert networks(account, key) == []


def test_without_a_profile_key_it_is_the_primary_profile(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook")
    account.link("facebook", key)
    response = account.delete("/api/profiles/social", json={"platform": "facebook"})
    assert response.get_json()["refId"] == account.ref_id
    assert networks(account) == []
    assert networks(account, key) == ["facebook"]


def test_the_header_goes_before_the_body(account: Account) -> None:
    first, second = (account.create_profile(title)["profileKey"] for title in ("A", "B"))
    for key in (first, second):
        account.link("facebook", key)
    body = {"platform": "facebook", "profileKey": second}
    account.delete("/api/profiles/social", json=body, profile_key=first)
    assert (networks(account, first), networks(account, second)) == ([], ["facebook"])


def test_it_succeeds_where_nothing_is_linked(account: Account) -> None:
    response = account.delete("/api/profiles/social", json={"platform": "tiktok"})
    assert response.status_code == 200
    assert response.get_json()["status"] == "success"


@pytest.mark.parametrize("plan", ["free", "premium"])
def test_plans_without_user_profiles_have_it_for_their_primary_one(
    open_account: OpenAccount, plan: str
) -> None:
    account = open_account(plan=plan)
    account.link("facebook")
    response = account.delete("/api/profiles/social", json={"platform": "facebook"})
    assert response.status_code == 200
    assert networks(account) == []


@pytest.mark.parametrize(
    "body", [{}, {"platform": None}, {"platform": 1}, {"platform": []}], ids=str
)
def test_the_network_is_required(account: Account, body: dict[str, Any]) -> None:
    response = account.delete("/api/profiles/social", json=body)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert response.get_json()["details"].startswith("platform")


@pytest.mark.parametrize(
    ("platform", "end"),
    [
        ("", "Choose of bluesky, facebook, "),
        ("Facebook", "Did you mean facebook?"),
        ("myspace", "Choose of bluesky, facebook, "),
    ],
)
def test_an_unknown_network_is_refused_with_those_that_are_known(
    account: Account, platform: str, end: str
) -> None:
    response = account.delete("/api/profiles/social", json={"platform": platform})
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    details = response.get_json()["details"]
    assert details.startswith("platform names ")
    assert f", which is no network. {end}" in details


def test_a_network_can_be_linked_again(account: Account) -> None:
    account.link("facebook")
    account.delete("/api/profiles/social", json={"platform": "facebook"})
    account.link("facebook")
    assert networks(account) == ["facebook"]


def test_the_control_surface_links_and_unlinks_too(account: Account) -> None:
    order = {"platform": "facebook", "profileKey": account.create_profile()["profileKey"]}
    linked = account.post("/_fakeayr/links", json=order).get_json()
    assert linked["activeSocialAccounts"] == ["facebook"]
    unlinked = account.delete("/_fakeayr/links", json=order).get_json()
    assert unlinked["activeSocialAccounts"] == []
    assert linked["refId"] == unlinked["refId"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({}, 101),
        ({"platform": "myspace"}, 101),
        ({"platform": "facebook", "details": []}, 101),
        ({"platform": "facebook", "profile": "x"}, 101),
        ({"platform": "facebook", "profileKey": "x"}, 144),
        ({"platform": "facebook", "profileKey": ""}, 144),
    ],
    ids=str,
)
def test_the_control_surface_refuses_an_order_that_it_cannot_fill(
    account: Account, order: dict[str, Any], code: int
) -> None:
    assert account.post("/_fakeayr/links", json=order).get_json()["code"] == code
    assert account.delete("/_fakeayr/links", json=order).get_json()["code"] == code
    assert networks(account) == []


def test_the_control_surface_links_for_nobody_without_an_api_key(client: FlaskClient) -> None:
    response = client.post("/_fakeayr/links", json={"platform": "facebook"})
    assert (response.status_code, response.get_json()["code"]) == (403, 102)
