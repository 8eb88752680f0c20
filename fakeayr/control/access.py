"""How control endpoints are entered: the guard, and the account a call is about."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response, request

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.client.environ import ENDING
from fakeayr.control import guard
from fakeayr.domain.refusals import Refused
from fakeayr.web.bodies import T, read_body
from fakeayr.web.calls import authenticate
from fakeayr.web.context import context
from fakeayr.web.responses import json_response

Endpoint = Callable[..., Response]

LONGEST_WAIT_SECONDS: Final = 30.0
"""How long a call may ask to wait."""


def anyone(handler: Endpoint) -> Endpoint:
    """Makes an endpoint for whoever may use the control surface."""

    @wraps(handler)
    def endpoint(**arguments: Any) -> Response:
        guard.check(request, context().config)
        return handler(**arguments)

    return endpoint


def owner(handler: Callable[..., Any]) -> Endpoint:
    """Makes an endpoint about the account whose API key the call carries; it returns JSON."""

    @wraps(handler)
    def endpoint(**arguments: Any) -> Response:
        guard.check(request, context().config)
        return json_response(handler(authenticate(), **arguments))

    return endpoint


def fields_into(model: type[T]) -> T:
    """The body as a model.

    Raises:
        Refused: It does not fit (101); models of the control surface forbid unknown fields.
    """
    return read_body(request).into(model)


def query_number(name: str, most: float) -> float:
    """A number of the query; 0 unless given.

    Raises:
        Refused: It is no number from 0 to `most` (101).
    """
    try:
        number = float(request.args.get(name, 0))
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise Refused(errors.INVALID_PARAMETERS, f"{name} must be a number from 0 to {most:g}.")
    return number


def is_ending() -> Callable[[], bool]:
    """What says whether the server stops, which ends all waits."""
    ending: Callable[[], bool] = request.environ.get(ENDING, lambda: False)
    return ending


def check_platform(name: str | None) -> str:
    """The name of a network, if it is one.

    Raises:
        Refused: It is not (101).
    """
    if name not in NETWORKS:
        raise Refused(errors.INVALID_PARAMETERS, f"platform must be one of {', '.join(NETWORKS)}.")
    return str(name)
