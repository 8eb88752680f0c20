"""Grants: what a linking URL stands for, once it has been checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.ayrshare.tokens import SESSION_PREFIX
from fakeayr.domain.linking import link_sessions, redirects, tokens, x_apps
from fakeayr.domain.linking.link_sessions import Mode
from fakeayr.domain.linking.tokens import BadToken, Flaw
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.world import World

PARAMETERS: Final = frozenset(
    {"domain", "jwt", "session", "redirect", "allowedSocial", "logout", "xapp", "autoClose"}
)
"""What the query of a linking URL may hold."""


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
    network: str | None = None
    origin: str | None = None
    session_id: str | None = None

    @property
    def networks(self) -> list[str]:
        """The networks that may be linked, in Ayrshare's order."""
        return offered(self.account, self.profile, self.allowed, only=self.network)


class EndedLink(BadToken):
    """A genuine linking URL that does not open, or not any more.

    Args:
        flaw: Why.
        grant: What it stood for.
    """

    def __init__(self, flaw: Flaw, grant: Grant) -> None:
        super().__init__(flaw, grant.account)
        self.grant = grant


def check(world: World, parameters: Mapping[str, str], leading: Iterable[str] = ()) -> Grant:
    """Checks the query parameters of a linking URL for real.

    Args:
        world: The world.
        parameters: The query; of several with one name the first.
        leading: All its `redirect`s: integrators add theirs to the URL.

    Raises:
        EndedLink: It is genuine, but expired or revoked.
        BadToken: With the first check that failed.
    """
    redirect = redirects.followed(world.store, leading)
    session, token = parameters.get("session", ""), parameters.get("jwt", "")
    if session.startswith(SESSION_PREFIX) or not token:
        token = session
    if not token:
        raise BadToken(Flaw.MISSING)
    if token.startswith(SESSION_PREFIX):
        grant = _of_session(world, token, redirect)
    else:
        grant = _of_token(world, token, parameters, redirect)
    if grant.expires <= world.now(grant.account):
        raise EndedLink(Flaw.EXPIRED, grant)
    return grant


def _of_token(
    world: World, token: str, parameters: Mapping[str, str], redirect: str | None
) -> Grant:
    account = world.store.account(tokens.claimed_api_key(token))
    if account is None:
        raise BadToken(Flaw.API_KEY)
    try:
        claims = tokens.check(token, account)
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
        redirect=redirect,
        x_app=x_apps.named(parameters.get("xapp")),
    )


def _of_session(world: World, token: str, redirect: str | None) -> Grant:
    account, session = link_sessions.named(world, token)
    grant = Grant(
        account=account,
        profile=_profile(world, account, session.profile_key),
        allowed=session.allowed_social,
        expires=session.expires,
        logout=session.logout,
        redirect=redirect or session.redirect,
        x_app=session.x_app,
        network=session.network if session.mode is Mode.CONNECT else None,
        origin=session.origin,
        session_id=session.id,
    )
    if session.revoked is not None:
        raise EndedLink(Flaw.REVOKED, grant)
    return grant


def offered(
    account: Account, profile: Profile, allowed: list[str] | None, *, only: str | None = None
) -> list[str]:
    """The networks on a profile's page, in Ayrshare's order.

    Args:
        account: The account, which may have disabled some.
        profile: The profile, which may have disabled more.
        allowed: Networks named by `allowedSocial`, which overrides both.
        only: The one network of connect mode, which overrides all.
    """
    if only is not None:
        return [only]
    if allowed is not None:
        return in_order(allowed)
    disabled = {*account.settings.disable_social, *profile.disable_social}
    return [name for name in NETWORKS if name not in disabled]


def _profile(world: World, account: Account, key: str) -> Profile:
    profile = world.store.profile(key)
    if profile is None or profile.account != account.api_key or profile.primary:
        raise BadToken(Flaw.PROFILE, account)
    return profile
