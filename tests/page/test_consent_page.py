"""The consent page, which stands for a network's own: what it asks, and how it ends."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from fakeayr.ayrshare.networks import NETWORKS
from tests.support.accounts import Account
from tests.support.linking import flaw_of
from tests.support.visitor import Visitor

APP = {"twitterApiKey": "consumer-key", "twitterApiSecret": "consumer-secret"}


@pytest.fixture
def visitor(visitor: Visitor, account: Account, profile_key: str) -> Visitor:
    """Somebody at the linking page of "Mia's Bakery"."""
    visitor.opens(account.generate_jwt(profile_key).get_json()["url"])
    return visitor


def asked_on(visitor: Visitor) -> dict[str, list[str]]:
    """What a consent page asks for: the choices of each field, the chosen one first."""
    fields: dict[str, list[str]] = {}
    for field in re.findall(r"<input ([^>]+)>", visitor.page.text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', field))
        kind, name = attributes.get("type"), attributes.get("name", "")
        if kind == "radio":
            position = 0 if field.endswith(" checked") else len(fields.get(name, []))
            fields.setdefault(name, []).insert(position, attributes["value"])
        elif kind != "hidden":
            fields[name] = [attributes["value"]]
    return fields


def entry_of(account: Account, profile_key: str) -> dict[str, Any]:
    """The only entry of `displayNames` in GET /user, with Instagram's details."""
    query = {"instagramDetails": "true"}
    user = account.get("/api/user", profile_key=profile_key, query_string=query).get_json()
    (entry,) = user["displayNames"]
    found: dict[str, Any] = entry
    return found


@pytest.mark.parametrize(
    ("platform", "asked"),
    [
        ("bluesky", {"username": [""], "password": [""]}),
        ("facebook", {"displayName": ["Mia&#39;s Bakery"]}),
        (
            "instagram",
            {
                "type": ["business", "creator"],
                "method": ["facebook", "instagram"],
                "displayName": ["Mia&#39;s Bakery"],
            },
        ),
        (
            "linkedin",
            {"type": ["corporate", "personal"], "displayName": ["Mia&#39;s Bakery"]},
        ),
        ("telegram", {"type": ["channel", "group"], "username": [""]}),
        ("tiktok", {"displayName": ["Mia&#39;s Bakery"]}),
    ],
)
def test_each_network_asks_for_what_ayrshare_asks_for(
    visitor: Visitor, platform: str, asked: dict[str, list[str]]
) -> None:
    visitor.presses(f"/_page/link/{platform}")
    found = asked_on(visitor)
    assert found.pop("scenario")[0] == "allow"
    assert found == asked


def test_the_page_says_who_asks_and_for_which_network(visitor: Visitor) -> None:
    visitor.presses("/_page/link/gmb")
    assert "Ayrshare (fake) wants to use your Google Business Profile account" in visitor.words
    assert "This page stands for Google Business Profile" in visitor.words


@pytest.mark.parametrize("platform", NETWORKS)
def test_what_is_allowed_is_linked(
    account: Account, visitor: Visitor, profile_key: str, platform: str
) -> None:
    visitor.links(platform, username="mia.example", password="secret", displayName="Mia")
    assert visitor.notice == f"{NETWORKS[platform].display_name} is linked."
    assert visitor.linked == [platform]
    assert entry_of(account, profile_key)["platform"] == platform


@pytest.mark.parametrize("platform", NETWORKS)
def test_what_is_refused_is_not_linked(
    account: Account, visitor: Visitor, profile_key: str, platform: str
) -> None:
    visitor.refuses(platform)
    name = NETWORKS[platform].display_name
    assert visitor.notice == f"{name} was not linked: you cancelled."
    assert visitor.linked == []
    assert "displayNames" not in account.get("/api/user", profile_key=profile_key).get_json()


@pytest.mark.parametrize(
    ("platform", "answers", "expected"),
    [
        ("facebook", {"displayName": "Mia"}, {"displayName": "Mia", "pageName": "Mia"}),
        ("reddit", {"displayName": ""}, {"displayName": "Mia's Bakery"}),
        ("instagram", {"type": "creator"}, {"type": "creator"}),
        ("instagram", {"type": "myspace"}, {"type": "business"}),
        ("linkedin", {"type": "personal"}, {"type": "personal", "refreshDaysRemaining": 365}),
        (
            "bluesky",
            {"username": "@mia.example", "password": "secret"},
            {
                "displayName": "mia.example",
                "username": "mia.example",
                "profileUrl": "https://bsky.app/profile/mia.example",
            },
        ),
        (
            "telegram",
            {"username": " @cakes ", "type": "group"},
            {"displayName": "cakes", "type": "group", "profileUrl": "https://t.me/cakes"},
        ),
        ("telegram", {"username": "../../x?y"}, {"profileUrl": "https://t.me/..%2F..%2Fx%3Fy"}),
    ],
)
def test_the_answers_reach_get_user(
    account: Account,
    visitor: Visitor,
    profile_key: str,
    *,
    platform: str,
    answers: dict[str, str],
    expected: dict[str, Any],
) -> None:
    visitor.links(platform, **answers)
    entry = entry_of(account, profile_key)
    assert {name: entry[name] for name in expected} == expected


