"""The newer age's events, as the page hands them to its script, and connect mode's popups.

That a browser really delivers them to the opener is tested in `tests/browser`.
"""

import html
import re
from typing import Any

import pytest
from flask import Flask

from tests.support.accounts import Account
from tests.support.linking import flaw_of
from tests.support.visitor import Visitor

ORIGIN = "https://app.example"
APP = {"X-Twitter-OAuth1-Api-Key": "consumer-key", "X-Twitter-OAuth1-Api-Secret": "secret"}
READY = {"event": "connect:ready", "network": "facebook"}
SUCCESS = {"event": "connect:success", "network": "facebook"}
CANCELLED = {"event": "connect:cancelled", "network": "facebook", "reason": "user"}
CLOSED = {"event": "connect:closed", "network": "facebook"}


def session_url(
    account: Account, profile_key: str, headers: dict[str, str] | None = None, **body: Any
) -> str:
    """The URL of a link session whose opener is `ORIGIN`."""
    answer = account.post(
        "/api/profiles/link-sessions",
        json={"origin": ORIGIN, **body},
        profile_key=profile_key,
        headers=headers,
    )
    url: str = answer.get_json()["url"]
    return url


def popup_url(account: Account, profile_key: str, network: str = "facebook", **body: Any) -> str:
    """The URL of a popup that links one network."""
    return session_url(account, profile_key, mode="connect", network=network, **body)


def allows(visitor: Visitor, **answers: str) -> None:
    """Presses Allow on the popup's consent page."""
    visitor.presses("/_page/consent/facebook", decision="allow", **answers)


# The page with all networks.


def test_the_grid_is_ready_once(account: Account, visitor: Visitor, profile_key: str) -> None:
    visitor.opens(session_url(account, profile_key))
    assert visitor.events == [{"event": "connect:ready"}]
    assert visitor.data("origin") == ORIGIN
    visitor.opens("/")
    assert visitor.events == []


