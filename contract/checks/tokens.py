"""generateJWT: what it returns, and the token in it."""

import base64
import time
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fakeayr.ayrshare import tokens
from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES, EXPIRES_IN_MAX_MINUTES
from fakeayr.client.tokens import make_token, url_parameters
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_fields, expect_success
from fakeayr.contract.server import Answer
from fakeayr.contract.session import (
    CLOCKS_DIFFER_SECONDS,
    NOBODYS_KEY,
    ContractSession,
    CreatedProfile,
)

_REDIRECT: Final = "https://shop.example/connected?customer=" + "a" * 200
_X_KEY: Final = "consumer-key-of-a-test"
_X_SECRET: Final = "consumer-secret-of-a-test"


def _expect_sound(
    session: ContractSession,
    answer: Answer,
    *,
    profile: CreatedProfile | None = None,
    minutes: int | None = None,
) -> None:
    """Checks all that holds of every response with a token, whatever was asked for."""
    profile = profile or session.profile
    _expect_url(session, answer, profile)
    shown = None if minutes is None else f"{minutes}m"
    expect_fields(answer, expiresIn=shown)
    expect("emailSent" not in answer.fields, "emailSent is returned unasked", answer)
    _expect_header(session, answer)
    _expect_signature(session, answer)
    _expect_claims(session, answer, profile)
    _expect_lifetime(session, answer, minutes or EXPIRES_IN_DEFAULT_MINUTES)


def _expect_url(session: ContractSession, answer: Answer, profile: CreatedProfile) -> None:
    url = str(answer.fields.get("url"))
    query, parts = url_parameters(url), urlsplit(url)
    expect_success(answer, title=profile.title)
    expect(query.get("jwt") == answer.fields.get("token"), "the url does not carry it", answer)
    expect(query.get("domain") == session.target.credentials.domain, "no domain in the url", answer)
    expect(parts.scheme in {"http", "https"} and parts.hostname, "the url has no host", answer)


def _expect_header(session: ContractSession, answer: Answer) -> None:
    header = session.token(answer).header
    expect(header == {"alg": "RS256", "typ": "JWT"}, f"the header is {header}", answer)


def _expect_signature(session: ContractSession, answer: Answer) -> None:
    is_signed = session.is_signed(session.token(answer))
    expect(is_signed, "the signature does not fit the key sent", answer)


def _expect_claims(session: ContractSession, answer: Answer, profile: CreatedProfile) -> None:
    claims, known = session.token(answer).claims, session.target.credentials
    expect(set(claims) == tokens.CLAIMS, f"the claims are {sorted(claims)}", answer)
    for name, value in (
        ("apiKey", known.api_key),
        ("profileKey", profile.key),
        ("aud", tokens.AUDIENCE),
        ("iss", known.domain),
        ("sub", tokens.SUBJECT),
    ):
        expect(claims[name] == value, f"the claim {name} has another value", answer)


def _expect_lifetime(session: ContractSession, answer: Answer, minutes: int) -> None:
    issued, lifetime = session.token(answer).claims["iat"], session.lifetime(answer)
    is_now = abs(time.time() - issued) <= CLOCKS_DIFFER_SECONDS
    expect(is_now, f"iat is {issued}, not now", answer)
    expect(lifetime == minutes * 60, f"exp is iat + {lifetime}, not {minutes * 60}", answer)