def test_an_answer_adds_no_field_that_the_network_does_not_have(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.links("telegram", username="cakes")
    assert "username" not in entry_of(account, profile_key)


def test_a_name_is_one_line_of_visible_characters(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.links("reddit", displayName=f"  M\r\nia\x00\u202e{'a' * 200} ")
    assert entry_of(account, profile_key)["displayName"] == "Mia" + "a" * 97


# A form that is not complete.


@pytest.mark.parametrize(
    ("platform", "answers"),
    [
        ("bluesky", {}),
        ("bluesky", {"username": "mia.example"}),
        ("bluesky", {"password": "secret"}),
        ("bluesky", {"username": " \n ", "password": "secret"}),
        ("telegram", {"type": "group"}),
    ],
)
def test_an_incomplete_form_links_nothing(
    account: Account, visitor: Visitor, profile_key: str, platform: str, answers: dict[str, str]
) -> None:
    page = visitor.links(platform, **answers)
    assert page.status_code == 400
    assert visitor.notice == "Fill in every field that is marked as required."
    assert "displayNames" not in account.get("/api/user", profile_key=profile_key).get_json()


def test_an_incomplete_form_keeps_the_answers_and_can_be_completed(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.links("telegram", type="group", scenario="network-down")
    assert asked_on(visitor)["type"] == ["group", "channel"]
    assert asked_on(visitor)["scenario"][0] == "network-down"
    visitor.presses("/_page/consent/telegram", decision="allow", type="group", username="cakes")
    assert entry_of(account, profile_key)["type"] == "group"


def test_a_password_never_comes_back(account: Account, visitor: Visitor, profile_key: str) -> None:
    seen = visitor.links("bluesky", password="correct-horse").text
    seen += visitor.presses(
        "/_page/consent/bluesky", decision="allow", username="mia", password="correct-horse"
    ).text
    seen += account.get("/api/user", profile_key=profile_key).text
    seen += account.get("/_fakeayr/requests").text
    assert "correct-horse" not in seen


def test_an_incomplete_form_can_be_cancelled(visitor: Visitor) -> None:
    visitor.links("bluesky")
    visitor.presses("/_page/consent/bluesky", decision="cancel")
    assert visitor.notice == "Bluesky was not linked: you cancelled."


def test_answers_bring_no_markup_in(visitor: Visitor) -> None:
    hostile = '"><script>alert(1)</script>'
    page = visitor.links("bluesky", username=hostile, scenario=hostile)
    assert "<script>" not in page.text
    page = visitor.presses(
        "/_page/consent/bluesky", decision="allow", username=hostile, password="x"
    )
    assert "<script>" not in page.text
    assert visitor.linked == ["bluesky"]


# What integrators must survive.


@pytest.mark.parametrize(
    ("platform", "scenario", "message"),
    [
        ("facebook", "no-account", "No page or business account was found to link."),
        (
            "instagram",
            "no-account",
            "Instagram authorization error. A business or creator account is required.",
        ),
        ("facebook", "permission-missing", "A required permission was not granted."),
        ("facebook", "network-down", "The social network did not answer."),
        ("facebook", "linked-elsewhere", "The account is already linked to another profile."),
    ],
)
def test_a_consent_can_end_badly(
    account: Account,
    visitor: Visitor,
    profile_key: str,
    *,
    platform: str,
    scenario: str,
    message: str,
) -> None:
    visitor.links(platform, scenario=scenario)
    assert visitor.notice == f"{NETWORKS[platform].display_name} was not linked. {message}"
    assert 'role="alert"' in visitor.page.text
    assert "displayNames" not in account.get("/api/user", profile_key=profile_key).get_json()


@pytest.mark.parametrize(
    ("outcome", "notice"),
    [
        ("allow", "Facebook is linked."),
        ("cancel", "Facebook was not linked: you cancelled."),
        ("network-down", "Facebook was not linked. The social network did not answer."),
    ],
)
def test_an_end_that_was_decided_beforehand_needs_no_page(
    account: Account, visitor: Visitor, outcome: str, notice: str
) -> None:
    account.post("/_fakeayr/consents", json={"outcome": outcome, "platform": "facebook"})
    visitor.presses("/_page/link/facebook")
    assert visitor.notice == notice
    visitor.presses("/_page/link/facebook")
    assert "Allow" in visitor.words


# Each consent is answered once.


def test_a_second_click_on_allow_links_nothing_again(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.presses("/_page/link/facebook")
    consent = visitor.token
    visitor.presses("/_page/consent/facebook", decision="allow", displayName="First")
    visitor.token = consent
    visitor.presses("/_page/consent/facebook", decision="allow", displayName="Second")
    assert visitor.notice == "Facebook: this consent was answered already."
    assert entry_of(account, profile_key)["displayName"] == "First"


def test_a_consent_links_the_network_that_it_was_for(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.presses("/_page/link/twitter")
    visitor.presses("/_page/consent/tiktok", decision="allow")
    assert visitor.notice == "TikTok: this consent was answered already."
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert "activeSocialAccounts" not in user


def test_clicks_that_arrive_together_link_once(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.presses("/_page/link/facebook")
    cookie = visitor.client.get_cookie("fakeayr_page")
    assert cookie is not None
    ready = Barrier(4)

    def click(_: int) -> None:
        other = Visitor(visitor.client.application)
        other.client.set_cookie("fakeayr_page", cookie.value)
        other.token = visitor.token
        ready.wait()
        other.presses("/_page/consent/facebook", decision="allow")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(click, range(4)))
    query = {"actionLog": "true"}
    (profile,) = account.get("/api/profiles", query_string=query).get_json()["profiles"]
    assert [action["type"] for action in profile["actionLog"]] == ["link"]


def test_a_consent_page_that_was_answered_leads_back(visitor: Visitor) -> None:
    visitor.presses("/_page/link/facebook")
    address = f"/_page/consent/facebook?page_token={visitor.token}"
    visitor.presses("/_page/consent/facebook", decision="cancel")
    visitor.opens(address)
    assert visitor.notice == "Facebook: this consent was answered already."
    assert visitor.offered == list(NETWORKS)


def test_a_consent_page_of_nobody_leads_back(visitor: Visitor) -> None:
    visitor.opens(f"/_page/consent/facebook?page_token={visitor.token}")
    assert visitor.notice == "Facebook: this consent was answered already."


def test_two_consents_of_one_network_can_be_open_at_once(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    page = visitor.token
    visitor.presses("/_page/link/facebook")
    first, visitor.token = visitor.token, page
    visitor.presses("/_page/link/facebook")
    for token, name in ((visitor.token, "Second"), (first, "First")):
        visitor.token = token
        visitor.presses("/_page/consent/facebook", decision="allow", displayName=name)
        assert entry_of(account, profile_key)["displayName"] == name


# The integrator's own X app.


def own_app(app: Flask, account: Account, profile_key: str) -> Visitor:
    """Somebody at a page that was made with the credentials of an X app."""
    visitor = Visitor(app)
    visitor.opens(account.generate_jwt(profile_key, **APP).get_json()["url"])
    return visitor


def test_x_names_the_integrators_app(app: Flask, account: Account, profile_key: str) -> None:
    name = "ACME <b>Poster</b>"
    account.post("/_fakeayr/x-apps", json={"apiKey": "consumer-key", "name": name})
    visitor = own_app(app, account, profile_key)
    visitor.presses("/_page/link/twitter")
    assert f"{name} wants to use your X account" in visitor.words
    assert "<b>Poster" not in visitor.page.text


def test_an_app_that_nobody_registered_is_yours(
    app: Flask, account: Account, profile_key: str
) -> None:
    visitor = own_app(app, account, profile_key)
    visitor.presses("/_page/link/twitter")
    assert "Your X app wants to use your X account" in visitor.words
    visitor.presses("/_page/consent/twitter", decision="allow")
    found = account.get("/api/profiles", query_string={"isByokLinked": "true"}).get_json()
    assert found["count"] == 1


def test_only_x_knows_the_app(app: Flask, account: Account, profile_key: str) -> None:
    visitor = own_app(app, account, profile_key)
    visitor.presses("/_page/link/facebook")
    assert "Ayrshare (fake) wants to use your Facebook account" in visitor.words


def test_an_app_whose_callbacks_are_not_approved_is_refused_by_x(
    app: Flask, account: Account, profile_key: str
) -> None:
    order = {"apiKey": "consumer-key", "callbackApproved": False}
    account.post("/_fakeayr/x-apps", json=order)
    visitor = own_app(app, account, profile_key)
    page = visitor.presses("/_page/link/twitter")
    assert (page.status_code, flaw_of(page)) == (403, "callback")
    assert "Callback URL not approved" in visitor.words
    visitor.links("facebook")
    assert visitor.linked == ["facebook"]


def test_another_accounts_app_of_the_same_key_is_not_known(
    app: Flask, account: Account, dev: Account, profile_key: str
) -> None:
    dev.post("/_fakeayr/x-apps", json={"apiKey": "consumer-key", "name": "Someone's"})
    visitor = own_app(app, account, profile_key)
    visitor.presses("/_page/link/twitter")
    assert "Your X app wants to use your X account" in visitor.words
