"""What holds for every operation: paths, methods, bodies that cannot be read, unknown fields."""

from typing import Any, Final
from urllib.parse import urlencode

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import about, expect, expect_refusal, expect_success
from fakeayr.contract.session import (
    GENERATE_PATH,
    NOT_SERVED,
    SCHEDULE_PATH,
    SOCIAL_PATH,
    WEBHOOK,
    WEBHOOK_PATH,
    ContractSession,
)

_UNKNOWN: Final[dict[str, Any]] = {"source": "fakeayr-contract", "noSuchField": True}
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_TEXTS: Final = (b'{"domain": ', b"[]", b'"text"', b"7", b"null", b"not JSON")


@check("errors.unknown-path")
def an_unknown_path_is_not_found(session: ContractSession) -> None:
    """An unknown path returns 404."""
    for method, path in (
        ("GET", "/no-such-path"),
        ("POST", "/no-such-path"),
        ("DELETE", "/no-such-path"),
        ("PATCH", "/no-such-path"),
        ("GET", "/user/no-such-path"),
        ("GET", "/profiles/no-such-path"),
        ("POST", "/generateJWT"),
        ("DELETE", "/delete/no-such-path"),
        ("GET", "/analytics/post/no-such-path"),
        ("GET", "/validate"),
    ):
        answer = session.call(method, path, body=None if method == "GET" else {})
        with about(f"{method} {path}"):
            expect_refusal(answer, "EndpointNotFound", status=404)


@check("errors.method")
def another_method_is_not_allowed(session: ContractSession) -> None:
    """A wrong method returns 405."""
    for method, path in (
        ("GET", GENERATE_PATH),
        ("PATCH", GENERATE_PATH),
        ("DELETE", GENERATE_PATH),
        ("POST", "/user"),
        ("DELETE", "/user"),
        ("PATCH", WEBHOOK_PATH),
        ("GET", SOCIAL_PATH),
        ("PATCH", SOCIAL_PATH),
        ("DELETE", "/history"),
        ("PATCH", "/auto-schedule"),
        ("DELETE", "/validate/post"),
        ("GET", "/analytics/social"),
    ):
        answer = session.call(method, path, body=None if method == "GET" else {})
        with about(f"{method} {path}"):
            expect_refusal(answer, status=405)


@check("errors.malformed-json")
def a_body_that_is_not_json_is_refused(session: ContractSession) -> None:
    """A body that is not a JSON object is refused, and changes nothing."""
    profile = session.create_profile()
    for raw in _TEXTS:
        for path in (GENERATE_PATH, "/profiles", WEBHOOK_PATH):
            _expect_unreadable(session, "POST", path, raw)
        _expect_unreadable(session, "POST", "/validate/postLength", raw)
        for path in ("/validate/post", "/analytics/post", "/analytics/social", SCHEDULE_PATH):
            _expect_unreadable(session, "POST", path, raw, profile.key)
    posting = (("PATCH", "/post"), ("PUT", "/post/retry"))
    for method, path in (
        ("PATCH", "/profiles"),
        ("DELETE", "/profiles"),
        ("DELETE", SOCIAL_PATH),
        ("DELETE", WEBHOOK_PATH),
        ("DELETE", "/post"),
        ("DELETE", SCHEDULE_PATH),
        *(posting if session.target.may_post else ()),
    ):
        for raw in (b'{"platform": "facebook"', b"[]"):
            _expect_unreadable(session, method, path, raw, profile.key)
    with about("after refused calls"):
        session.expect_user(profile)


def _expect_unreadable(
    session: ContractSession, method: str, path: str, raw: bytes, profile_key: str | None = None
) -> None:
    answer = session.call(method, path, raw=raw, profile_key=profile_key)
    with about(f"{method} {path} with {raw.decode()}"):
        expect_refusal(answer, "InvalidParameters")


