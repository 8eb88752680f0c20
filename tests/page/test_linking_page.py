"""The linking page: what it shows, where All Done leads, and what nobody can do to it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.accounts import Account
from tests.support.linking import flaw_of
from tests.support.visitor import Visitor

HOSTILE = """'"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"""
NO_WEB_URLS = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example",
    r"\\evil.example",
    r"/\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "/done",
    "evil.example",
    "https://app.example/\r\nSet-Cookie: a=b",
    "https://app.example/\x7f",
    "https://app.example/\x85",
    "https://app.example/\u2028",
    "https://app example/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://app.example.0x/",
    " ",
    "",
]


@pytest.fixture
def url(account: Account, profile_key: str) -> str:
    """A linking URL for "Mia's Bakery"."""
    return url_of(account, profile_key)


def url_of(account: Account, profile_key: str, **fields: Any) -> str:
    """A linking URL."""
    url: str = account.generate_jwt(profile_key, **fields).get_json()["url"]
    return url


def heading_of(visitor: Visitor) -> str | None:
    """The page's heading, unless it is only there for screen readers."""
    found = re.search(r"<h1>(.*?)</h1>", visitor.page.text)
    return found[1] if found else None


# What it shows.


@pytest.mark.parametrize(
    ("fields", "heading"),
    [
        ({}, "Social Accounts for &#34;Bakery&#34;"),
        ({"displayTitle": "Mia"}, "Social Accounts for &#34;Mia&#34;"),
        ({"hideTitle": True}, "Social Accounts"),
        ({"hideTitle": True, "displayTitle": "Mia"}, "Social Accounts"),
        ({"topHeader": "Connect with ACME"}, "Connect with ACME"),
        ({"topHeader": "Connect with ACME", "hideTitle": True}, "Connect with ACME"),
        ({"hideTopHeader": True}, None),
        ({"hideTopHeader": True, "topHeader": "Connect with ACME"}, None),
    ],
)
def test_the_heading_is_the_profiles_choice(
    account: Account, visitor: Visitor, fields: dict[str, Any], heading: str | None
) -> None:
    visitor.opens(url_of(account, account.create_profile("Bakery", **fields)["profileKey"]))
    assert heading_of(visitor) == heading


@pytest.mark.parametrize("is_hidden", [True, False])
def test_the_logo_is_the_profiles_choice_and_can_be_changed(
    account: Account, visitor: Visitor, is_hidden: bool
) -> None:
    key = account.create_profile("Bakery", hideLogo=not is_hidden)["profileKey"]
    account.patch("/api/profiles", json={"hideLogo": is_hidden}, profile_key=key)
    visitor.opens(url_of(account, key))
    assert ("Your logo" in visitor.page.text) is not is_hidden
    assert "Help" in visitor.words
    assert heading_of(visitor) == "Social Accounts for &#34;Bakery&#34;"


def test_a_hidden_title_stands_nowhere_on_the_page(account: Account, visitor: Visitor) -> None:
    profile = account.create_profile("Secret", hideTitle=True, displayTitle="Secret too")
    visitor.opens(url_of(account, profile["profileKey"]))
    assert "Secret" not in visitor.page.text


def test_the_sub_header_stands_below_the_heading(account: Account, visitor: Visitor) -> None:
    profile = account.create_profile("Bakery", subHeader="Two minutes, promised.")
    visitor.opens(url_of(account, profile["profileKey"]))
    assert 'Social Accounts for "Bakery" Two minutes, promised.' in visitor.words


