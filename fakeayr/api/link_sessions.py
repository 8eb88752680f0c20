"""POST /profiles/link-sessions, and GET and DELETE of one."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.api.generate_jwt import x_credentials
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.plans import Feature
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.linking import advice, link_sessions, session_urls
from fakeayr.domain.linking.link_sessions import Mode
from fakeayr.domain.linking.session_urls import SessionRequest
from fakeayr.domain.model import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.web.calls import Call, operation
from fakeayr.web.page_url import page_url

blueprint = Blueprint("link_sessions", __name__)


class Body(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The body of POST /profiles/link-sessions; everything is optional, `expiresIn` is minutes.

    `instagramLinkMethod` is accepted; what it changes on the page is not public.
    """

    mode: Mode = Mode.GRID
    network: str | None = None
    redirect: str | None = None
    allowed_social: list[str] | None = None
    instagram_link_method: str | None = None
    origin: str | None = None
    domain: str | None = None
    logout: bool = False
    expires_in: float | None = None
    email: dict[str, Any] | None = None


@blueprint.post("/profiles/link-sessions")
@operation(Feature.LINKING_URLS)
def create_link_session(call: Call) -> dict[str, Any]:
    """Creates a linking URL without a private key; the token is inside the URL."""
    body = call.body(Body)
    allowed = [session_urls.network_named(name) for name in body.allowed_social or []]
    call.advice += advice.on_networks("allowedSocial", allowed)
    asked = SessionRequest(
        profile_key=_profile(call).key,
        mode=body.mode,
        network=body.network,
        redirect=body.redirect,
        allowed_social=body.allowed_social,
        origin=body.origin,
        domain=body.domain,
        logout=body.logout,
        expires_in=body.expires_in,
        email=body.email,
        x_credentials=x_credentials(),
    )
    made = session_urls.create(call.context.world, call.account, asked, page_url())
    answer: dict[str, Any] = {
        "status": "success",
        "sessionId": made.session.id,
        "url": made.url,
        "expiresAt": iso_seconds(made.session.expires),
        "title": made.profile.title,
    }
    if body.email is not None:
        answer["emailSent"] = True
    return answer


@blueprint.get("/profiles/link-sessions/<session_id>")
@operation(Feature.LINKING_URLS)
def get_link_session(call: Call, session_id: str) -> dict[str, Any]:
    """Says whether a linking URL was opened, is still valid, or was revoked."""
    profile = _profile(call)
    session = link_sessions.find(call.context.world, call.account, profile.key, session_id)
    return link_sessions.described(session, profile.title, call.now)


@blueprint.delete("/profiles/link-sessions/<session_id>")
@operation(Feature.LINKING_URLS)
def revoke_link_session(call: Call, session_id: str) -> dict[str, Any]:
    """Revokes a linking URL before it expires."""
    profile = _profile(call)
    link_sessions.revoke(call.context.world, call.account, profile.key, session_id)
    return {"status": "success", "sessionId": session_id}


def _profile(call: Call) -> Profile:
    """The User Profile of the call, which the header must name."""
    if call.profile_key() is None:
        raise Refused(errors.INVALID_PARAMETERS, f"The header {PROFILE_KEY} is required.")
    return call.profile()
