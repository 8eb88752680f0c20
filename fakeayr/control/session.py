"""POST /_fakeayr/session: a browser that has sent the control token once keeps a cookie."""

from flask import Blueprint, Response, request

from fakeayr.control import guard
from fakeayr.control.access import anyone
from fakeayr.web.context import context
from fakeayr.web.page_url import is_https
from fakeayr.web.responses import json_response

blueprint = Blueprint("control_session", __name__)


@blueprint.post("/session")
@anyone
def keep_session() -> Response:
    """Lets the browser make control calls from now on; the call carries the token as all do."""
    response = json_response({"status": "success"})
    token = context().config.control_token
    if token is not None:
        response.set_cookie(
            guard.COOKIE,
            guard.cookie_of(token),
            path="/_fakeayr/",
            secure=is_https() or request.is_secure,
            httponly=True,
            samesite="Strict",
        )
    return response
