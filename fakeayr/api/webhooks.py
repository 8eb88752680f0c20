"""POST, GET and DELETE /hook/webhook, and POST /hook/webhook/secret."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint, request

from fakeayr.ayrshare.plans import Feature
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.notifications import webhooks
from fakeayr.web.bodies import read_query
from fakeayr.web.calls import Call, operation

blueprint = Blueprint("webhooks", __name__)


class Registration(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /hook/webhook."""

    action: str
    url: str
    secret: str | None = None
    profile_key: str | None = None


class Removal(msgspec.Struct, frozen=True, rename="camel"):
    """The body of DELETE /hook/webhook."""

    action: str
    profile_key: str | None = None


class Rotation(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /hook/webhook/secret."""

    secret: Annotated[str, msgspec.Meta(min_length=1)]


class WebhookQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /hook/webhook."""

    profile_key: str | None = None


@blueprint.post("/hook/webhook")
@operation(Feature.WEBHOOKS)
def register_webhook(call: Call) -> dict[str, Any]:
    """Registers a webhook; the URL is not called to verify it."""
    body = call.body(Registration)
    profile = call.profile(body.profile_key)
    webhooks.register(call.tenant, profile.key, body.action, url=body.url, secret=body.secret)
    if call.tenant.api_key in call.tenant.world.strangers:
        call.advice.append(advise("webhook-stays-in-outbox"))
    return {
        "status": "success",
        "action": body.action,
        "url": body.url,
        "refId": profile.ref_id,
    }


@blueprint.get("/hook/webhook")
@operation(Feature.WEBHOOKS)
def get_webhooks(call: Call) -> dict[str, Any]:
    """Lists a profile's webhooks by action, each with the date of its registration."""
    known = call.profile(read_query(request).into(WebhookQuery).profile_key).webhooks
    response: dict[str, Any] = {"status": "success"}
    for action, url in known.urls.items():
        response[action] = url
        response[f"{action}Updated"] = iso_seconds(known.updated_actions.get(action, known.updated))
    if known.updated:
        response["updated"] = iso_seconds(known.updated)
    return response


@blueprint.delete("/hook/webhook")
@operation(Feature.WEBHOOKS)
def unregister_webhook(call: Call) -> dict[str, Any]:
    """Removes a webhook; it succeeds too where none was registered."""
    body = call.body(Removal)
    profile = call.profile(body.profile_key)
    webhooks.unregister(call.tenant, profile.key, body.action)
    return {"status": "success", "action": body.action}


@blueprint.post("/hook/webhook/secret")
@operation(Feature.WEBHOOKS)
def rotate_webhook_secret(call: Call) -> dict[str, Any]:
    """Sets a profile's signing secret, or rotates it: for 24 hours both sign."""
    body = call.body(Rotation)
    profile = call.profile()
    webhooks.rotate_secret(call.tenant, profile.key, body.secret)
    return {"status": "success", "action": "webhook", "refId": profile.ref_id}
