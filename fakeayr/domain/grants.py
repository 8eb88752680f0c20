"""Grants: what a linking URL stands for, once it has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from fakeayr.domain import tokens
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.tokens import BadToken, Flaw
from fakeayr.domain.world import World
from fakeayr.vendor.networks import NETWORKS, in_order


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What the bearer of a linking URL may do.

    Attributes:
        account: The account that gave the URL out.
        profile: Whose social accounts may be linked.
        networks: Which networks, in Ayrshare's order.
        expires: Until when, UNIX seconds of the account's time.
        logout: Whether an earlier session of the browser ends first.
        redirect: Where "All Done" leads, as the URL says.
        x_app: Reference of the integrator's own X app.
    """

    account: Account
    profile: Profile
    networks: list[str]
    expires: float
    logout: bool = False
    redirect: str | None = None
    x_app: str | None = None


def check(world: World, parameters: Mapping[str, str]) -> Grant:
    """Checks the query parameters of a linking URL for real.

    Raises:
        BadToken: With the first check that failed.
    """
    token = parameters.get("jwt")
    if not token:
        raise BadToken(Flaw.MISSING)
    account = world.store.account(tokens.claimed_api_key(token))
    if account is None:
        raise BadToken(Flaw.API_KEY)
    claims = tokens.check(token, account, world.now(account))
    if parameters.get("domain") != account.domain:
        raise BadToken(Flaw.DOMAIN)
    profile = world.store.profile(claims.profile_key)
    if profile is None or profile.account != account.api_key or profile.primary:
        raise BadToken(Flaw.PROFILE)
    allowed = parameters.get("allowedSocial")
    return Grant(
        account=account,
        profile=profile,
        networks=offered(account, profile, None if allowed is None else allowed.split(",")),
        expires=claims.exp,
        logout=parameters.get("logout") == "true",
        redirect=parameters.get("redirect"),
        x_app=parameters.get("xapp"),
    )


def offered(account: Account, profile: Profile, allowed: list[str] | None) -> list[str]:
    """The networks on a profile's page; `allowed` overrides what account and profile disable."""
    if allowed is not None:
        return in_order(allowed)
    disabled = {*account.settings.disable_social, *profile.disable_social}
    return [name for name in NETWORKS if name not in disabled]
