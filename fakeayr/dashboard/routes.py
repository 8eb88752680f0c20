"""The dashboard's shell and its files.

The shell holds no data, so that a link from anywhere may open it. Its data come from the control
API, which looks at every call.
"""

import json
from functools import cache
from typing import Final

from flask import Blueprint, Response, request
from markupsafe import escape
from werkzeug.exceptions import NotFound

from fakeayr import package_files
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Plan
from fakeayr.domain import consents
from fakeayr.domain.accounts import LinkingApi
from fakeayr.domain.faults import FaultKind
from fakeayr.domain.posting import outcomes
from fakeayr.version import __version__
from fakeayr.web import hosts
from fakeayr.web.context import context

PATH: Final = "/_fakeayr/"
_FILES: Final = f"{PATH}dashboard/{__version__}/"
"""Has the version in it: a browser keeps the files, and loads those of another version anew."""
_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

blueprint = Blueprint("dashboard", __name__)


@blueprint.get(PATH)
def shell() -> Response:
    """Returns the page, under every name that the server may be called by."""
    _check_host()
    page = _page()
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    return _answer(page, "text/html; charset=utf-8", headers)


@blueprint.get(f"{_FILES}<name>")
def file(name: str) -> Response:
    """Returns the style sheet, the icon or a module."""
    _check_host()
    kind = _KINDS.get(name.rpartition(".")[2])
    if kind is None or "/" in name or "\\" in name:
        raise NotFound
    try:
        text = _read(name)
    except OSError as error:
        raise NotFound from error
    return _answer(text, kind, {"Cache-Control": "public, max-age=31536000, immutable"})


@cache
def _page() -> str:
    """The shell with the addresses of its files, and the words for its choices."""
    words = {
        "ages": list(LinkingApi),
        "consents": list(consents.ConsentOutcome),
        "faults": list(FaultKind),
        "networks": {network.name: network.display_name for network in NETWORKS.values()},
        "plans": list(Plan),
        "publications": list(outcomes.PublicationOutcome),
    }
    filled = {"files": _FILES, "version": __version__, "facts": escape(json.dumps(words))}
    page = _read("dashboard.html")
    for name, text in filled.items():
        page = page.replace(f"{{{name}}}", text)
    return page


def _check_host() -> None:
    if context().config.control_token is None:
        hosts.check(request, context().config)


def _answer(text: str, kind: str, headers: dict[str, str]) -> Response:
    return Response(
        text, headers={**headers, "X-Content-Type-Options": "nosniff"}, content_type=kind
    )


@cache
def _read(name: str) -> str:
    """The text of a file. They are few: a name that does not exist is not kept."""
    return package_files.read(f"dashboard/static/{name}")
