"""Linking tokens: JSON Web Tokens, signed with RS256 by the account's private key."""

from base64 import urlsafe_b64encode
from enum import StrEnum
from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from fakeayr.ayrshare import errors
from fakeayr.ayrshare import tokens as facts
from fakeayr.domain.accounts import Account
from fakeayr.domain.tenants import Tenant
from fakeayr.errors import FakeayrError


class _Rs256(RSAAlgorithm):
    """RS256 for keys of any size."""

    def check_key_length(self, key: object) -> None:
        """Lets 1024 bits pass without a warning: Ayrshare's own keys have no more."""


_RS256: Final = _Rs256(RSAAlgorithm.SHA256)
_JWS: Final = jwt.PyJWS(algorithms=[])
_JWS.register_algorithm("RS256", _RS256)
_LONGEST_TOKEN: Final = 16_384


class Claims(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The claims of a linking token, in the order in which Ayrshare writes them.

    `iat` and `exp` are UNIX seconds.
    """

    api_key: str
    profile_key: str
    iat: float = 0
    exp: float
    aud: str
    iss: str
    sub: str = ""


class LinkProblem(StrEnum):
    """Why a linking URL is not good, in a word; the page and `inspect` say it in a sentence."""

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    CLAIMS = "claims"
    API_KEY = "api-key"
    DOMAIN = "domain"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    ISSUER = "issuer"
    EXPIRED = "expired"
    PROFILE = "profile"
    REVOKED = "revoked"
    UNKNOWN_SESSION = "unknown-session"
    SUSPENDED = "suspended"


EXPLANATIONS: Final[dict[LinkProblem, str]] = {
    LinkProblem.MISSING: "The URL carries neither a jwt nor a session parameter. Open the whole "
    "url of the answer, not a part of it.",
    LinkProblem.MALFORMED: "The token is not a JSON Web Token. It may have been cut off or "
    "re-encoded on its way into the URL.",
    LinkProblem.ALGORITHM: "The token is not signed with RS256. Sign it with the account's RSA "
    "private key, or let generateJWT do it.",
    LinkProblem.CLAIMS: "The token lacks a claim or has one of the wrong type. It needs apiKey, "
    "profileKey, exp (UNIX seconds), aud and iss.",
    LinkProblem.API_KEY: "The token's apiKey belongs to no account of this server.",
    LinkProblem.DOMAIN: "The URL's domain is not the one given at onboarding.",
    LinkProblem.SIGNATURE: "The token's signature does not fit the account's key. The privateKey "
    "sent to generateJWT was damaged, or it belongs to another domain.",
    LinkProblem.AUDIENCE: f"The token's aud is not {facts.AUDIENCE}.",
    LinkProblem.ISSUER: "The token's iss is not the domain given at onboarding.",
    LinkProblem.EXPIRED: "The link has expired. Ask the API for a new one when the person clicks; "
    "do not keep links.",
    LinkProblem.PROFILE: "The profile of this link does not exist. It was deleted, or its key is "
    "wrong.",
    LinkProblem.REVOKED: errors.LINK_SESSION_REVOKED.message,
    LinkProblem.UNKNOWN_SESSION: "This link session does not exist.",
    LinkProblem.SUSPENDED: "The profile is suspended: its page returns 403 until it is not.",
}
"""What each problem means to the integrator who meets it."""


class BadLink(FakeayrError):
    """A linking URL whose opening Ayrshare refuses with 401.

    Args:
        problem: The check that failed.
        tenant: The account that the URL claims to be of, if it exists.
    """

    def __init__(self, problem: LinkProblem, tenant: Tenant | None = None) -> None:
        super().__init__(EXPLANATIONS[problem])
        self.problem = problem
        self.tenant = tenant


def _segment(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


_HEADER: Final = _segment(b'{"alg":"RS256","typ":"JWT"}') + b"."


def sign(
    account: Account,
    profile_key: str,
    *,
    seconds: int,
    now: float,
    key: RSAPrivateKey | bytes,
) -> str:
    """A linking token for a profile.

    Args:
        account: The account.
        profile_key: The profile.
        seconds: Lifetime.
        now: The account's time.
        key: Signs it; or, for a key that cannot be used, the bytes to stand where the signature
            belongs. Such a token looks right, and its opening fails.
    """
    issued = int(now)
    claims = Claims(
        api_key=account.api_key,
        profile_key=profile_key,
        iat=issued,
        exp=issued + seconds,
        aud=facts.AUDIENCE,
        iss=account.domain,
        sub=facts.SUBJECT,
    )
    text = _HEADER + _segment(msgspec.json.encode(claims))
    signature = key if isinstance(key, bytes) else _RS256.sign(text, key)
    return (text + b"." + _segment(signature)).decode()


def claimed_api_key(token: str) -> str:
    """The API key that a token claims, before anything about it is believed.

    Raises:
        BadLink: It is no token, or claims no API key.
    """
    if not token or len(token) > _LONGEST_TOKEN:
        raise BadLink(LinkProblem.MALFORMED)
    claims = _decode(token)
    api_key = claims.get("apiKey")
    if not isinstance(api_key, str):
        raise BadLink(LinkProblem.CLAIMS)
    return api_key


def read_claims(token: str) -> dict[str, Any]:
    """What a token claims, before anything about it is believed; empty if it is none."""
    try:
        return _decode(token)
    except BadLink:
        return {}


def check(token: str, tenant: Tenant) -> Claims:
    """Checks a token of an account for real, whoever signed it, and returns its claims.

    Whether its time is over is for the caller to see.

    Args:
        token: The token.
        tenant: The account whose API key the token claims.

    Raises:
        BadLink: With the first check that failed.
    """
    account = tenant.account
    payload = _decode(token, tenant)
    try:
        claims = msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise BadLink(LinkProblem.CLAIMS, tenant) from error
    if claims.aud != facts.AUDIENCE:
        raise BadLink(LinkProblem.AUDIENCE, tenant)
    if claims.iss != account.domain:
        raise BadLink(LinkProblem.ISSUER, tenant)
    return claims


def _decode(token: str, tenant: Tenant | None = None) -> dict[str, Any]:
    """A token's claims; its signature is checked if the tenant is given."""
    key: RSAPublicKey | None = None
    if tenant is not None:
        key = tenant.world.private_keys.public_key(tenant.account.private_key)
    # Only the signature is checked here; claims are compared by hand, against the account's clock.
    # An `iat` in the future is accepted: the vendor's library does not look at it, and
    # integrators' clocks run ahead.
    try:
        payload = _JWS.decode(
            token,
            key or "",
            algorithms=["RS256"],
            options={"verify_signature": key is not None},
        )
        claims = msgspec.json.decode(payload)
    except jwt.InvalidAlgorithmError as error:
        raise BadLink(LinkProblem.ALGORITHM, tenant) from error
    except jwt.InvalidSignatureError as error:
        raise BadLink(LinkProblem.SIGNATURE, tenant) from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadLink(LinkProblem.MALFORMED, tenant) from error
    if not isinstance(claims, dict):
        raise BadLink(LinkProblem.CLAIMS, tenant)
    return claims
