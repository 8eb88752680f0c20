"""POST /profiles/link-sessions, and GET and DELETE of one."""

from typing import Any

from flask import Blueprint

from fakeayr.api.generate_jwt import x_app
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.plans import Feature
from fakeayr.domain.advice import fields
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.linking import sessions, urls
from fakeayr.domain.linking.request import LinkSessionRequest, wire_name
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.web.calls import Call, operation
from fakeayr.web.page_url import page_url

blueprint = Blueprint("link_sessions", __name__)


@blueprint.post("/profiles/link-sessions")
@operation(Feature.LINKING_URLS)
def create_link_session(call: Call) -> dict[str, Any]:
    """Creates a linking URL without a private key; the token is inside the URL."""
    request = call.body(LinkSessionRequest)
    named = map(wire_name, request.allowed_social or [])
    call.advice += fields.on_networks("allowedSocial", named)
    made = urls.open_session(call.tenant, _profile(call).key, request, page_url(), x_app())
    return {
        "status": "success",
        "sessionId": made.session_id,
        "url": made.url,
        "expiresAt": iso_milliseconds(made.expires),
        "emailSent": made.email_sent,
        "title": made.profile.title,
    }


@blueprint.get("/profiles/link-sessions/<session_id>")
@operation(Feature.LINKING_URLS)
def get_link_session(call: Call, session_id: str) -> dict[str, Any]:
    """Says whether a linking URL was opened, is still valid, or was revoked."""
    session = sessions.find(call.tenant, _profile(call).key, session_id)
    return sessions.describe(session, call.now)


@blueprint.delete("/profiles/link-sessions/<session_id>")
@operation(Feature.LINKING_URLS)
def revoke_link_session(call: Call, session_id: str) -> dict[str, Any]:
    """Revokes a linking URL before it expires; doing so again changes nothing."""
    session = sessions.revoke(call.tenant, _profile(call).key, session_id)
    return {"status": "success", "sessionId": session.id}


def _profile(call: Call) -> Profile:
    """The User Profile of the call, which the header must name."""
    if call.profile_key() is None:
        raise Refused(errors.INVALID_PARAMETERS, f"The header {PROFILE_KEY} is required.")
    return call.profile()
