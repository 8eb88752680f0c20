"""generateJWT: what it returns, and the token in it."""

import time
from typing import Final
from urllib.parse import urlsplit

from fakeayr.ayrshare import tokens
from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES
from fakeayr.client.tokens import url_parameters
from fakeayr.contract.checks import check
from fakeayr.contract.session import ContractSession, expect

_CLOCKS_DIFFER_SECONDS: Final = 120


@check("jwt.status", "jwt.title", "jwt.url-token", "jwt.url-domain", "jwt.url-scheme")
def a_linking_url_is_answered(session: ContractSession) -> None:
    """A linking URL carries the token and the domain."""
    answer = session.generate()
    fields, query = answer.fields, url_parameters(str(answer.fields.get("url")))
    expect(answer.status == 200 and fields.get("status") == "success", "no success", answer)
    expect(fields.get("title") == session.profile.title, "title is not the profile's", answer)
    expect(query.get("jwt") == fields.get("token"), "the url does not carry the token", answer)
    expect(query.get("domain") == session.target.credentials.domain, "no domain in the url", answer)
    parts = urlsplit(str(fields.get("url")))
    expect(parts.scheme in {"http", "https"} and parts.hostname, "the url has no host", answer)


@check("jwt.header")
def the_token_is_rs256(session: ContractSession) -> None:
    """The token is signed with RS256."""
    answer = session.generate()
    header = session.token(answer).header
    expect(header == {"alg": "RS256", "typ": "JWT"}, f"the header is {header}", answer)


@check("jwt.signature")
def the_token_verifies(session: ContractSession) -> None:
    """The token verifies with the account's public key."""
    answer = session.generate()
    expect(
        session.is_signed(session.token(answer)), "the signature does not fit the key sent", answer
    )


@check("jwt.claims", "jwt.api-key", "jwt.profile-key", "jwt.audience", "jwt.issuer", "jwt.subject")
def the_claims_are_the_documented_ones(session: ContractSession) -> None:
    """The token has the seven documented claims, with their values."""
    answer = session.generate()
    claims = session.token(answer).claims
    expect(set(claims) == tokens.CLAIMS, f"the claims are {sorted(claims)}", answer)
    for name, value in (
        ("apiKey", session.target.credentials.api_key),
        ("profileKey", session.profile.key),
        ("aud", tokens.AUDIENCE),
        ("iss", session.target.credentials.domain),
        ("sub", tokens.SUBJECT),
    ):
        expect(claims[name] == value, f"the claim {name} has another value", answer)


@check("jwt.issued", "jwt.default-lifetime")
def a_token_lives_five_minutes(session: ContractSession) -> None:
    """A token lives five minutes."""
    answer = session.generate()
    claims = session.token(answer).claims
    age = abs(time.time() - claims["iat"])
    expect(age <= _CLOCKS_DIFFER_SECONDS, f"iat is {claims['iat']}, not now", answer)
    lifetime = claims["exp"] - claims["iat"]
    expect(lifetime == EXPIRES_IN_DEFAULT_MINUTES * 60, f"exp is iat + {lifetime}", answer)


@check("jwt.expires-in", "jwt.expires-in-shown")
def expires_in_counts_minutes(session: ContractSession) -> None:
    """The field expiresIn counts minutes."""
    answer = session.generate(expiresIn=30)
    claims = session.token(answer).claims
    lifetime = claims["exp"] - claims["iat"]
    expect(lifetime == 30 * 60, f"expiresIn 30 gives {lifetime} seconds", answer)
    expect(answer.fields.get("expiresIn") == "30m", "expiresIn is not answered as 30m", answer)


@check("jwt.expires-in-legacy")
def the_older_spelling_is_understood(session: ContractSession) -> None:
    """The older spelling expireIn works."""
    answer = session.generate(expireIn=10)
    claims = session.token(answer).claims
    expect(claims["exp"] - claims["iat"] == 600, "expireIn 10 does not give 600 seconds", answer)


@check("jwt.expires-in-only-asked", "jwt.email-sent-only-asked")
def nothing_is_answered_that_was_not_asked(session: ContractSession) -> None:
    """The fields expiresIn and emailSent are returned only when asked for."""
    answer = session.generate()
    expect("expiresIn" not in answer.fields, "expiresIn is answered unasked", answer)
    expect("emailSent" not in answer.fields, "emailSent is answered unasked", answer)


@check("jwt.redirect-short")
def a_redirect_is_shortened(session: ContractSession) -> None:
    """A redirect is shortened in the linking URL."""
    long = "https://shop.example/connected?customer=" + "a" * 200
    answer = session.generate(redirect=long)
    expect(answer.status == 200, "a redirect is refused", answer)
    shown = url_parameters(str(answer.fields.get("url"))).get("redirect", "")
    expect(long not in shown, "the redirect stands in the url unshortened", answer)


@check("jwt.base64")
def a_key_in_base64_is_read(session: ContractSession) -> None:
    """A private key in base64 is accepted."""
    answer = session.generate(privateKey=session.base64_key, base64=True, verify=True)
    expect(
        session.is_signed(session.token(answer)),
        "the token of a base64 key does not verify",
        answer,
    )


@check("jwt.x-headers", "jwt.x-credentials-hidden")
def credentials_of_an_x_app_stay_hidden(session: ContractSession) -> None:
    """X credentials in headers are accepted, and the linking URL does not show them."""
    key, secret = "consumer-key-of-a-test", "consumer-secret-of-a-test"
    answer = session.generate(headers={X_APP_KEY: key, X_APP_SECRET: secret})
    expect(answer.status == 200, "X credentials in headers are refused", answer)
    url = str(answer.fields.get("url"))
    expect(key not in url and secret not in url, "X credentials stand in the url", answer)


@check("jwt.unknown-fields")
def unknown_fields_are_ignored(session: ContractSession) -> None:
    """Unknown fields are ignored."""
    answer = session.generate(source="fakeayr-contract", noSuchField=True)
    expect(answer.status == 200, "an unknown field is refused", answer)


@check("jwt.verify-good", "jwt.good-url")
def a_good_key_is_verified_and_opens(session: ContractSession) -> None:
    """The domain's private key passes verify, and the linking URL opens."""
    answer = session.generate(verify=True)
    expect(answer.status == 200, "verify refuses the domain's key", answer)
    page = session.opened(answer)
    expect(page.status == 200, f"the url opens with {page.status}", page)


@check("jwt.no-verify-corrupt", "jwt.corrupt-url")
def a_corrupt_key_gives_a_url_that_does_not_open(session: ContractSession) -> None:
    """Without verify, a corrupt key gives a linking URL that does not open."""
    answer = session.generate(privateKey=session.corrupt_key)
    expect(answer.status == 200, "a corrupt key is refused without verify", answer)
    page = session.opened(answer)
    expect(page.status == 401, f"the url of a corrupt key opens with {page.status}", page)
