"""/_fakeayr/webhooks and /_fakeayr/emails: what left, and sending it again."""

from typing import Any, Final

from flask import Blueprint, request

from fakeayr.ayrshare import errors
from fakeayr.control.access import owner
from fakeayr.domain.model import Account, Channel, Outgoing
from fakeayr.domain.notifications import outbox
from fakeayr.domain.refusals import Refused
from fakeayr.web.context import context

blueprint = Blueprint("control_outbox", __name__)

_LONGEST_WAIT_SECONDS: Final = 30.0


@blueprint.get("/webhooks")
@owner
def get_webhooks(account: Account) -> dict[str, Any]:
    """Answers the account's webhook deliveries with their attempts, oldest first."""
    return {"webhooks": _items(account, Channel.WEBHOOK)}


@blueprint.get("/emails")
@owner
def get_emails(account: Account) -> dict[str, Any]:
    """Answers the account's e-mails, oldest first."""
    return {"emails": _items(account, Channel.EMAIL)}


@blueprint.post("/webhooks/<item_id>/resend")
@owner
def resend_webhook(account: Account, item_id: str) -> dict[str, Any]:
    """Sends a delivery once more, now."""
    return _described(outbox.resend(context().world, account, Channel.WEBHOOK, item_id))


@blueprint.post("/emails/<item_id>/resend")
@owner
def resend_email(account: Account, item_id: str) -> dict[str, Any]:
    """Sends an e-mail once more, now."""
    return _described(outbox.resend(context().world, account, Channel.EMAIL, item_id))


def _items(account: Account, channel: Channel) -> list[dict[str, Any]]:
    """The outbox; with `?wait=SECONDS` as it is when nothing is due or being sent any more."""
    world = context().world
    outbox.settle(world, account, _wait())
    return [_described(item) for item in world.store.outgoing(account.api_key, channel)]


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


def _described(item: Outgoing) -> dict[str, Any]:
    return {
        "id": item.id,
        "time": item.created,
        "refId": item.ref_id,
        "state": item.state,
        **item.content,
        "attempts": item.attempts,
    }
