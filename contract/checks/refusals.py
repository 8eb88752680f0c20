"""generateJWT: what it refuses."""

import base64
from typing import Any, Final

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import about, expect, expect_refusal
from fakeayr.contract.session import GENERATE_PATH, ContractSession

_OTHER_MINUTES: Final[tuple[Any, ...]] = (0, -1, 0.5, -30, EXPIRES_IN_MAX_MINUTES + 1, 10**9)
_NO_MINUTES: Final[tuple[Any, ...]] = ("thirty", "30", True, [30])


@check("jwt.no-start-line")
def a_key_without_armour_is_refused(session: ContractSession) -> None:
    """A private key without PEM armour is refused."""
    bare = "".join(session.target.credentials.private_key.splitlines()[1:-1])
    encoded = base64.b64encode(b"not a key").decode()
    variants: tuple[dict[str, Any], ...] = (
        {"privateKey": "not a key"},
        {"privateKey": "not a key", "verify": True},
        {"privateKey": bare},
        {"privateKey": encoded, "base64": True},
        {"privateKey": session.base64_key},
    )
    for fields in variants:
        expect_refusal(session.generate(**fields), "PrivateKeyNoStartLine")


@check("jwt.verify-corrupt")
def verify_refuses_a_corrupt_key(session: ContractSession) -> None:
    """A corrupt private key is refused with verify."""
    for key in (session.corrupt_key, session.half_key):
        _expect_verified_refusal(session, key, "PrivateKeyUnusable")


@check("jwt.verify-foreign")
def verify_refuses_a_foreign_key(session: ContractSession) -> None:
    """Another domain's private key is refused with verify."""
    _expect_verified_refusal(session, session.foreign_key, "PrivateKeyForeign")


def _expect_verified_refusal(session: ContractSession, key: str, error: str) -> None:
    """Checks that verify refuses a key, also in base64."""
    encoded = base64.b64encode(key.encode()).decode()
    expect_refusal(session.generate(privateKey=key, verify=True), error)
    expect_refusal(session.generate(privateKey=encoded, base64=True, verify=True), error)


@check("jwt.x-half")
def half_a_pair_of_x_credentials_is_refused(session: ContractSession) -> None:
    """Half a pair of X credentials is refused."""
    for answer in (
        session.generate(twitterApiKey="key"),
        session.generate(twitterApiSecret="secret"),
        session.generate(headers={X_APP_KEY: "key"}),
        session.generate(headers={X_APP_SECRET: "secret"}),
        session.generate(twitterApiKey="key", verify=True),
    ):
        expect_refusal(answer, "XCredentialsIncomplete")


@check("jwt.x-twice")
def x_credentials_in_headers_and_body_are_refused(session: ContractSession) -> None:
    """X credentials in headers and body at once are refused, halves too."""
    header = {X_APP_KEY: "key", X_APP_SECRET: "secret"}
    body = {"twitterApiKey": "key", "twitterApiSecret": "secret"}
    twice: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
        (header, body),
        ({X_APP_KEY: "key"}, {"twitterApiSecret": "secret"}),
        ({X_APP_SECRET: "secret"}, {"twitterApiKey": "key"}),
        (header, {"twitterApiKey": "key"}),
        ({X_APP_KEY: "key"}, body),
    )
    for headers, fields in twice:
        expect_refusal(session.generate(headers=headers, **fields), "XCredentialsTwice")


@check("jwt.domain")
def another_domain_is_refused(session: ContractSession) -> None:
    """A domain other than the one given at onboarding is refused."""
    known = session.target.credentials.domain
    for domain in ("not-the-domain-given-at-onboarding", f"{known}x", f"https://{known}"):
        for verify in (False, True):
            expect_refusal(session.generate(domain=domain, verify=verify), "DomainNotValid")


@check("jwt.required")
def three_fields_are_required(session: ContractSession) -> None:
    """A call of generateJWT requires domain, privateKey and profileKey."""
    whole = session.jwt_body(session.profile)
    for name in ("domain", "privateKey", "profileKey"):
        rest = {field: value for field, value in whole.items() if field != name}
        for body in (rest, {**rest, name: None}, {**rest, name: 7}, {**rest, "verify": True}):
            with about(f"{name} is {body.get(name, 'missing')}"):
                refused = session.call("POST", GENERATE_PATH, body=body)
                expect_refusal(refused, "InvalidParameters")
    expect_refusal(session.call("POST", GENERATE_PATH, body={}), "InvalidParameters")


@check("jwt.expires-in-range")
def an_expiry_out_of_range_is_refused(session: ContractSession) -> None:
    """An expiresIn out of range is refused."""
    for minutes in _OTHER_MINUTES:
        _expect_expiry_refused(session, minutes)
    for name in ("expiresIn", "expireIn"):
        for minutes in (1, EXPIRES_IN_MAX_MINUTES):
            asked: dict[str, Any] = {name: minutes}
            edge = session.generate(**asked)
            expect(edge.status == 200, f"{name} {minutes} is refused", edge)
            lifetime = session.lifetime(edge)
            expect(lifetime == minutes * 60, f"{name} {minutes} gives {lifetime} seconds", edge)


@check("jwt.expires-in-type")
def an_expiry_is_a_number(session: ContractSession) -> None:
    """An expiresIn that is a text is refused."""
    for minutes in _NO_MINUTES:
        _expect_expiry_refused(session, minutes)


def _expect_expiry_refused(session: ContractSession, minutes: Any) -> None:
    for name in ("expiresIn", "expireIn"):
        answer = session.generate(**{name: minutes})
        refused = answer.status == 400 and answer.fields.get("status") == "error"
        expect(refused, f"{name} {minutes!r} is not refused with 400", answer)