def test_a_row_says_whether_its_network_is_linked_and_as_what(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    account.link("twitter", profile_key, displayName="Mia & Co")
    visitor.opens(url_of(account, profile_key, allowedSocial=["facebook", "twitter"]))
    assert "Facebook Not linked Link" in visitor.words
    assert "X Linked as Mia & Co Unlink" in visitor.words
    assert visitor.linked == ["twitter"]


def test_a_link_that_nears_its_end_can_be_renewed(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    account.link("linkedin", profile_key, displayName="Mia")
    event = {"type": "near-expiry", "platform": "linkedin", "profileKey": profile_key}
    account.post("/_fakeayr/events", json=event)
    visitor.opens(url_of(account, profile_key, allowedSocial=["linkedin"]))
    assert "LinkedIn Linked as Mia. Link it again before 2022-11-17 Link Unlink" in visitor.words


def test_a_page_without_networks_says_so(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(url_of(account, profile_key, allowedSocial=["myspace"]))
    assert visitor.offered == []
    assert "No social network is switched on for this page." in visitor.words


def test_the_page_says_that_it_is_a_fake(visitor: Visitor, url: str) -> None:
    visitor.opens(url)
    assert "This is fakeayr, a fake for testing." in visitor.words


def test_a_help_link_leads_to_an_explanation(visitor: Visitor, url: str) -> None:
    visitor.opens(url)
    assert 'href="/_page/help"' in visitor.page.text
    visitor.opens("/_page/help")
    assert "Allow links your account" in visitor.words


def test_unlinking_takes_effect_at_once_and_is_told(
    account: Account, visitor: Visitor, profile_key: str, url: str
) -> None:
    account.link("facebook", profile_key)
    visitor.opens(url)
    visitor.unlinks("facebook")
    assert visitor.notice == "Facebook is not linked any more."
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert "activeSocialAccounts" not in user


def test_unlinking_what_was_unlinked_elsewhere_is_told(
    account: Account, visitor: Visitor, profile_key: str, url: str
) -> None:
    account.link("facebook", profile_key)
    visitor.opens(url)
    account.delete("/api/profiles/social", json={"platform": "facebook"}, profile_key=profile_key)
    visitor.unlinks("facebook")
    assert visitor.notice == "Facebook was unlinked already."


# Where All Done leads.


def test_all_done_leads_to_the_redirect(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(url_of(account, profile_key, redirect="https://app.example/back?a=1&b=2"))
    answer = visitor.is_done()
    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://app.example/back?a=1&b=2"


@pytest.mark.parametrize(
    "appended", ["https://app.example/back", "https%3A%2F%2Fapp.example%2Fback"]
)
def test_a_redirect_may_be_appended_to_the_url_encoded_or_not(
    visitor: Visitor, url: str, appended: str
) -> None:
    visitor.opens(f"{url}&redirect={appended}")
    assert visitor.is_done().headers["Location"] == "https://app.example/back"


def test_an_appended_redirect_goes_before_that_of_the_url(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = url_of(account, profile_key, redirect="https://app.example/own")
    visitor.opens(f"{url}&redirect=https://app.example/appended")
    assert visitor.is_done().headers["Location"] == "https://app.example/appended"


@pytest.mark.parametrize(
    "host",
    [
        "app.example",
        "localhost:3000",
        "[::1]:3000",
        "[::ffff:127.0.0.1]:3000",
        "127.1",
        "127.0.0.1.",
        "APP.example",
        "app.example.",
        "my_app.example",
        "xn--bcher-kva.example",
        "bücher.example",
        "i❤.ws",
        "my_bücher.example",
    ],
)
def test_a_redirect_may_lead_to_any_host_that_browsers_open(
    account: Account, profile_key: str, host: str
) -> None:
    answer = account.generate_jwt(profile_key, redirect=f"https://{host}/back")
    assert answer.status_code == 200


def test_a_parameter_of_the_integrators_own_is_no_part_of_a_redirect(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = url_of(account, profile_key, redirect="https://app.example/own")
    visitor.opens(f"{url}&utm_source=mail&redirect=")
    assert all("advice" not in entry for entry in account.requests())


@pytest.mark.parametrize(
    "appended", ["Mia+Bakery", "Mia%20Bakery", "Mia%2520Bakery", "Mia%2520Bakery+"]
)
def test_spaces_in_an_appended_redirect_are_encoded_as_browsers_do(
    account: Account, visitor: Visitor, url: str, appended: str
) -> None:
    visitor.opens(f"{url}&redirect=https://app.example/?name={appended}")
    assert visitor.is_done().headers["Location"] == "https://app.example/?name=Mia%20Bakery"
    assert all("advice" not in entry for entry in account.requests())


def test_spaces_in_the_redirect_of_a_request_are_encoded_as_browsers_do(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    redirect = " https://app.example/?name=Mia Bakery"
    session = account.post(
        "/api/profiles/link-sessions", json={"redirect": redirect}, profile_key=profile_key
    )
    for url in (url_of(account, profile_key, redirect=redirect), session.get_json()["url"]):
        visitor.opens(url)
        assert visitor.is_done().headers["Location"] == "https://app.example/?name=Mia%20Bakery"


def test_the_urls_own_redirect_is_followed_where_the_appended_one_cannot_be(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = url_of(account, profile_key, redirect="https://app.example/own")
    visitor.opens(f"{url}&redirect=myapp://done")
    assert visitor.is_done().headers["Location"] == "https://app.example/own"
    (opening,) = [entry for entry in account.requests() if entry["path"] == "/"]
    (advice,) = opening["advice"]
    assert advice["name"] == "field-redirect-no-url"
    assert "myapp://done" in advice["seen"]


def test_what_is_lost_of_a_redirect_that_was_not_encoded_is_advised(
    account: Account, visitor: Visitor, url: str
) -> None:
    visitor.opens(f"{url}&redirect=https://app.example/?a=1&origin=true&state=x")
    (opening,) = [entry for entry in account.requests() if entry["path"] == "/"]
    (advice,) = opening["advice"]
    assert advice["name"] == "field-page-parameter-unknown"
    assert advice["seen"] == "The linking page has no parameter origin, state."


def test_a_redirects_own_session_parameter_does_not_hide_the_token(
    visitor: Visitor, url: str
) -> None:
    page = visitor.opens(f"{url}&redirect=https://app.example/?a=1&session=abc")
    assert page.status_code == 200


def test_the_short_link_in_the_url_leads_to_the_redirect(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    url = url_of(account, profile_key, redirect="https://app.example/back")
    short = re.search(r"redirect=http%3A%2F%2Flocalhost(%2Fr%2F\w+)", url)
    assert short is not None
    answer = visitor.opens(short[1].replace("%2F", "/"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://app.example/back")


def test_a_redirect_may_be_longer_than_a_cookie(visitor: Visitor, url: str) -> None:
    target = f"https://app.example/back?state={'x' * 6_000}"
    page = visitor.opens(f"{url}&redirect={target}")
    assert len(page.headers["Set-Cookie"]) < 4_096
    visitor.links("facebook")
    assert visitor.is_done().headers["Location"] == target


def test_what_is_no_reference_of_an_app_is_left_out(visitor: Visitor, url: str) -> None:
    page = visitor.opens(f"{url}&xapp={'x' * 6_000}")
    assert len(page.headers["Set-Cookie"]) < 4_096


@pytest.mark.parametrize("redirect", NO_WEB_URLS)
def test_a_redirect_that_is_no_web_address_leads_nowhere(
    visitor: Visitor, url: str, redirect: str
) -> None:
    visitor.opens(f"{url}&redirect={quote(redirect, safe='')}")
    answer = visitor.is_done()
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert visitor.data("target") is None
    assert "You can close this tab." in visitor.words


@pytest.mark.parametrize("redirect", NO_WEB_URLS[:-1])
def test_a_request_cannot_ask_for_such_a_redirect(
    account: Account, profile_key: str, redirect: str
) -> None:
    assert account.generate_jwt(profile_key, redirect=redirect).status_code == 400
    session = account.post(
        "/api/profiles/link-sessions", json={"redirect": redirect}, profile_key=profile_key
    )
    assert session.status_code == 400


def test_a_redirect_for_the_opener_is_left_to_the_pages_script(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    target = "https://app.example/back?origin=true&x=1"
    visitor.opens(url_of(account, profile_key, redirect=target))
    visitor.is_done()
    assert (visitor.data("leads"), visitor.data("target")) == ("opener", target)


@pytest.mark.parametrize("query", ["origin=false", "origin=https://app.example", "origin="])
def test_only_origin_true_is_for_the_opener(
    account: Account, visitor: Visitor, profile_key: str, query: str
) -> None:
    target = f"https://app.example/back?{query}"
    visitor.opens(url_of(account, profile_key, redirect=target))
    assert visitor.is_done().headers["Location"] == target


# What nobody can do to it.

Way = Callable[[Visitor, str], object]
PAGES: dict[str, Way] = {
    "page": lambda visitor, url: visitor.opens(url),
    "consent": lambda visitor, url: (visitor.opens(url), visitor.presses("/_page/link/facebook")),
    "incomplete": lambda visitor, url: (visitor.opens(url), visitor.links("bluesky")),
    "linked": lambda visitor, url: (visitor.opens(url), visitor.links("facebook")),
    "done": lambda visitor, url: (visitor.opens(url), visitor.is_done()),
    "refused link": lambda visitor, url: visitor.opens(f"{url}x"),
    "refused form": lambda visitor, _: visitor.presses("/_page/done"),
    "help": lambda visitor, _: visitor.opens("/_page/help"),
    "script": lambda visitor, _: visitor.opens("/_page/static/page.js"),
}


@pytest.mark.parametrize("way", PAGES.values(), ids=PAGES)
def test_no_page_is_framed_or_loads_from_elsewhere(visitor: Visitor, url: str, way: Way) -> None:
    way(visitor, url)
    headers = visitor.page.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "script-src 'self';" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("way", PAGES.values(), ids=PAGES)
def test_no_page_cuts_the_opener_off(visitor: Visitor, url: str, way: Way) -> None:
    way(visitor, url)
    assert "Cross-Origin-Opener-Policy" not in visitor.page.headers


@pytest.mark.parametrize("way", PAGES.values(), ids=PAGES)
def test_no_page_has_inline_scripts_or_styles_or_foreign_assets(
    visitor: Visitor, url: str, way: Way
) -> None:
    way(visitor, url)
    text = visitor.page.text
    assert re.findall(r"<script(?! src=\"/_page/static/page.js\"></script>)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", text) == []
    assert re.findall(r"(?:src|href)=\"(?!/)", text) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "script"])
def test_no_page_is_kept_by_browsers(visitor: Visitor, url: str, name: str) -> None:
    PAGES[name](visitor, url)
    assert visitor.page.headers["Cache-Control"] == "no-store"


def test_forms_lead_to_the_page_alone_unless_all_done_leads_away(
    account: Account, visitor: Visitor, profile_key: str, url: str
) -> None:
    policy = visitor.opens(url).headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self'")
    leading = url_of(account, profile_key, redirect="https://app.example/back")
    policy = visitor.opens(leading).headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' http: https:")


@pytest.mark.parametrize("field", ["title", "displayTitle", "topHeader", "subHeader"])
def test_a_profiles_texts_bring_no_markup_in(
    account: Account, visitor: Visitor, field: str
) -> None:
    fields = {"title": "Bakery", field: HOSTILE}
    url = url_of(account, account.create_profile(**fields)["profileKey"])
    for page in (visitor.opens(url), visitor.presses("/_page/link/facebook")):
        assert "<script>" not in page.text
        assert "<img" not in page.text
    visitor.opens(url)
    assert HOSTILE in visitor.words


@pytest.mark.parametrize("details", [{"displayName": HOSTILE}, {"username": HOSTILE}])
def test_an_accounts_details_bring_no_markup_in(
    account: Account, visitor: Visitor, profile_key: str, url: str, details: dict[str, str]
) -> None:
    account.link("facebook", profile_key, **details)
    page = visitor.opens(url)
    assert "<script" not in page.text.partition("</script>")[2]
    assert "<img" not in page.text


@pytest.mark.parametrize("field", ["jwt", "domain", "redirect", "allowedSocial", "session", "xapp"])
def test_a_urls_parameters_bring_no_markup_in(visitor: Visitor, url: str, field: str) -> None:
    page = visitor.opens(f"{url}&{field}=x&{field}={quote(HOSTILE, safe='')}")
    assert "<script" not in page.text.partition("</script>")[2]
    page = visitor.opens(f"{url.replace(f'{field}=', f'{field}={quote(HOSTILE)}')}")
    assert "<script" not in page.text.partition("</script>")[2]


@pytest.mark.parametrize("action", ["link", "unlink", "consent"])
@pytest.mark.parametrize("platform", ["myspace", quote(HOSTILE.replace("/", "")), "facebook%00"])
def test_a_network_that_is_not_on_the_page_is_not_found(
    visitor: Visitor, url: str, action: str, platform: str
) -> None:
    visitor.opens(url)
    page = visitor.presses(f"/_page/{action}/{platform}")
    assert (page.status_code, flaw_of(page)) == (404, "network")
    assert "<script" not in page.text.partition("</script>")[2]


def test_a_network_that_the_url_does_not_allow_cannot_be_linked_by_hand(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(url_of(account, profile_key, allowedSocial=["facebook"]))
    assert visitor.links("reddit").status_code == 404
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert "activeSocialAccounts" not in user


def test_a_person_can_go_back_from_a_network_that_is_gone(visitor: Visitor, url: str) -> None:
    visitor.opens(url)
    visitor.presses("/_page/link/myspace")
    assert ">Back</a>" in visitor.page.text
    visitor.links("facebook")
    assert visitor.linked == ["facebook"]
