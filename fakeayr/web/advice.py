"""Advice on refused calls: found only then, from the error and what was sent."""

from collections.abc import Callable
from typing import Final

from flask import g

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.domain.advice import profile_keys
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.refusals import Refused
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call

_FIELD: Final = "profileKey"


def explain(error: Refused) -> list[Piece]:
    """What the sender of a refused call should mend; what the refusal brings along goes first."""
    call: Call | None = g.get("call")
    rule = _RULES.get(error.error)
    if error.advice or rule is None or call is None:
        return list(error.advice)
    return guard(rule, call)


def _on_invalid_profile_key(call: Call) -> list[Piece]:
    header = present_request().headers.get(PROFILE_KEY)
    if header is not None:
        place, where, key = f"header {PROFILE_KEY}", PROFILE_KEY, header
    else:
        fields = call.fields_read or {}
        in_body = _FIELD in fields
        sent = fields.get(_FIELD, present_request().args.get(_FIELD))
        if not isinstance(sent, str):
            return []
        place, where, key = f"/{_FIELD}" if in_body else f"query {_FIELD}", _FIELD, sent
    return [profile_keys.on_invalid_key(call.tenant, key, place, where)]


def _on_invalid_parameters(call: Call) -> list[Piece]:
    request = present_request()
    lacks = _FIELD not in (call.fields_read or {}) and PROFILE_KEY in request.headers
    if lacks and request.path.rstrip("/").endswith("/generateJWT"):
        return [advise("profile-key-not-in-body", f"/{_FIELD}")]
    return []


def _on_title(call: Call) -> list[Piece]:
    if call.acting is None or present_request().method == "POST":
        return []
    return [advise("profile-title-of-other", "/title", acting=call.acting.title)]


_RULES: Final[dict[ApiError, Callable[[Call], list[Piece]]]] = {
    errors.PROFILE_KEY_INVALID: _on_invalid_profile_key,
    errors.INVALID_PARAMETERS: _on_invalid_parameters,
    errors.PROFILE_TITLE_EXISTS: _on_title,
}
