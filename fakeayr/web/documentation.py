"""The contract as two documents, and an offline API browser for both: `/docs`."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import flask_swagger_ui
from flask import Blueprint, Response, render_template, send_from_directory

from fakeayr.web import development

VENDOR_PATH: Final = "/openapi.yaml"
CONTROL_PATH: Final = "/_fakeayr/openapi.yaml"
_SETTINGS: Final = {
    "dom_id": "#swagger-ui",
    "layout": "StandaloneLayout",
    "deepLinking": True,
    "validatorUrl": None,
    "urls": [
        {"url": VENDOR_PATH, "name": "Ayrshare's API"},
        {"url": CONTROL_PATH, "name": "Control API of the fake"},
    ],
}
_ASSETS: Final = Path(flask_swagger_ui.__file__).with_name("dist")
_THIS_SERVER_ONLY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
"""The API browser brings its settings and styles inline. `Try it out` works with this server alone:
a call of the real Ayrshare would be one by mistake."""

blueprint = Blueprint("documentation", __name__, template_folder="templates")


@blueprint.get(VENDOR_PATH)
def vendors_part() -> Response:
    """Returns what Ayrshare has: for generators, and for tools that try every call."""
    return _yaml(_documents()[0])


@blueprint.get(CONTROL_PATH)
def control_part() -> Response:
    """Returns what only the fake has."""
    return _yaml(_documents()[1])


@blueprint.get("/docs/")
def browser() -> str:
    """Returns the page of the API browser, with the development account's key filled in."""
    return render_template("docs.html", settings=_SETTINGS, api_key=development.API_KEY)


@blueprint.get("/docs/<path:name>")
def asset(name: str) -> Response | str:
    """Returns a file of the API browser; all of them come from this server."""
    return browser() if name == "index.html" else send_from_directory(_ASSETS, name)


@blueprint.after_request
def _stay_here(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _THIS_SERVER_ONLY
    return response


@cache
def _documents() -> tuple[str, ...]:
    """The two documents as text; they contain the development account's key."""
    from fakeayr.ayrshare import openapi  # noqa: PLC0415 - PyYAML is slow to import

    return tuple(openapi.to_yaml(_with_key(part)) for part in openapi.split(openapi.document()))


def _with_key(part: dict[str, Any]) -> dict[str, Any]:
    components = part["components"]
    scheme = components["securitySchemes"]["apiKey"]
    description = f"{scheme['description']} The development account's: `{development.API_KEY}`."
    schemes = components["securitySchemes"] | {"apiKey": scheme | {"description": description}}
    return part | {"components": components | {"securitySchemes": schemes}}


def _yaml(text: str) -> Response:
    return Response(text, content_type="application/yaml")
