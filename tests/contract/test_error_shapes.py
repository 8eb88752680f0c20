"""Where an error may stand in a response, and what is found if it does not have its form."""

from typing import Any, Final

import pytest

from fakeayr.ayrshare import openapi
from fakeayr.contract.fuzzing import _ALLOWED_ELSEWHERE
from fakeayr.contract.watch import error_fault

ERROR: Final = {"action": "post", "status": "error", "code": 156, "message": "Not linked."}
NO_CODE: Final = {name: value for name, value in ERROR.items() if name != "code"}
A_POST: Final = {"status": "error", "platforms": ["facebook"], "errors": [ERROR]}


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/user", 200, {"title": "x"}),
        ("/user", 403, ERROR),
        ("/post", 400, ERROR),
        ("/post", 400, {"status": "error", "errors": [ERROR, ERROR], "postIds": []}),
        ("/post", 400, {"status": "error", "posts": [{"status": "error", "errors": [ERROR]}]}),
        ("/post", 403, {"status": "error", "posts": [ERROR]}),
        ("/post/aaaa", 200, A_POST),
        ("/history/aaaa", 200, {**A_POST, "errors": []}),
        ("/history", 400, {"history": ERROR, "count": 0}),
        ("/media", 200, []),
        ("/post", 200, [{"status": "success"}, {"status": "error", "errors": [ERROR]}]),
    ],
)
def test_an_error_is_right_where_it_is_documented(path: str, status: int, body: Any) -> None:
    assert error_fault(path, status, body) is None


@pytest.mark.parametrize(
    ("path", "status", "body", "fault"),
    [
        ("/user", 403, NO_CODE, "the error lacks ['code']"),
        ("/user", 403, {"status": "error", "errors": [ERROR]}, "the error lacks"),
        ("/user", 200, {"status": "error"}, "the error lacks"),
        ("/user", 200, [], "the body is no JSON object"),
        ("/post", 200, [{"status": "success"}, NO_CODE], "lacks ['code']"),
        ("/user", 400, {"history": ERROR}, "the error lacks"),
        ("/post", 500, ERROR, "HTTP status 500"),
        ("/post", 400, {"status": "error", "errors": [ERROR, NO_CODE]}, "lacks ['code']"),
        ("/post", 400, {"status": "error", "errors": []}, "the error lacks"),
        ("/post", 400, {"status": "error", "errors": ["x"]}, "an error is no object"),
        ("/post", 400, {"status": "error", "posts": [{"errors": [NO_CODE]}]}, "lacks ['code']"),
        ("/post/aaaa", 400, A_POST | {"errors": [NO_CODE]}, "lacks ['code']"),
        ("/history", 400, {"history": NO_CODE, "count": 0}, "lacks ['code']"),
        ("/post", 400, {**ERROR, "code": "156"}, "the error's code has another form"),
        ("/post", 400, {**ERROR, "message": ""}, "the error's message has another form"),
    ],
)
def test_an_error_of_another_form_is_found(path: str, status: int, body: Any, fault: str) -> None:
    assert fault in str(error_fault(path, status, body))


def test_nothing_that_writes_is_fuzzed_on_the_real_api() -> None:
    operations = {
        operation["operationId"]: (method, path)
        for path, item in openapi.document()["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    allowed = {operations[name] for name in _ALLOWED_ELSEWHERE}

    assert {(method, path) for method, path in allowed if method != "get"} == {
        ("post", "/api/profiles/generateJWT")
    }
