"""The URL that generateJWT answers: where it leads, what it carries, and what it opens."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fakeayr.store.sqlite import SqliteStore
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys
from tests.support.linking import offered_on, opened, parameters, words_of
from tests.support.visitor import Visitor

ALL_NETWORKS = [
    "Bluesky",
    "Facebook",
    "Google Business Profile",
    "Instagram",
    "LinkedIn",
    "Pinterest",
    "Reddit",
    "Snapchat",
    "Telegram",
    "Threads",
    "TikTok",
    "X",
    "YouTube",
]


def url_of(account: Account, profile_key: str, **fields: Any) -> str:
    """A linking URL as generateJWT makes it."""
    url: str = account.generate_jwt(profile_key, **fields).get_json()["url"]
    return url


# Where it leads.


def test_it_leads_to_where_the_request_came_in(account: Account, profile_key: str) -> None:
    assert url_of(account, profile_key).startswith("http://localhost?domain=")


@pytest.mark.parametrize(
    "host",
    ["api.ayrshare.com", "app.ayrshare.com", "profile.ayrshare.com", "API.Ayrshare.com:443"],
)
def test_a_request_for_a_vendors_host_gets_the_vendors_page(
    account: Account, profile_key: str, host: str
) -> None:
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
    }
    response = account.post("/api/profiles/generateJWT", json=body, headers={"Host": host})
    answer = response.get_json()
    assert answer["url"] == (
        f"https://profile.ayrshare.com?domain={account.domain}&jwt={answer['token']}"
    )


@pytest.mark.parametrize("public_url", ["https://fake.example", "https://fake.example/"])
def test_it_leads_to_the_public_url_where_one_is_set(
    new_app: NewApp, clock: ManualClock, keys: BorrowedKeys, public_url: str
) -> None:
    app = new_app(Config(public_url=public_url), clock=clock, keys=keys)
    account = Account.open(app.test_client(), {})
    url = url_of(account, account.create_profile()["profileKey"])
    assert url.startswith("https://fake.example?domain=")


def test_a_public_url_counts_for_those_who_call_ayrshares_hosts_too(new_app: NewApp) -> None:
    app = new_app(Config(public_url="http://127.0.0.1:8189"))
    account = Account.open(app.test_client(), {})
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": account.create_profile()["profileKey"],
    }

    response = account.post(
        "/api/profiles/generateJWT", json=body, headers={"Host": "api.ayrshare.com"}
    )

    assert response.get_json()["url"].startswith("http://127.0.0.1:8189?domain=")


# What it carries.


def test_domain_and_token_come_first_and_the_rest_behind_them(
    account: Account, profile_key: str
) -> None:
    url = url_of(
        account,
        profile_key,
        twitterApiKey="key",
        twitterApiSecret="secret",
        logout=True,
        allowedSocial=["facebook", "twitter"],
        redirect="https://acme.example/done",
    )
    assert list(parameters(url)) == [
        "domain",
        "jwt",
        "redirect",
        "allowedSocial",
        "logout",
        "xapp",
    ]


def test_the_vendors_own_domain_comes_behind_the_token(open_account: OpenAccount) -> None:
    account = open_account(domain="ayrshare")
    url = url_of(account, account.create_profile()["profileKey"])
    assert url.startswith("http://localhost?jwt=")
    assert list(parameters(url)) == ["jwt", "domain"]


def test_the_vendors_own_domain_opens_its_page_too(app: Flask, open_account: OpenAccount) -> None:
    account = open_account(domain="ayrshare")
    url = url_of(account, account.create_profile()["profileKey"])
    assert opened(app, url).status_code == 200


@pytest.mark.parametrize("domain", ["a b&c=d", "ümlaut.example", "50%", "https://acme.example/#"])
def test_an_odd_domain_survives_the_url(app: Flask, open_account: OpenAccount, domain: str) -> None:
    account = open_account(domain=domain)
    url = url_of(account, account.create_profile()["profileKey"])
    assert parameters(url)["domain"] == domain
    assert opened(app, url).status_code == 200


@pytest.mark.parametrize("logout", [False, None])
def test_logout_is_not_mentioned_unless_asked_for(
    account: Account, profile_key: str, logout: bool | None
) -> None:
    assert "logout" not in parameters(url_of(account, profile_key, logout=logout))


def test_logout_is_carried_as_true(account: Account, profile_key: str) -> None:
    assert parameters(url_of(account, profile_key, logout=True))["logout"] == "true"


# Redirects are shortened.


def test_a_redirect_is_shortened(account: Account, profile_key: str) -> None:
    target = "https://acme.example/done?origin=true&state=" + "x" * 1_000
    short = parameters(url_of(account, profile_key, redirect=target))["redirect"]
    assert re.fullmatch(r"http://localhost/r/[0-9a-f]{12}", short)


def test_the_short_link_leads_to_the_redirect(account: Account, profile_key: str) -> None:
    target = "https://acme.example/done?origin=true&name=M%C3%BCller#top"
    short = parameters(url_of(account, profile_key, redirect=target))["redirect"]
    response = account.client.get(short)
    assert (response.status_code, response.headers["Location"]) == (302, target)


def test_the_same_redirect_has_the_same_short_link(account: Account, profile_key: str) -> None:
    first, second = (
        parameters(url_of(account, profile_key, redirect="https://acme.example"))["redirect"]
        for _ in range(2)
    )
    assert first == second


def test_two_accounts_never_share_a_short_link(open_account: OpenAccount) -> None:
    first, second = (
        parameters(
            url_of(
                account,
                account.create_profile()["profileKey"],
                redirect="https://acme.example",
            )
        )["redirect"]
        for account in (open_account(), open_account())
    )
    assert first != second


def test_a_closed_accounts_short_links_are_dead(account: Account, profile_key: str) -> None:
    short = parameters(url_of(account, profile_key, redirect="https://acme.example"))["redirect"]
    account.delete("/_fakeayr/accounts")
    assert account.client.get(short).status_code == 404


def test_an_unknown_short_link_leads_nowhere(account: Account) -> None:
    response = account.client.get("/r/000000000000")
    assert response.status_code == 404


@pytest.mark.parametrize("redirect", ["", None])
def test_an_empty_redirect_is_none(
    account: Account, profile_key: str, redirect: str | None
) -> None:
    assert "redirect" not in parameters(url_of(account, profile_key, redirect=redirect))


@pytest.mark.parametrize(
    "redirect",
    ["acme.example", "/done", "javascript:alert(1)", "data:text/html,x", "https://", "https:///x"],
)
def test_a_redirect_that_no_browser_should_follow_is_refused(
    account: Account, profile_key: str, redirect: str
) -> None:
    response = account.generate_jwt(profile_key, redirect=redirect)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)


# X apps are carried by reference.


def test_an_x_app_is_carried_by_a_reference_that_tells_nothing(
    account: Account, profile_key: str
) -> None:
    credentials = {"twitterApiKey": "consumer-key-1", "twitterApiSecret": "consumer-secret-1"}
    response = account.generate_jwt(profile_key, **credentials)
    assert re.fullmatch("[0-9a-f]{16}", parameters(response.get_json()["url"])["xapp"])
    assert "consumer-key-1" not in response.text
    assert "consumer-secret-1" not in response.text


def test_the_reference_is_the_same_from_headers_and_body(
    account: Account, profile_key: str
) -> None:
    in_body = url_of(account, profile_key, twitterApiKey="k", twitterApiSecret="s")
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
    }
    headers = {"X-Twitter-OAuth1-Api-Key": "k", "X-Twitter-OAuth1-Api-Secret": "s"}
    response = account.post("/api/profiles/generateJWT", json=body, headers=headers)
    assert parameters(response.get_json()["url"])["xapp"] == parameters(in_body)["xapp"]


def test_the_credentials_of_an_x_app_are_kept_nowhere(
    tmp_path: Path, new_app: NewApp, clock: ManualClock, keys: BorrowedKeys
) -> None:
    app = new_app(store=SqliteStore(tmp_path / "state"), clock=clock, keys=keys)
    account = Account.open(app.test_client(), {})
    profile_key = account.create_profile()["profileKey"]
    url_of(account, profile_key, twitterApiKey="consumer-key-1", twitterApiSecret="consumer-sec")
    assert len(account.requests()) == 2
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert account.api_key.encode() in kept
    assert b"consumer" not in kept


# The page.


@pytest.mark.parametrize("path", ["/", "/social-accounts"])
def test_the_page_names_the_profile_and_the_networks(
    app: Flask, account: Account, profile_key: str, path: str
) -> None:
    query = url_of(account, profile_key).partition("?")[2]
    page = opened(app, f"{path}?{query}")
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'Social Accounts for "Mia\'s Bakery"' in words_of(page)
    assert offered_on(page) == ALL_NETWORKS


def test_a_title_cannot_smuggle_markup_into_the_page(app: Flask, account: Account) -> None:
    title = "<script>alert('x')</script>"
    page = opened(app, url_of(account, account.create_profile(title)["profileKey"]))
    assert title not in page.text
    assert title in words_of(page)


def test_only_the_allowed_networks_are_offered_in_ayrshares_order(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = url_of(account, profile_key, allowedSocial=["tiktok", "linkedin", "facebook"])
    assert parameters(url)["allowedSocial"] == "tiktok,linkedin,facebook"
    assert offered_on(opened(app, url)) == ["Facebook", "LinkedIn", "TikTok"]


def test_unknown_networks_are_not_offered(app: Flask, account: Account, profile_key: str) -> None:
    url = url_of(account, profile_key, allowedSocial=["facebook", "myspace", "a&b=c"])
    assert offered_on(opened(app, url)) == ["Facebook"]


def test_networks_disabled_for_account_or_profile_are_not_offered(
    app: Flask, account: Account
) -> None:
    account.change(settings={"disableSocial": ["bluesky", "twitter"]})
    profile_key = account.create_profile(disableSocial=["youtube"])["profileKey"]
    offered = offered_on(opened(app, url_of(account, profile_key)))
    assert offered == [name for name in ALL_NETWORKS if name not in {"Bluesky", "X", "YouTube"}]


def test_allowed_networks_are_offered_even_where_they_are_disabled(
    app: Flask, account: Account
) -> None:
    account.change(settings={"disableSocial": ["bluesky"]})
    profile_key = account.create_profile(disableSocial=["youtube"])["profileKey"]
    url = url_of(account, profile_key, allowedSocial=["youtube", "bluesky"])
    assert offered_on(opened(app, url)) == ["Bluesky", "YouTube"]


def test_a_link_that_cannot_be_opened_says_why_in_words(
    app: Flask, account: Account, profile_key: str, clock: ManualClock
) -> None:
    url = url_of(account, profile_key)
    clock.advance(minutes=5)
    page = opened(app, url)
    assert page.status_code == 401
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "The link has expired." in words_of(page)


# Instagram.


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("facebook", "You log in through Facebook."),
        ("instagram", "You log in to Instagram directly."),
    ],
)
def test_instagram_is_connected_as_the_url_says(
    app: Flask, account: Account, profile_key: str, method: str, words: str
) -> None:
    url = url_of(account, profile_key, instagramLinkMethod=method)
    assert parameters(url)["instagramLinkMethod"] == method
    visitor = Visitor(app)
    visitor.opens(url)
    visitor.presses("/_page/link/instagram")
    assert words in visitor.words
    assert "How do you log in?" not in visitor.words


def test_a_way_to_instagram_that_is_none_counts_for_nothing_in_a_url(
    app: Flask, account: Account, profile_key: str
) -> None:
    visitor = Visitor(app)
    visitor.opens(f"{url_of(account, profile_key)}&instagramLinkMethod=direct")
    visitor.presses("/_page/link/instagram")
    assert "How do you log in?" in visitor.words


@pytest.mark.parametrize("method", ["Facebook", "direct", "", 1])
def test_other_ways_to_instagram_are_refused(
    account: Account, profile_key: str, method: object
) -> None:
    answer = account.generate_jwt(profile_key, instagramLinkMethod=method)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
