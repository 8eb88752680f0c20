"""Popups of the newer age, opened by a page of another origin that listens to their events."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import Integrator, Person, Shop, clicks, clicks_the_last
from tests.support.accounts import Account

ShopFor = Callable[..., Shop]


@pytest.fixture
def said(server: str) -> Callable[..., dict[str, Any]]:
    """Makes what a page hears of an event: `said("success", network="facebook")`."""

    def said(event: str, **fields: Any) -> dict[str, Any]:
        common = {"source": "ayrshare", "version": 1, "event": f"connect:{event}"}
        return {**common, **fields, "from": server}

    return said


@pytest.fixture
def shop_for(person: Person, account: Account, profile_key: str, integrator: Integrator) -> ShopFor:
    """Shows the integrator's page, whose button opens a link session: `shop_for(mode="grid")`."""

    def shop_for(*, appended: str = "", **fields: Any) -> Shop:
        body = {"origin": integrator.origin, **fields}
        answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
        person.opens(integrator.shop(answer.get_json()["url"] + appended))
        return Shop(person)

    return shop_for


def test_a_popup_that_succeeds(
    shop_for: ShopFor, account: Account, profile_key: str, said: Any
) -> None:
    shop = shop_for(mode="connect", network="facebook")
    popup = shop.opens_popup()
    shop.hears(said("ready", network="facebook"))
    shop.person.photographs("popup-consent", popup)
    clicks_the_last(popup, "Allow")
    shop.hears(
        said("ready", network="facebook"),
        said("success", network="facebook"),
        said("closed", network="facebook"),
    )
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert user["activeSocialAccounts"] == ["facebook"]


