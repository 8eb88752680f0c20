"""GET /_fakeayr/health: whether the server answers. It tells nothing else, hence no guard."""

from flask import Blueprint, Response

from fakeayr.version import __version__
from fakeayr.web.answers import json_answer

blueprint = Blueprint("control_health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Answers 200."""
    return json_answer({"status": "ok", "version": __version__})
