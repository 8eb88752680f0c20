"""generateJWT: a linking URL for a profile."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.tokens import VENDOR_DOMAIN
from fakeayr.domain import profiles
from fakeayr.domain.linking import lifetimes, private_keys, redirects, short_links, tokens, x_apps
from fakeayr.domain.linking.private_keys import ReadKey, Standing
from fakeayr.domain.linking.x_apps import XCredentials
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.notifications import emails
from fakeayr.domain.refusals import Refused
from fakeayr.domain.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkingRequest:
    """What generateJWT is asked for; the fields are those of its body."""

    domain: str
    private_key: str
    profile_key: str
    logout: bool = False
    redirect: str | None = None
    allowed_social: list[str] | None = None
    verify: bool = False
    base64: bool = False
    expires_in: float | None = None
    email: dict[str, Any] | None = None
    x_credentials: XCredentials = field(default_factory=XCredentials)


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkingUrl:
    """What generateJWT answers.

    Attributes:
        profile: Whose accounts the URL links.
        token: The token.
        url: The URL to open.
        expires_in: The lifetime as the answer shows it (`30m`), if one was asked for.
        advice: What the integrator should mend although it was accepted.
    """

    profile: Profile
    token: str
    url: str
    expires_in: str | None
    advice: tuple[str, ...]


def generate(world: World, account: Account, request: LinkingRequest, page_url: str) -> LinkingUrl:
    """Makes a linking URL, and sends the Connect Accounts e-mail if one is asked for.

    Args:
        world: Storage, time and randomness.
        account: Who asks.
        request: What for.
        page_url: Where the linking page is reachable.

    Raises:
        Refused: In this order: X credentials (434, 188), domain (188), profile key (144), redirect
            (101), expiry (189) and Max Pack (403), e-mail fields (333), private key (189).
    """
    x_app = x_apps.reference(request.x_credentials)
    profile = profiles.to_link(world, account, request.profile_key, request.domain)
    redirect = redirects.asked(request.redirect)
    minutes = lifetimes.asked(
        account,
        request.expires_in,
        request.email,
        out_of_range=Refused(errors.EXPIRES_IN_OUT_OF_RANGE),
        no_max_pack=errors.MAX_PACK_REQUIRED,
    )
    read = private_keys.read(
        request.private_key, is_base64=request.base64, own_pem=account.private_key
    )
    token = _token(world, account, request, read, lifetimes.seconds(minutes))
    url = _url(world, account, request, page_url, token=token, redirect=redirect, x_app=x_app)
    if request.email is not None:
        emails.send(world, account, profile, request.email, url)
    return LinkingUrl(
        profile=profile,
        token=token,
        url=url,
        expires_in=lifetimes.shown(minutes),
        advice=read.advice,
    )


def _token(
    world: World, account: Account, request: LinkingRequest, read: ReadKey, seconds: int
) -> str:
    now = world.now(account)
    if read.standing is Standing.NO_ARMOUR:
        raise Refused(errors.PRIVATE_KEY_NO_START_LINE, *read.advice[:1])
    if read.key is None:
        if request.verify:
            raise Refused(errors.PRIVATE_KEY_UNUSABLE, *read.advice[:1])
        noise = world.ids.noise(private_keys.bits_of(account.private_key) // 8)
        return tokens.sign_in_vain(
            account, request.profile_key, seconds=seconds, now=now, noise=noise
        )
    token = tokens.sign(account, request.profile_key, seconds=seconds, now=now, key=read.key)
    if request.verify:
        try:
            tokens.check(token, account)
        except tokens.BadToken as error:
            raise Refused(errors.PRIVATE_KEY_FOREIGN, *read.advice[:1]) from error
    return token


def _url(
    world: World,
    account: Account,
    request: LinkingRequest,
    page_url: str,
    *,
    token: str,
    redirect: str | None,
    x_app: str | None,
) -> str:
    domain = f"domain={quote(account.domain, safe='')}"
    jwt = f"jwt={token}"
    # The vendor's own domain comes behind the token; every other one before it.
    first = (jwt, domain) if account.domain == VENDOR_DOMAIN else (domain, jwt)
    parameters = [*first]
    if redirect is not None:
        short = short_links.shorten(world.store, account, page_url, redirect)
        parameters.append(f"redirect={quote(short, safe='')}")
    if request.allowed_social is not None:
        parameters.append(f"allowedSocial={quote(','.join(request.allowed_social), safe=',')}")
    if request.logout:
        parameters.append("logout=true")
    if x_app is not None:
        parameters.append(f"xapp={x_app}")
    return f"{page_url}?{'&'.join(parameters)}"
