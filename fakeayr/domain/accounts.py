"""Opening and closing accounts."""

from typing import Any, Final

import msgspec

from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.linking import private_keys
from fakeayr.domain.model import PRIMARY_TITLE, Account, Age, Profile, Settings
from fakeayr.domain.tenants import Tenant, World

DEFAULT_KEY_BITS: Final = 1024


class AccountOrder(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What a new account should be like; everything is optional.

    Attributes:
        domain: The domain that linking URLs carry; a new one unless given.
        plan: The plan.
        max_pack: Whether the Max Pack is bought.
        key_bits: Size of the RSA key: 1024 (Ayrshare's), 2048 or 4096.
        email: Address of the owner.
        age: Which of the two linking APIs the account lives in.
        settings: Those of `Settings` that differ from the server's.
    """

    domain: str | None = None
    plan: Plan = Plan.BUSINESS
    max_pack: bool = True
    key_bits: int = DEFAULT_KEY_BITS
    email: str | None = None
    age: Age = Age.JWT
    settings: dict[str, Any] = {}


def open_account(world: World, order: AccountOrder, settings: Settings) -> Tenant:
    """Opens an account with its primary profile.

    Args:
        world: Where it is kept.
        order: What it should be like; `key_bits` is one of `keys.KEY_BITS`.
        settings: Its settings, as the order and the server's defaults make them.
    """
    domain = order.domain or f"{world.ids.slug(8)}.example"
    account = Account(
        api_key=world.ids.key(),
        domain=domain,
        private_key=world.keys.take(order.key_bits),
        plan=order.plan,
        max_pack=order.max_pack,
        ref_id=world.ids.ref_id(),
        email=order.email or "developer@fakeayr.example",
        created=world.clock.now(),
        age=order.age,
        settings=settings,
    )
    return install(world, account)


def install(world: World, account: Account) -> Tenant:
    """Keeps a ready-made account, with its primary profile."""
    tenant = Tenant(world, account)
    primary = Profile(
        key=tenant.api_key,
        account=tenant.api_key,
        ref_id=account.ref_id,
        title=PRIMARY_TITLE,
        created=account.created,
        primary=True,
    )
    with tenant.transaction():
        tenant.save(account)
        tenant.store.save_profile(primary)
    return tenant


def close_account(tenant: Tenant) -> None:
    """Removes an account and everything below it; its key may serve another one."""
    with tenant.transaction():
        known = tenant.store.account(tenant.api_key)
        tenant.store.delete_account(tenant.api_key)
    if known is not None:
        tenant.world.keys.give_back(known.private_key)


def key_bits(account: Account) -> int:
    """The size of the account's RSA key."""
    return private_keys.bits_of(account.private_key)
