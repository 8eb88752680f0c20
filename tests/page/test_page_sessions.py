"""The linking page's sessions: one login for a browser, and a way of its own for each tab."""

import re
from typing import Any

import pytest
from flask import Flask

from fakeayr.ayrshare.plans import Plan
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.linking import flaw_of
from tests.support.visitor import Visitor

COOKIE = "fakeayr_page"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def bakery(account: Account) -> str:
    """The key of the User Profile "Bakery"."""
    key: str = account.create_profile("Bakery")["profileKey"]
    return key


@pytest.fixture
def florist(account: Account) -> str:
    """The key of the User Profile "Florist"."""
    key: str = account.create_profile("Florist")["profileKey"]
    return key


def url_of(account: Account, profile_key: str, **fields: Any) -> str:
    """A linking URL."""
    url: str = account.generate_jwt(profile_key, **fields).get_json()["url"]
    return url


def linked(account: Account, profile_key: str) -> list[str]:
    """What GET /user says is linked."""
    user = account.get("/api/user", profile_key=profile_key).get_json()
    names: list[str] = user.get("activeSocialAccounts", [])
    return names


def other_tab(visitor: Visitor) -> Visitor:
    """The same browser once more: another tab with the same cookies."""
    tab = Visitor(visitor.client.application)
    tab.client = visitor.client
    return tab


# The cookie.


def test_a_logged_in_browser_needs_no_token(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    for path in ("/", "/social-accounts"):
        visitor.opens(path, headers={"Accept": BROWSER})
        assert 'Social Accounts for "Bakery"' in visitor.words


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "*/*"),
        ("/", "application/json"),
        ("/", "text/html;q=0, */*"),
        ("/", None),
        ("/social-accounts", BROWSER),
        ("/?domain=acme", BROWSER),
        ("/?page_token=", BROWSER),
    ],
)
def test_whoever_brings_no_token_is_told_what_is_missing(
    visitor: Visitor, path: str, accept: str | None
) -> None:
    page = visitor.opens(path, headers={} if accept is None else {"Accept": accept})
    assert page.status_code == 401
    assert flaw_of(page) == ("session" if "page_token" in path else "missing")


@pytest.mark.parametrize("link", ["/?jwt=a.b.c&domain=acme", "/?session=ayr_ls_0", "/?jwt="])
def test_a_browser_with_a_bad_token_is_refused(visitor: Visitor, link: str) -> None:
    assert visitor.opens(link, headers={"Accept": BROWSER}).status_code == 401


