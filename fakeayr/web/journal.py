"""Writes every call of the API and the linking page into the journal of its account."""

from typing import Any, Final

import msgspec
from flask import Response, g

from fakeayr.ayrshare.headers import JSON_CONTENT_TYPE
from fakeayr.ayrshare.hosts import API_HOSTS
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.journal import Entry
from fakeayr.domain.ports import StoreUnreachable
from fakeayr.domain.redaction.redactions import Redaction
from fakeayr.domain.refusals import Refused
from fakeayr.web import cors, development
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call, authenticate
from fakeayr.web.context import context
from fakeayr.web.header_names import find_advice

_OLDER_HOSTS: Final = API_HOSTS - {"api.ayrshare.com"}
_decode = msgspec.json.Decoder().decode


def journal(response: Response) -> Response:
    """Records the present request with its response.

    A request without a valid API key belongs to no account; it is kept in the development
    account's journal.
    """
    parts, request = context(), present_request()
    call: Call | None = g.get("call") or _call()
    fields: dict[str, Any] | None = None
    advice: list[Piece] = [*g.get("advice", ()), *cors.find_advice(response)]
    ref_id = fault = None
    if call is None:
        account_key = profile_key = development.API_KEY
        now = parts.world.clock.now()
    else:
        account_key = profile_key = call.tenant.api_key
        fields, advice, now = call.fields_read, [*call.advice, *advice], call.now
        fault = None if call.fault is None else str(call.fault)
        if call.acting is not None:
            profile_key, ref_id = call.acting.key, call.acting.ref_id
    if request.environ.get("HTTP_HOST") in _OLDER_HOSTS and not _is_of_sdk(fields):
        advice.append(advise("conduct-legacy-host", "header Host", host=request.host))
    entry = Entry(
        time=now,
        method=request.method,
        path=request.path,
        query=request.args.to_dict() if request.query_string else {},
        ref_id=ref_id,
        body=fields,
        status=response.status_code,
        answer=_decode_body(response),
        advice=[*advice, *find_advice(request.environ)],
        cause=g.get("cause") if response.status_code == 401 else None,
        fault=fault,
    )
    parts.recorder.record(account_key, profile_key, redaction_of(call).entry(entry))
    return response


def redaction_of(call: Call | None) -> Redaction:
    """What takes secrets out of texts about a call: its account's are known by their values."""
    if call is None:
        return context().world.redactions.of(development.private_key())
    account = call.tenant.account
    keys = () if call.acting is None or call.acting.primary else (call.acting.key,)
    return call.tenant.world.redactions.of(account.private_key, account.api_key, *keys)


def _call() -> Call | None:
    """The call that a request would have been, had its path or method not been wrong."""
    try:
        return Call(authenticate())
    except (Refused, StoreUnreachable):
        return None


def _decode_body(response: Response) -> Any:
    if response.content_type != JSON_CONTENT_TYPE:
        return None
    body = response.get_data()
    try:
        return _decode(body)
    except msgspec.DecodeError:  # A fault may send something that only claims to be JSON.
        return body.decode("utf-8", "replace")


def _is_of_sdk(fields: dict[str, Any] | None) -> bool:
    """Whether an official SDK makes the call, which names itself and cannot help its host."""
    return "source" in present_request().args or "source" in (fields or ())
