"""POST /profiles/generateJWT."""

from typing import Any, TypeVar

import msgspec
from flask import Blueprint

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.plans import Feature
from fakeayr.domain.accounts import LinkingApi
from fakeayr.domain.advice import fields
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.linking import urls, x_apps
from fakeayr.domain.linking.request import GenerateJwtRequest, SigningRequest
from fakeayr.domain.linking.urls import LinkingUrl
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call, operation
from fakeayr.web.page_url import page_url

blueprint = Blueprint("generate_jwt", __name__)

R = TypeVar("R", bound=GenerateJwtRequest)


@blueprint.post("/profiles/generateJWT")
@operation(Feature.LINKING_URLS)
def generate_jwt(call: Call) -> dict[str, Any]:
    """Returns a token and the URL that opens the profile's linking page with it."""
    signs = call.tenant.account.linking_api is LinkingApi.JWT
    made = _sign(call) if signs else _open_session(call)
    call.acting = made.profile
    response: dict[str, Any] = {
        "status": "success",
        "title": made.profile.title,
        "token": made.token,
        "url": made.url,
    }
    if made.email_sent or not signs:
        response["emailSent"] = made.email_sent
    if made.minutes is not None:
        response["expiresIn"] = f"{made.minutes:g}m"
    return response


def _sign(call: Call) -> LinkingUrl:
    request = _normalize(call, call.body(SigningRequest))
    call.advice += guard(fields.on_linking_request, call.tenant.account, request)
    made = urls.sign(call.tenant, request, page_url(), _x_app(request))
    call.advice += made.advice
    return made


def _open_session(call: Call) -> LinkingUrl:
    """The newer age's form: a thin alias of POST /profiles/link-sessions."""
    request = _normalize(call, call.body(GenerateJwtRequest))
    call.advice += guard(fields.on_linking_request, call.tenant.account, request)
    call.advice.append(advise("conduct-older-linking-api", "path"))
    key = request.profile_key
    return urls.open_session(call.tenant, key, request, page_url(), _x_app(request))


def _x_app(request: GenerateJwtRequest) -> str | None:
    return x_app(request.twitter_api_key, request.twitter_api_secret)


def x_app(body_key: str | None = None, body_secret: str | None = None) -> str | None:
    """Reference of the X app whose credentials stand in the headers or in the body.

    Raises:
        Refused: They stand in both (434), or are not complete (188).
    """
    headers = present_request().headers
    in_headers = headers.get(X_APP_KEY), headers.get(X_APP_SECRET)
    in_body = body_key, body_secret
    return x_apps.reference(in_headers, in_body) if any(in_headers + in_body) else None


def _normalize(call: Call, request: R) -> R:
    """The request with its lifetime under the newer spelling.

    The e-mail of a form gets numbers where it has texts to begin with.
    """
    if request.expires_in is None and request.expire_in is not None:
        request = msgspec.structs.replace(request, expires_in=request.expire_in)
    if request.email is not None and not call.fields.typed:
        email = {
            name: _number(value) if name.startswith("expire") else value
            for name, value in request.email.items()
        }
        request = msgspec.structs.replace(request, email=email)
    return request


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