@check(
    "jwt.status",
    "jwt.title",
    "jwt.header",
    "jwt.claims",
    "jwt.signature",
    "jwt.expires-in-only-asked",
    "jwt.email-sent-only-asked",
)
def a_token_is_sound_whatever_is_asked(session: ContractSession) -> None:
    """What else is asked for changes nothing else of a token."""
    variants: tuple[dict[str, Any], ...] = (
        {"verify": True},
        {"verify": False},
        {"base64": False},
        {"logout": True},
        {"logout": False},
        {"allowedSocial": ["facebook", "twitter"]},
        {"allowedSocial": ["gmb"]},
        {"redirect": _REDIRECT},
        {"verify": True, "redirect": _REDIRECT, "logout": True},
        {"instagramLinkMethod": "instagram"},
        {"privateKey": session.base64_key, "base64": True},
        {"privateKey": session.target.credentials.private_key.strip()},
    )
    for fields in variants:
        _expect_sound(session, session.generate(**fields))
    other = session.create_profile(f"{session.title()} ü & more")
    for profile in (other, session.profile, other):
        _expect_sound(session, session.generate(profile), profile=profile)
        _expect_sound(session, session.generate(profile, verify=True), profile=profile)
    _expect_sound(session, session.generate(expiresIn=7, verify=True), minutes=7)


@check("jwt.status", "jwt.title", "jwt.url-token", "jwt.url-domain", "jwt.url-scheme")
def a_linking_url_is_answered(session: ContractSession) -> None:
    """A linking URL carries the token and the domain."""
    _expect_url(session, session.generate(), session.profile)


@check("jwt.header")
def the_token_is_rs256(session: ContractSession) -> None:
    """The token is signed with RS256."""
    _expect_header(session, session.generate())


@check("jwt.signature")
def the_token_verifies(session: ContractSession) -> None:
    """The token verifies with the account's public key."""
    _expect_signature(session, session.generate())


@check("jwt.claims", "jwt.api-key", "jwt.profile-key", "jwt.audience", "jwt.issuer", "jwt.subject")
def the_claims_are_the_documented_ones(session: ContractSession) -> None:
    """The token has the seven documented claims, with their values."""
    _expect_claims(session, session.generate(), session.profile)


@check("jwt.issued", "jwt.default-lifetime")
def a_token_lives_five_minutes(session: ContractSession) -> None:
    """A token lives five minutes."""
    _expect_lifetime(session, session.generate(), EXPIRES_IN_DEFAULT_MINUTES)


@check("jwt.expires-in", "jwt.expires-in-shown")
def expires_in_counts_minutes(session: ContractSession) -> None:
    """The field expiresIn counts minutes."""
    for minutes in (30, 61):
        _expect_sound(session, session.generate(expiresIn=minutes), minutes=minutes)


@check("jwt.expires-in-legacy")
def the_older_spelling_is_understood(session: ContractSession) -> None:
    """The older spelling expireIn works."""
    for minutes in (10, 60):
        _expect_sound(session, session.generate(expireIn=minutes), minutes=minutes)


@check("jwt.expires-in-only-asked", "jwt.email-sent-only-asked")
def nothing_is_answered_that_was_not_asked(session: ContractSession) -> None:
    """The fields expiresIn and emailSent are returned only when asked for."""
    answer = session.generate()
    expect("expiresIn" not in answer.fields, "expiresIn is returned unasked", answer)
    expect("emailSent" not in answer.fields, "emailSent is returned unasked", answer)


@check("jwt.redirect-short")
def a_redirect_is_shortened(session: ContractSession) -> None:
    """A redirect is shortened in the linking URL, and the short one leads to it."""
    plain = len(url_parameters(str(session.generate().fields.get("url"))))
    for long in (_REDIRECT, "https://shop.example/linked?origin=true"):
        answer = session.generate(redirect=long)
        expect(answer.status == 200, "a redirect is refused", answer)
        query = url_parameters(str(answer.fields.get("url")))
        shown = query.get("redirect", "")
        expect(len(query) > plain, "the url knows of no redirect", answer)
        expect(long not in shown, "the redirect stands in the url unshortened", answer)
        if shown.startswith(("http://", "https://")):
            short = session.target.open(shown)
            leads = short.headers.get("location")
            if 300 <= short.status < 400:
                expect(leads == long, f"the short link leads to {leads}", short)
            else:
                expect(short.status < 400, f"the short link opens with {short.status}", short)


