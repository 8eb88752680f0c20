"""All Done: to the redirect, to the opener, or out of the tab."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Integrator, Person, Shop, clicks_the_last
from tests.support.accounts import Account


@pytest.fixture
def url(account: Account, profile_key: str) -> str:
    """A linking URL without a redirect."""
    url: str = account.generate_jwt(profile_key).get_json()["url"]
    return url


@pytest.mark.parametrize("button", ["All Done", "Your logo: back to where you came from"])
def test_all_done_and_the_logo_lead_to_the_redirect(
    person: Person, account: Account, profile_key: str, integrator: Integrator, button: str
) -> None:
    back = integrator.page("/back")
    person.opens(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    person.clicks(button)
    person.page.wait_for_url(back)


@pytest.mark.parametrize("encoded", [True, False])
def test_a_redirect_may_be_appended_to_the_url(
    person: Person, url: str, integrator: Integrator, encoded: bool
) -> None:
    back = integrator.page("/back")
    written = back.replace(":", "%3A").replace("/", "%2F") if encoded else back
    person.opens(f"{url}&redirect={written}")
    person.clicks("All Done")
    person.page.wait_for_url(back)


def test_a_redirect_may_lead_on_to_another_site(
    person: Person, url: str, integrator: Integrator
) -> None:
    elsewhere = integrator.page("/elsewhere").replace("localhost", "127.0.0.1")
    person.opens(f"{url}&redirect={integrator.redirect('/back', elsewhere)}")
    person.clicks("All Done")
    person.page.wait_for_url(elsewhere)
    assert person.errors == []


def test_without_a_redirect_the_tab_that_a_site_opened_closes(
    person: Person, url: str, integrator: Integrator
) -> None:
    person.opens(integrator.shop(url))
    tab = Shop(person).opens_popup()
    clicks_the_last(tab, "All Done")


def test_a_tab_that_the_browser_does_not_close_says_so(person: Person, url: str) -> None:
    person.opens(url)
    person.clicks("All Done")
    person.sees("You can close this tab.")
    person.photographs("closed")


def test_a_redirect_for_the_opener_leads_it_there_and_closes_the_tab(
    person: Person, account: Account, profile_key: str, integrator: Integrator
) -> None:
    back = integrator.page("/back") + "?origin=true"
    person.opens(
        integrator.shop(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    )
    tab = Shop(person).opens_popup()
    clicks_the_last(tab, "All Done")
    person.page.wait_for_url(back)


def test_a_redirect_for_an_opener_that_is_not_there_leads_this_tab(
    person: Person, account: Account, profile_key: str, integrator: Integrator
) -> None:
    back = integrator.page("/back") + "?origin=true"
    person.opens(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    person.clicks("All Done")
    person.page.wait_for_url(back)


@pytest.mark.parametrize("redirect", ["javascript:document.title='evil'", "data:text/html,evil"])
def test_a_redirect_that_is_no_web_address_is_not_followed(
    person: Person, url: str, redirect: str
) -> None:
    person.opens(f"{url}&redirect={redirect}")
    person.clicks("All Done")
    person.sees("You can close this tab.")
    expect(person.page).to_have_title("All done")


def test_the_page_cannot_be_framed(person: Person, url: str, integrator: Integrator) -> None:
    site = integrator.page("/framing", f'<iframe src="{url}"></iframe>')
    with person.page.expect_console_message(lambda told: "frame-ancestors" in told.text):
        person.opens(site)
    expect(person.page.frame_locator("iframe").get_by_role("button")).to_have_count(0)
