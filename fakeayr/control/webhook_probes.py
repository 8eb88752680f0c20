"""POST /_fakeayr/webhook-probes and /webhooks/ID/probe: what a receiver takes and refuses."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint

from fakeayr import real_time
from fakeayr.control.access import fields_into, owner
from fakeayr.delivery.http import deliver
from fakeayr.domain import profiles
from fakeayr.domain.notifications import outbox, probes, webhooks
from fakeayr.domain.notifications.outbox import Channel
from fakeayr.domain.notifications.probes import Probe, Result
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.domain.tenants import Tenant

blueprint = Blueprint("control_webhook_probes", __name__)

_OTHER_SECRET_LETTERS: Final = 32


class ProbeRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A receiver, and the secret that it checks signatures with.

    `profile_key` names the profile that the deliveries tell of; the primary one unless given.
    """

    url: Annotated[str, msgspec.Meta(max_length=2_000)]
    secret: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)] | None = None
    profile_key: str | None = None


@blueprint.post("/webhook-probes")
@owner
def probe_webhook(tenant: Tenant) -> dict[str, Any]:
    """Sends the probes one after the other, and returns what the receiver did with each.

    Targets are those that webhooks may have, redirects are not followed, and nothing of a response
    is shown but its status.
    """
    wanted = fields_into(ProbeRequest)
    key = tenant.api_key if wanted.profile_key is None else wanted.profile_key
    return _probe(tenant, profiles.get(tenant, key), wanted.url, wanted.secret)


@blueprint.post("/webhooks/<item_id>/probe")
@owner
def probe_receiver(tenant: Tenant, item_id: str) -> dict[str, Any]:
    """Does the same with the receiver of a delivery, and the secret that this is signed with."""
    item = outbox.get(tenant, Channel.WEBHOOK, item_id)
    found = tenant.store.profiles(tenant.api_key, ProfileFilter(limit=1, ref_id=item.ref_id))
    profile = found[0][1] if found else profiles.primary(tenant)
    return _probe(tenant, profile, item.content["url"], next(iter(item.secrets), None))


def _probe(tenant: Tenant, profile: Profile, url: str, secret: str | None) -> dict[str, Any]:
    webhooks.check_url(tenant, url)
    planned = probes.plan(
        profile,
        url,
        tenant.world.ids,
        now=tenant.now(),
        secret=secret,
        other_secret=tenant.world.ids.letters(_OTHER_SECRET_LETTERS),
    )
    within = outbox.answer_within(tenant.account)
    results: list[Result] = []
    for probe in planned:
        results.append(_send(probe, url, within=within, now=tenant.now()))
        if results[-1].attempt.error is not None:  # The others would hang or fail likewise.
            break
    return {
        "url": url,
        "probes": [result.describe() for result in results],
        "advice": [piece.describe() for piece in probes.judge(results, url)],
    }


def _send(probe: Probe, url: str, *, within: float, now: float) -> Result:
    began = real_time.monotonic()
    attempt = deliver(url, probe.body, probe.headers, within=within, now=now)
    return Result(probe=probe, attempt=attempt, seconds=real_time.monotonic() - began)
