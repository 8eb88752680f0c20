"""Linking URLs: made by generateJWT with a signed token, or for a link session."""

from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.limits import EXPIRES_IN_DEFAULT_MINUTES, EXPIRES_IN_RANGE
from fakeayr.ayrshare.plans import Feature
from fakeayr.ayrshare.tokens import VENDOR_DOMAIN
from fakeayr.domain import accounts, profiles
from fakeayr.domain.accounts import LinkingApi
from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.linking import redirects, sessions, tokens
from fakeayr.domain.linking.private_keys import KeyCheck, ReadKey, bits_of
from fakeayr.domain.linking.request import (
    LinkingRequest,
    Mode,
    SigningRequest,
    Terms,
    expand_aliases,
)
from fakeayr.domain.notifications import emails
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkingUrl:
    """A linking URL as it is handed out.

    Attributes:
        profile: Whose accounts it links.
        token: The token that it carries.
        url: The URL to open; treat it like a password.
        minutes: The lifetime, if one was asked for.
        expires: Until when it opens, UNIX seconds of the account's time.
        session_id: The link session, if it is of one.
        email_sent: Whether it was sent by e-mail, too.
        advice: What the integrator should mend although it was accepted.
    """

    profile: Profile
    token: str
    url: str
    minutes: float | None
    expires: float
    session_id: str | None = None
    email_sent: bool = False
    advice: tuple[Piece, ...] = ()


class _Lifetimes(NamedTuple):
    """How an API refuses a lifetime."""

    out_of_range: ApiError
    details: str | None
    no_max_pack: ApiError


_SIGNED: Final = _Lifetimes(errors.EXPIRES_IN_OUT_OF_RANGE, None, errors.MAX_PACK_REQUIRED)
_OF_SESSIONS: Final = _Lifetimes(
    errors.INVALID_PARAMETERS,
    f"expiresIn must be {EXPIRES_IN_RANGE}.",
    errors.LINK_SESSION_MAX_PACK,
)


def make(
    tenant: Tenant, profile_key: str, page_url: str, redirect: str | None = None
) -> LinkingUrl:
    """Makes a linking URL with the account's own key, of the linking API that it lives in.

    Args:
        tenant: The account.
        profile_key: Whose accounts it links.
        page_url: Where the linking page is reachable.
        redirect: Where All Done leads.

    Raises:
        Refused: The account's plan has no linking URLs (403), the profile does not exist (144) or
            is suspended (276), or no browser should open the redirect (101).
    """
    account = tenant.account
    accounts.check_plan(account, Feature.LINKING_URLS)
    request = SigningRequest(
        domain=account.domain,
        private_key=account.private_key,
        profile_key=profile_key,
        redirect=redirect,
    )
    if account.linking_api is LinkingApi.LINK_SESSIONS:
        return open_session(tenant, profile_key, request, page_url)
    return sign(tenant, request, page_url)


def sign(
    tenant: Tenant, request: SigningRequest, page_url: str, x_app: str | None = None
) -> LinkingUrl:
    """Makes a linking URL with a signed token, and sends the e-mail if one is asked for.

    Args:
        tenant: Who asks.
        request: What for.
        page_url: Where the linking page is reachable.
        x_app: Reference of the integrator's own X app.

    Raises:
        Refused: In this order: domain (188), profile (144, 276), redirect (101), expiry (189) and
            Max Pack (403), e-mail fields (333), private key (189).
    """
    profile = _profile(tenant, request.profile_key, request.domain)
    terms = request.terms(x_app)
    minutes = _minutes(tenant, request, _SIGNED)
    read = tenant.world.private_keys.read(
        request.private_key, is_base64=request.base64, own_pem=tenant.account.private_key
    )
    seconds = _seconds(minutes)
    now = tenant.now()
    token = _token(tenant, request, read, seconds=seconds, now=now)
    url = _signed_url(tenant, page_url, token, terms)
    return LinkingUrl(
        profile=profile,
        token=token,
        url=url,
        minutes=minutes,
        expires=int(now) + seconds,
        email_sent=_send(tenant, profile, request, url),
        advice=read.advice,
    )