@check("jwt.base64")
def a_key_in_base64_is_read(session: ContractSession) -> None:
    """A private key in base64 is accepted."""
    one_line = "".join(session.base64_key.split())
    for key in (session.base64_key, one_line):
        for verify in (True, False):
            answer = session.generate(privateKey=key, base64=True, verify=verify)
            signed = session.is_signed(session.token(answer))
            expect(signed, "the token of a base64 key does not verify", answer)


@check("jwt.x-headers", "jwt.x-credentials-hidden")
def credentials_of_an_x_app_stay_hidden(session: ContractSession) -> None:
    """X credentials in headers are accepted, and the linking URL does not show them."""
    _expect_hidden(session, session.generate(headers={X_APP_KEY: _X_KEY, X_APP_SECRET: _X_SECRET}))


@check("jwt.x-body", "jwt.x-credentials-hidden")
def credentials_of_an_x_app_in_the_body_stay_hidden(session: ContractSession) -> None:
    """X credentials in the body are accepted, and the linking URL does not show them."""
    _expect_hidden(session, session.generate(twitterApiKey=_X_KEY, twitterApiSecret=_X_SECRET))


def _expect_hidden(session: ContractSession, answer: Answer) -> None:
    expect(answer.status == 200, "X credentials are refused", answer)
    for secret in (_X_KEY, _X_SECRET):
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]
        shown = unquote(answer.text)
        expect(secret not in shown and encoded not in shown, "X credentials are shown", answer)
    _expect_sound(session, answer)


@check("jwt.verify-good", "jwt.good-url")
def a_good_key_is_verified_and_opens(session: ContractSession) -> None:
    """The domain's private key passes verify, and the linking URL opens."""
    key = session.target.credentials.private_key
    variants: tuple[dict[str, Any], ...] = (
        {"verify": True},
        {},
        {"privateKey": session.base64_key, "base64": True, "verify": True},
        {"redirect": _REDIRECT, "allowedSocial": ["facebook"]},
        {"privateKey": key.rstrip(), "expiresIn": EXPIRES_IN_MAX_MINUTES},
    )
    for fields in variants:
        answer = session.generate(**fields)
        expect(answer.status == 200, f"{sorted(fields)}: it is refused", answer)
        for _ in range(2):  # A reload.
            page = session.opened(answer)
            expect(page.status == 200, f"the url opens with {page.status}", page)


@check("jwt.no-verify-corrupt", "jwt.corrupt-url")
def a_corrupt_key_gives_a_url_that_does_not_open(session: ContractSession) -> None:
    """Without verify, a corrupt key gives a linking URL that does not open."""
    for key in (session.corrupt_key, session.half_key, session.foreign_key):
        variants: tuple[dict[str, Any], ...] = ({}, {"verify": False})
        for fields in variants:
            answer = session.generate(privateKey=key, **fields)
            expect_success(answer, "a corrupt key is refused without verify")
            page = session.opened(answer)
            expect(page.status == 401, f"the url of a corrupt key opens with {page.status}", page)


@check("jwt.bad-url")
def a_bad_token_opens_nothing(session: ContractSession) -> None:
    """A linking URL whose token is expired, changed or missing opens with 401."""
    answer = session.generate()
    good, url = session.token(answer), str(answer.fields.get("url"))
    key, now = session.target.credentials.private_key, int(time.time())
    claims = {**good.claims, "iat": now - 7200, "exp": now - 3600}
    head, middle, signature = good.text.split(".")
    unsigned = make_token(key, good.claims, alg="none").rpartition(".")[0]
    for what, token in (
        ("expired", make_token(key, claims)),
        ("of another key", make_token(session.foreign_key, good.claims)),
        ("of nobody's profile", make_token(key, {**good.claims, "profileKey": NOBODYS_KEY})),
        ("with another signature", f"{head}.{middle}.{signature[::-1]}"),
        ("without a signature", f"{unsigned}."),
        ("of another algorithm", make_token(key, good.claims, alg="HS256")),
        ("that is none", "nonsense"),
        ("that is empty", ""),
    ):
        page = session.target.open(url.replace(good.text, token))
        expect(page.status == 401, f"the url of a token {what} opens with {page.status}", page)
