"""POST /api/profiles/generateJWT: what it answers when all is well."""

from typing import Any

import pytest
from flask import Flask

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import ManualClock
from tests.support.linking import claims_of, opened, parameters, words_of

EMAIL = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}
OPTIONAL = (
    "logout",
    "redirect",
    "allowedSocial",
    "verify",
    "base64",
    "expiresIn",
    "expireIn",
    "email",
    "twitterApiKey",
    "twitterApiSecret",
)


def test_the_answer_holds_the_profiles_title_a_token_and_the_url_with_it(
    account: Account, profile_key: str
) -> None:
    response = account.generate_jwt(profile_key)
    answer = response.get_json()
    assert response.status_code == 200
    assert list(answer) == ["status", "title", "token", "url"]
    assert answer["status"] == "success"
    assert answer["title"] == "Mia's Bakery"
    assert parameters(answer["url"])["jwt"] == answer["token"]


def test_answers_are_json_in_utf_8(account: Account, profile_key: str) -> None:
    response = account.generate_jwt(profile_key)
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


def test_the_url_opens_the_profiles_page(app: Flask, account: Account, profile_key: str) -> None:
    page = opened(app, account.generate_jwt(profile_key).get_json()["url"])
    assert page.status_code == 200
    assert 'Social Accounts for "Mia\'s Bakery"' in words_of(page)


@pytest.mark.parametrize("plan", ["launch", "business", "enterprise"])
def test_three_plans_have_it(open_account: OpenAccount, plan: str) -> None:
    account = open_account(plan=plan)
    profile_key = account.create_profile()["profileKey"]
    assert account.generate_jwt(profile_key).status_code == 200


def test_a_link_lives_5_minutes(account: Account, profile_key: str) -> None:
    answer = account.generate_jwt(profile_key).get_json()
    claims = claims_of(answer["token"])
    assert claims["exp"] - claims["iat"] == 5 * 60
    assert "expiresIn" not in answer


@pytest.mark.parametrize("spelling", ["expiresIn", "expireIn"])
@pytest.mark.parametrize(
    ("minutes", "shown"), [(1, "1m"), (1.5, "1.5m"), (30, "30m"), (2_880, "2880m")]
)
def test_an_expiry_is_counted_in_minutes_under_either_spelling(
    account: Account, profile_key: str, spelling: str, minutes: float, shown: str
) -> None:
    answer = account.generate_jwt(profile_key, **{spelling: minutes}).get_json()
    claims = claims_of(answer["token"])
    assert claims["exp"] - claims["iat"] == minutes * 60
    assert answer["expiresIn"] == shown


def test_the_newer_spelling_of_the_expiry_goes_first(account: Account, profile_key: str) -> None:
    answer = account.generate_jwt(profile_key, expiresIn=30, expireIn=60).get_json()
    assert answer["expiresIn"] == "30m"


def test_an_email_is_told_of_in_the_answer(account: Account, profile_key: str) -> None:
    answer = account.generate_jwt(profile_key, email=EMAIL).get_json()
    assert answer["emailSent"] is True
    assert list(answer) == ["status", "title", "token", "url", "emailSent", "expiresIn"]


def test_without_an_email_the_answer_does_not_mention_one(
    account: Account, profile_key: str
) -> None:
    assert "emailSent" not in account.generate_jwt(profile_key).get_json()


def test_the_expiry_of_an_email_counts_for_the_link(account: Account, profile_key: str) -> None:
    answer = account.generate_jwt(profile_key, email=EMAIL).get_json()
    claims = claims_of(answer["token"])
    assert answer["expiresIn"] == "60m"
    assert claims["exp"] - claims["iat"] == 60 * 60


def test_the_requests_own_expiry_goes_before_that_of_its_email(
    account: Account, profile_key: str
) -> None:
    answer = account.generate_jwt(profile_key, email=EMAIL, expiresIn=30).get_json()
    assert answer["expiresIn"] == "30m"


def test_an_email_may_spell_its_expiry_the_older_way(account: Account, profile_key: str) -> None:
    older = {name: value for name, value in EMAIL.items() if name != "expiresIn"}
    answer = account.generate_jwt(profile_key, email={**older, "expireIn": 90}).get_json()
    assert answer["expiresIn"] == "90m"


def test_an_emails_newer_spelling_of_the_expiry_goes_first(
    account: Account, profile_key: str
) -> None:
    email = {**EMAIL, "expiresIn": 30, "expireIn": 90}
    answer = account.generate_jwt(profile_key, email=email).get_json()
    assert answer["expiresIn"] == "30m"


def test_null_means_that_an_optional_field_is_absent(account: Account, profile_key: str) -> None:
    nulls: dict[str, Any] = dict.fromkeys(OPTIONAL)
    response = account.generate_jwt(profile_key, **nulls)
    assert response.status_code == 200
    assert list(response.get_json()) == ["status", "title", "token", "url"]
    assert list(parameters(response.get_json()["url"])) == ["domain", "jwt"]


def test_null_means_that_a_field_of_the_email_is_absent(account: Account, profile_key: str) -> None:
    email = EMAIL | {"expiresIn": None, "expireIn": 90, "bcc": None}
    assert account.generate_jwt(profile_key, email=email).get_json()["expiresIn"] == "90m"


def test_unknown_fields_are_ignored(account: Account, profile_key: str) -> None:
    response = account.generate_jwt(profile_key, redirectUrl="https://acme.example", source="npm")
    assert response.status_code == 200
    assert list(parameters(response.get_json()["url"])) == ["domain", "jwt"]


def test_the_profile_is_the_bodys_whatever_the_profile_key_header_says(account: Account) -> None:
    bakery, florist = (account.create_profile(title) for title in ("Bakery", "Florist"))
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": bakery["profileKey"],
    }
    response = account.post(
        "/api/profiles/generateJWT", json=body, profile_key=florist["profileKey"]
    )
    assert response.get_json()["title"] == "Bakery"


def test_every_call_gives_a_link_of_its_own_time(
    account: Account, profile_key: str, clock: ManualClock
) -> None:
    first = account.generate_jwt(profile_key).get_json()["token"]
    clock.advance(seconds=1)
    second = account.generate_jwt(profile_key).get_json()["token"]
    assert claims_of(second)["iat"] - claims_of(first)["iat"] == 1


def test_credentials_of_an_x_app_are_accepted_in_the_body(
    account: Account, profile_key: str
) -> None:
    response = account.generate_jwt(profile_key, twitterApiKey="key", twitterApiSecret="secret")
    assert response.status_code == 200


def test_credentials_of_an_x_app_are_accepted_in_headers(
    account: Account, profile_key: str
) -> None:
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
    }
    headers = {"X-Twitter-OAuth1-Api-Key": "key", "X-Twitter-OAuth1-Api-Secret": "secret"}
    response = account.post("/api/profiles/generateJWT", json=body, headers=headers)
    assert response.status_code == 200


def test_empty_credentials_of_an_x_app_are_none(account: Account, profile_key: str) -> None:
    response = account.generate_jwt(profile_key, twitterApiKey="", twitterApiSecret="")
    assert response.status_code == 200
    assert list(parameters(response.get_json()["url"])) == ["domain", "jwt"]
