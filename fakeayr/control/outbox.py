"""/_fakeayr/webhooks and /_fakeayr/emails: what left, and sending it again."""

from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from fakeayr.ayrshare import errors
from fakeayr.control.access import anyone, owner
from fakeayr.domain.notifications import outbox, webhooks
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.web.context import context

blueprint = Blueprint("control_outbox", __name__)

_LONGEST_WAIT_SECONDS: Final = 30.0
_EMAIL_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@blueprint.get("/webhooks")
@owner
def get_webhooks(tenant: Tenant) -> dict[str, Any]:
    """Answers the account's webhook deliveries with their attempts, oldest first."""
    return {"webhooks": _items(tenant, Channel.WEBHOOK)}


@blueprint.get("/emails")
@owner
def get_emails(tenant: Tenant) -> dict[str, Any]:
    """Answers the account's e-mails, oldest first."""
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
    tenant.world.courier.settle(tenant.api_key, _wait())
    return [_describe(item) for item in tenant.store.outgoing(tenant.api_key, channel)]


def _wait() -> float:
    asked = request.args.get("wait", "0")
    try:
        seconds = float(asked)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_WAIT_SECONDS:
        raise Refused(
            errors.INVALID_PARAMETERS, f"wait must be 0 to {_LONGEST_WAIT_SECONDS:g} seconds."
        )
    return seconds


def _describe(item: Outgoing) -> dict[str, Any]:
    return {
        "id": item.id,
        "time": item.created,
        "refId": item.ref_id,
        "state": item.state,
        **item.content,
        "attempts": item.attempts,
    }
