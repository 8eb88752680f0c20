"""The facts that checks guard, each in one sentence. A failed check is told by its fact."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that Ayrshare documents.

    Attributes:
        id: Its name in reports.
        sentence: What is true of Ayrshare.
    """

    id: str
    sentence: str


_ALL: Final = (
    # Everywhere
    Fact("json.content-type", "Answers are `application/json; charset=utf-8`, to the letter."),
    Fact("errors.shape", "An error has action, status: error, code and message."),
    Fact("errors.unknown-path", "An unknown path is answered 404 in the error shape."),
    Fact("errors.method", "A known path answers another method with 405."),
    Fact("errors.malformed-json", "A body that is not JSON is refused with 400."),
    Fact("auth.required", "Every operation wants an API key and answers 401 without one."),
    Fact("auth.unknown-key", "An API key of nobody is answered 401, code 102."),
    Fact("auth.profile-key-is-no-api-key", "A profile key does not work as an API key."),
    Fact("auth.empty-profile-key", "An empty Profile-Key header is refused with code 144."),
    Fact("auth.unknown-profile-key", "An unknown profile key is refused with code 144."),
    Fact("rate.headers", "Where limits are told, x-ratelimit-max and -count are whole numbers."),
    # generateJWT: the answer and its token
    Fact("jwt.status", "generateJWT answers 200 with status: success."),
    Fact("jwt.title", "title is the profile's title."),
    Fact("jwt.header", 'The token\'s header is {"alg": "RS256", "typ": "JWT"} and no more.'),
    Fact("jwt.signature", "The token verifies with the public half of the private key sent."),
    Fact("jwt.api-key", "The claim apiKey is the account's API key."),
    Fact("jwt.profile-key", "The claim profileKey is the profile's key."),
    Fact("jwt.audience", "The claim aud is https://app.ayrshare.com."),
    Fact("jwt.issuer", "The claim iss is the domain."),
    Fact("jwt.subject", "The claim sub is support@ayrshare.com."),
    Fact("jwt.issued", "The claim iat is now, in UNIX seconds."),
    Fact("jwt.default-lifetime", "Without expiresIn, exp is iat + 300 seconds."),
    Fact("jwt.claims", "The token has exactly seven claims."),
    Fact("jwt.url-token", "The url carries the token."),
    Fact("jwt.url-domain", "The url carries the domain."),
    Fact("jwt.url-scheme", "The url can be opened: it is http or https with a host."),
    Fact("jwt.expires-in", "expiresIn counts minutes: exp is iat + 60 * expiresIn."),
    Fact("jwt.expires-in-legacy", "The older spelling expireIn does the same."),
    Fact("jwt.expires-in-shown", "expiresIn: 30 is answered as 30m."),
    Fact("jwt.expires-in-only-asked", "expiresIn stands in the answer only when it was asked for."),
    Fact("jwt.email-sent-only-asked", "emailSent stands in the answer only with an e-mail."),
    Fact("jwt.expires-in-range", "expiresIn beyond 1 to 2880 minutes is refused with 400."),
    Fact("jwt.expires-in-type", "expiresIn is a number; a text is refused with 400."),
    Fact("jwt.redirect-short", "The redirect is shortened in the url."),
    Fact("jwt.base64", "base64: true takes the key file in base64, also with line breaks."),
    Fact("jwt.x-credentials-hidden", "Credentials of an X app never stand in the url."),
    Fact("jwt.x-headers", "Credentials of an X app are accepted in headers."),
    Fact("jwt.unknown-fields", "Unknown fields are ignored."),
    # generateJWT: refusals
    Fact("jwt.no-start-line", "A privateKey without armour is refused: 400, code 189."),
    Fact("jwt.verify-corrupt", "verify: true refuses a corrupt key: 400, code 189."),
    Fact("jwt.no-verify-corrupt", "Without verify a corrupt key still gives a url."),
    Fact("jwt.corrupt-url", "The url of a corrupt key opens with 401."),
    Fact("jwt.verify-foreign", "verify: true refuses a key of another domain: 400, code 189."),
    Fact("jwt.verify-good", "verify: true accepts the domain's key."),
    Fact("jwt.good-url", "The url of a good key opens with 200."),
    Fact("jwt.x-half", "Half a pair of X credentials is refused: 400, code 188."),
    Fact("jwt.x-twice", "X credentials in headers and body are refused: 400, code 434."),
    Fact("jwt.api-key-as-profile-key", "The API key is refused as profileKey."),
    Fact("jwt.domain", "Another domain than the one given at onboarding is refused, code 188."),
    Fact("jwt.required", "domain, privateKey and profileKey are required."),
    # Profiles
    Fact(
        "profiles.created", "Creating a profile answers title, refId, profileKey, messagingActive."
    ),
    Fact(
        "profiles.shapes", "A refId is 40 hexadecimal digits, a profile key four groups of seven."
    ),
    Fact("profiles.key-once", "A profile key is shown at creation and never again."),
    Fact("profiles.title-unique", "A title in use is refused: 400, code 146."),
    Fact("profiles.title-case", "Titles are case-sensitive."),
    Fact("profiles.title-required", "A profile needs a title."),
    Fact("profiles.listed", "A new profile is listed with title, refId, created and createdUTC."),
    Fact("profiles.filter-title", "GET /profiles?title= answers exactly that profile."),
    Fact("profiles.filter-ref-id", "GET /profiles?refId= answers exactly that profile."),
    Fact("profiles.paging", "Pages are complete and repeat nothing."),
    Fact("profiles.limit", "A page has no more entries than limit says."),
    Fact("profiles.no-primary", "The primary profile is never listed."),
    Fact("profiles.changed", "PATCH changes a profile named by the Profile-Key header."),
    Fact("profiles.changed-by-body", "PATCH changes a profile named by the body's profileKey."),
    Fact("profiles.deleted", "A deleted profile is gone from the list, from /user and for tokens."),
    Fact("profiles.deleted-url", "The linking URL of a deleted profile opens with 401."),
    Fact("profiles.deleted-by-title", "DELETE /profiles finds a profile by its title."),
    # User, links and webhooks
    Fact("user.profile", "GET /user answers the title and refId of the profile that is named."),
    Fact("user.nothing-linked", "activeSocialAccounts is absent while nothing is linked."),
    Fact("user.linked", "A link shows up in GET /user and GET /profiles at once."),
    Fact("social.unlink", "Unlinking answers 200 even where nothing was linked."),
    Fact("webhooks.registered", "A registered webhook is listed under its action, and removed."),
    Fact("webhooks.https", "A webhook URL that is not https is refused."),
)

FACTS: Final = {fact.id: fact for fact in _ALL}
"""Every fact by its id."""