def test_a_popup_that_is_cancelled(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for(mode="connect", network="facebook")
    clicks_the_last(shop.opens_popup(), "Cancel")
    shop.hears(
        said("ready", network="facebook"),
        said("cancelled", network="facebook", reason="user"),
        said("closed", network="facebook"),
    )


def test_a_popup_that_fails_stays_for_another_try(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for(mode="connect", network="facebook")
    popup = shop.opens_popup()
    popup.get_by_text("What should happen?").click()
    popup.get_by_label("The network is down").check()
    clicks(popup, "Allow")
    expect(popup.get_by_role("alert")).to_contain_text("The social network did not answer.")
    shop.person.photographs("popup-error", popup)
    clicks(popup, "Link Facebook")
    clicks_the_last(popup, "Allow")
    error = {"code": 9503, "message": "The social network did not answer."}
    shop.hears(
        said("ready", network="facebook"),
        said("error", network="facebook", **error),
        said("success", network="facebook"),
        said("closed", network="facebook"),
    )


def test_a_popup_that_is_told_to_stay_open(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for(mode="connect", network="facebook", appended="&autoClose=false")
    popup = shop.opens_popup()
    clicks(popup, "Allow")
    expect(popup.get_by_role("status")).to_have_text("Facebook is linked.")
    shop.person.photographs("popup-linked", popup)
    clicks_the_last(popup, "Close")
    shop.hears(
        said("ready", network="facebook"),
        said("success", network="facebook"),
        said("closed", network="facebook"),
    )


def test_reloading_and_going_back_say_nothing_twice(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for(mode="connect", network="facebook", appended="&autoClose=false")
    popup = shop.opens_popup()
    shop.hears(said("ready", network="facebook"))
    popup.reload()
    clicks(popup, "Allow")
    expect(popup.get_by_role("status")).to_have_text("Facebook is linked.")
    popup.reload()
    popup.go_back()
    clicks_the_last(popup, "Close")
    shop.hears(
        said("ready", network="facebook"),
        said("success", network="facebook"),
        said("closed", network="facebook"),
    )


def test_an_end_that_was_decided_beforehand_closes_the_popup_at_once(
    shop_for: ShopFor, account: Account, said: Any
) -> None:
    account.post("/_fakeayr/consents", json={"outcome": "cancel", "platform": "facebook"})
    shop = shop_for(mode="connect", network="facebook")
    shop.clicks_connect()
    shop.hears(
        said("ready", network="facebook"),
        said("cancelled", network="facebook", reason="user"),
        said("closed", network="facebook"),
    )


def test_the_page_with_all_networks_in_a_popup(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for()
    popup = shop.opens_popup()
    for name, button in (("Facebook", "Allow"), ("X", "Cancel")):
        clicks(popup, f"Link {name}")
        clicks(popup, button)
    shop.person.photographs("popup-grid", popup)
    clicks_the_last(popup, "All Done")
    shop.hears(
        said("ready"),
        said("success", network="facebook"),
        said("cancelled", network="twitter", reason="user"),
        said("closed"),
    )


def test_events_and_then_a_redirect_for_the_opener(
    shop_for: ShopFor, integrator: Integrator
) -> None:
    back = integrator.page("/back") + "?origin=true"
    shop = shop_for(redirect=back)
    clicks_the_last(shop.opens_popup(), "All Done")
    shop.person.page.wait_for_url(back)


def test_a_popup_for_one_network_closes_even_if_there_is_a_redirect(
    shop_for: ShopFor, integrator: Integrator
) -> None:
    shop = shop_for(mode="connect", network="facebook", redirect=integrator.page("/back"))
    clicks_the_last(shop.opens_popup(), "Allow")
    expect(shop.person.page).to_have_url(re.compile("/shop$"))


def test_without_an_opener_one_network_leads_to_the_redirect(
    person: Person, account: Account, profile_key: str, integrator: Integrator
) -> None:
    back = integrator.page("/back")
    body = {"mode": "connect", "network": "facebook", "redirect": back}
    answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    person.opens(answer.get_json()["url"])
    person.clicks("Allow")
    person.page.wait_for_url(back)


def test_without_an_opener_nobody_is_told_and_all_done_leads_on(
    person: Person, account: Account, profile_key: str, integrator: Integrator
) -> None:
    back = integrator.page("/back")
    body = {"origin": integrator.origin, "redirect": back}
    answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    person.opens(answer.get_json()["url"])
    person.clicks("All Done")
    person.page.wait_for_url(back)
    assert person.errors == []
    person.page.go_back()
    person.sees_heading('Social Accounts for "Mia\'s Bakery"')


def test_a_popup_that_is_opened_once_more_is_ready_once_more(shop_for: ShopFor, said: Any) -> None:
    shop = shop_for()
    shop.opens_popup()
    shop.hears(said("ready"))
    shop.clicks_connect()
    shop.hears(said("ready"), said("ready"))


def test_two_popups_at_once_end_each_for_itself(
    shop_for: ShopFor, account: Account, profile_key: str, said: Any, integrator: Integrator
) -> None:
    shop = shop_for(mode="connect", network="facebook")
    first = shop.opens_popup()
    # Chromium loses what arrives while it opens another popup, from whatever page.
    shop.hears(said("ready", network="facebook"))
    body = {"origin": integrator.origin, "mode": "connect", "network": "reddit"}
    answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    with shop.person.page.expect_popup() as opening:
        shop.person.page.evaluate("url => { open(url, 'second') }", answer.get_json()["url"])
    shop.hears(said("ready", network="facebook"), said("ready", network="reddit"))
    clicks_the_last(first, "Allow")
    clicks_the_last(opening.value, "Allow")
    shop.hears(
        said("ready", network="facebook"),
        said("ready", network="reddit"),
        said("success", network="facebook"),
        said("closed", network="facebook"),
        said("success", network="reddit"),
        said("closed", network="reddit"),
    )


def test_a_page_of_another_origin_hears_nothing(shop_for: ShopFor) -> None:
    shop = shop_for(origin="https://somebody-else.example", mode="connect", network="facebook")
    clicks_the_last(shop.opens_popup(), "Allow")
    shop.hears()


def test_without_an_origin_nobody_hears_anything(shop_for: ShopFor) -> None:
    shop = shop_for(origin=None, mode="connect", network="facebook")
    clicks_the_last(shop.opens_popup(), "Allow")
    shop.hears()


def test_a_session_that_is_over_ends_in_an_error(
    shop_for: ShopFor, account: Account, said: Any
) -> None:
    shop = shop_for(mode="connect", network="facebook")
    account.post("/_fakeayr/clock", json={"advance": 300})
    popup = shop.opens_popup()
    expect(popup.get_by_role("heading")).to_have_text("This link cannot be opened")
    error = {"code": 503, "message": "This link session has expired."}
    shop.hears(said("error", network="facebook", **error))


def test_a_profile_that_is_suspended_meanwhile_ends_in_an_error(
    shop_for: ShopFor, account: Account, profile_key: str, said: Any
) -> None:
    shop = shop_for(mode="connect", network="facebook")
    popup = shop.opens_popup()
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": profile_key})
    clicks(popup, "Allow")
    expect(popup.get_by_role("alert")).to_have_text("This profile is suspended.")
    error = {"code": 276, "message": "This profile is suspended."}
    shop.hears(said("ready", network="facebook"), said("error", network="facebook", **error))
