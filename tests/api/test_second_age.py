"""The age of link sessions: what changes once Ayrshare no longer reads the private key."""

import hashlib
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.linking import claims_for, flaw_of, opened, parameters, self_signed, words_of
from tests.support.receivers import advance, cause
from tests.support.visitor import Visitor

GENERATE = "/api/profiles/generateJWT"
EMAIL = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}


@pytest.fixture
def profile_key(newer: Account) -> str:
    """The key of its User Profile "Mia's Bakery"."""
    key: str = newer.create_profile()["profileKey"]
    return key


def generate(account: Account, profile_key: str, **fields: Any) -> TestResponse:
    """Calls generateJWT with nothing but a profile key, as newer clients do."""
    return account.post(GENERATE, json={"profileKey": profile_key, **fields})


def session_of(account: Account, profile_key: str, token: str) -> dict[str, Any]:
    """The link session behind a token that generateJWT gave."""
    session_id = hashlib.sha256(token.encode()).hexdigest()
    answer = account.get(f"/api/profiles/link-sessions/{session_id}", profile_key=profile_key)
    assert answer.status_code == 200
    session: dict[str, Any] = answer.get_json()
    return session


# An account's age.


def test_an_account_lives_in_the_first_age_unless_told_otherwise(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account(age="link-sessions")
    assert first.get("/_fakeayr/accounts").get_json()["age"] == "jwt"
    assert second.get("/_fakeayr/accounts").get_json()["age"] == "link-sessions"


def test_the_age_can_be_changed_both_ways(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    for age, prefix in [("link-sessions", "ayr_ls_"), ("jwt", "eyJ")]:
        account.change(age=age)
        assert account.get("/_fakeayr/accounts").get_json()["age"] == age
        assert account.generate_jwt(key).get_json()["token"].startswith(prefix)


def test_other_changes_leave_the_age_alone(newer: Account) -> None:
    newer.change(plan="launch", settings={"rateLimit": True})
    assert newer.get("/_fakeayr/accounts").get_json()["age"] == "link-sessions"


@pytest.mark.parametrize("age", ["JWT", "", 2])
def test_there_are_two_ages(account: Account, age: Any) -> None:
    assert account.patch("/_fakeayr/accounts", json={"age": age}).status_code == 400
    assert account.client.post("/_fakeayr/accounts", json={"age": age}).status_code == 400


# generateJWT.


def test_generate_jwt_needs_neither_domain_nor_key(newer: Account, profile_key: str) -> None:
    response = generate(newer, profile_key)
    answer = response.get_json()
    assert response.status_code == 200
    assert list(answer) == ["status", "title", "token", "url", "emailSent"]
    assert answer["title"] == "Mia's Bakery"
    assert answer["emailSent"] is False
    assert re.fullmatch("ayr_ls_[A-Za-z0-9]{43}", answer["token"])
    assert answer["url"] == f"http://localhost?session={answer['token']}&domain={newer.domain}"


def test_in_the_first_age_both_are_required(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    assert generate(account, key).status_code == 400


def test_a_profile_key_is_still_required(newer: Account) -> None:
    answer = newer.post(GENERATE, json={})
    assert answer.status_code == 400
    assert answer.get_json()["details"] == "profileKey is required."


@pytest.mark.parametrize("key", ["", "no key at all", "-----BEGIN RSA PRIVATE KEY-----\nAAAA"])
def test_the_key_is_no_longer_read(newer: Account, profile_key: str, key: str) -> None:
    answer = generate(newer, profile_key, privateKey=key, verify=True, base64=True)
    assert answer.status_code == 200
    assert answer.get_json()["token"].startswith("ayr_ls_")


def test_an_integrator_who_sends_what_he_always_sent_is_served(
    app: Flask, newer: Account, profile_key: str
) -> None:
    answer = newer.generate_jwt(profile_key, logout=True, base64=False).get_json()
    page = opened(app, answer["url"])
    assert page.status_code == 200
    assert 'Social Accounts for "Mia\'s Bakery"' in words_of(page)


def test_another_domain_is_still_refused(newer: Account, profile_key: str) -> None:
    answer = generate(newer, profile_key, domain="another.example")
    assert (answer.status_code, answer.get_json()["code"]) == (400, 188)
    assert generate(newer, profile_key, domain=newer.domain).status_code == 200


@pytest.mark.parametrize("key", ["", "nobody"])
def test_an_unknown_profile_is_still_refused(newer: Account, key: str) -> None:
    answer = generate(newer, key)
    assert (answer.status_code, answer.get_json()["code"]) == (403, 144)


def test_what_it_was_asked_for_reaches_the_page(
    app: Flask, newer: Account, profile_key: str
) -> None:
    other_key = newer.create_profile("Florist")["profileKey"]
    asked = {"redirect": "https://app.example/back", "allowedSocial": ["reddit"], "logout": True}
    visitor = Visitor(app)
    visitor.opens(generate(newer, other_key).get_json()["url"])
    visitor.opens(generate(newer, profile_key, **asked).get_json()["url"])
    assert "Mia's Bakery" in visitor.words
    assert visitor.offered == ["reddit"]
    assert visitor.is_done().headers["Location"] == "https://app.example/back"


def test_a_suspended_profile_is_still_refused(newer: Account, profile_key: str) -> None:
    cause(newer, "suspend", profileKey=profile_key)
    answer = generate(newer, profile_key)
    assert (answer.status_code, answer.get_json()["code"]) == (403, 276)


@pytest.mark.parametrize("spelling", ["expiresIn", "expireIn"])
def test_an_expiry_is_shown_where_one_was_asked_for(
    newer: Account, profile_key: str, spelling: str
) -> None:
    answer = generate(newer, profile_key, **{spelling: 30}).get_json()
    assert list(answer) == ["status", "title", "token", "url", "emailSent", "expiresIn"]
    assert (answer["emailSent"], answer["expiresIn"]) == (False, "30m")
    session = session_of(newer, profile_key, answer["token"])
    assert session["expiresAt"] == "2022-11-02T01:33:42.000Z"


@pytest.mark.parametrize("method", ["Facebook", "direct", "", 1])
def test_there_are_two_ways_to_instagram(newer: Account, profile_key: str, method: Any) -> None:
    answer = generate(newer, profile_key, instagramLinkMethod=method)
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    assert generate(newer, profile_key, instagramLinkMethod="facebook").status_code == 200


def test_an_email_is_told_of_where_one_was_asked_for(newer: Account, profile_key: str) -> None:
    answer = generate(newer, profile_key, email=EMAIL).get_json()
    assert list(answer) == ["status", "title", "token", "url", "emailSent", "expiresIn"]
    assert (answer["emailSent"], answer["expiresIn"]) == (True, "60m")
    (mail,) = newer.get("/_fakeayr/emails").get_json()["emails"]
    assert mail["url"] == answer["url"]


def test_an_email_with_a_missing_field_is_refused(newer: Account, profile_key: str) -> None:
    answer = generate(newer, profile_key, email={"to": "mia@bakery.example"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, 333)


@pytest.mark.parametrize("fields", [{"expiresIn": 30}, {"email": EMAIL}])
def test_without_the_max_pack_both_are_refused(
    open_account: OpenAccount, fields: dict[str, Any]
) -> None:
    account = open_account(age="link-sessions", maxPack=False)
    answer = generate(account, account.create_profile()["profileKey"], **fields)
    assert (answer.status_code, answer.get_json()["code"]) == (403, 504)


def test_half_the_credentials_of_an_x_app_are_still_refused(
    newer: Account, profile_key: str
) -> None:
    answer = generate(newer, profile_key, twitterApiKey="key")
    assert (answer.status_code, answer.get_json()["code"]) == (400, 188)


def test_its_token_is_a_link_session_that_can_be_asked_for_and_revoked(
    app: Flask, newer: Account, profile_key: str
) -> None:
    answer = generate(newer, profile_key).get_json()
    session = session_of(newer, profile_key, answer["token"])
    assert session["state"] == "pending"
    path = f"/api/profiles/link-sessions/{session['sessionId']}"
    assert newer.delete(path, profile_key=profile_key).status_code == 200
    assert flaw_of(opened(app, answer["url"])) == "revoked"


def test_a_form_is_read_as_before(newer: Account, profile_key: str) -> None:
    form = {"profileKey": profile_key, "expiresIn": "30", "allowedSocial[0]": "facebook"}
    answer = newer.post(GENERATE, data=form).get_json()
    assert answer["expiresIn"] == "30m"


# Migrating.


def test_link_sessions_are_there_in_the_first_age_already(app: Flask, account: Account) -> None:
    key = account.create_profile()["profileKey"]
    answer = account.post("/api/profiles/link-sessions", json={}, profile_key=key).get_json()
    assert opened(app, answer["url"]).status_code == 200


def test_urls_of_the_first_age_still_open_in_the_second(app: Flask, account: Account) -> None:
    key = account.create_profile()["profileKey"]
    signed_by_ayrshare = account.generate_jwt(key).get_json()["url"]
    token = self_signed(account.private_key, claims_for(account, key))
    signed_by_the_integrator = f"/?domain={account.domain}&jwt={token}"
    account.change(age="link-sessions")
    urls = (signed_by_ayrshare, signed_by_the_integrator)
    assert [opened(app, url).status_code for url in urls] == [200, 200]
    advance(account, 300)
    assert [flaw_of(opened(app, url)) for url in urls] == ["expired", "expired"]


def test_urls_of_the_second_age_still_open_in_the_first(
    app: Flask, newer: Account, profile_key: str
) -> None:
    url = generate(newer, profile_key).get_json()["url"]
    newer.change(age="jwt")
    assert opened(app, url).status_code == 200


def test_both_kinds_of_url_open_the_same_page(app: Flask, account: Account) -> None:
    key = account.create_profile()["profileKey"]
    older = opened(app, account.generate_jwt(key).get_json()["url"])
    account.change(age="link-sessions")
    newer = opened(app, account.generate_jwt(key).get_json()["url"])
    assert words_of(older) == words_of(newer)
    assert parameters(older.request.url).keys() != parameters(newer.request.url).keys()
