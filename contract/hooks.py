"""Schemathesis's hooks: formats that make usable values, and checks that a schema cannot say.

The run's environment says what is usable: AYRSHARE_API_KEY, AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY
and FAKEAYR_CONTRACT_PROFILE_KEY.
"""

import os
from collections.abc import Iterator
from typing import Any, Final

import schemathesis
from hypothesis import strategies as st

from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES
from fakeayr.client.tokens import read_token
from fakeayr.contract.session import expect

_PRIVATE_KEY: Final = os.environ["AYRSHARE_PRIVATE_KEY"]
_PROFILE_KEY: Final = os.environ["FAKEAYR_CONTRACT_PROFILE_KEY"]
_DOT: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+k"
    "cQAAAABJRU5ErkJggg=="
)
"""An image of one pixel."""
_MIDDLE: Final = len(_PRIVATE_KEY) // 2

# A fixed pool: making a key takes longer than a call. The good one comes first, as the simplest.
schemathesis.openapi.format(
    "rsa-private-pem",
    st.sampled_from(
        [
            _PRIVATE_KEY,
            _PRIVATE_KEY[:_MIDDLE] + _PRIVATE_KEY[_MIDDLE + 1 :],
            _PRIVATE_KEY.replace("\n", "\\n"),
            _PRIVATE_KEY[:_MIDDLE],
        ]
    ),
)
schemathesis.openapi.format("ayrshare-profile-key", st.just(_PROFILE_KEY))
schemathesis.openapi.format("ayrshare-domain", st.just(os.environ["AYRSHARE_DOMAIN"]))
schemathesis.openapi.format("media-data-uri", st.just(_DOT))
schemathesis.openapi.format("ayrshare-cursor", st.just("MA"))

_ERROR_FIELDS: Final = {"action", "status", "code", "message"}
_LISTS: Final = ("errors", "history", "posts", "warnings")
"""Fields of responses that hold errors."""
_FIRST_REFUSAL: Final = 400


@schemathesis.hook
def map_body(_: Any, body: Any) -> Any:
    """Keeps e-mails from being sent: a generated body asks for none."""
    if isinstance(body, dict) and os.environ.get("FAKEAYR_CONTRACT_NO_EMAIL"):
        return {name: value for name, value in body.items() if name != "email"}
    return body


@schemathesis.check
def errors_have_the_documented_shape(_: Any, response: Any, __: Any) -> None:
    """Every JSON refusal has action, status, code and message; those of posts stand in lists."""
    body = _decoded(response)
    errors = list(_errors(body))
    is_refusal = isinstance(body, dict) and body.get("status") == "error"
    if body is not None and (response.status_code >= _FIRST_REFUSAL or is_refusal):
        expect(errors, "there is no error in it")
    for error in errors:
        missing = _ERROR_FIELDS - set(error)
        expect(not missing, f"the error lacks {sorted(missing)}")


def _errors(body: Any) -> Iterator[dict[str, Any]]:
    """Yields the errors of a response: the body itself, or what stands in its lists."""
    if isinstance(body, list):
        for item in body:
            yield from _errors(item)
    elif isinstance(body, dict):
        inner = [error for name in _LISTS for error in _errors(body.get(name))]
        yield from inner
        if body.get("status") == "error" and not inner:
            yield body


@schemathesis.check
def tokens_live_as_long_as_asked(_: Any, response: Any, case: Any) -> None:
    """A token of generateJWT is RS256, and lives expiresIn minutes, or five."""
    body = _decoded(response)
    if not isinstance(body, dict) or not str(body.get("token", "")).startswith("eyJ"):
        return
    token = read_token(body["token"])
    claims, algorithm = token.claims, token.header["alg"]
    expect(algorithm == "RS256", f"the token is {algorithm}")
    shown = str(body.get("expiresIn", f"{EXPIRES_IN_DEFAULT_MINUTES}m")).removesuffix("m")
    lifetime = claims["exp"] - claims["iat"]
    expect(lifetime == round(float(shown) * 60), f"exp is iat + {lifetime}, expiresIn is {shown}m")


def _decoded(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
