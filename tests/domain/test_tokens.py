"""Linking tokens: what is in them, who may sign them, and what the page checks."""

import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from flask import Flask

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START, ManualClock
from tests.support.linking import (
    base64url,
    claims_for,
    claims_of,
    encoded,
    flaw_of,
    open_token,
    opened,
    segments,
    self_signed,
)


def token_of(account: Account, profile_key: str, **fields: Any) -> str:
    """A token as generateJWT makes it."""
    token: str = account.generate_jwt(profile_key, **fields).get_json()["token"]
    return token


# What is in a token.


def test_the_header_is_ayrshares_to_the_byte(account: Account, profile_key: str) -> None:
    token = token_of(account, profile_key)
    assert segments(token)[0] == b'{"alg":"RS256","typ":"JWT"}'
    assert token.startswith("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.")


def test_the_claims_are_ayrshares_in_ayrshares_order(account: Account, profile_key: str) -> None:
    expected = {
        "apiKey": account.api_key,
        "profileKey": profile_key,
        "iat": int(START),
        "exp": int(START) + 300,
        "aud": "https://app.ayrshare.com",
        "iss": account.domain,
        "sub": "support@ayrshare.com",
    }
    claims = segments(token_of(account, profile_key))[1]
    assert claims == json.dumps(expected, separators=(",", ":")).encode()


def test_the_instants_are_whole_seconds(account: Account, clock: ManualClock) -> None:
    profile_key = account.create_profile()["profileKey"]
    clock.advance(seconds=0.75)
    claims = claims_of(token_of(account, profile_key))
    assert (claims["iat"], claims["exp"]) == (int(START), int(START) + 300)


def test_a_signature_has_as_many_bytes_as_ayrshares(account: Account, profile_key: str) -> None:
    assert len(segments(token_of(account, profile_key))[2]) == 128


def test_any_jwt_library_verifies_a_token_with_the_public_key(open_account: OpenAccount) -> None:
    account = open_account(keyBits=2048)
    profile_key = account.create_profile()["profileKey"]
    public_key = account.get("/_fakeayr/accounts").get_json()["publicKey"]
    claims = jwt.decode(
        token_of(account, profile_key),
        public_key,
        algorithms=["RS256"],
        audience="https://app.ayrshare.com",
        issuer=account.domain,
        options={"verify_exp": False},
    )
    assert claims["profileKey"] == profile_key


# How long it is good.


def test_a_link_opens_until_its_last_second(
    app: Flask, account: Account, profile_key: str, clock: ManualClock
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    clock.advance(seconds=299)
    assert opened(app, url).status_code == 200
    clock.advance(seconds=1)
    assert opened(app, url).status_code == 401


def test_an_expired_link_says_so(
    app: Flask, account: Account, profile_key: str, clock: ManualClock
) -> None:
    url = account.generate_jwt(profile_key, expiresIn=30).get_json()["url"]
    clock.advance(minutes=30)
    assert flaw_of(opened(app, url)) == "expired"


def test_a_link_may_be_opened_more_than_once(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    assert opened(app, url).status_code == 200
    assert opened(app, url).status_code == 200


def test_links_expire_by_their_accounts_clock(app: Flask, open_account: OpenAccount) -> None:
    early, late = open_account(), open_account()
    urls = [
        account.generate_jwt(account.create_profile()["profileKey"]).get_json()["url"]
        for account in (early, late)
    ]
    late.post("/_fakeayr/clock", json={"advance": 300})
    assert [opened(app, url).status_code for url in urls] == [200, 401]


def test_tokens_are_issued_by_their_accounts_clock(account: Account, profile_key: str) -> None:
    account.post("/_fakeayr/clock", json={"advance": 3_600})
    assert claims_of(token_of(account, profile_key))["iat"] == int(START) + 3_600


# Tokens that the integrator signs.


def test_a_token_signed_by_the_integrator_opens_the_page(
    app: Flask, account: Account, profile_key: str
) -> None:
    token = self_signed(account.private_key, claims_for(account, profile_key))
    assert open_token(app, account, token).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": None},
        {"sub": None},
        {"iat": START + 3_600},
        {"exp": START + 0.5},
        {"jti": "b1", "nbf": 0},
    ],
    ids=["no iat", "no sub", "an iat ahead", "a fraction", "further claims"],
)
def test_a_self_signed_token_may_differ_in_what_does_not_matter(
    app: Flask, account: Account, profile_key: str, changes: dict[str, Any]
) -> None:
    token = self_signed(account.private_key, claims_for(account, profile_key, **changes))
    assert open_token(app, account, token).status_code == 200


def test_further_header_fields_do_not_matter(
    app: Flask, account: Account, profile_key: str
) -> None:
    claims = claims_for(account, profile_key)
    token = self_signed(
        account.private_key, claims, kid="../../etc/passwd", jku="https://x.example"
    )
    assert open_token(app, account, token).status_code == 200


# What the page refuses, each with its own reason.


def test_a_url_without_a_token_is_refused(app: Flask, account: Account) -> None:
    page = opened(app, f"/?domain={account.domain}")
    assert (page.status_code, flaw_of(page)) == (401, "missing")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "eyJhbGciOiJSUzI1NiJ9",
        f"{encoded({'alg': 'RS256'})}.{base64url(b'no claims')}.{base64url(b'none')}",
        "e" * 20_000,
    ],
    ids=["a letter", "three letters", "only a header", "claims that are not JSON", "too long"],
)
def test_what_is_no_token_is_refused(app: Flask, account: Account, token: str) -> None:
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "malformed")


