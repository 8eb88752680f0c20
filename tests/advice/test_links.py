"""Advice on who opens linking URLs, when, and how they were handed on."""

import pytest
from flask import Flask

from tests.support.accounts import Account
from tests.support.advice import names
from tests.support.linking import opened
from tests.support.visitor import Visitor


def url_of(account: Account, profile_key: str, **fields: object) -> str:
    """A linking URL."""
    url: str = account.generate_jwt(profile_key, **fields).get_json()["url"]
    return url


def advance(account: Account, minutes: float) -> None:
    """Moves the account's clock."""
    account.post("/_fakeayr/clock", json={"advance": minutes * 60})


def test_a_person_who_opens_the_url_at_once_yields_none(
    account: Account, visitor: Visitor, profile_key: str
) -> None:
    visitor.opens(url_of(account, profile_key))
    assert all("advice" not in entry for entry in account.requests())


@pytest.mark.parametrize(
    "agent",
    ["python-requests/2.32.3", "axios/1.7.2", "node", "curl/8.5.0", "Slackbot-LinkExpanding 1.0"],
)
def test_a_program_that_fetches_it_is_told(account: Account, profile_key: str, agent: str) -> None:
    account.client.get(url_of(account, profile_key), headers={"User-Agent": agent})
    assert names(account.requests()[-1]) == ["conduct-link-fetched-by-program"]


def test_a_browser_is_no_program(account: Account, profile_key: str) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
    account.client.get(url_of(account, profile_key), headers={"User-Agent": agent})
    assert names(account.requests()[-1]) == []


def test_a_frame_is_told(account: Account, profile_key: str) -> None:
    account.client.get(url_of(account, profile_key), headers={"Sec-Fetch-Dest": "iframe"})
    assert names(account.requests()[-1]) == ["conduct-page-framed"]


def test_a_url_that_is_opened_after_its_time_is_told(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = url_of(account, profile_key)
    advance(account, 8)
    opened(app, url)
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "conduct-link-expired"
    assert advice["seen"] == (
        "The URL was opened 3 minutes after it had expired; it worked for 5 minutes."
    )


def test_a_url_that_is_opened_again_after_its_time_is_told(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = url_of(account, profile_key)
    opened(app, url)
    advance(account, 8)
    opened(app, url)
    assert names(account.requests()[-1]) == ["conduct-link-reopened"]


def test_a_url_that_was_kept_before_it_is_opened_is_told(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = url_of(account, profile_key)
    advance(account, 4)
    opened(app, url)
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "conduct-link-stored"
    assert "4 minutes after it was made; it works for 5 minutes" in advice["seen"]


def test_a_url_that_is_meant_to_live_long_may_be_kept(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = url_of(account, profile_key, expiresIn=120)
    advance(account, 60)
    opened(app, url)
    assert names(account.requests()[-1]) == []


@pytest.mark.parametrize("word", ["undefined", "null"])
def test_a_url_without_a_token_is_told(app: Flask, dev: Account, word: str) -> None:
    opened(app, f"http://localhost/?domain=acme&jwt={word}")
    assert names(dev.requests()[-1]) == ["conduct-link-undefined"]


def test_a_url_that_was_cut_is_told(
    app: Flask, account: Account, dev: Account, profile_key: str
) -> None:
    opened(app, url_of(account, profile_key)[:120])
    assert names(dev.requests()[-1]) == ["conduct-link-cut"]


def test_the_older_linking_api_is_told_where_the_newer_exists(newer: Account) -> None:
    key = newer.create_profile()["profileKey"]
    newer.generate_jwt(key)
    assert names(newer.requests()[-1]) == ["conduct-older-linking-api"]
