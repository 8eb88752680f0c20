"""GET and DELETE /_fakeayr/advice, and GET /_fakeayr/changes."""

from typing import Any, Final

from flask import Blueprint, request

from fakeayr.control.access import LONGEST_WAIT_SECONDS, is_ending, owner, query_number
from fakeayr.control.requests import describe_entry
from fakeayr.domain import profiles
from fakeayr.domain.advice import ledger, reports
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.journal import JOURNAL
from fakeayr.domain.memo import Memo
from fakeayr.domain.ports import Tally
from fakeayr.domain.tenants import Tenant
from fakeayr.version import __version__
from fakeayr.web.context import context

blueprint = Blueprint("control_advice", __name__)

_MOST_ENTRIES: Final = 200
_KEPT_SECONDS: Final = 3
"""A webhook's attempts change what is advised, and nothing that is counted."""
_COUNTS: Final[Memo[tuple[str, Tally, int], int]] = Memo(64)


@blueprint.get("/advice")
@owner
def get_advice(tenant: Tenant) -> dict[str, Any]:
    """Returns what the integrator should mend: the surest first, and of that the latest."""
    context().recorder.settle()
    key = request.args.get("profileKey")
    ref_id = None if key is None else profiles.get(tenant, key).ref_id
    return {"advice": [found.describe() for found in reports.report(tenant, ref_id)]}


@blueprint.delete("/advice")
@owner
def clear_advice(tenant: Tenant) -> dict[str, Any]:
    """Forgets the advice so far; the journal stays as it is."""
    context().recorder.settle()
    last = tenant.store.tally(tenant.api_key, JOURNAL).last
    _COUNTS.clear()
    ledger.clear(tenant.store, tenant.api_key, number=last)
    return {"status": "success"}


@blueprint.get("/changes")
@owner
def get_changes(tenant: Tenant) -> dict[str, Any]:
    """Returns what is new in the journal since a cursor, and how much there is of everything.

    With `?wait=SECONDS` it returns once there is something new, unless too many wait already.
    """
    cursor = query_number("after", 2**62)
    wait = query_number("wait", LONGEST_WAIT_SECONDS)
    recorder = context().recorder
    recorder.settle()
    tally = tenant.store.tally(tenant.api_key, JOURNAL)
    if wait and cursor == tally.last:
        ending = is_ending()
        recorder.await_entry(lambda: ending() or _is_ahead(tenant, cursor), wait)
        tally = tenant.store.tally(tenant.api_key, JOURNAL)
    # A cursor from before the server was started anew is ahead of everything.
    after = int(cursor) if cursor <= tally.last else 0
    entries = tenant.store.log(JOURNAL, tenant.api_key, after=after, limit=_MOST_ENTRIES)
    now = tenant.now()
    return {
        "cursor": entries[-1][0] if entries else tally.last,
        "requests": [describe_entry(number, document) for number, document in entries],
        "counts": {
            "requests": tally.entries,
            "advice": _count_advice(tenant, tally),
            "posts": tally.posts,
            "webhooks": tally.webhooks,
            "emails": tally.emails,
        },
        "now": now,
        "utc": iso_milliseconds(now),
        "offset": tenant.account.clock_offset,
        "version": __version__,
    }


def _count_advice(tenant: Tenant, tally: Tally) -> int:
    """How much there is to mend: looked up again where something came, or a little time passed."""
    moment = int(tenant.world.clock.now() // _KEPT_SECONDS)
    key = tenant.api_key, tally, moment
    return _COUNTS.get_or_make(key, lambda: len(reports.report(tenant)))


def _is_ahead(tenant: Tenant, cursor: float) -> bool:
    return tenant.store.tally(tenant.api_key, JOURNAL).last != cursor
