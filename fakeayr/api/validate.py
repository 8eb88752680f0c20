"""POST /validate/post, /validate/json, /validate/postLength and /validate/media."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.api import post_body
from fakeayr.api.post_body import PostBody
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Feature
from fakeayr.ayrshare.posting.messages import JSON_IS_VALID, POST_IS_VALID
from fakeayr.domain.media.lookup import look_at
from fakeayr.domain.posting import lengths, submitting
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call, operation
from fakeayr.web.x_credentials import check_x_credentials

blueprint = Blueprint("validate", __name__)

_FLAT: Final = ("action", "status", "code", "message", "details")
"""What a problem shows of its entry in `errors` (documented)."""
_decode = msgspec.json.Decoder().decode


class LengthBody(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /validate/postLength."""

    post: str
    profile_key: str | None = None


class MediaBody(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /validate/media."""

    media_url: Annotated[str, Meta(min_length=1)]
    profile_key: str | None = None


@blueprint.post("/validate/post")
@operation(Feature.PREMIUM_POSTING)
def validate_post(call: Call) -> dict[str, Any]:
    """Checks a post without posting it; a network that is not linked is only a warning."""
    body = call.body(PostBody)
    draft = post_body.read_draft(call.fields, body, call.tenant.account, call.tenant.world.ids)
    profile = call.profile(body.profile_key)
    request = draft.request
    if post_body.ALL in request.platforms:
        request = post_body.for_profile(
            msgspec.structs.replace(draft, auto_schedule=None), call.tenant, profile
        )
    check_x_credentials(call, request.platforms)
    problems = submitting.preview(call.tenant, profile, request)
    warnings = []
    for network, problem in problems.items():
        if problem["code"] != errors.NETWORK_NOT_LINKED.code:
            call.status = 400
            return {name: problem[name] for name in _FLAT if name in problem}
        warning = errors.NETWORK_NOT_LINKED_YET.fill(network=NETWORKS[network].display_name)
        warnings.append({**problem, "message": warning.message})
    answer: dict[str, Any] = {"status": "success", "message": POST_IS_VALID}
    return {**answer, "warnings": warnings} if warnings else answer


@blueprint.post("/validate/json")
@operation()
def validate_json(call: Call) -> dict[str, Any]:
    """Checks whether a body is JSON; its Content-Type is `text/plain`."""
    call.profile()
    try:
        _decode(present_request().get_data())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise incorrect("The body is not valid JSON.") from None
    return {"status": "success", "message": JSON_IS_VALID}


@blueprint.post("/validate/postLength")
@blueprint.post("/post/checkPostWeight", endpoint="validate_length_legacy")
@operation()
def validate_length(call: Call) -> dict[str, Any]:
    """Returns how long each network counts a text, and whether it takes it."""
    body = call.body(LengthBody)
    call.profile(body.profile_key)
    return lengths.lengths(body.post)


@blueprint.post("/validate/media")
@operation(Feature.PREMIUM_POSTING)
def validate_media(call: Call) -> dict[str, Any]:
    """Checks whether a medium can be reached; nothing is fetched."""
    body = call.body(MediaBody)
    call.profile(body.profile_key)
    post_body.check_urls([body.media_url])
    known = look_at(call.tenant, body.media_url)
    if not known.reachable:
        raise Refused(errors.MEDIA_URL_INVALID)
    return {"status": "success", "mediaUrl": body.media_url, "contentType": known.content_type}
