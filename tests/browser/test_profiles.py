"""Whose page a browser sees: the documented trap, `logout`, and links that are not good."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.support.accounts import Account, OpenAccount
from tests.support.clock import ManualClock


def url_of(account: Account, title: str, **fields: bool) -> str:
    """A linking URL for a new profile."""
    profile_key = account.create_profile(title)["profileKey"]
    url: str = account.generate_jwt(profile_key, **fields).get_json()["url"]
    return url


def test_the_earlier_profile_stays_until_a_url_says_logout(
    person: Person, account: Account
) -> None:
    person.opens(url_of(account, "Bakery"))
    person.opens(url_of(account, "Florist"))
    person.sees_heading('Social Accounts for "Bakery"')
    person.opens(url_of(account, "Garage", logout=True))
    person.sees_heading('Social Accounts for "Garage"')


def test_a_tab_of_the_earlier_profile_is_over_after_logout(
    person: Person, account: Account
) -> None:
    person.opens(url_of(account, "Bakery"))
    other: Page = person.context.new_page()
    other.goto(url_of(account, "Florist", logout=True))
    person.clicks("Link Facebook")
    person.sees("This page is not of your present session. Open the link again.")
    person.photographs("refused-session")
    other.reload()
    expect(other.get_by_role("button", name="Unlink Facebook")).to_have_count(0)


def test_what_happens_elsewhere_is_seen_after_a_reload(
    person: Person, account: Account, profile_key: str
) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    account.link("facebook", profile_key, displayName="Linked elsewhere")
    person.page.reload()
    expect(person.row("Facebook")).to_contain_text("Linked as Linked elsewhere")


def test_an_expired_link(person: Person, account: Account, clock: ManualClock) -> None:
    url = url_of(account, "Bakery")
    clock.advance(minutes=5)
    answer = person.page.goto(url)
    assert answer is not None
    assert answer.status == 401
    person.sees_heading("This link cannot be opened")
    person.sees("The link has expired.")
    person.photographs("refused-expired")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda url: re.sub("(?<=jwt=)[^&]+", lambda token: token[0][:-43], url),
            "does not fit the account's key",
        ),
        (lambda url: url.partition("&jwt=")[0], "carries neither a jwt nor a session"),
        (lambda url: f"{url.partition('&jwt=')[0]}&jwt=nonsense", "is not a JSON Web Token"),
    ],
    ids=["cut", "missing", "nonsense"],
)
def test_a_corrupt_link(person: Person, account: Account, damage: Any, words: str) -> None:
    answer = person.page.goto(damage(url_of(account, "Bakery")))
    assert answer is not None
    assert answer.status == 401
    expect(person.page.get_by_role("alert")).to_contain_text(words)


def test_a_link_signed_with_another_accounts_key(
    person: Person, account: Account, open_account: OpenAccount, profile_key: str
) -> None:
    foreign = open_account().private_key
    url = account.generate_jwt(profile_key, privateKey=foreign).get_json()["url"]
    answer = person.page.goto(url)
    assert answer is not None
    assert answer.status == 401
    expect(person.page.get_by_role("alert")).to_contain_text("it belongs to another domain")


def test_a_revoked_link_session(person: Person, account: Account, profile_key: str) -> None:
    path = "/api/profiles/link-sessions"
    session = account.post(path, json={}, profile_key=profile_key).get_json()
    account.delete(f"{path}/{session['sessionId']}", profile_key=profile_key)
    person.opens(session["url"])
    person.sees("This link session has been revoked.")
