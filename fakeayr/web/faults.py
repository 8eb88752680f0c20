"""What a fault does to the answer of a call that it hits."""

import errno
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NoReturn

from flask import Response, current_app, request

from fakeayr import real_time
from fakeayr.ayrshare.headers import JSON_CONTENT_TYPE, RATE_LIMIT_COUNT, RATE_LIMIT_MAX
from fakeayr.ayrshare.limits import RATE_LIMIT_REQUESTS
from fakeayr.client.environ import OUTSIDE_CONTRACT, WAIT
from fakeayr.domain.faults import Fault, FaultKind, When, reason
from fakeayr.web.answers import json_answer


class ConnectionBroken(ConnectionResetError):
    """A fault breaks the connection here: the client gets nothing more.

    The app raises it when it is called (nothing was answered), or its iterable raises it in the
    middle of the body. It is for the server to hang up.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "A fault broke the connection")


class Unanswered(Response):
    """An answer that never leaves. Its status is 0; its body, if any, is what got lost."""

    def __call__(self, environ: Any, start_response: Any) -> NoReturn:
        """Breaks the connection."""
        raise ConnectionBroken


class Truncated(Response):
    """An answer whose second half never leaves, though its length was announced."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answers half of the body, and breaks the connection."""
        return _half(super().__call__(environ, start_response))


def apply_fault(fault: Fault, answer: Callable[[], Response]) -> Response:
    """What a call that a fault hits is answered.

    Args:
        fault: Which one.
        answer: Lets the call take effect, and answers it rightly.
    """
    if fault.kind is FaultKind.LATENCY and fault.when is When.BEFORE:
        _wait(fault)
        return answer()
    right = Response(status=0) if fault.when is When.BEFORE else _right(answer)
    return _APPLIED[fault.kind](fault, right)


def _right(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def _late(fault: Fault, right: Response) -> Response:
    _wait(fault)
    return right


def _error(fault: Fault, _: Response) -> Response:
    return _refusal(fault)


def _rate_limit(fault: Fault, _: Response) -> Response:
    answer = _refusal(fault)
    answer.headers[RATE_LIMIT_MAX] = str(RATE_LIMIT_REQUESTS)
    answer.headers[RATE_LIMIT_COUNT] = str(RATE_LIMIT_REQUESTS + 1)
    return answer


def _reset(_: Fault, right: Response) -> Response:
    return Unanswered(right.get_data(), status=0, content_type=right.content_type)


def _truncated(_: Fault, right: Response) -> Response:
    _leave_contract()
    return Truncated(right.get_data(), right.status, right.headers)


def _malformed(_: Fault, __: Response) -> Response:
    _leave_contract()
    return Response('{"status": "success", "title": undefined}', content_type=JSON_CONTENT_TYPE)


def _html(fault: Fault, _: Response) -> Response:
    _leave_contract()
    status = fault.status or 502
    title = f"{status} {reason(status)}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(page, status, content_type="text/html")


_APPLIED: Final[dict[FaultKind, Callable[[Fault, Response], Response]]] = {
    FaultKind.ERROR: _error,
    FaultKind.RATE_LIMIT: _rate_limit,
    FaultKind.LATENCY: _late,
    FaultKind.RESET: _reset,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.MALFORMED: _malformed,
    FaultKind.HTML: _html,
}


def _refusal(fault: Fault) -> Response:
    _leave_contract()
    body = {
        "action": fault.action,
        "status": "error",
        "code": fault.code,
        "message": fault.message,
    }
    return json_answer(body, fault.status or 500)


def _wait(fault: Fault) -> None:
    wait: Callable[[float], None] = request.environ.get(WAIT, real_time.sleep)
    wait(fault.seconds or 0)


def _leave_contract() -> None:
    request.environ[OUTSIDE_CONTRACT] = True


def _half(whole: Iterable[bytes]) -> Iterator[bytes]:
    body = b"".join(whole)
    yield body[: len(body) // 2]
    raise ConnectionBroken
