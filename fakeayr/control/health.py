"""GET /_fakeayr/health: whether the server responds. It reports nothing else, hence no token."""

from flask import Blueprint, Response, request

from fakeayr.version import __version__
from fakeayr.web import hosts
from fakeayr.web.context import context
from fakeayr.web.responses import json_response

blueprint = Blueprint("control_health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Returns 200 under every name that the server may be called by; any, if it has a token."""
    if context().config.control_token is None:
        hosts.check(request, context().config)
    return json_response({"status": "ok", "version": __version__})
