"""Grants: what a linking URL stands for, once it has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from fakeayr.domain import link_sessions, short_links, tokens
from fakeayr.domain.link_sessions import Mode
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.tokens import BadToken, Flaw
from fakeayr.domain.urls import is_web_url
from fakeayr.domain.world import World
from fakeayr.vendor.addresses import SESSION_PREFIX
from fakeayr.vendor.networks import NETWORKS, in_order


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What the bearer of a linking URL may do.

    Attributes:
        account: The account that gave the URL out.
        profile: Whose social accounts may be linked.
        allowed: Networks named by `allowedSocial`; they override what account and profile disable.
        expires: Until when, UNIX seconds of the account's time.
        logout: Whether an earlier session of the browser ends first.
        redirect: Where "All Done" leads: an http or https URL.
        x_app: Reference of the integrator's own X app.
        mode: All networks, or one in a popup.
        network: The one network of connect mode.
        origin: Origin of the page that opened a popup and listens to its events.
        session_id: The link session, if it is one.
    """

    account: Account
    profile: Profile
    allowed: list[str] | None
    expires: float
    logout: bool = False
    redirect: str | None = None
    x_app: str | None = None
    mode: Mode = Mode.GRID
    network: str | None = None
    origin: str | None = None
    session_id: str | None = None

    @property
    def networks(self) -> list[str]:
        """The networks that may be linked, in Ayrshare's order."""
        return offered(self.account, self.profile, self.allowed)


def check(world: World, parameters: Mapping[str, str]) -> Grant:
    """Checks the query parameters of a linking URL for real.

    Args:
        world: The world.
        parameters: The query. `redirect` may be one that the integrator added to the URL.

    Raises:
        BadToken: With the first check that failed.
    """
    token = parameters.get("session") or parameters.get("jwt")
    if not token:
        raise BadToken(Flaw.MISSING)
    if token.startswith(SESSION_PREFIX):
        return _of_session(world, token, parameters)
    return _of_token(world, token, parameters)


def _of_token(world: World, token: str, parameters: Mapping[str, str]) -> Grant:
    account = world.store.account(tokens.claimed_api_key(token))
    if account is None:
        raise BadToken(Flaw.API_KEY)
    try:
        claims = tokens.check(token, account, world.now(account))
    except BadToken as error:
        raise BadToken(error.flaw, account) from error
    if parameters.get("domain") != account.domain:
        raise BadToken(Flaw.DOMAIN, account)
    allowed = parameters.get("allowedSocial")
    return Grant(
        account=account,
        profile=_profile(world, account, claims.profile_key),
        allowed=None if allowed is None else in_order(allowed.split(",")),
        expires=claims.exp,
        logout=parameters.get("logout") == "true",
        redirect=_redirect(world, parameters.get("redirect")),
        x_app=parameters.get("xapp"),
    )


def _of_session(world: World, token: str, parameters: Mapping[str, str]) -> Grant:
    account, session = link_sessions.check(world, token)
    profile = _profile(world, account, session.profile_key)
    return Grant(
        account=account,
        profile=profile,
        allowed=session.allowed_social,
        expires=session.expires,
        logout=session.logout,
        redirect=_redirect(world, parameters.get("redirect")) or session.redirect,
        x_app=session.x_app,
        mode=session.mode,
        network=session.network,
        origin=session.origin,
        session_id=session.id,
    )


def offered(account: Account, profile: Profile, allowed: list[str] | None) -> list[str]:
    """The networks on a profile's page; `allowed` overrides what account and profile disable."""
    if allowed is not None:
        return in_order(allowed)
    disabled = {*account.settings.disable_social, *profile.disable_social}
    return [name for name in NETWORKS if name not in disabled]


def _profile(world: World, account: Account, key: str) -> Profile:
    profile = world.store.profile(key)
    if profile is None or profile.account != account.api_key or profile.primary:
        raise BadToken(Flaw.PROFILE, account)
    return profile


def _redirect(world: World, url: str | None) -> str | None:
    """Where a `redirect` parameter leads in the end; `None` for what no browser should open."""
    if url is None:
        return None
    target = short_links.resolved(world.store, url)
    return target if is_web_url(target) else None
