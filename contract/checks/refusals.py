"""generateJWT: what it refuses."""

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES
from fakeayr.contract.checks import check
from fakeayr.contract.session import ContractSession, FactBroken, expect, expect_refusal


@check("jwt.no-start-line")
def a_key_without_armour_is_refused(session: ContractSession) -> None:
    """A private key without PEM armour is refused."""
    expect_refusal(session.generate(privateKey="not a key"), "PrivateKeyNoStartLine")


@check("jwt.verify-corrupt")
def verify_refuses_a_corrupt_key(session: ContractSession) -> None:
    """A corrupt private key is refused with verify."""
    answer = session.generate(privateKey=session.corrupt_key, verify=True)
    expect_refusal(answer, "PrivateKeyUnusable")


@check("jwt.verify-foreign")
def verify_refuses_a_foreign_key(session: ContractSession) -> None:
    """Another domain's private key is refused with verify."""
    answer = session.generate(privateKey=session.foreign_key, verify=True)
    expect_refusal(answer, "PrivateKeyForeign")


@check("jwt.x-half")
def half_a_pair_of_x_credentials_is_refused(session: ContractSession) -> None:
    """Half a pair of X credentials is refused."""
    for answer in (
        session.generate(twitterApiKey="key"),
        session.generate(twitterApiSecret="secret"),
        session.generate(headers={X_APP_KEY: "key"}),
        session.generate(headers={X_APP_SECRET: "secret"}),
    ):
        expect_refusal(answer, "XCredentialsIncomplete")


@check("jwt.x-twice")
def x_credentials_in_headers_and_body_are_refused(session: ContractSession) -> None:
    """X credentials in headers and body at once are refused."""
    answer = session.generate(
        headers={X_APP_KEY: "key", X_APP_SECRET: "secret"},
        twitterApiKey="key",
        twitterApiSecret="secret",
    )
    expect_refusal(answer, "XCredentialsTwice")


@check("jwt.api-key-as-profile-key")
def the_api_key_is_no_profile_key(session: ContractSession) -> None:
    """The API key does not work as a profileKey."""
    answer = session.generate(profileKey=session.target.credentials.api_key)
    expect_refusal(answer, "ProfileKeyInvalid")


@check("jwt.domain")
def another_domain_is_refused(session: ContractSession) -> None:
    """A domain other than the one given at onboarding is refused."""
    answer = session.generate(domain="not-the-domain-given-at-onboarding")
    expect_refusal(answer, "DomainNotValid")


@check("jwt.required")
def three_fields_are_required(session: ContractSession) -> None:
    """A call of generateJWT requires domain, privateKey and profileKey."""
    for name in ("domain", "privateKey", "profileKey"):
        answer = session.generate(**{name: None})
        try:
            expect_refusal(answer, status=400)
        except FactBroken as error:
            raise FactBroken(f"without {name}: {error}", answer) from error


@check("jwt.expires-in-range")
def an_expiry_out_of_range_is_refused(session: ContractSession) -> None:
    """An expiresIn out of range is refused."""
    for minutes in (0, -1, 0.5, EXPIRES_IN_MAX_MINUTES + 1):
        answer = session.generate(expiresIn=minutes)
        refused = answer.status == 400 and answer.fields.get("status") == "error"
        expect(refused, f"expiresIn {minutes} is not refused with 400", answer)
    longest = session.generate(expiresIn=EXPIRES_IN_MAX_MINUTES)
    expect(longest.status == 200, f"expiresIn {EXPIRES_IN_MAX_MINUTES} is refused", longest)


@check("jwt.expires-in-type")
def an_expiry_is_a_number(session: ContractSession) -> None:
    """An expiresIn that is a text is refused."""
    expect_refusal(session.generate(expiresIn="thirty"), status=400)
