"""Linking tokens: JSON Web Tokens, signed with RS256 by the account's private key."""

from base64 import urlsafe_b64encode
from enum import StrEnum
from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

from fakeayr.ayrshare import errors
from fakeayr.ayrshare import tokens as facts
from fakeayr.domain.linking import private_keys
from fakeayr.domain.model import Account


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


class Flaw(StrEnum):
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


EXPLANATIONS: Final[dict[Flaw, str]] = {
    Flaw.MISSING: "The URL carries neither a jwt nor a session parameter. Open the whole url of "
    "the answer, not a part of it.",
    Flaw.MALFORMED: "The token is not a JSON Web Token. It may have been cut off or re-encoded on "
    "its way into the URL.",
    Flaw.ALGORITHM: "The token is not signed with RS256. Sign it with the account's RSA private "
    "key, or let generateJWT do it.",
    Flaw.CLAIMS: "The token lacks a claim or has one of the wrong type. It needs apiKey, "
    "profileKey, exp (UNIX seconds), aud and iss.",
    Flaw.API_KEY: "The token's apiKey belongs to no account of this server.",
    Flaw.DOMAIN: "The URL's domain is not the one given at onboarding.",
    Flaw.SIGNATURE: "The token's signature does not fit the account's key. The privateKey sent to "
    "generateJWT was damaged, or it belongs to another domain.",
    Flaw.AUDIENCE: f"The token's aud is not {facts.AUDIENCE}.",
    Flaw.ISSUER: "The token's iss is not the domain given at onboarding.",
    Flaw.EXPIRED: "The link has expired. Ask the API for a new one when the person clicks; do not "
    "keep links.",
    Flaw.PROFILE: "The profile of this link does not exist. It was deleted, or its key is wrong.",
    Flaw.REVOKED: errors.LINK_SESSION_REVOKED.message,
    Flaw.UNKNOWN_SESSION: "This link session does not exist.",
    Flaw.SUSPENDED: "The profile is suspended: its page answers 403 until it is not.",
}
"""What each flaw means to the integrator who meets it."""


class BadToken(Exception):
    """A linking URL whose opening Ayrshare answers with 401.

    Args:
        flaw: The check that failed.
        account: The account that the URL claims to be of, if it exists.
    """

    def __init__(self, flaw: Flaw, account: Account | None = None) -> None:
        super().__init__(EXPLANATIONS[flaw])
        self.flaw = flaw
        self.account = account


def _segment(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


_HEADER: Final = _segment(b'{"alg":"RS256","typ":"JWT"}') + b"."


def _signing_input(account: Account, profile_key: str, seconds: int, now: float) -> bytes:
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
    return _HEADER + _segment(msgspec.json.encode(claims))


def sign(
    account: Account, profile_key: str, *, seconds: int, now: float, key: RSAPrivateKey
) -> str:
    """A linking token for a profile that lives `seconds`, signed with `key`."""
    text = _signing_input(account, profile_key, seconds, now)
    return (text + b"." + _segment(_RS256.sign(text, key))).decode()


def sign_in_vain(
    account: Account, profile_key: str, *, seconds: int, now: float, noise: bytes
) -> str:
    """A token as a key that cannot be used would give: it looks right, and its opening fails.

    Args:
        account: The account.
        profile_key: The profile.
        seconds: Lifetime.
        now: The account's time.
        noise: Bytes to stand where the signature belongs.
    """
    text = _signing_input(account, profile_key, seconds, now)
    return (text + b"." + _segment(noise)).decode()


def claimed_api_key(token: str) -> str:
    """The API key that a token claims, before anything about it is believed.

    Raises:
        BadToken: It is no token, or claims no API key.
    """
    if not token or len(token) > _LONGEST_TOKEN:
        raise BadToken(Flaw.MALFORMED)
    claims = _decode(token, key="", verify=False)
    api_key = claims.get("apiKey")
    if not isinstance(api_key, str):
        raise BadToken(Flaw.CLAIMS)
    return api_key


def check(token: str, account: Account) -> Claims:
    """Checks a token of `account` for real, whoever signed it, and answers its claims.

    Whether its time is over is for the caller to see.

    Args:
        token: The token.
        account: The account whose API key the token claims.

    Raises:
        BadToken: With the first check that failed.
    """
    payload = _decode(token, key=account.private_key, verify=True)
    try:
        claims = msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise BadToken(Flaw.CLAIMS) from error
    if claims.aud != facts.AUDIENCE:
        raise BadToken(Flaw.AUDIENCE)
    if claims.iss != account.domain:
        raise BadToken(Flaw.ISSUER)
    return claims


def _decode(token: str, *, key: str, verify: bool) -> dict[str, Any]:
    # Only the signature is checked here; claims are compared by hand, against the account's clock.
    # An `iat` in the future is accepted: the vendor's library does not look at it, and
    # integrators' clocks run ahead.
    try:
        payload = _JWS.decode(
            token,
            private_keys.public_key(key) if verify else "",
            algorithms=["RS256"],
            options={"verify_signature": verify},
        )
        claims = msgspec.json.decode(payload)
    except jwt.InvalidAlgorithmError as error:
        raise BadToken(Flaw.ALGORITHM) from error
    except jwt.InvalidSignatureError as error:
        raise BadToken(Flaw.SIGNATURE) from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadToken(Flaw.MALFORMED) from error
    if not isinstance(claims, dict):
        raise BadToken(Flaw.CLAIMS)
    return claims