def test_the_grid_tells_how_each_network_ended(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(session_url(account, profile_key))
    visitor.links("facebook")
    assert visitor.events == [SUCCESS]
    visitor.refuses("facebook")
    assert visitor.events == [CANCELLED]
    visitor.links("facebook", scenario="linked-elsewhere")
    assert visitor.events == [
        {
            "event": "connect:error",
            "network": "facebook",
            "code": 9409,
            "message": "The account is already linked to another profile.",
        }
    ]
    visitor.unlinks("facebook")
    assert visitor.events == []


def test_an_error_carries_the_apis_code(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(session_url(account, profile_key))
    visitor.links("instagram", scenario="no-account")
    assert [event["code"] for event in visitor.events] == [322]


def test_all_done_closes_the_grid_without_naming_a_network(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(session_url(account, profile_key))
    visitor.is_done()
    assert visitor.events == [{"event": "connect:closed"}]
    assert visitor.data("leads") == "tab"


def test_with_a_redirect_the_last_event_is_sent_before_it(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(session_url(account, profile_key, redirect="https://app.example/back"))
    visitor.is_done()
    assert visitor.events == [{"event": "connect:closed"}]
    assert visitor.data("target") == "https://app.example/back"


@pytest.mark.parametrize("mode", ["grid", "connect"])
def test_without_an_origin_nobody_is_told_anything(
    account: Account, visitor: Visitor, profile_key: str, mode: str
) -> None:
    visitor.opens(session_url(account, profile_key, origin=None, mode=mode, network="facebook"))
    seen = [visitor.data("events")]
    visitor.links("facebook")
    seen.append(visitor.data("events"))
    assert seen == [None, None]


# The popup for one network.


def test_a_popup_opens_at_the_networks_consent(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    assert "wants to use your Facebook account" in visitor.words
    assert visitor.events == [READY]


def test_after_success_it_closes(account: Account, visitor: Visitor, profile_key: str) -> None:
    visitor.opens(popup_url(account, profile_key))
    allows(visitor)
    assert visitor.events == [SUCCESS, CLOSED]
    assert visitor.data("leads") == "tab-without-opener"
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert user["activeSocialAccounts"] == ["facebook"]


def test_after_cancel_it_closes(account: Account, visitor: Visitor, profile_key: str) -> None:
    visitor.opens(popup_url(account, profile_key))
    visitor.presses("/_page/consent/facebook", decision="cancel")
    assert visitor.events == [CANCELLED, CLOSED]


def test_after_an_error_it_stays_for_another_try(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    allows(visitor, scenario="network-down")
    assert [event["event"] for event in visitor.events] == ["connect:error"]
    assert visitor.data("leads") is None
    assert "Facebook was not linked. The social network did not answer." in visitor.words
    visitor.presses("/_page/link/facebook")
    assert visitor.events == []
    allows(visitor)
    assert visitor.events == [SUCCESS, CLOSED]


def test_after_an_error_it_can_be_closed(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    allows(visitor, scenario="network-down")
    visitor.is_done()
    assert visitor.events == [CLOSED]


def test_it_can_be_told_to_close_as_it_does_anyway(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(f"{popup_url(account, profile_key)}&autoClose=true")
    allows(visitor)
    assert visitor.events == [SUCCESS, CLOSED]


@pytest.mark.parametrize("decision", ["allow", "cancel"])
def test_it_can_be_told_to_stay_open(
    account: Account, visitor: Visitor, profile_key: str, decision: str
) -> None:
    visitor.opens(f"{popup_url(account, profile_key)}&autoClose=false")
    visitor.presses("/_page/consent/facebook", decision=decision)
    assert visitor.events == [SUCCESS if decision == "allow" else CANCELLED]
    visitor.is_done()
    assert visitor.events == [CLOSED]


def test_it_is_closed_and_not_led_to_the_redirect(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = popup_url(account, profile_key, redirect="https://app.example/back", origin=None)
    visitor.opens(f"{url}&autoClose=false")
    allows(visitor)
    assert visitor.is_done().status_code == 200
    assert visitor.data("leads") == "tab-without-opener"
    assert visitor.data("target") == "https://app.example/back"


def test_an_end_that_was_decided_beforehand_is_told_at_once(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    account.post("/_fakeayr/consents", json={"outcome": "allow"})
    visitor.opens(popup_url(account, profile_key))
    assert visitor.events == [READY, SUCCESS, CLOSED]


def test_a_consent_that_was_answered_tells_nothing_more(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(f"{popup_url(account, profile_key)}&autoClose=false")
    consent = visitor.token
    allows(visitor)
    visitor.token = consent
    allows(visitor)
    assert visitor.events == []
    assert visitor.notice == "Facebook: this consent was answered already."


def test_a_consent_page_that_is_gone_back_to_tells_nothing_more(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = f"{popup_url(account, profile_key)}&autoClose=false"
    consent = visitor.client.get(f"/?{url.partition('?')[2]}").headers["Location"]
    visitor.opens(consent)
    assert visitor.events == [READY]
    allows(visitor)
    visitor.opens(consent)
    assert visitor.events == []
    assert visitor.notice == "Facebook: this consent was answered already."


def test_a_popup_beside_the_grid_leaves_the_grid_as_it_is(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    grid, popup = visitor, Visitor(visitor.client.application)
    popup.client = visitor.client
    grid.opens(session_url(account, profile_key))
    popup.opens(popup_url(account, profile_key))
    grid.links("reddit")
    assert grid.offered[:2] == ["bluesky", "facebook"]
    allows(popup)
    assert popup.events == [SUCCESS, CLOSED]
    grid.is_done()
    assert grid.events == [{"event": "connect:closed"}]


def test_a_popup_links_no_other_network(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    page = visitor.presses("/_page/link/reddit")
    assert (page.status_code, flaw_of(page)) == (404, "network")


def test_a_network_that_is_disabled_is_linked_when_the_session_names_it(
    account: Account, visitor: Visitor
) -> None:
    key = account.create_profile("Bakery", disableSocial=["facebook"])["profileKey"]
    visitor.opens(popup_url(account, key))
    allows(visitor)
    assert visitor.events == [SUCCESS, CLOSED]


# X.


def test_x_cannot_be_linked_directly_without_an_app(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key, "x"))
    assert [event["event"] for event in visitor.events] == ["connect:ready", "connect:error"]
    assert "Linking X directly needs your own X app's credentials." in visitor.words


def test_x_is_linked_directly_with_an_app(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key, "x", headers=APP))
    visitor.presses("/_page/consent/twitter", decision="allow")
    assert [event["event"] for event in visitor.events] == ["connect:success", "connect:closed"]


def test_an_app_whose_callbacks_are_not_approved_is_an_error(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    order = {"apiKey": "consumer-key", "callbackApproved": False}
    account.post("/_fakeayr/x-apps", json=order)
    page = visitor.opens(popup_url(account, profile_key, "x", headers=APP))
    assert (page.status_code, flaw_of(page)) == (403, "callback")
    assert [event["event"] for event in visitor.events] == ["connect:ready", "connect:error"]
    assert visitor.events[1]["message"] == "Callback URL not approved"


def test_the_grid_hears_of_such_an_app_too(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    order = {"apiKey": "consumer-key", "callbackApproved": False}
    account.post("/_fakeayr/x-apps", json=order)
    visitor.opens(session_url(account, profile_key, headers=APP))
    visitor.presses("/_page/link/twitter")
    (event,) = visitor.events
    assert (event["event"], event["network"]) == ("connect:error", "twitter")


# When the session ends in the middle.


def test_a_profile_that_is_suspended_meanwhile_is_an_error(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": profile_key})
    allows(visitor)
    (event,) = visitor.events
    assert (event["event"], event["network"]) == ("connect:error", "facebook")
    assert event["message"] == "This profile is suspended."


def test_a_profile_that_is_deleted_meanwhile_is_an_error(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    account.delete("/api/profiles", profile_key=profile_key)
    allows(visitor)
    (event,) = visitor.events
    assert (event["event"], event["code"]) == ("connect:error", 503)


def test_a_login_to_another_profile_is_an_error(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    other = account.create_profile("Florist")["profileKey"]
    url = account.generate_jwt(other, logout=True).get_json()["url"]
    popup = visitor.token
    visitor.opens(url)
    visitor.token = popup
    allows(visitor)
    assert [event["event"] for event in visitor.events] == ["connect:error"]


def test_a_popup_that_met_an_error_has_had_its_end(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    consent = visitor.token
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": profile_key})
    allows(visitor)
    account.post("/_fakeayr/events", json={"type": "unsuspend", "profileKey": profile_key})
    visitor.token = consent
    allows(visitor)
    assert visitor.events == []
    assert visitor.notice == "Facebook: this consent was answered already."
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": profile_key})
    visitor.token = consent
    allows(visitor)
    assert visitor.events == []


def test_somebody_without_the_login_does_not_end_a_consent(
    app: Flask, account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(popup_url(account, profile_key))
    stranger = Visitor(app)
    assert stranger.opens(f"/_page/consent/facebook?page_token={visitor.token}").status_code == 401
    allows(visitor)
    assert visitor.events == [SUCCESS, CLOSED]


def test_after_an_error_each_further_try_has_its_end(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(session_url(account, profile_key))
    visitor.presses("/_page/link/facebook")
    account.patch("/api/profiles", json={"disableSocial": ["facebook"]}, profile_key=profile_key)
    visitor.presses("/_page/consent/facebook", decision="allow")
    assert [event["event"] for event in visitor.events] == ["connect:error"]
    (back,) = re.findall(r'href="([^"]+)">Back', visitor.page.text)
    visitor.opens(html.unescape(back))
    visitor.presses("/_page/link/facebook")
    assert [event["event"] for event in visitor.events] == ["connect:error"]


@pytest.mark.parametrize(("ended", "code"), [("expired", 503), ("revoked", 501)])
def test_a_popup_whose_session_is_over_is_an_error(
    account: Account, visitor: Visitor, profile_key: str, ended: str, code: int
) -> None:
    order = {"origin": ORIGIN, "mode": "connect", "network": "facebook"}
    path = "/api/profiles/link-sessions"
    session = account.post(path, json=order, profile_key=profile_key).get_json()
    if ended == "expired":
        account.post("/_fakeayr/clock", json={"advance": 300})
    else:
        account.delete(f"{path}/{session['sessionId']}", profile_key=profile_key)
    page = visitor.opens(session["url"])
    assert (page.status_code, flaw_of(page), visitor.data("origin")) == (401, ended, ORIGIN)
    (event,) = visitor.events
    assert (event["event"], event["network"], event["code"]) == ("connect:error", "facebook", code)


def test_a_page_whose_session_is_over_says_nothing_to_its_opener(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = session_url(account, profile_key)
    account.post("/_fakeayr/clock", json={"advance": 300})
    visitor.opens(url)
    assert visitor.data("events") is None


# The origin.


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://app.example", "https://app.example"),
        ("https://app.example/", "https://app.example"),
        ("HTTPS://APP.example:8443", "https://app.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_events_go_to_the_exact_origin(
    account: Account, visitor: Visitor, profile_key: str, given: str, told: str
) -> None:
    visitor.opens(session_url(account, profile_key, origin=given))
    assert visitor.data("origin") == told


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "app.example",
        "https://app.example/path",
        "javascript:x",
        "https://a b.example",
        "http://256.256.256.256",
        "http://1.2.3.4.5",
        "http://app.example.0x",
        f"https://{'.'.join(['a' * 60] * 5)}.example",
    ],
)
def test_an_origin_that_is_none_is_refused(account: Account, profile_key: str, origin: str) -> None:
    body = {"origin": origin}
    answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    assert answer.status_code == 400


def test_an_address_cannot_name_another_origin(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(f"{session_url(account, profile_key)}&origin=https://evil.example")
    assert visitor.data("origin") == ORIGIN
    visitor.opens(
        f"{account.generate_jwt(profile_key).get_json()['url']}&origin=https://evil.example"
    )
    assert visitor.data("origin") is None
