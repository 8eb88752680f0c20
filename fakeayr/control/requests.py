"""GET and DELETE /_fakeayr/requests: the journal."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import owner
from fakeayr.domain.journal import JOURNAL
from fakeayr.domain.model import Account
from fakeayr.web.context import context

blueprint = Blueprint("control_requests", __name__)


@blueprint.get("/requests")
@owner
def get_requests(account: Account) -> dict[str, Any]:
    """Answers the account's journal, oldest entry first."""
    parts = context()
    parts.recorder.settle()
    entries = parts.world.store.log(JOURNAL, account.api_key)
    return {"requests": [{"id": number, **msgspec.json.decode(entry)} for number, entry in entries]}


@blueprint.delete("/requests")
@owner
def clear_requests(account: Account) -> dict[str, Any]:
    """Empties the account's journal."""
    parts = context()
    parts.recorder.settle()
    parts.world.store.clear_log(JOURNAL, account.api_key)
    return {"status": "success"}