def open_session(
    tenant: Tenant,
    profile_key: str,
    request: LinkingRequest,
    page_url: str,
    x_app: str | None = None,
) -> LinkingUrl:
    """Makes a linking URL of a new link session, and sends the e-mail if one is asked for.

    Args:
        tenant: Who asks.
        profile_key: The profile.
        request: What for.
        page_url: Where the linking page is reachable.
        x_app: Reference of the integrator's own X app.

    Raises:
        Refused: In this order: domain (188), profile (144, 276), a field (101), Max Pack (504),
            expiry (101), e-mail fields (333).
    """
    profile = _profile(tenant, profile_key, request.domain)
    terms = request.terms(x_app)
    if terms.allowed_social is not None:
        allowed = expand_aliases(terms.allowed_social)
        terms = msgspec.structs.replace(terms, allowed_social=allowed)
    if terms.mode is Mode.CONNECT or terms.network:
        _check_max_pack(tenant, _OF_SESSIONS)
    minutes = _minutes(tenant, request, _OF_SESSIONS)
    session, token = sessions.create(tenant, profile.key, terms, seconds=_seconds(minutes))
    url = f"{page_url}?session={token}&{_domain(tenant)}"
    return LinkingUrl(
        profile=profile,
        token=token,
        url=url,
        minutes=minutes,
        expires=session.expires,
        session_id=session.id,
        email_sent=_send(tenant, profile, request, url),
    )


def _send(tenant: Tenant, profile: Profile, request: LinkingRequest, url: str) -> bool:
    """Sends the Connect Accounts e-mail if one is asked for."""
    if request.email is None:
        return False
    emails.send(tenant, profile, request.email, url)
    return True


def _profile(tenant: Tenant, key: str, domain: str | None) -> Profile:
    """The User Profile that a linking URL is asked for; link sessions may leave the domain out."""
    account = tenant.account
    if domain is not None and domain != account.domain:
        raise Refused(errors.DOMAIN_NOT_VALID, status=account.settings.invalid_domain_status)
    profile = profiles.find(tenant, key)
    if profile.suspended:
        raise Refused(errors.PROFILE_SUSPENDED)
    return profile


def _minutes(tenant: Tenant, request: LinkingRequest, refusals: _Lifetimes) -> float | None:
    """The lifetime asked for: the request's own, else its e-mail's; `None` if neither says."""
    minutes = request.expires_in
    if minutes is not None and not emails.is_lifetime(minutes):
        raise Refused(refusals.out_of_range, refusals.details)
    if minutes is None and request.email is None:
        return None
    _check_max_pack(tenant, refusals)
    in_email = None if request.email is None else emails.check_request(request.email)
    return in_email if minutes is None else minutes


def _check_max_pack(tenant: Tenant, refusals: _Lifetimes) -> None:
    if not tenant.account.max_pack:
        raise Refused(refusals.no_max_pack)


def _seconds(minutes: float | None) -> int:
    return round((EXPIRES_IN_DEFAULT_MINUTES if minutes is None else minutes) * 60)


def _token(
    tenant: Tenant, request: SigningRequest, read: ReadKey, *, seconds: int, now: float
) -> str:
    account = tenant.account
    if read.check is KeyCheck.NO_ARMOUR:
        raise Refused(errors.PRIVATE_KEY_NO_START_LINE, advice=read.advice)
    if read.key is None and request.verify:
        raise Refused(errors.PRIVATE_KEY_UNUSABLE, advice=read.advice)
    key = read.key or tenant.world.ids.noise(bits_of(account.private_key) // 8)
    token = tokens.sign(account, request.profile_key, seconds=seconds, now=now, key=key)
    if request.verify:
        try:
            tokens.check(token, tenant)
        except tokens.BadLink as error:
            raise Refused(errors.PRIVATE_KEY_FOREIGN, advice=read.advice) from error
    return token


def _signed_url(tenant: Tenant, page_url: str, token: str, terms: Terms) -> str:
    """The URL whose query `grants.check` reads."""
    own_domain, domain = tenant.account.domain, _domain(tenant)
    jwt = f"jwt={token}"
    # The vendor's own domain comes behind the token; every other one before it.
    first = (jwt, domain) if own_domain == VENDOR_DOMAIN else (domain, jwt)
    parameters = list(first)
    if terms.redirect is not None:
        short = redirects.shorten(tenant, page_url, terms.redirect)
        parameters.append(f"redirect={quote(short, safe='')}")
    if terms.allowed_social is not None:
        parameters.append(f"allowedSocial={quote(','.join(terms.allowed_social), safe=',')}")
    if terms.logout:
        parameters.append("logout=true")
    if terms.x_app is not None:
        parameters.append(f"xapp={terms.x_app}")
    if terms.instagram_link_method is not None:
        parameters.append(f"instagramLinkMethod={terms.instagram_link_method}")
    return f"{page_url}?{'&'.join(parameters)}"


def _domain(tenant: Tenant) -> str:
    return f"domain={quote(tenant.account.domain, safe='')}"
