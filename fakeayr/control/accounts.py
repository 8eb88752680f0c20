"""POST, GET, PATCH and DELETE /_fakeayr/accounts."""

from typing import Any, Final

import msgspec
from flask import Blueprint, Response

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.plans import Plan
from fakeayr.control.access import anyone, fields_into, owner
from fakeayr.domain import accounts
from fakeayr.domain.accounts import Account, AccountRequest, LinkingApi, Settings
from fakeayr.domain.journal import JOURNAL, read_entry
from fakeayr.domain.linking import private_keys
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.web import development
from fakeayr.web.bodies import Fields
from fakeayr.web.context import context
from fakeayr.web.page_url import page_url
from fakeayr.web.responses import json_response

blueprint = Blueprint("control_accounts", __name__)

_MOST_LISTED: Final = 200


class AccountChange(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What PATCH /_fakeayr/accounts can change; `settings` names only those to change."""

    plan: Plan | None = None
    max_pack: bool | None = None
    linking_api: LinkingApi | None = msgspec.field(default=None, name="age")
    settings: dict[str, Any] | None = None


class _WithSettings(msgspec.Struct, frozen=True):
    """Settings under their name, so that an error names a wrong one in full."""

    settings: Settings


@blueprint.post("/accounts")
@anyone
def open_account() -> Response:
    """Opens an account; the answer carries its keys."""
    order = fields_into(AccountRequest)
    if order.key_bits not in private_keys.KEY_BITS:
        raise Refused(errors.INVALID_PARAMETERS, "keyBits must be 1024, 2048 or 4096.")
    parts = context()
    settings = _change(parts.config.account_settings, order.settings)
    tenant = accounts.open_account(parts.world, order, settings)
    account = tenant.account
    payload = {"apiKey": account.api_key, "privateKey": account.private_key, **_describe(account)}
    return json_response(payload, 201)


@blueprint.get("/credentials")
@anyone
def get_credentials() -> Response:
    """Returns the keys of the server's accounts, the latest first, for who copies them.

    The development account goes before all others. It is the only one on a server that strangers
    reach without a control token: everybody knows its keys.
    """
    return json_response(
        {
            "baseUrl": f"{page_url()}/api",
            "accounts": [
                {
                    "apiKey": account.api_key,
                    "privateKey": account.private_key,
                    "domain": account.domain,
                    "refId": account.ref_id,
                    "plan": account.plan,
                }
                for account in _listed()
            ],
        },
        headers={"Cache-Control": "no-store"},
    )


@blueprint.get("/activity")
@anyone
def get_activity() -> Response:
    """Returns how much each account was used, without keys: the one called last comes first."""
    context().recorder.settle()
    found = [_describe_activity(account) for account in _listed()]
    found.sort(key=lambda one: one["lastCall"] or 0.0, reverse=True)
    return json_response({"accounts": found})


@blueprint.get("/accounts")
@owner
def get_account(tenant: Tenant) -> dict[str, Any]:
    """Describes the account, without its keys."""
    return _describe(tenant.account)


@blueprint.patch("/accounts")
@owner
def change_account(tenant: Tenant) -> dict[str, Any]:
    """Changes the account's plan, Max Pack, age or settings."""
    change = fields_into(AccountChange)
    with tenant.transaction():  # A change since the call came in must stay.
        present = tenant.account
        changed = msgspec.structs.replace(
            present,
            plan=change.plan or present.plan,
            max_pack=present.max_pack if change.max_pack is None else change.max_pack,
            linking_api=change.linking_api or present.linking_api,
            settings=_change(present.settings, change.settings or {}),
        )
        tenant.save(changed)
    return _describe(changed)


@blueprint.delete("/accounts")
@owner
def close_account(tenant: Tenant) -> dict[str, Any]:
    """Removes the account and everything below it; the development account stays."""
    if tenant.api_key == development.API_KEY:
        raise Refused(errors.CONTROL_REFUSED, "The development account cannot be closed.")
    accounts.close_account(tenant)
    return {"status": "success", "refId": tenant.account.ref_id}


def _listed() -> list[Account]:
    """The development account, then the latest others, if the caller may know of them."""
    parts = context()
    found = parts.world.store.accounts(_MOST_LISTED)
    if parts.config.is_exposed and parts.config.control_token is None:
        development_account = parts.world.store.account(development.API_KEY)
        found = [] if development_account is None else [development_account]
    return sorted(found, key=lambda account: account.api_key != development.API_KEY)


def _describe_activity(account: Account) -> dict[str, Any]:
    store = context().world.store
    tally = store.tally(account.api_key, JOURNAL)
    last = store.log(JOURNAL, account.api_key, after=tally.last - 1, limit=1)
    time = read_entry(last[0][1]).time if last else None
    return {
        "domain": account.domain,
        "refId": account.ref_id,
        "plan": account.plan,
        "requests": tally.entries,
        "posts": tally.posts,
        "webhooks": tally.webhooks,
        "lastCall": None if time is None else time - account.clock_offset,
    }


def _change(settings: Settings, changes: dict[str, Any]) -> Settings:
    merged = {**msgspec.to_builtins(settings), **changes}
    return Fields({"settings": merged}, typed=True).into(_WithSettings).settings


def _describe(account: Account) -> dict[str, Any]:
    return {
        "domain": account.domain,
        "refId": account.ref_id,
        "plan": account.plan,
        "maxPack": account.max_pack,
        "age": account.linking_api,
        "email": account.email,
        "keyBits": private_keys.bits_of(account.private_key),
        "publicKey": private_keys.public_pem(account.private_key),
        "settings": account.settings,
    }
