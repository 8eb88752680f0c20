"""Responses in Ayrshare's format."""

from collections.abc import Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import msgspec
from flask import Response

from fakeayr.ayrshare.headers import JSON_CONTENT_TYPE
from fakeayr.domain.refusals import Refused


class _JsonResponse(Response):
    """A response with final headers. Werkzeug would go through them again, and wrap the body."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Sends the response."""
        start_response(self.status, self.headers.to_wsgi_list())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.get_data()]


_encode = msgspec.json.Encoder().encode


def json_response(
    payload: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with a JSON body."""
    response = _JsonResponse(_encode(payload), status, content_type=JSON_CONTENT_TYPE)
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
