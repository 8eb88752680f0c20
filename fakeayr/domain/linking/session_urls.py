"""Linking URLs of the newer age: POST /profiles/link-sessions, and generateJWT as its alias."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from fakeayr.ayrshare import errors, limits
from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.domain import profiles
from fakeayr.domain.linking import lifetimes, link_sessions, redirects, x_apps
from fakeayr.domain.linking.link_sessions import LinkSession, Mode
from fakeayr.domain.linking.x_apps import XCredentials
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.notifications import emails
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import ascii_host, is_web_url
from fakeayr.domain.world import World

_ALIASES: Final = {"x": "twitter"}
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRequest:
    """What a link session is asked for; the fields are those of its body, `expires_in` minutes."""

    profile_key: str
    mode: Mode = Mode.GRID
    network: str | None = None
    redirect: str | None = None
    allowed_social: list[str] | None = None
    origin: str | None = None
    domain: str | None = None
    logout: bool = False
    expires_in: float | None = None
    email: dict[str, Any] | None = None
    x_credentials: XCredentials = field(default_factory=XCredentials)


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionUrl:
    """A link session as it is handed out.

    Attributes:
        profile: Whose accounts it links.
        session: The session.
        token: Its token, which the URL carries.
        url: The URL to open; treat it like a password.
        expires_in: The lifetime as generateJWT shows it (`30m`), if one was asked for.
    """

    profile: Profile
    session: LinkSession
    token: str
    url: str
    expires_in: str | None


def create(world: World, account: Account, request: SessionRequest, page_url: str) -> SessionUrl:
    """Creates a link session and its URL, and sends the e-mail if one is asked for.

    Raises:
        Refused: X credentials (434, 188), domain (188), profile key (144), a field (101), Max Pack
            (504), or the e-mail's fields (333).
    """
    x_app = x_apps.reference(request.x_credentials)
    profile = profiles.to_link(world, account, request.profile_key, request.domain)
    fields = _fields(request)
    if (request.mode is Mode.CONNECT or request.network) and not account.max_pack:
        raise Refused(errors.LINK_SESSION_MAX_PACK)
    minutes = lifetimes.asked(
        account,
        request.expires_in,
        request.email,
        out_of_range=_wrong(f"expiresIn must be {limits.EXPIRES_IN_RANGE}."),
        no_max_pack=errors.LINK_SESSION_MAX_PACK,
    )
    session, token = link_sessions.create(
        world, account, profile.key, lifetimes.seconds(minutes), {**fields, "x_app": x_app}
    )
    url = f"{page_url}?session={token}"
    if request.email is not None:
        emails.send(world, account, profile, request.email, url)
    return SessionUrl(
        profile=profile,
        session=session,
        token=token,
        url=url,
        expires_in=lifetimes.shown(minutes),
    )


def _fields(request: SessionRequest) -> dict[str, Any]:
    network = request.network and network_named(request.network)
    if network is not None and network not in NETWORKS:
        raise _wrong("network must be one of the names of the networks.")
    if request.mode is Mode.CONNECT and network is None:
        raise _wrong("network is required in connect mode.")
    allowed = request.allowed_social
    return {
        "mode": request.mode,
        "network": network,
        "redirect": redirects.asked(request.redirect),
        "allowed_social": None if allowed is None else in_order({*map(network_named, allowed)}),
        "origin": request.origin and _origin(request.origin),
        "logout": request.logout,
    }


def network_named(name: str) -> str:
    """The network's name on the wire; link sessions know `x` for `twitter`, too."""
    return _ALIASES.get(name, name)


def _origin(value: str) -> str:
    """An origin as browsers write it: without the scheme's own port and in ASCII."""
    parts = urlsplit(value) if is_web_url(value) else None
    if parts is None or "@" in parts.netloc or parts[2:] not in {("", "", ""), ("/", "", "")}:
        raise _wrong("origin must be an origin such as https://app.example.")
    host = ascii_host(str(parts.hostname))
    named = f"{parts.scheme}://" + (f"[{host}]" if ":" in host else host)
    return named if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{named}:{parts.port}"


def _wrong(details: str) -> Refused:
    return Refused(errors.INVALID_PARAMETERS, details)
