"""Who may call: API keys and profile keys, on every operation."""

from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import about, expect, expect_refusal
from fakeayr.contract.posts import NOBODYS_POST
from fakeayr.contract.server import Answer
from fakeayr.contract.session import (
    GENERATE_PATH,
    NOBODYS_KEY,
    SCHEDULE_PATH,
    SOCIAL_PATH,
    WEBHOOK,
    WEBHOOK_PATH,
    ContractSession,
)

Operation = tuple[str, str, dict[str, Any] | None]
"""A method, a path, and a body."""

_PLATFORM: Final = {"platform": "facebook"}
_CHANGE: Final = {"title": "fakeayr-contract-never-made"}

_OF_A_PROFILE: Final[tuple[Operation, ...]] = (
    ("GET", "/user", None),
    ("PATCH", "/profiles", _CHANGE),
    ("DELETE", "/profiles", None),
    ("DELETE", SOCIAL_PATH, _PLATFORM),
    ("POST", WEBHOOK_PATH, WEBHOOK),
    ("GET", WEBHOOK_PATH, None),
    ("DELETE", WEBHOOK_PATH, {"action": "feed"}),
    ("GET", f"/post/{NOBODYS_POST}", None),
    ("DELETE", "/post", {"id": NOBODYS_POST}),
    ("GET", "/history", None),
    ("GET", "/history/facebook", None),
    ("POST", "/validate/post", {"post": "x", "platforms": ["facebook"]}),
    ("POST", "/analytics/post", {"id": NOBODYS_POST}),
    ("POST", "/analytics/social", {"platforms": ["facebook"]}),
    ("POST", SCHEDULE_PATH, {"title": "fakeayr-contract-never-made", "schedule": ["13:05Z"]}),
    ("GET", SCHEDULE_PATH, None),
    ("DELETE", SCHEDULE_PATH, {"title": "fakeayr-contract-never-made"}),
)
"""Operations on the profile that the Profile-Key header names."""
_POSTING: Final[tuple[Operation, ...]] = (
    ("POST", "/post", {}),
    ("PATCH", "/post", {"id": NOBODYS_POST, "notes": "x"}),
    ("PUT", "/post/retry", {"id": NOBODYS_POST}),
)
"""Likewise, where posting is allowed; their bodies post nothing, whoever accepts them."""
_BY_BODY: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("PATCH", "/profiles", _CHANGE),
    ("DELETE", "/profiles", {}),
    ("DELETE", SOCIAL_PATH, _PLATFORM),
)
"""Operations on the profile that the body's profileKey names, besides generateJWT."""
_OTHERS: Final[tuple[Operation, ...]] = (
    ("POST", "/profiles", _CHANGE),
    ("GET", "/profiles", None),
    ("POST", GENERATE_PATH, {}),
    ("POST", "/validate/postLength", {"post": "x"}),
    ("GET", "/media/uploadUrl?fileName=x.png", None),
)
_TEXT: Final = "API Key not valid"


def _of_a_profile(session: ContractSession) -> tuple[Operation, ...]:
    return (*_OF_A_PROFILE, *(_POSTING if session.target.may_post else ()))


def _operations(session: ContractSession) -> tuple[Operation, ...]:
    return (*_of_a_profile(session), *_OTHERS)


def _expect_no_caller(answer: Answer, where: str) -> None:
    """Checks that a call was refused for its API key."""
    with about(where):
        expect_refusal(answer, "ApiKeyNotValid")
        begins = str(answer.fields.get("message")).startswith(_TEXT)
        expect(begins, f"the message does not begin with {_TEXT!r}", answer)


def _expect_no_profile(answer: Answer, where: str) -> None:
    """Checks that a call was refused for its profile key."""
    with about(where):
        expect_refusal(answer, "ProfileKeyInvalid")


