"""generateJWT: what it answers, and the token in it."""

import time
from typing import Final
from urllib.parse import urlsplit

from fakeayr.contract.checks import check
from fakeayr.contract.lab import Lab, expect, parameters

_CLAIMS: Final = {"apiKey", "profileKey", "iat", "exp", "aud", "iss", "sub"}
_CLOCKS_DIFFER_SECONDS: Final = 120


@check("jwt.status", "jwt.title", "jwt.url-token", "jwt.url-domain", "jwt.url-scheme")
def a_linking_url_is_answered(lab: Lab) -> None:
    """The answer has status, title, token and a url that carries token and domain."""
    answer = lab.generate()
    fields, query = answer.fields, parameters(answer.fields.get("url"))
    expect(answer.status == 200 and fields.get("status") == "success", "no success", answer)
    expect(fields.get("title") == lab.profile.title, "title is not the profile's", answer)
    expect(query.get("jwt") == [fields.get("token")], "the url does not carry the token", answer)
    expect(query.get("domain") == [lab.target.credentials.domain], "no domain in the url", answer)
    parts = urlsplit(str(fields.get("url")))
    expect(parts.scheme in {"http", "https"} and parts.hostname, "the url has no host", answer)


@check("jwt.header")
def the_token_is_rs256(lab: Lab) -> None:
    """The header is alg and typ, and nothing else."""
    answer = lab.generate()
    header = lab.token(answer).header
    expect(header == {"alg": "RS256", "typ": "JWT"}, f"the header is {header}", answer)


@check("jwt.signature")
def the_token_verifies(lab: Lab) -> None:
    """The public half of the key that was sent verifies the token."""
    answer = lab.generate()
    expect(lab.is_signed(lab.token(answer)), "the signature does not fit the key sent", answer)


@check("jwt.claims", "jwt.api-key", "jwt.profile-key", "jwt.audience", "jwt.issuer", "jwt.subject")
def the_claims_are_the_documented_ones(lab: Lab) -> None:
    """All seven claims are there, with their values."""
    answer = lab.generate()
    claims = lab.token(answer).claims
    expect(set(claims) == _CLAIMS, f"the claims are {sorted(claims)}", answer)
    for name, value in (
        ("apiKey", lab.target.credentials.api_key),
        ("profileKey", lab.profile.key),
        ("aud", "https://app.ayrshare.com"),
        ("iss", lab.target.credentials.domain),
        ("sub", "support@ayrshare.com"),
    ):
        expect(claims[name] == value, f"the claim {name} has another value", answer)


@check("jwt.issued", "jwt.default-lifetime")
def a_token_lives_five_minutes(lab: Lab) -> None:
    """The token is issued now and lives 300 seconds."""
    answer = lab.generate()
    claims = lab.token(answer).claims
    age = abs(time.time() - claims["iat"])
    expect(age <= _CLOCKS_DIFFER_SECONDS, f"iat is {claims['iat']}, not now", answer)
    lifetime = claims["exp"] - claims["iat"]
    expect(lifetime == 300, f"exp is iat + {lifetime}", answer)


@check("jwt.expires-in", "jwt.expires-in-shown")
def expires_in_counts_minutes(lab: Lab) -> None:
    """expiresIn: 30 gives 1,800 seconds and is answered as 30m."""
    answer = lab.generate(expiresIn=30)
    claims = lab.token(answer).claims
    lifetime = claims["exp"] - claims["iat"]
    expect(lifetime == 30 * 60, f"expiresIn 30 gives {lifetime} seconds", answer)
    expect(answer.fields.get("expiresIn") == "30m", "expiresIn is not answered as 30m", answer)


@check("jwt.expires-in-legacy")
def the_older_spelling_is_understood(lab: Lab) -> None:
    """The field expireIn counts minutes too."""
    answer = lab.generate(expireIn=10)
    claims = lab.token(answer).claims
    expect(claims["exp"] - claims["iat"] == 600, "expireIn 10 does not give 600 seconds", answer)


@check("jwt.expires-in-only-asked", "jwt.email-sent-only-asked")
def nothing_is_answered_that_was_not_asked(lab: Lab) -> None:
    """Without expiry and e-mail the answer names neither."""
    answer = lab.generate()
    expect("expiresIn" not in answer.fields, "expiresIn is answered unasked", answer)
    expect("emailSent" not in answer.fields, "emailSent is answered unasked", answer)


@check("jwt.redirect-short")
def a_redirect_is_shortened(lab: Lab) -> None:
    """The url does not hold the redirect itself."""
    long = "https://shop.example/connected?customer=" + "a" * 200
    answer = lab.generate(redirect=long)
    expect(answer.status == 200, "a redirect is refused", answer)
    shown = " ".join(parameters(answer.fields.get("url")).get("redirect", []))
    expect(long not in shown, "the redirect stands in the url unshortened", answer)


@check("jwt.base64")
def a_key_in_base64_is_read(lab: Lab) -> None:
    """base64: true takes the key file with the line breaks that `base64` puts in."""
    answer = lab.generate(privateKey=lab.base64_key, base64=True, verify=True)
    expect(lab.is_signed(lab.token(answer)), "the token of a base64 key does not verify", answer)


@check("jwt.x-headers", "jwt.x-credentials-hidden")
def credentials_of_an_x_app_stay_hidden(lab: Lab) -> None:
    """They are accepted in headers, and the url does not show them."""
    key, secret = "consumer-key-of-a-test", "consumer-secret-of-a-test"
    answer = lab.generate(
        headers={"X-Twitter-OAuth1-Api-Key": key, "X-Twitter-OAuth1-Api-Secret": secret}
    )
    expect(answer.status == 200, "X credentials in headers are refused", answer)
    url = str(answer.fields.get("url"))
    expect(key not in url and secret not in url, "X credentials stand in the url", answer)


@check("jwt.unknown-fields")
def unknown_fields_are_ignored(lab: Lab) -> None:
    """A field that nobody knows changes nothing; SDKs send source."""
    answer = lab.generate(source="fakeayr-contract", noSuchField=True)
    expect(answer.status == 200, "an unknown field is refused", answer)


@check("jwt.verify-good", "jwt.good-url")
def a_good_key_is_verified_and_opens(lab: Lab) -> None:
    """verify: true accepts the domain's key, and the url opens."""
    answer = lab.generate(verify=True)
    expect(answer.status == 200, "verify refuses the domain's key", answer)
    page = lab.opened(answer)
    expect(page.status == 200, f"the url opens with {page.status}", page)


@check("jwt.no-verify-corrupt", "jwt.corrupt-url")
def a_corrupt_key_gives_a_url_that_does_not_open(lab: Lab) -> None:
    """Without verify the fault shows only when the url is opened."""
    answer = lab.generate(privateKey=lab.corrupt_key)
    expect(answer.status == 200, "a corrupt key is refused without verify", answer)
    page = lab.opened(answer)
    expect(page.status == 401, f"the url of a corrupt key opens with {page.status}", page)