def test_a_person_at_the_bare_address_learns_what_the_server_is(new_app: NewApp) -> None:
    config = Config(public_url="https://fake.example", control_token="hush")
    visitor = Visitor(new_app(config))
    page = visitor.opens("/", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert "A fake Ayrshare for testing account linking." in visitor.words
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    leads = re.findall(r'<li><a href="([^"]+)">', page.text)
    assert leads == ["/_fakeayr/", "/docs/", "/openapi.yaml", "/_fakeayr/health"]
    for address in leads:
        assert visitor.client.get(address, buffered=True).status_code in {200, 303}


@pytest.mark.parametrize("config", [Config(control_token="hush"), Config(plan=Plan.PREMIUM)])
def test_it_names_no_linking_page_that_a_browser_could_not_open(
    new_app: NewApp, config: Config
) -> None:
    page = Visitor(new_app(config)).opens("/", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert "/_fakeayr/linking-page" not in page.text
    assert "hush" not in page.text


def test_scripts_and_other_sites_do_not_get_the_cookie(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    cookie = visitor.opens(url_of(account, bakery)).headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_stays_there(account: Account, visitor: Visitor, bakery: str) -> None:
    page = visitor.opens(url_of(account, bakery), base_url="https://localhost")
    assert "Secure" in page.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("public_url", "host", "secure"),
    [
        (None, "profile.ayrshare.com", True),
        (None, "localhost", False),
        ("https://fake.example", "fake.example", True),
        ("https://fake.example", "127.0.0.1:8189", True),
        ("http://127.0.0.1:8189", "127.0.0.1:8189", False),
    ],
    ids=["gateway", "plain", "proxy", "proxy that changes Host", "plain public URL"],
)
def test_where_others_take_tls_off_the_cookie_stays_there_too(
    new_app: NewApp, public_url: str | None, host: str, secure: bool
) -> None:
    client = new_app(Config(public_url=public_url)).test_client()
    account = Account.open(client, {})
    url = url_of(account, account.create_profile()["profileKey"])

    page = client.get(f"/?{url.partition('?')[2]}", base_url=f"http://{host}")

    assert ("Secure" in page.headers["Set-Cookie"]) is secure


def test_neither_cookie_nor_page_shows_a_key(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    page = visitor.opens(url_of(account, bakery))
    for secret in (account.api_key, bakery):
        assert secret not in page.headers["Set-Cookie"]
        assert secret not in page.text


@pytest.mark.parametrize("value", ["", "x", "é", "gAAAAA", "a" * 3_000])
def test_a_cookie_that_is_not_the_pages_is_no_login(visitor: Visitor, value: str) -> None:
    visitor.client.set_cookie(COOKIE, value)
    page = visitor.opens("/")
    assert (page.status_code, flaw_of(page)) == (401, "session")


def test_another_servers_cookie_is_no_login(
    account: Account, visitor: Visitor, bakery: str, new_app: NewApp
) -> None:
    visitor.opens(url_of(account, bakery))
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    stranger = Visitor(new_app())
    stranger.client.set_cookie(COOKIE, cookie.value)
    assert flaw_of(stranger.opens("/")) == "session"


def test_a_pages_token_is_no_cookie(
    app: Flask, account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    stranger = Visitor(app)
    stranger.client.set_cookie(COOKIE, visitor.token)
    assert flaw_of(stranger.opens("/")) == "session"


def test_fakes_on_other_ports_do_not_end_each_others_logins(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    here, there = "http://localhost:8001", "http://localhost:8002"
    cookies = [
        visitor.opens(url_of(account, bakery), base_url=address).headers["Set-Cookie"]
        for address in (here, there, "http://localhost", "http://[::1]")
    ]
    names = [cookie.partition("=")[0] for cookie in cookies]
    assert names == [f"{COOKIE}_8001", f"{COOKIE}_8002", COOKIE, COOKIE]


@pytest.mark.parametrize(
    ("public_url", "name"),
    [
        ("https://fake.example:8443", f"{COOKIE}_8443"),
        ("https://fake.example", COOKIE),
        ("http://localhost:9000/fake", f"{COOKIE}_9000"),
    ],
)
def test_behind_a_public_url_all_servers_have_one_login(
    new_app: NewApp, public_url: str, name: str
) -> None:
    client = new_app(Config(public_url=public_url, listens_to_network=True)).test_client()
    for address in ("http://10.0.0.1:8001", "http://10.0.0.2:8002"):
        url = client.get("/_fakeayr/linking-page").headers["Location"]
        page = Visitor(client.application).opens(f"/?{url.partition('?')[2]}", base_url=address)
        assert page.headers["Set-Cookie"].startswith(f"{name}=")


def test_who_lost_the_cookie_is_told_that_the_session_is_over(
    app: Flask, account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    forgetful = Visitor(app)
    page = forgetful.opens(f"/?page_token={visitor.token}")
    assert (page.status_code, flaw_of(page)) == (401, "session")


def test_a_login_lasts_24_hours(
    account: Account, visitor: Visitor, clock: ManualClock, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    clock.advance(minutes=24 * 60 - 1)
    assert visitor.opens("/").status_code == 200
    clock.advance(minutes=1)
    page = visitor.opens("/")
    assert (page.status_code, flaw_of(page)) == (401, "session")
    assert "Your session is over. Open the link again." in visitor.words


def test_opening_a_link_of_the_same_profile_begins_them_anew(
    account: Account, visitor: Visitor, clock: ManualClock, bakery: str
) -> None:
    for _ in range(2):
        visitor.opens(url_of(account, bakery))
        clock.advance(minutes=23 * 60)
        assert visitor.opens("/").status_code == 200


def test_opening_a_link_of_another_profile_does_not_prolong_them(
    account: Account, visitor: Visitor, clock: ManualClock, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    clock.advance(minutes=23 * 60)
    visitor.opens(url_of(account, florist))
    clock.advance(minutes=60)
    assert flaw_of(visitor.opens("/")) == "session"


# The link.


def test_a_good_link_opens_again_until_it_expires(
    account: Account, visitor: Visitor, clock: ManualClock, bakery: str
) -> None:
    url = url_of(account, bakery)
    for _ in range(2):
        assert visitor.opens(url).status_code == 200
    clock.advance(minutes=5)
    page = visitor.opens(url)
    assert (page.status_code, flaw_of(page)) == (401, "expired")


def test_a_page_that_is_open_outlives_its_link(
    account: Account, visitor: Visitor, clock: ManualClock, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    clock.advance(minutes=6)
    visitor.links("facebook")
    assert linked(account, bakery) == ["facebook"]


def test_a_refused_link_leaves_the_login_as_it_was(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    url = url_of(account, bakery)
    visitor.opens(url)
    assert visitor.opens(f"{url}x").status_code == 401
    assert visitor.opens("/").status_code == 200


# Another profile.


def test_without_logout_the_earlier_profile_stays(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    visitor.opens(url_of(account, florist))
    assert 'Social Accounts for "Bakery"' in visitor.words
    visitor.links("facebook")
    assert (linked(account, bakery), linked(account, florist)) == (["facebook"], [])


def test_the_earlier_profile_is_shown_as_the_new_url_asks(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    visitor.opens(url_of(account, florist, allowedSocial=["x"], redirect="https://app.example/"))
    visitor.opens(url_of(account, florist, allowedSocial=["reddit"]))
    assert visitor.offered == ["reddit"]


def test_the_journal_tells_the_integrator_what_happened(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    visitor.opens(url_of(account, florist))
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "conduct-other-profile-logged-in"
    assert advice["seen"] == (
        "The browser is still logged in to Bakery: the page shows that profile, not Florist."
    )


def test_with_logout_the_page_switches(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    visitor.opens(url_of(account, florist, logout=True))
    assert 'Social Accounts for "Florist"' in visitor.words
    visitor.opens("/")
    assert 'Social Accounts for "Florist"' in visitor.words


def test_after_logout_a_tab_of_the_earlier_profile_changes_nothing(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    other_tab(visitor).opens(url_of(account, florist, logout=True))
    page = visitor.presses("/_page/link/facebook")
    assert (page.status_code, flaw_of(page)) == (403, "session")
    assert (linked(account, bakery), linked(account, florist)) == ([], [])


def test_another_accounts_link_never_shows_this_ones_profile(
    account: Account, open_account: OpenAccount, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    other = open_account()
    visitor.opens(url_of(other, other.create_profile("Garage")["profileKey"]))
    assert 'Social Accounts for "Garage"' in visitor.words
    assert "advice" not in other.requests()[-1]


# Tabs.


def test_tabs_keep_what_their_urls_said(account: Account, visitor: Visitor, bakery: str) -> None:
    second = other_tab(visitor)
    visitor.opens(
        url_of(account, bakery, allowedSocial=["facebook"], redirect="https://a.example/")
    )
    second.opens(url_of(account, bakery, allowedSocial=["reddit"], redirect="https://b.example/"))
    visitor.links("facebook")
    second.links("reddit")
    assert (visitor.offered, second.offered) == (["facebook"], ["reddit"])
    assert visitor.is_done().headers["Location"] == "https://a.example/"
    assert second.is_done().headers["Location"] == "https://b.example/"
    assert linked(account, bakery) == ["facebook", "reddit"]


def test_tabs_that_are_opened_at_the_same_time_both_go_on(
    app: Flask, account: Account, bakery: str
) -> None:
    first, second = Visitor(app), Visitor(app)
    for tab in (first, second):
        tab.opens(url_of(account, bakery))
    first.client = second.client  # The browser keeps the cookie that came last.
    first.links("facebook")
    second.links("reddit")
    assert linked(account, bakery) == ["facebook", "reddit"]


def test_what_one_tab_did_is_told_in_that_tab_only(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    second = other_tab(visitor)
    visitor.opens(url_of(account, bakery))
    second.opens(url_of(account, bakery))
    visitor.links("facebook")
    second.opens("/")
    assert second.notice is None
    assert second.linked == ["facebook"]


# Forms of nobody.


@pytest.mark.parametrize("path", ["link/facebook", "unlink/twitter", "consent/facebook", "done"])
@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_a_form_without_the_pages_token_is_refused(
    account: Account, visitor: Visitor, bakery: str, path: str, token: str | None
) -> None:
    account.link("twitter", bakery)
    visitor.opens(url_of(account, bakery))
    fields = {"decision": "allow"} | ({} if token is None else {"page_token": token})
    page = visitor.client.post(f"/_page/{path}", data=fields)
    assert (page.status_code, flaw_of(page)) == (403, "session")
    assert linked(account, bakery) == ["twitter"]


def test_a_token_in_the_address_is_none_for_a_form(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    page = visitor.client.post(f"/_page/link/facebook?page_token={visitor.token}")
    assert page.status_code == 403


def test_another_browsers_token_is_worth_nothing(
    app: Flask, account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    attacker = Visitor(app)
    attacker.opens(url_of(account, florist))
    attacker.token = visitor.token
    page = attacker.presses("/_page/link/facebook")
    assert (page.status_code, flaw_of(page)) == (403, "session")
    assert flaw_of(attacker.opens(f"/?page_token={visitor.token}")) == "session"


def test_without_cookies_a_form_is_refused(
    app: Flask, account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    stranger = Visitor(app)
    stranger.token = visitor.token
    assert stranger.presses("/_page/link/facebook").status_code == 403


# Profiles that are suspended or gone.


def test_a_suspended_profiles_link_does_not_open(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    url = url_of(account, bakery)
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": bakery})
    page = visitor.opens(url)
    assert (page.status_code, flaw_of(page)) == (403, "suspended")


@pytest.mark.parametrize("path", ["link/facebook", "unlink/facebook", "consent/facebook", "done"])
def test_nothing_works_for_a_profile_that_is_suspended_meanwhile(
    account: Account, visitor: Visitor, bakery: str, path: str
) -> None:
    visitor.opens(url_of(account, bakery))
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": bakery})
    page = visitor.presses(f"/_page/{path}", decision="allow")
    assert (page.status_code, flaw_of(page)) == (403, "suspended")
    assert ">Back</a>" not in page.text


def test_a_suspended_profile_holds_no_browser_back(
    account: Account, visitor: Visitor, bakery: str, florist: str
) -> None:
    visitor.opens(url_of(account, bakery))
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": bakery})
    visitor.opens(url_of(account, florist))
    assert 'Social Accounts for "Florist"' in visitor.words


def test_a_deleted_profile_ends_the_session(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    account.delete("/api/profiles", profile_key=bakery)
    page = visitor.presses("/_page/link/facebook")
    assert (page.status_code, flaw_of(page)) == (403, "session")
    assert flaw_of(visitor.opens("/")) == "session"


def test_visits_stand_in_the_journal_without_their_tokens(
    account: Account, visitor: Visitor, bakery: str
) -> None:
    visitor.opens(url_of(account, bakery))
    visitor.presses("/_page/link/facebook")
    entry = account.requests()[-1]
    assert entry["path"] == "/_page/consent/facebook"
    assert entry["query"] == {"page_token": "[redacted]"}
    (profile,) = account.get("/api/profiles").get_json()["profiles"]
    assert entry["refId"] == profile["refId"]
    assert re.search(r"gAAAA", str(account.requests())) is None


@pytest.mark.parametrize(
    ("config", "host", "secure"),
    [
        (Config(), "localhost:8189", False),
        (Config(public_url="http://fake.example"), "fake.example", False),
        (Config(public_url="https://fake.example"), "fake.example", True),
        (Config(public_url="https://fake.example"), "localhost:8189", True),
        (Config(), "profile.ayrshare.com", True),
    ],
    ids=str,
)
def test_the_cookie_is_secure_where_browsers_come_by_https(
    new_app: NewApp, config: Config, host: str, secure: bool
) -> None:
    client = new_app(config).test_client()
    url = client.get("/_fakeayr/linking-page").headers["Location"]
    page = client.get(f"/?{url.partition('?')[2]}", headers={"Host": host})
    assert ("; Secure" in page.headers["Set-Cookie"]) == secure
