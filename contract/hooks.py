"""Schemathesis's hooks: formats that make usable values, and checks that a schema cannot say.

The run's environment says what is usable: AYRSHARE_API_KEY, AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY
and FAKEAYR_CONTRACT_PROFILE_KEY.
"""

import os
from typing import Any, Final
from urllib.parse import urlsplit

import schemathesis
from hypothesis import strategies as st

from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES
from fakeayr.client.tokens import read_token
from fakeayr.contract.expectations import expect
from fakeayr.contract.watch import error_fault

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


@schemathesis.hook
def map_body(_: Any, body: Any) -> Any:
    """Keeps e-mails from being sent: a generated body asks for none."""
    if isinstance(body, dict) and os.environ.get("FAKEAYR_CONTRACT_NO_EMAIL"):
        return {name: value for name, value in body.items() if name != "email"}
    return body


@schemathesis.check
def errors_have_the_documented_shape(_: Any, response: Any, __: Any) -> None:
    """Every JSON refusal has action, status, code and message, wherever it stands."""
    body = _decoded(response)
    if isinstance(body, dict):
        path = urlsplit(response.request.url).path.removeprefix("/api")
        fault = error_fault(path, response.status_code, body)
        expect(fault is None, str(fault))


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
