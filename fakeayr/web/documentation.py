"""The contract and an offline API browser: `/openapi.yaml` and `/docs`."""

from typing import Final

from flask import Blueprint, Response
from flask_swagger_ui.flask_swagger_ui import get_swaggerui_blueprint

from fakeayr.ayrshare import openapi

CONTRACT_PATH: Final = "/openapi.yaml"
_THIS_SERVER_ONLY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
"""The API browser brings its settings and styles inline. `Try it out` works with this server alone:
a call of the real Ayrshare would be one by mistake."""

blueprint = Blueprint("documentation", __name__)


@blueprint.get(CONTRACT_PATH)
def contract() -> Response:
    """Answers the contract."""
    return Response(openapi.text(), content_type="application/yaml")


def browser() -> Blueprint:
    """The API browser; all its assets come from this server, and it talks to no other."""
    made: Blueprint = get_swaggerui_blueprint(  # type: ignore[no-untyped-call]
        "/docs", CONTRACT_PATH, config={"app_name": "fakeayr", "validatorUrl": None}
    )
    made.after_request(_stay_here)
    return made


def _stay_here(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _THIS_SERVER_ONLY
    return response
