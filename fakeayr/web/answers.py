"""Answers in Ayrshare's shape."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response

from fakeayr.ayrshare.headers import JSON_CONTENT_TYPE
from fakeayr.domain.refusals import Refused

_encode = msgspec.json.Encoder().encode


def json_answer(
    payload: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with a JSON body."""
    response = Response(_encode(payload), status, content_type=JSON_CONTENT_TYPE)
    if headers:
        response.headers.update(headers)
    return response


def error_body(refused: Refused) -> dict[str, Any]:
    """The flat error body: action, status, code, message, and details where there are any."""
    error = refused.error
    body: dict[str, Any] = {
        "action": error.action,
        "status": "error",
        "code": error.code,
        "message": error.message,
    }
    if refused.details:
        body["details"] = refused.details
    return body
