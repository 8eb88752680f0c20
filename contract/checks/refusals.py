"""generateJWT: what it refuses, with which status, code and message."""

from typing import Final

from fakeayr.contract.checks import check
from fakeayr.contract.lab import Broken, Lab, expect, expect_refusal

_JWT_ERROR: Final = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. "
)
_WHOLE_FILE: Final = (
    "Also the entire private.key file including -----BEGIN RSA PRIVATE KEY----- and "
    "-----END RSA PRIVATE KEY-----. "
)
_X_KEY: Final = "X-Twitter-OAuth1-Api-Key"
_X_SECRET: Final = "X-Twitter-OAuth1-Api-Secret"


@check("jwt.no-start-line")
def a_key_without_armour_is_refused(lab: Lab) -> None:
    """400, code 189, and the message of the documentation."""
    message = _JWT_ERROR + "Error: error:0909006C:PEM routines:get_name:no start line"
    expect_refusal(lab.generate(privateKey="not a key"), 400, code=189, message=message)


@check("jwt.verify-corrupt")
def verify_refuses_a_corrupt_key(lab: Lab) -> None:
    """400, code 189, and the message of the documentation."""
    message = (
        _JWT_ERROR
        + _WHOLE_FILE
        + "Error: secretOrPrivateKey must be an asymmetric key when using RS256"
    )
    answer = lab.generate(privateKey=lab.corrupt_key, verify=True)
    expect_refusal(answer, 400, code=189, message=message)


@check("jwt.verify-foreign")
def verify_refuses_a_foreign_key(lab: Lab) -> None:
    """A good key of another domain: 400, code 189."""
    answer = lab.generate(privateKey=lab.foreign_key, verify=True)
    expect_refusal(answer, 400, code=189)


@check("jwt.x-half")
def half_a_pair_of_x_credentials_is_refused(lab: Lab) -> None:
    """In headers as in the body: 400, code 188, and the message of the documentation."""
    message = "Both twitterApiKey and twitterApiSecret are required. You provided only one."
    for answer in (
        lab.generate(twitterApiKey="key"),
        lab.generate(twitterApiSecret="secret"),
        lab.generate(headers={_X_KEY: "key"}),
        lab.generate(headers={_X_SECRET: "secret"}),
    ):
        expect_refusal(answer, 400, code=188, message=message)


@check("jwt.x-twice")
def x_credentials_in_headers_and_body_are_refused(lab: Lab) -> None:
    """400, code 434, and the message of the documentation."""
    message = (
        "X/Twitter API credentials were provided in both the request headers and the request "
        "body. Please use the headers only. "
        "See https://www.ayrshare.com/docs/apis/profiles/generate-jwt"
    )
    answer = lab.generate(
        headers={_X_KEY: "key", _X_SECRET: "secret"},
        twitterApiKey="key",
        twitterApiSecret="secret",
    )
    expect_refusal(answer, 400, code=434, message=message)


@check("jwt.api-key-as-profile-key")
def the_api_key_is_no_profile_key(lab: Lab) -> None:
    """The status of this refusal is disputed; that it is refused is not."""
    answer = lab.generate(profileKey=lab.target.credentials.api_key)
    expect_refusal(answer, (400, 401, 403), code=144)


@check("jwt.domain")
def another_domain_is_refused(lab: Lab) -> None:
    """Code 188; it was seen with HTTP 200 and 400."""
    answer = lab.generate(domain="not-the-domain-given-at-onboarding")
    expect_refusal(answer, (200, 400), code=188)


@check("jwt.required")
def three_fields_are_required(lab: Lab) -> None:
    """Without any of them the call is refused."""
    for name in ("domain", "privateKey", "profileKey"):
        answer = lab.generate(**{name: None})
        try:
            expect_refusal(answer, 400)
        except Broken as error:
            raise Broken(f"without {name}: {error}", answer) from error


@check("jwt.expires-in-range")
def an_expiry_out_of_range_is_refused(lab: Lab) -> None:
    """Below 1 and above 2880 minutes."""
    for minutes in (0, -1, 0.5, 2881):
        answer = lab.generate(expiresIn=minutes)
        refused = answer.status == 400 and answer.fields.get("status") == "error"
        expect(refused, f"expiresIn {minutes} is not refused with 400", answer)
    expect(lab.generate(expiresIn=2880).status == 200, "expiresIn 2880 is refused")


@check("jwt.expires-in-type")
def an_expiry_is_a_number(lab: Lab) -> None:
    """A text is refused."""
    expect_refusal(lab.generate(expiresIn="thirty"), 400)