@check("errors.unknown-fields")
def unknown_fields_are_ignored_everywhere(session: ContractSession) -> None:
    """Unknown fields are ignored by every operation."""
    made = session.create_profile(**_UNKNOWN)
    for method, path, body in (
        ("PATCH", "/profiles", {"title": f"{made.title}-changed"}),
        ("POST", WEBHOOK_PATH, WEBHOOK),
        ("DELETE", WEBHOOK_PATH, {"action": "feed"}),
        ("DELETE", SOCIAL_PATH, {"platform": "facebook"}),
        ("POST", SCHEDULE_PATH, {"schedule": ["13:05Z"]}),
        ("DELETE", SCHEDULE_PATH, {}),
        ("POST", "/validate/post", {"post": "x", "platforms": ["facebook"]}),
        ("POST", "/validate/postLength", {"post": "x"}),
        ("DELETE", "/profiles", {}),
    ):
        if path == "/profiles" and method == "DELETE":
            _expect_queries(session, made.key)
        answer = session.call(method, path, profile_key=made.key, body={**body, **_UNKNOWN})
        expect(answer.status == 200, f"{method} {path} refuses an unknown field", answer)


def _expect_queries(session: ContractSession, profile_key: str) -> None:
    json_type = {"Content-Type": "application/json"}
    body = {"schedule": ["13:05Z"]}
    session.call("POST", SCHEDULE_PATH, profile_key=profile_key, body=body)
    for path in ("/user", "/profiles", WEBHOOK_PATH, SCHEDULE_PATH):
        answer = session.call(
            "GET", path, profile_key=profile_key, query=_UNKNOWN, headers=json_type
        )
        expect(answer.status == 200, f"GET {path} refuses an unknown parameter", answer)


@check("jwt.unknown-fields")
def unknown_fields_are_ignored(session: ContractSession) -> None:
    """Unknown fields are ignored by generateJWT."""
    more: tuple[dict[str, Any], ...] = (_UNKNOWN, {"source": "npm"}, {"noSuchField": 1})
    for fields in (*more, *({"instagramLinkMethod": it} for it in ("facebook", "instagram"))):
        answer = session.generate(**fields)
        expect(answer.status == 200, f"{sorted(fields)} is refused", answer)


@check("forms.read")
def a_form_does_what_json_does(session: ContractSession) -> None:
    """A form is refused, or does what JSON does."""
    profile = session.create_profile()
    form = urlencode(session.jwt_body(profile)).encode()
    answer = session.call("POST", GENERATE_PATH, raw=form, headers=_FORM)
    if answer.status == 200:
        claims = session.token(answer).claims
        expect(claims.get("profileKey") == profile.key, "the token is another profile's", answer)
    else:
        expect(400 <= answer.status < 500, f"HTTP status {answer.status}", answer)
    title = f"{profile.title}-form"
    form = urlencode({"title": title}).encode()
    answer = session.call("PATCH", "/profiles", profile_key=profile.key, raw=form, headers=_FORM)
    session.expect_user(profile, title=title if answer.status == 200 else profile.title)


@check("legacy.paths")
def older_paths_do_what_the_new_ones_do(session: ContractSession) -> None:
    """Older paths and verbs do what the new ones do, or do not exist."""
    changed = session.create_profile()
    for method, path in (
        ("PUT", "/profiles"),
        ("PUT", "/profiles/profile"),
        ("PATCH", "/profiles/profile"),
    ):
        title = session.title()
        body = {"profileKey": changed.key, "title": title}
        answer = session.call(method, path, body=body)
        if answer.status not in NOT_SERVED:
            with about(f"{method} {path}"):
                expect_success(answer, refId=changed.ref_id)
                session.expect_user(changed, title=title)
    for path in ("/profiles/profile", "/profiles/create-profile"):
        title = session.title()
        answer = session.try_profile(title, path)
        if answer.status not in NOT_SERVED:
            with about(f"POST {path}"):
                expect_success(answer, title=title)
                key = str(answer.fields.get("profileKey"))
                user = session.call("GET", "/user", profile_key=key)
                expect(user.fields.get("title") == title, "it creates nothing", user)
    for path in ("/profiles/profile", "/profiles/delete-profile"):
        deleted = session.create_profile()
        answer = session.call("DELETE", path, body={"profileKey": deleted.key})
        if answer.status not in NOT_SERVED:
            with about(f"DELETE {path}"):
                expect_success(answer, refId=deleted.ref_id)
                expect_refusal(session.user(deleted), "ProfileKeyInvalid")
