"""Calls of the API by a browser's own code, from pages of other origins.

Whether Ayrshare lets them through is not known: a setting of the server, which is off.
"""

import re
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

from fakeayr.ayrshare.headers import RATE_LIMIT_COUNT, RATE_LIMIT_MAX
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.web.app import present_request

_ASKS: Final = "Access-Control-Request-Method"
_WISHES: Final = "Access-Control-Request-Headers"
_HEADER_NAMES: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(, ?[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")
_KEPT_SECONDS: Final = 600


def install(app: Flask, origins: frozenset[str]) -> None:
    """Lets pages of some origins call the API; `*` stands for all."""
    if not origins:
        return

    def allowed() -> bool:
        origin = request.headers.get("Origin")
        known = origin is not None and (origin in origins or "*" in origins)
        return known and request.path.startswith("/api/")

    @app.before_request
    def answer_preflight() -> Response | None:
        wrong = request.routing_exception
        if not (is_preflight() and allowed() and isinstance(wrong, MethodNotAllowed)):
            return None
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(wrong.valid_methods or ())
        response.headers["Access-Control-Max-Age"] = str(_KEPT_SECONDS)
        wishes = request.headers.get(_WISHES, "")
        if _HEADER_NAMES.fullmatch(wishes):
            response.headers["Access-Control-Allow-Headers"] = wishes
        return response

    @app.after_request
    def let_read(response: Response) -> Response:
        response.vary.add("Origin")
        if allowed():
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = (
                f"{RATE_LIMIT_MAX}, {RATE_LIMIT_COUNT}"
            )
        return response


def is_preflight() -> bool:
    """Whether a browser asks if a page of another origin may make a call."""
    present = present_request()
    return present.method == "OPTIONS" and _ASKS in present.headers


def find_advice(response: Response) -> list[Piece]:
    """Returns what the journal says of the present request, if it is a refused preflight."""
    if not is_preflight() or response.status_code < 400:
        return []
    origin = quoted(request.headers.get("Origin", "null"))
    return [advise("conduct-browser-calls-api", "header Origin", origin=origin)]
