"""/_fakeayr/inspect: whether a linking URL would open, and why not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.linking.tokens import EXPLANATIONS, LinkProblem
from tests.support.accounts import Account, OpenAccount
from tests.support.linking import (
    base64url,
    claims_for,
    encoded,
    flaw_of,
    open_token,
    opened,
    parameters,
    self_signed,
)
from tests.support.receivers import advance, cause

SESSIONS = "/api/profiles/link-sessions"


@pytest.fixture
def profile(account: Account) -> dict[str, Any]:
    """The User Profile "Mia's Bakery" as POST /api/profiles answered it."""
    return account.create_profile()


@pytest.fixture
def url(account: Account, profile: dict[str, Any]) -> str:
    """A linking URL for it."""
    made: str = account.generate_jwt(profile["profileKey"]).get_json()["url"]
    return made


def inspect(account: Account, **order: Any) -> dict[str, Any]:
    """The verdict on `url` or `token`."""
    answer = account.post("/_fakeayr/inspect", json=order)
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.get_json()
    return verdict


def refused(answer: TestResponse) -> str:
    """The details of a refusal."""
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    return str(answer.get_json()["details"])


# Good links.


def test_a_good_url_is_told_with_profile_networks_and_expiry(
    account: Account, profile: dict[str, Any], url: str
) -> None:
    assert inspect(account, url=url) == {
        "valid": True,
        "reason": None,
        "profile": {"title": "Mia's Bakery", "refId": profile["refId"]},
        "networks": list(NETWORKS),
        "expires": "2022-11-02T01:08:42Z",
    }


def test_a_token_alone_is_told_like_its_url(account: Account, url: str) -> None:
    assert inspect(account, token=parameters(url)["jwt"]) == inspect(account, url=url)


def test_a_link_session_is_told_like_a_token(account: Account, profile: dict[str, Any]) -> None:
    session = account.post(
        SESSIONS, json={"allowedSocial": ["x"]}, profile_key=profile["profileKey"]
    ).get_json()
    verdict = inspect(account, url=session["url"])
    assert verdict == {
        "valid": True,
        "reason": None,
        "profile": {"title": "Mia's Bakery", "refId": profile["refId"]},
        "networks": ["twitter"],
        "expires": session["expiresAt"].replace(".000Z", "Z"),
    }
    assert inspect(account, token=parameters(session["url"])["session"]) == verdict


def test_the_networks_are_those_on_the_page(account: Account) -> None:
    account.change(settings={"disableSocial": ["facebook"]})
    key = account.create_profile("Flo", disableSocial=["reddit"])["profileKey"]
    every = account.generate_jwt(key).get_json()["url"]
    some = account.generate_jwt(key, allowedSocial=["reddit", "facebook"]).get_json()["url"]
    left = [name for name in NETWORKS if name not in {"facebook", "reddit"}]
    assert inspect(account, url=every)["networks"] == left
    assert inspect(account, url=some)["networks"] == ["facebook", "reddit"]


def test_a_token_that_an_integrator_signed_is_as_good(
    account: Account, profile: dict[str, Any]
) -> None:
    token = self_signed(account.private_key, claims_for(account, profile["profileKey"]))
    assert inspect(account, token=token)["valid"] is True


def test_of_two_tokens_in_a_url_the_first_counts_as_on_the_page(
    app: Flask, account: Account, url: str
) -> None:
    assert inspect(account, url=f"{url}&jwt=nonsense")["valid"] is True
    assert opened(app, f"{url}&jwt=nonsense").status_code == 200


def test_looking_opens_nothing(account: Account, url: str) -> None:
    inspect(account, url=url)
    assert all(entry["path"] != "/" for entry in account.requests())


# Bad links.


Maker = Callable[[Account, str], str]
"""Makes a URL from an account and the key of its profile."""


def of_token(account: Account, token: str) -> str:
    return f"/?domain={account.domain}&jwt={token}"


def of_claims(**changes: Any) -> Maker:
    """A URL with a token whose claims are changed in this way."""
    return lambda account, key: of_token(
        account, self_signed(account.private_key, claims_for(account, key, **changes))
    )


def generated(account: Account, key: str, **fields: Any) -> str:
    url: str = account.generate_jwt(key, **fields).get_json()["url"]
    return url


def unsigned(account: Account, key: str) -> str:
    content = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims_for(account, key))}"
    return of_token(account, f"{content}.")


def badly_signed(account: Account, key: str) -> str:
    signed = self_signed(account.private_key, claims_for(account, key))
    return of_token(account, f"{signed.rpartition('.')[0]}.{base64url(b'x' * 128)}")


def for_another_domain(account: Account, key: str) -> str:
    return generated(account, key).replace(account.domain, "another.example")


def expired(account: Account, key: str) -> str:
    url = generated(account, key)
    advance(account, 300)
    return url


def deleted(account: Account, key: str) -> str:
    url = generated(account, key)
    account.delete("/api/profiles", profile_key=key)
    return url


def suspended(account: Account, key: str) -> str:
    url = generated(account, key)
    cause(account, "suspend", profileKey=key)
    return url


def revoked(account: Account, key: str) -> str:
    session = account.post(SESSIONS, json={}, profile_key=key).get_json()
    account.delete(f"{SESSIONS}/{session['sessionId']}", profile_key=key)
    url: str = session["url"]
    return url


BAD: dict[LinkProblem, Maker] = {
    LinkProblem.MISSING: lambda account, _: f"/?domain={account.domain}",
    LinkProblem.MALFORMED: lambda account, _: of_token(account, "nonsense"),
    LinkProblem.ALGORITHM: unsigned,
    LinkProblem.CLAIMS: of_claims(profileKey=None),
    LinkProblem.API_KEY: of_claims(apiKey="AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"),
    LinkProblem.DOMAIN: for_another_domain,
    LinkProblem.SIGNATURE: badly_signed,
    LinkProblem.AUDIENCE: of_claims(aud="https://profile.ayrshare.com"),
    LinkProblem.ISSUER: of_claims(iss="another.example"),
    LinkProblem.EXPIRED: expired,
    LinkProblem.PROFILE: deleted,
    LinkProblem.REVOKED: revoked,
    LinkProblem.UNKNOWN_SESSION: lambda *_: "/?session=ayr_ls_nobody",
    LinkProblem.SUSPENDED: suspended,
}


@pytest.mark.parametrize("problem", LinkProblem)
def test_every_flaw_is_named_and_explained_as_on_the_page(
    app: Flask, account: Account, profile: dict[str, Any], problem: LinkProblem
) -> None:
    url = BAD[problem](account, profile["profileKey"])
    verdict = inspect(account, url=url)
    assert verdict["valid"] is False
    assert verdict["reason"] == problem
    assert verdict["explanation"] == EXPLANATIONS[problem]
    page = opened(app, url)
    assert page.status_code == (403 if problem is LinkProblem.SUSPENDED else 401)
    assert flaw_of(page) == problem


@pytest.mark.parametrize("problem", LinkProblem)
def test_whose_a_link_is_and_when_it_ends_is_told_only_of_genuine_ones(
    account: Account, profile: dict[str, Any], problem: LinkProblem
) -> None:
    verdict = inspect(account, url=BAD[problem](account, profile["profileKey"]))
    known = [verdict[name] for name in ("profile", "networks", "expires")]
    if problem in {LinkProblem.EXPIRED, LinkProblem.REVOKED, LinkProblem.SUSPENDED}:
        owner = {"title": "Mia's Bakery", "refId": profile["refId"]}
        assert known == [owner, list(NETWORKS), "2022-11-02T01:08:42Z"]
    else:
        assert known == [None, None, None]


def test_in_connect_mode_the_network_is_the_one(account: Account, profile: dict[str, Any]) -> None:
    order = {"mode": "connect", "network": "facebook", "allowedSocial": ["reddit"]}
    session = account.post(SESSIONS, json=order, profile_key=profile["profileKey"]).get_json()
    assert inspect(account, url=session["url"])["networks"] == ["facebook"]


def test_a_token_may_say_that_it_ended_long_before_time(
    account: Account, profile: dict[str, Any]
) -> None:
    claims = claims_for(account, profile["profileKey"], exp=-(10**15))
    verdict = inspect(account, token=self_signed(account.private_key, claims))
    assert (verdict["reason"], verdict["expires"]) == ("expired", "1970-01-01T00:00:00Z")


def test_an_expired_link_session_is_told(account: Account, profile: dict[str, Any]) -> None:
    session = account.post(SESSIONS, json={}, profile_key=profile["profileKey"]).get_json()
    advance(account, 300)
    assert inspect(account, url=session["url"])["reason"] == "expired"


def test_a_url_made_with_a_damaged_key_is_told(
    app: Flask, account: Account, profile: dict[str, Any]
) -> None:
    damaged = account.private_key.replace("\n", " ")
    token = account.generate_jwt(profile["profileKey"], privateKey=damaged).get_json()["token"]
    assert inspect(account, token=token)["reason"] == "signature"
    assert flaw_of(open_token(app, account, token)) == "signature"


# Secrets and strangers.


def test_no_verdict_shows_a_key_or_a_token(account: Account, profile: dict[str, Any]) -> None:
    shown = ""
    for make in BAD.values():
        shown += json.dumps(inspect(account, url=make(account, profile["profileKey"])))
        account = Account.open(account.client, {})
        profile = account.create_profile()
        shown += json.dumps(inspect(account, url=generated(account, profile["profileKey"])))
        assert account.api_key not in shown
        assert profile["profileKey"] not in shown
    assert "eyJ" not in shown
    assert "ayr_ls_" not in shown
    assert "BEGIN" not in shown


@pytest.mark.parametrize(
    "problem",
    [None, LinkProblem.EXPIRED, LinkProblem.SIGNATURE, LinkProblem.REVOKED, LinkProblem.SUSPENDED],
)
def test_another_accounts_links_are_not_judged(
    account: Account,
    profile: dict[str, Any],
    open_account: OpenAccount,
    problem: LinkProblem | None,
) -> None:
    make = generated if problem is None else BAD[problem]
    url = make(account, profile["profileKey"])
    answer = open_account().post("/_fakeayr/inspect", json={"url": url})
    assert refused(answer) == "The link is another account's."


@pytest.mark.parametrize(
    "order", [{}, {"url": None}, {"url": 7}, {"link": "https://profile.ayrshare.com"}], ids=str
)
def test_it_needs_a_url_or_a_token(account: Account, order: dict[str, Any]) -> None:
    refused(account.post("/_fakeayr/inspect", json=order))


@pytest.mark.parametrize(
    "url", ["", "nonsense", "https://profile.ayrshare.com", "http://[", "?jwt=%ff%00", "?jwt="]
)
def test_what_is_no_linking_url_is_told_so(account: Account, url: str) -> None:
    answer = account.post("/_fakeayr/inspect", json={"url": url})
    if url == "http://[":
        assert refused(answer) == "url is not a URL."
    else:
        assert answer.get_json()["valid"] is False