@check("auth.bearer")
def an_api_key_is_a_bearer_token(session: ContractSession) -> None:
    """An API key without the word Bearer is refused."""
    known = session.target.credentials.api_key
    for value in (known, f"Basic {known}", "Bearer", f"Token {known}"):
        answer = session.call("GET", "/user", api_key=None, headers={"Authorization": value})
        _expect_no_caller(answer, f"Authorization: {value.split(' ')[0]} …")
    answer = session.call("GET", "/user", api_key=None, query={"apiKey": known})
    _expect_no_caller(answer, "the API key in the query")


@check("auth.required")
def every_operation_wants_an_api_key(session: ContractSession) -> None:
    """Every operation refuses a call without an API key."""
    key = session.profile.key
    for method, path, body in _operations(session):
        where = f"{method} {path} without an API key"
        _expect_no_caller(session.call(method, path, body=body, api_key=None), where)
    for method, path, body in _of_a_profile(session):
        answer = session.call(method, path, body=body, api_key=None, profile_key=key)
        _expect_no_caller(answer, f"{method} {path} with a profile key alone")


@check("auth.unknown-key")
def an_unknown_api_key_is_refused(session: ContractSession) -> None:
    """An unknown API key is refused."""
    for method, path, body in _operations(session):
        answer = session.call(method, path, body=body, api_key=NOBODYS_KEY)
        _expect_no_caller(answer, f"{method} {path} with an unknown API key")
    known = session.target.credentials.api_key
    for key in (known[:-1], f"{known}A", known[:7]):
        answer = session.call("GET", "/user", api_key=key)
        _expect_no_caller(answer, "GET /user with a part of the API key, or more than it")


@check("auth.profile-key-is-no-api-key")
def a_profile_key_is_no_api_key(session: ContractSession) -> None:
    """A profile key does not work as an API key."""
    for method, path, body in _operations(session):
        answer = session.call(method, path, body=body, api_key=session.profile.key)
        _expect_no_caller(answer, f"{method} {path} with a profile key as API key")


@check("auth.empty-profile-key")
def an_empty_profile_key_is_refused(session: ContractSession) -> None:
    """An empty profile key is refused, in the header and in the body."""
    for method, path, body in _of_a_profile(session):
        answer = session.call(method, path, body=body, headers={PROFILE_KEY: ""})
        _expect_no_profile(answer, f"{method} {path} with an empty {PROFILE_KEY}")
    for method, path, body in _BY_BODY:
        answer = session.call(method, path, body={**body, "profileKey": ""})
        _expect_no_profile(answer, f"{method} {path} with an empty profileKey")
    _expect_no_profile(session.generate(profileKey=""), "generateJWT with an empty profileKey")


@check("auth.unknown-profile-key")
def an_unknown_profile_key_is_refused(session: ContractSession) -> None:
    """An unknown profile key is refused, in the header and in the body."""
    for method, path, body in _of_a_profile(session):
        answer = session.call(method, path, body=body, profile_key=NOBODYS_KEY)
        _expect_no_profile(answer, f"{method} {path} with nobody's {PROFILE_KEY}")
    for method, path, body in _BY_BODY:
        answer = session.call(method, path, body={**body, "profileKey": NOBODYS_KEY})
        _expect_no_profile(answer, f"{method} {path} with nobody's profileKey")
    profile = session.profile
    for key in (NOBODYS_KEY, profile.key[:-1], profile.ref_id):
        answer = session.generate(profileKey=key)
        _expect_no_profile(answer, "generateJWT with what is no profile key")
        answer = session.call("GET", "/user", profile_key=key)
        _expect_no_profile(answer, "GET /user with what is no profile key")


@check("jwt.api-key-as-profile-key")
def the_api_key_is_no_profile_key(session: ContractSession) -> None:
    """The API key does not work as a profile key."""
    key = session.target.credentials.api_key
    _expect_no_profile(session.generate(profileKey=key), "generateJWT")
    for path in ("/user", WEBHOOK_PATH):
        _expect_no_profile(session.call("GET", path, profile_key=key), f"GET {path}")
