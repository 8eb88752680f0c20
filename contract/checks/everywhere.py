"""What holds for every operation: authorization, error shape, content type, limits."""

from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.lab import Broken, Lab, expect, expect_refusal

_OPERATIONS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("POST", "/profiles", {"title": "fakeayr-contract-never-made"}),
    ("GET", "/profiles", {}),
    ("PATCH", "/profiles", {"profileKey": "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"}),
    ("DELETE", "/profiles", {"profileKey": "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"}),
    ("DELETE", "/profiles/social", {"platform": "facebook"}),
    ("POST", "/profiles/generateJWT", {}),
    ("GET", "/user", {}),
    ("GET", "/hook/webhook", {}),
)
_UNKNOWN_KEY: Final = "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"


def _call(lab: Lab, method: str, path: str, body: dict[str, Any], api_key: str | None) -> Any:
    if method == "GET":
        return lab.target.call(method, path, api_key=api_key)
    return lab.target.call(method, path, api_key=api_key, body=body)


@check("auth.required", "errors.shape")
def every_operation_wants_an_api_key(lab: Lab) -> None:
    """Without one each answers 401 in the error shape."""
    for method, path, body in _OPERATIONS:
        answer = _call(lab, method, path, body, None)
        if answer.status != 401:
            raise Broken(f"{method} {path} answers {answer.status} without an API key", answer)
        missing = {"action", "status", "code", "message"} - set(answer.fields)
        expect(not missing, f"the error lacks {sorted(missing)}", answer)
        expect(answer.fields["status"] == "error", "the error's status is not error", answer)


@check("auth.unknown-key")
def an_unknown_api_key_is_refused(lab: Lab) -> None:
    """401, code 102."""
    expect_refusal(lab.target.call("GET", "/user", api_key=_UNKNOWN_KEY), 401, code=102)


@check("auth.profile-key-is-no-api-key")
def a_profile_key_is_no_api_key(lab: Lab) -> None:
    """Sent as Bearer it is refused."""
    expect_refusal(lab.target.call("GET", "/user", api_key=lab.profile.key), 401)


@check("auth.empty-profile-key")
def an_empty_profile_key_is_refused(lab: Lab) -> None:
    """A header that is there but empty does not mean the primary profile."""
    answer = lab.target.call("GET", "/user", headers={"Profile-Key": ""})
    expect_refusal(answer, (400, 401, 403), code=144)


@check("auth.unknown-profile-key")
def an_unknown_profile_key_is_refused(lab: Lab) -> None:
    """Code 144."""
    answer = lab.target.call("GET", "/user", profile_key=_UNKNOWN_KEY)
    expect_refusal(answer, (400, 401, 403), code=144)


@check("errors.unknown-path")
def an_unknown_path_is_not_found(lab: Lab) -> None:
    """404 in the error shape."""
    answer = lab.target.call("GET", "/no-such-path")
    expect_refusal(answer, 404)
    missing = {"action", "status", "code", "message"} - set(answer.fields)
    expect(not missing, f"the error lacks {sorted(missing)}", answer)


@check("errors.method")
def another_method_is_not_allowed(lab: Lab) -> None:
    """405."""
    expect_refusal(lab.target.call("PATCH", "/profiles/generateJWT", body={}), 405)


@check("errors.malformed-json")
def a_body_that_is_not_json_is_refused(lab: Lab) -> None:
    """400 in the error shape."""
    for raw in (b'{"domain": ', b"[]", b'"text"'):
        answer = lab.target.call("POST", "/profiles/generateJWT", raw=raw)
        expect_refusal(answer, 400)


@check("json.content-type")
def answers_are_json_to_the_letter(lab: Lab) -> None:
    """Successes and errors alike."""
    for answer in (lab.generate(), lab.target.call("GET", "/user", api_key=None)):
        sent = answer.headers.get("content-type")
        expect(sent == "application/json; charset=utf-8", f"Content-Type is {sent}", answer)


@check("rate.headers")
def told_limits_are_whole_numbers(lab: Lab) -> None:
    """A server that enforces no limit may leave them out, both."""
    answer = lab.target.call("GET", "/user")
    told = [answer.headers.get(name) for name in ("x-ratelimit-max", "x-ratelimit-count")]
    if told != [None, None]:
        numbers = [value is not None and value.isdigit() for value in told]
        expect(all(numbers), f"the rate limit is told as {told}", answer)
