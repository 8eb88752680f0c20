"""POST /profiles/generateJWT."""

from typing import Any

import msgspec
from flask import Blueprint, request

from fakeayr.addresses import page_url
from fakeayr.api.calls import Call, operation
from fakeayr.domain import advice, linking_urls
from fakeayr.domain.linking_urls import LinkingRequest
from fakeayr.domain.x_apps import XCredentials
from fakeayr.vendor.addresses import X_KEY_HEADER, X_SECRET_HEADER
from fakeayr.vendor.plans import Feature

blueprint = Blueprint("generate_jwt", __name__)


class Body(msgspec.Struct, frozen=True, rename="camel"):
    """The body of generateJWT; `expireIn` is the older spelling of `expiresIn` (minutes)."""

    domain: str
    private_key: str
    profile_key: str
    logout: bool = False
    redirect: str | None = None
    allowed_social: list[str] | None = None
    verify: bool = False
    base64: bool = False
    expires_in: float | None = None
    expire_in: float | None = None
    email: dict[str, Any] | None = None
    twitter_api_key: str | None = None
    twitter_api_secret: str | None = None


@blueprint.post("/profiles/generateJWT")
@operation(Feature.LINKING_URLS)
def generate_jwt(call: Call) -> dict[str, Any]:
    """Answers a token and the URL that opens the profile's linking page with it."""
    body = call.body(Body)
    headers = request.headers
    asked = LinkingRequest(
        domain=body.domain,
        private_key=body.private_key,
        profile_key=body.profile_key,
        logout=body.logout,
        redirect=body.redirect,
        allowed_social=body.allowed_social,
        verify=body.verify,
        base64=body.base64,
        expires_in=body.expire_in if body.expires_in is None else body.expires_in,
        email=body.email,
        x_credentials=XCredentials(
            header_key=headers.get(X_KEY_HEADER),
            header_secret=headers.get(X_SECRET_HEADER),
            body_key=body.twitter_api_key,
            body_secret=body.twitter_api_secret,
        ),
    )
    call.advice += advice.on_linking_request(call.account, asked)
    made = linking_urls.generate(call.context.world, call.account, asked, page_url())
    call.acting = made.profile
    call.advice += made.advice
    answer: dict[str, Any] = {
        "status": "success",
        "title": made.profile.title,
        "token": made.token,
        "url": made.url,
    }
    if body.email is not None:
        answer["emailSent"] = True
    if made.expires_in is not None:
        answer["expiresIn"] = made.expires_in
    return answer
