"""Webhooks: registering them, what they say, and how a delivery is signed and tried again."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare import webhooks as vendor
from fakeayr.domain import profiles
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.notifications import outbox
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.profiles import Profile, Webhooks
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_loopback, is_web_url
from fakeayr.version import __version__

_ONLY_HERE: Final = (
    "http:// is let through to this machine, and to hosts that fakeayr serve --webhook-host names."
)


def register(tenant: Tenant, key: str, action: str, *, url: str, secret: str | None) -> Profile:
    """Registers a profile's webhook for an action, in place of an earlier one.

    A `secret` signs the deliveries of all actions from now on.

    Raises:
        Refused: The action is unknown, or the URL is not https (400). Plain http is let through to
            the hosts that the server names, and to this machine unless the account's settings say
            otherwise.
    """
    _check_action(action)
    check_url(tenant, url)
    now = tenant.now()
    with tenant.transaction():
        known = profiles.get(tenant, key).webhooks
        changed = msgspec.structs.replace(
            known,
            urls={**known.urls, action: url},
            updated_actions={**known.updated_actions, action: now},
        )
        if secret and secret != known.secret:  # At once, unlike a rotation.
            changed = msgspec.structs.replace(changed, secret=secret, previous_secret=None)
        return _save(tenant, key, changed, now)


def check_url(tenant: Tenant, url: str) -> None:
    """Checks whether webhooks of an account may go to a URL.

    Raises:
        Refused: It is no URL, or not https (400); see `register`.
    """
    parts = urlsplit(url) if url.isascii() and is_web_url(url) else None
    if parts is None:
        raise Refused(errors.WEBHOOK_URL_INVALID)
    local = tenant.account.settings.webhook_loopback_http and is_loopback(parts.hostname)
    if parts.scheme != "https" and not local and parts.hostname not in tenant.world.webhook_hosts:
        advice = advise("webhook-http", "/url")
        raise Refused(errors.WEBHOOK_URL_INVALID, _ONLY_HERE, advice=[advice])


def unregister(tenant: Tenant, key: str, action: str) -> Profile:
    """Takes a profile's webhook for an action away; it succeeds too where there was none.

    Raises:
        Refused: The action is unknown (400).
    """
    _check_action(action)
    now = tenant.now()
    with tenant.transaction():
        known = profiles.get(tenant, key).webhooks
        urls = {name: url for name, url in known.urls.items() if name != action}
        dates = {name: date for name, date in known.updated_actions.items() if name != action}
        changed = msgspec.structs.replace(known, urls=urls, updated_actions=dates)
        return _save(tenant, key, changed, now)


def rotate_secret(tenant: Tenant, key: str, secret: str) -> Profile:
    """Sets a profile's first secret, or a new one beside which the old one signs for 24 hours.

    Raises:
        Refused: A rotation is already under way (400; inferred).
    """
    now = tenant.now()
    with tenant.transaction():
        known = profiles.get(tenant, key).webhooks
        if known.previous_secret is not None and now < known.previous_until:
            raise Refused(errors.WEBHOOK_SECRET_ROTATING)
        until = now + vendor.ROTATION_SECONDS
        rotated = msgspec.structs.replace(
            known, secret=secret, previous_secret=known.secret, previous_until=until
        )
        return _save(tenant, key, rotated, now)


def emit(tenant: Tenant, profile: Profile, action: str, payload: dict[str, Any]) -> None:
    """Puts an event into the outbox, if there is a webhook for it; see `make`."""
    outgoing = make(tenant, profile, action, payload)
    if outgoing is not None:
        outbox.add(tenant, [outgoing])


def make(tenant: Tenant, profile: Profile, action: str, payload: dict[str, Any]) -> Outgoing | None:
    """Makes an event for the profile's own webhook, else the primary's; `None` if there is none.

    Args:
        tenant: The account.
        profile: The profile that the event is about.
        action: The webhook action.
        payload: Fields of the payload besides those that every one has; those that are `None` are
            left out.
    """
    webhooks = profile.webhooks
    if action not in webhooks.urls:
        webhooks = profiles.primary(tenant).webhooks
    url = webhooks.urls.get(action)
    if url is None:
        return None
    now = tenant.now()
    hook_id = tenant.world.ids.entity()
    body = {
        "action": action,
        "created": iso_seconds(now),
        "hookId": hook_id,
        "refId": profile.ref_id,
        "title": profile.title,
        "url": url,
        **{name: value for name, value in payload.items() if value is not None},
    }
    secrets = [webhooks.secret] if webhooks.secret else []
    if webhooks.previous_secret is not None and now < webhooks.previous_until:
        secrets.append(webhooks.previous_secret)
    content = {
        "action": action,
        "hookId": hook_id,
        "url": url,
        "body": msgspec.json.encode(dict(sorted(body.items()))).decode(),
    }
    return outbox.make(tenant, profile, Channel.WEBHOOK, content, secrets=secrets)


def headers(outgoing: Outgoing, now: float) -> dict[str, str]:
    """The headers of a delivery's next attempt at an instant of the account's time."""
    return make_headers(
        outgoing.content["body"].encode(),
        outgoing.id,
        secrets=outgoing.secrets,
        now=now,
        attempt=len(outgoing.attempts) + 1,
    )


def make_headers(
    body: bytes, delivery_id: str, *, secrets: Sequence[str], now: float, attempt: int = 1
) -> dict[str, str]:
    """The headers of a delivery: its signatures, its id and its number.

    Args:
        body: The body that the signatures are of.
        delivery_id: The delivery's id.
        secrets: What signs it, the newest first; none for a delivery without signatures.
        now: The account's time.
        attempt: Which attempt it is, from 1.
    """
    result = {
        "Content-Type": "application/json",
        "User-Agent": f"fakeayr/{__version__}",
        vendor.DELIVERY_ID_HEADER: delivery_id,
        vendor.DELIVERY_ATTEMPT_HEADER: str(attempt),
    }
    if secrets:
        signatures = [signature(body, secret) for secret in secrets]
        versioned = (f"{vendor.SIGNATURES_VERSION}{one}" for one in signatures)
        result[vendor.TIMESTAMP_HEADER] = str(int(now))
        result[vendor.SIGNATURE_HEADER] = signatures[0]
        result[vendor.SIGNATURES_HEADER] = ",".join(versioned)
    return result


def signature(body: bytes, secret: str) -> str:
    """HMAC-SHA256 of a raw body under a secret, as lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _check_action(action: str) -> None:
    if action not in vendor.ACTIONS:
        raise Refused(
            errors.WEBHOOK_ACTION_UNKNOWN, f"action must be one of {', '.join(vendor.ACTIONS)}."
        )


def _save(tenant: Tenant, key: str, webhooks: Webhooks, now: float) -> Profile:
    dated = msgspec.structs.replace(webhooks, updated=now)
    return profiles.change(tenant, key, {"webhooks": dated})