@pytest.mark.parametrize("claims", [[], "claims", None, 1], ids=str)
def test_claims_that_are_no_object_are_refused(app: Flask, account: Account, claims: Any) -> None:
    page = open_token(app, account, self_signed(account.private_key, claims))
    assert (page.status_code, flaw_of(page)) == (401, "claims")


def test_a_token_without_a_signature_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    claims = encoded(claims_for(account, profile_key))
    token = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "algorithm")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    public_key = account.get("/_fakeayr/accounts").get_json()["publicKey"]
    content = f"{encoded({'alg': 'HS256'})}.{encoded(claims_for(account, profile_key))}"
    signature = hmac.new(public_key.encode(), content.encode(), hashlib.sha256).digest()
    page = open_token(app, account, f"{content}.{base64url(signature)}")
    assert (page.status_code, flaw_of(page)) == (401, "algorithm")


@pytest.mark.parametrize("algorithm", ["RS384", "PS256", "ES256", "rs256", None, 1, []], ids=str)
def test_only_rs256_will_do(
    app: Flask, account: Account, profile_key: str, algorithm: object
) -> None:
    token = self_signed(account.private_key, claims_for(account, profile_key), alg=algorithm)
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "algorithm")


@pytest.mark.parametrize("name", ["apiKey", "profileKey", "exp", "aud", "iss"])
def test_five_claims_are_needed(app: Flask, account: Account, profile_key: str, name: str) -> None:
    token = self_signed(account.private_key, claims_for(account, profile_key, **{name: None}))
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "claims")


@pytest.mark.parametrize(
    "changes",
    [
        {"apiKey": 1},
        {"profileKey": ["x"]},
        {"exp": str(int(START) + 300)},
        {"exp": True},
        {"exp": 10**400},
        {"aud": ["https://app.ayrshare.com"]},
        {"iss": 1},
        {"sub": {}},
        {"iat": "now"},
    ],
    ids=str,
)
def test_claims_of_the_wrong_type_are_refused(
    app: Flask, account: Account, profile_key: str, changes: dict[str, Any]
) -> None:
    token = self_signed(account.private_key, claims_for(account, profile_key, **changes))
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "claims")


def test_a_token_of_an_unknown_account_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    claims = claims_for(account, profile_key, apiKey="AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE")
    page = open_token(app, account, self_signed(account.private_key, claims))
    assert (page.status_code, flaw_of(page)) == (401, "api-key")


def test_a_token_signed_with_another_accounts_key_is_refused(
    app: Flask, open_account: OpenAccount
) -> None:
    account, other = open_account(), open_account()
    profile_key = account.create_profile()["profileKey"]
    page = open_token(
        app, account, self_signed(other.private_key, claims_for(account, profile_key))
    )
    assert (page.status_code, flaw_of(page)) == (401, "signature")


def test_a_token_with_changed_claims_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    header, _, signature = token_of(account, profile_key).split(".")
    longer = encoded(claims_for(account, profile_key, exp=int(START) + 3_000))
    page = open_token(app, account, f"{header}.{longer}.{signature}")
    assert (page.status_code, flaw_of(page)) == (401, "signature")


def test_a_token_for_another_audience_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    claims = claims_for(account, profile_key, aud="https://profile.ayrshare.com")
    page = open_token(app, account, self_signed(account.private_key, claims))
    assert (page.status_code, flaw_of(page)) == (401, "audience")


def test_a_token_of_another_issuer_is_refused(
    app: Flask, account: Account, profile_key: str
) -> None:
    claims = claims_for(account, profile_key, iss=account.domain.upper())
    page = open_token(app, account, self_signed(account.private_key, claims))
    assert (page.status_code, flaw_of(page)) == (401, "issuer")


@pytest.mark.parametrize("query", ["", "&domain=", "&domain=other.example"], ids=str)
def test_the_urls_domain_must_be_the_accounts(
    app: Flask, account: Account, profile_key: str, query: str
) -> None:
    page = opened(app, f"/?jwt={token_of(account, profile_key)}{query}")
    assert (page.status_code, flaw_of(page)) == (401, "domain")


def test_a_deleted_profiles_links_are_dead_at_once(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    account.delete("/api/profiles", profile_key=profile_key)
    page = opened(app, url)
    assert (page.status_code, flaw_of(page)) == (401, "profile")


def test_a_closed_accounts_links_are_dead_at_once(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    account.delete("/_fakeayr/accounts")
    page = opened(app, url)
    assert (page.status_code, flaw_of(page)) == (401, "api-key")


def test_a_token_for_the_primary_profile_is_refused(app: Flask, account: Account) -> None:
    token = self_signed(account.private_key, claims_for(account, account.api_key))
    page = open_token(app, account, token)
    assert (page.status_code, flaw_of(page)) == (401, "profile")


def test_a_token_for_another_accounts_profile_is_refused(
    app: Flask, open_account: OpenAccount
) -> None:
    account, other = open_account(), open_account()
    foreign = other.create_profile()["profileKey"]
    page = open_token(app, account, self_signed(account.private_key, claims_for(account, foreign)))
    assert (page.status_code, flaw_of(page)) == (401, "profile")
