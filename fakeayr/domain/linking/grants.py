"""Grants: what a linking URL stands for, once it has been checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.ayrshare.tokens import SESSION_PREFIX
from fakeayr.domain.linking import redirects, sessions, tokens, x_apps
from fakeayr.domain.linking.request import InstagramMethod, Terms
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.profiles import Profile
from fakeayr.domain.tenants import Tenant, World

PARAMETERS: Final = frozenset(
    {
        "domain",
        "jwt",
        "session",
        "redirect",
        "allowedSocial",
        "instagramLinkMethod",
        "logout",
        "xapp",
        "autoClose",
    }
)
"""What the query of a linking URL may hold."""
_METHODS: Final = frozenset(InstagramMethod)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What the bearer of a linking URL may do.

    Attributes:
        tenant: The account that gave the URL out.
        profile: Whose social accounts may be linked.
        expires: Until when, UNIX seconds of the account's time.
        terms: What the URL opens.
        session_id: The link session, if it is one.
        made: When the URL was made, UNIX seconds of the account's time, if its token says so.
    """

    tenant: Tenant
    profile: Profile
    expires: float
    terms: Terms
    session_id: str | None = None
    made: float | None = None

    @property
    def networks(self) -> list[str]:
        """The networks that may be linked, in Ayrshare's order."""
        return networks(self.tenant, self.profile, self.terms)


class EndedLink(BadLink):
    """A genuine linking URL that does not open, or not any more.

    Args:
        problem: Why.
        grant: What it stood for.
    """

    def __init__(self, problem: LinkProblem, grant: Grant) -> None:
        super().__init__(problem, grant.tenant)
        self.grant = grant


def check(world: World, parameters: Mapping[str, str], leading: Iterable[str] = ()) -> Grant:
    """Checks the query parameters of a linking URL for real.

    Args:
        world: The world.
        parameters: The query; of several with one name the first.
        leading: All its `redirect`s: integrators add theirs to the URL.

    Raises:
        EndedLink: It is genuine, but expired or revoked.
        BadLink: With the first check that failed.
    """
    redirect = redirects.choose(world.store, leading)
    session, token = parameters.get("session", ""), parameters.get("jwt", "")
    if session.startswith(SESSION_PREFIX) or not token:
        token = session
    if not token:
        raise BadLink(LinkProblem.MISSING)
    if token.startswith(SESSION_PREFIX):
        grant = _check_session(world, token, redirect)
    else:
        grant = _check_token(world, token, parameters, redirect)
    if grant.expires <= grant.tenant.now():
        raise EndedLink(LinkProblem.EXPIRED, grant)
    return grant


def _check_token(
    world: World, token: str, parameters: Mapping[str, str], redirect: str | None
) -> Grant:
    """Reads what `urls` wrote."""
    tenant = world.tenant(tokens.claimed_api_key(token))
    if tenant is None:
        raise BadLink(LinkProblem.API_KEY)
    claims = tokens.check(token, tenant)
    if parameters.get("domain") != tenant.account.domain:
        raise BadLink(LinkProblem.DOMAIN, tenant)
    allowed = parameters.get("allowedSocial")
    method = parameters.get("instagramLinkMethod")
    return Grant(
        tenant=tenant,
        profile=_profile(tenant, claims.profile_key),
        expires=claims.exp,
        made=claims.iat or None,
        terms=Terms(
            allowed_social=None if allowed is None else in_order(allowed.split(",")),
            logout=parameters.get("logout") == "true",
            redirect=redirect,
            x_app=x_apps.read_reference(parameters.get("xapp")),
            instagram_link_method=InstagramMethod(method) if method in _METHODS else None,
        ),
    )


def _check_session(world: World, token: str, redirect: str | None) -> Grant:
    tenant, session = sessions.find_by_token(world, token)
    terms = msgspec.convert(session, Terms, from_attributes=True)
    grant = Grant(
        tenant=tenant,
        profile=_profile(tenant, session.profile_key),
        expires=session.expires,
        terms=msgspec.structs.replace(terms, redirect=redirect or session.redirect),
        session_id=session.id,
        made=session.created,
    )
    if session.revoked is not None:
        raise EndedLink(LinkProblem.REVOKED, grant)
    return grant


def networks(tenant: Tenant, profile: Profile, terms: Terms) -> list[str]:
    """The networks on a profile's page, in Ayrshare's order.

    Connect mode has one. `allowedSocial` overrides what the account and the profile disable.
    """
    if terms.only is not None:
        return [terms.only]
    if terms.allowed_social is not None:
        return in_order(terms.allowed_social)
    disabled = {*tenant.account.settings.disable_social, *profile.disable_social}
    return [name for name in NETWORKS if name not in disabled]


def _profile(tenant: Tenant, key: str) -> Profile:
    profile = tenant.store.profile(key)
    if profile is None or profile.account != tenant.api_key or profile.primary:
        raise BadLink(LinkProblem.PROFILE, tenant)
    return profile
