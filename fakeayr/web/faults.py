"""What a fault does to the response of a call that it hits."""

import errno
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from flask import Response, current_app, request

from fakeayr import real_time
from fakeayr.ayrshare.headers import JSON_CONTENT_TYPE, RATE_LIMIT_COUNT, RATE_LIMIT_MAX
from fakeayr.ayrshare.limits import RATE_LIMIT_REQUESTS
from fakeayr.client.environ import OUTSIDE_CONTRACT, WAIT
from fakeayr.domain.faults import Fault, FaultKind, When, reason
from fakeayr.web.responses import json_response


class ConnectionBroken(ConnectionResetError):
    """A fault breaks the connection here: the client gets nothing more.

    The app raises it when it is called (nothing was sent), or its iterable raises it in the
    middle of the body. It is for the server to hang up.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "A fault broke the connection")


class Unanswered(Response):
    """A response that is never sent. Its status is 0; its body, if any, is what was not sent."""

    def __call__(self, environ: Any, start_response: Any) -> NoReturn:
        """Breaks the connection."""
        raise ConnectionBroken


class Truncated(Response):
    """A response whose second half is never sent, though its length was announced."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Sends half of the body, and breaks the connection."""
        return _half(super().__call__(environ, start_response))


def apply_fault(fault: Fault, respond: Callable[[], Response]) -> Response:
    """The response to a call that a fault hits.

    Args:
        fault: Which one.
        respond: Lets the call take effect, and returns the right response.
    """
    if fault.kind is FaultKind.LATENCY and fault.when is When.BEFORE:
        _wait(fault)
        return respond()
    right = Response(status=0) if fault.when is When.BEFORE else _run(respond)
    if fault.kind is FaultKind.LATENCY:
        _wait(fault)
        return right
    if fault.kind is FaultKind.RESET:
        return Unanswered(right.get_data(), status=0, content_type=right.content_type)
    request.environ[OUTSIDE_CONTRACT] = True
    return _violate_contract(fault, right)


def _violate_contract(fault: Fault, right: Response) -> Response:
    """A response that Ayrshare's API never gives."""
    match fault.kind:
        case FaultKind.TRUNCATED:
            return Truncated(right.get_data(), right.status, right.headers)
        case FaultKind.MALFORMED:
            malformed = '{"status": "success", "title": undefined}'
            return Response(malformed, content_type=JSON_CONTENT_TYPE)
        case FaultKind.HTML:
            return _make_page(fault)
        case _:
            return _refuse(fault)


def _run(respond: Callable[[], Response]) -> Response:
    """The right response; an error that the call raises becomes one."""
    try:
        return respond()
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def _make_page(fault: Fault) -> Response:
    status = fault.status or 502
    title = f"{status} {reason(status)}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(page, status, content_type="text/html")


def _refuse(fault: Fault) -> Response:
    body = {
        "action": fault.action,
        "status": "error",
        "code": fault.code,
        "message": fault.message,
    }
    response = json_response(body, fault.status or 500)
    if fault.kind is FaultKind.RATE_LIMIT:
        response.headers[RATE_LIMIT_MAX] = str(RATE_LIMIT_REQUESTS)
        response.headers[RATE_LIMIT_COUNT] = str(RATE_LIMIT_REQUESTS + 1)
    return response


def _wait(fault: Fault) -> None:
    wait: Callable[[float], None] = request.environ.get(WAIT, real_time.sleep)
    wait(fault.seconds or 0)


def _half(whole: Iterable[bytes]) -> Iterator[bytes]:
    body = b"".join(whole)
    yield body[: len(body) // 2]
    raise ConnectionBroken
