"""Everything that goes wrong, rendered in Ayrshare's format: one place for all faces of the app."""

import logging
from contextlib import suppress
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from fakeayr import real_time
from fakeayr.ayrshare import errors
from fakeayr.domain.ports import StoreUnreachable
from fakeayr.domain.refusals import Refused
from fakeayr.web.advice import explain
from fakeayr.web.bodies import swallow_body
from fakeayr.web.journal import redaction_of
from fakeayr.web.responses import error_body, json_response
from fakeayr.web.unrouted import refuse_missing, refuse_path

_log = logging.getLogger("fakeayr")

_LOGGED_EVERY_SECONDS: Final = 10
"""An outage of the database is logged no more often, however many calls fail."""

_BY_STATUS = {
    405: errors.METHOD_NOT_ALLOWED,
    413: errors.BODY_TOO_LARGE,
}


def install(app: Flask) -> None:
    """Makes an app return errors in Ayrshare's format."""
    app.register_error_handler(Refused, refuse)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(StoreUnreachable, _Outage().refuse)
    app.register_error_handler(Exception, _unexpected)


def refuse(error: Refused) -> Response:
    """The response to a refused request."""
    call = g.get("call")
    headers = call.headers if call is not None else None
    advice = explain(error)
    g.advice = [*g.get("advice", ()), *advice]
    details = advice[0].details if error.details is None and advice else error.details
    body = error_body(error)
    if details:  # It may quote what was sent.
        body["details"] = redaction_of(call).text(details)
    return json_response(body, error.status, headers)


def _http_exception(error: HTTPException) -> Response:
    if isinstance(error, NotFound):
        try:
            return refuse(refuse_path(request.path, request.method))
        except MethodNotAllowed as wrong_method:
            error = wrong_method
    elif isinstance(error, MethodNotAllowed):  # `/post/copy` looks like a post's id.
        with suppress(NotFound, MethodNotAllowed):
            return refuse(refuse_missing(request.path, request.method))
    known = _BY_STATUS.get(error.code or 0)
    if known is None:
        return refuse(Refused(errors.INVALID_PARAMETERS, error.description))
    if known is errors.BODY_TOO_LARGE:
        swallow_body(request)
    response = refuse(Refused(known))
    response.headers.update({name: value for name, value in error.get_headers() if name == "Allow"})
    return response


class _Outage:
    """Refuses calls while the database of the store does not respond."""

    def __init__(self) -> None:
        self._logged = float("-inf")

    def refuse(self, error: StoreUnreachable) -> Response:
        now = real_time.monotonic()
        if now - self._logged >= _LOGGED_EVERY_SECONDS:
            self._logged = now
            _log.warning("%s %s failed. %s", request.method, _shown_path(), error)
        details = "The database of the fake does not respond; try again."
        if error.trouble is not None:
            details = f"The database of the fake cannot be used: {error.trouble}."
        return refuse(Refused(errors.SERVICE_UNAVAILABLE, details))


def _unexpected(_: Exception) -> Response:
    _log.exception("%s %s failed", request.method, _shown_path())
    return refuse(Refused(errors.INTERNAL_ERROR))


def _shown_path() -> str:
    return redaction_of(g.get("call")).text(request.path)
