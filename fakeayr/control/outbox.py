"""/_fakeayr/webhooks and /_fakeayr/emails: what left, and sending it again."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta
from werkzeug.exceptions import NotFound

from fakeayr.control.access import LONGEST_WAIT_SECONDS, anyone, is_ending, owner, query_number
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.tenants import Tenant
from fakeayr.web.bodies import read_query
from fakeayr.web.context import context

blueprint = Blueprint("control_outbox", __name__)

_MOST: Final = 10_000
_EMAIL_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


class OutboxQuery(msgspec.Struct, frozen=True):
    """The query of GET /_fakeayr/webhooks and /_fakeayr/emails, beside `wait`."""

    limit: Annotated[int, Meta(ge=1, le=_MOST)] = _MOST


@blueprint.get("/webhooks")
@owner
def get_webhooks(tenant: Tenant) -> dict[str, Any]:
    """Returns the account's webhook deliveries with their attempts, oldest first."""
    return {"webhooks": _items(tenant, Channel.WEBHOOK)}


@blueprint.get("/emails")
@owner
def get_emails(tenant: Tenant) -> dict[str, Any]:
    """Returns the account's e-mails, oldest first."""
    return {"emails": _items(tenant, Channel.EMAIL)}


@blueprint.get("/webhooks/<item_id>/headers")
@owner
def get_webhook_headers(tenant: Tenant, item_id: str) -> dict[str, Any]:
    """Returns the headers that the delivery would carry now: its signatures, not its secrets."""
    item = outbox.get(tenant, Channel.WEBHOOK, item_id)
    return {
        "headers": webhooks.headers(item, tenant.now()),
        "bytes": len(item.content["body"].encode()),
        "secrets": [len(secret) for secret in item.secrets],
    }


@blueprint.get("/emails/<item_id>/html")
@anyone
def show_email(item_id: str) -> Response:
    """Returns an e-mail as a page for a frame, which runs nothing and loads nothing."""
    item = context().world.store.find_outgoing(Channel.EMAIL, item_id)
    if item is None:
        raise NotFound
    headers = {
        "Content-Security-Policy": _EMAIL_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Response(item.content["html"], headers=headers, content_type="text/html; charset=utf-8")


@blueprint.post("/webhooks/<item_id>/resend")
@owner
def resend_webhook(tenant: Tenant, item_id: str) -> dict[str, Any]:
    """Sends a delivery once more, now."""
    return _describe(outbox.resend(tenant, Channel.WEBHOOK, item_id))


@blueprint.post("/emails/<item_id>/resend")
@owner
def resend_email(tenant: Tenant, item_id: str) -> dict[str, Any]:
    """Sends an e-mail once more, now."""
    return _describe(outbox.resend(tenant, Channel.EMAIL, item_id))


def _items(tenant: Tenant, channel: Channel) -> list[dict[str, Any]]:
    """The outbox; with `?wait=SECONDS` as it is when nothing is due or being sent any more."""
    limit = read_query(request).into(OutboxQuery).limit
    wait = query_number("wait", LONGEST_WAIT_SECONDS)
    tenant.world.courier.settle(tenant.api_key, wait, is_ending())
    found = tenant.store.outgoing(tenant.api_key, channel, limit=limit)
    return [_describe(item) for item in found]


def _describe(item: Outgoing) -> dict[str, Any]:
    return {
        "id": item.id,
        "time": item.created,
        "refId": item.ref_id,
        "state": item.state,
        **item.content,
        "attempts": item.attempts,
    }
