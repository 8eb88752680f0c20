"""What holds for every operation: authorization, error shape, content type, limits."""

from typing import Any, Final

from fakeayr.ayrshare import headers
from fakeayr.contract.checks import check
from fakeayr.contract.session import (
    NOBODYS_KEY,
    ContractSession,
    FactBroken,
    expect,
    expect_refusal,
)

_OPERATIONS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("POST", "/profiles", {"title": "fakeayr-contract-never-made"}),
    ("GET", "/profiles", {}),
    ("PATCH", "/profiles", {"profileKey": NOBODYS_KEY}),
    ("DELETE", "/profiles", {"profileKey": NOBODYS_KEY}),
    ("DELETE", "/profiles/social", {"platform": "facebook"}),
    ("POST", "/profiles/generateJWT", {}),
    ("GET", "/user", {}),
    ("GET", "/hook/webhook", {}),
)


def _call(
    session: ContractSession, method: str, path: str, body: dict[str, Any], api_key: str | None
) -> Any:
    if method == "GET":
        return session.call(method, path, api_key=api_key)
    return session.call(method, path, api_key=api_key, body=body)


@check("auth.required", "errors.shape")
def every_operation_wants_an_api_key(session: ContractSession) -> None:
    """Every operation refuses a call without an API key."""
    for method, path, body in _OPERATIONS:
        answer = _call(session, method, path, body, None)
        if answer.status != 401:
            raise FactBroken(f"{method} {path} answers {answer.status} without an API key", answer)
        missing = {"action", "status", "code", "message"} - set(answer.fields)
        expect(not missing, f"the error lacks {sorted(missing)}", answer)
        expect(answer.fields["status"] == "error", "the error's status is not error", answer)


@check("auth.unknown-key")
def an_unknown_api_key_is_refused(session: ContractSession) -> None:
    """An unknown API key is refused."""
    expect_refusal(session.call("GET", "/user", api_key=NOBODYS_KEY), "ApiKeyNotValid")


@check("auth.profile-key-is-no-api-key")
def a_profile_key_is_no_api_key(session: ContractSession) -> None:
    """A profile key does not work as an API key."""
    expect_refusal(session.call("GET", "/user", api_key=session.profile.key), status=401)


@check("auth.empty-profile-key")
def an_empty_profile_key_is_refused(session: ContractSession) -> None:
    """An empty Profile-Key header is refused."""
    answer = session.call("GET", "/user", headers={headers.PROFILE_KEY: ""})
    expect_refusal(answer, "ProfileKeyInvalid")


@check("auth.unknown-profile-key")
def an_unknown_profile_key_is_refused(session: ContractSession) -> None:
    """An unknown profile key is refused."""
    answer = session.call("GET", "/user", profile_key=NOBODYS_KEY)
    expect_refusal(answer, "ProfileKeyInvalid")


@check("errors.unknown-path")
def an_unknown_path_is_not_found(session: ContractSession) -> None:
    """An unknown path returns 404."""
    answer = session.call("GET", "/no-such-path")
    expect_refusal(answer, status=404)
    missing = {"action", "status", "code", "message"} - set(answer.fields)
    expect(not missing, f"the error lacks {sorted(missing)}", answer)


@check("errors.method")
def another_method_is_not_allowed(session: ContractSession) -> None:
    """A wrong method returns 405."""
    expect_refusal(session.call("PATCH", "/profiles/generateJWT", body={}), status=405)


@check("errors.malformed-json")
def a_body_that_is_not_json_is_refused(session: ContractSession) -> None:
    """A body that is not a JSON object is refused."""
    for raw in (b'{"domain": ', b"[]", b'"text"'):
        answer = session.call("POST", "/profiles/generateJWT", raw=raw)
        expect_refusal(answer, status=400)


@check("json.content-type")
def answers_are_json_to_the_letter(session: ContractSession) -> None:
    """Successes and errors have the exact Content-Type."""
    for answer in (session.generate(), session.call("GET", "/user", api_key=None)):
        sent = answer.headers.get("content-type")
        expect(sent == headers.JSON_CONTENT_TYPE, f"Content-Type is {sent}", answer)


@check("rate.headers")
def told_limits_are_whole_numbers(session: ContractSession) -> None:
    """Rate limits in headers are whole numbers."""
    answer = session.call("GET", "/user")
    told = [answer.headers.get(name) for name in (headers.RATE_LIMIT_MAX, headers.RATE_LIMIT_COUNT)]
    if told != [None, None]:
        numbers = [value is not None and value.isdigit() for value in told]
        expect(all(numbers), f"the rate limit is told as {told}", answer)
