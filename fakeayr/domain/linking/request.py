"""What a linking URL is asked for, and what it opens, in both linking APIs."""

from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.domain.linking import redirects
from fakeayr.domain.refusals import Refused
from fakeayr.domain.urls import ascii_host, is_web_url

_ALIASES: Final = {"x": "twitter"}
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Mode(StrEnum):
    """What a link session opens."""

    GRID = "grid"
    """The page with all networks."""
    CONNECT = "connect"
    """One network, in a popup (Max Pack)."""


class InstagramMethod(StrEnum):
    """How a person connects an Instagram account (documented; the second value is public-code)."""

    FACEBOOK = "facebook"
    """Through the Facebook page that it belongs to."""
    INSTAGRAM = "instagram"
    """Directly."""


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a linking URL opens, whichever API made it.

    Attributes:
        allowed_social: Networks that override what account and profile disable.
        redirect: Where "All Done" leads: an http or https URL.
        logout: Whether an earlier session of the browser ends first.
        mode: The page with all networks, or one of them.
        network: The network of connect mode.
        origin: Origin of the page that opened a popup and listens to its events.
        x_app: Reference of the integrator's own X app.
        instagram_link_method: How Instagram is connected; the person chooses unless it is given.
    """

    allowed_social: list[str] | None = None
    redirect: str | None = None
    logout: bool = False
    mode: Mode = Mode.GRID
    network: str | None = None
    origin: str | None = None
    x_app: str | None = None
    instagram_link_method: InstagramMethod | None = None

    @property
    def only(self) -> str | None:
        """The one network of connect mode; `None` for the page with all of them."""
        return self.network if self.mode is Mode.CONNECT else None


class LinkingRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The fields of every request for a linking URL; `expires_in` is minutes."""

    domain: str | None = None
    redirect: str | None = None
    allowed_social: list[str] | None = None
    logout: bool = False
    expires_in: float | None = None
    email: dict[str, Any] | None = None
    instagram_link_method: InstagramMethod | None = None

    def terms(self, x_app: str | None) -> Terms:
        """What the URL will open.

        Raises:
            Refused: No browser should open the redirect (101).
        """
        return Terms(
            allowed_social=self.allowed_social,
            redirect=redirects.check(self.redirect) if self.redirect else None,
            logout=self.logout,
            x_app=x_app,
            instagram_link_method=self.instagram_link_method,
        )


class LinkSessionRequest(LinkingRequest, frozen=True, rename="camel", kw_only=True):
    """The body of POST /profiles/link-sessions; everything is optional."""

    mode: Mode = Mode.GRID
    network: str | None = None
    origin: str | None = None

    def terms(self, x_app: str | None) -> Terms:
        """What the URL will open.

        Raises:
            Refused: The network or the origin is none, or connect mode lacks its network, or no
                browser should open the redirect (101).
        """
        network = self.network and wire_name(self.network)
        if network is not None and network not in NETWORKS:
            raise _invalid("network must be one of the names of the networks.")
        if self.mode is Mode.CONNECT and network is None:
            raise _invalid("network is required in connect mode.")
        common = super().terms(x_app)
        origin = self.origin and _origin(self.origin)
        return msgspec.structs.replace(common, mode=self.mode, network=network, origin=origin)


class GenerateJwtRequest(LinkingRequest, frozen=True, rename="camel", kw_only=True):
    """The body of POST /profiles/generateJWT; `expire_in` is the older spelling of `expires_in`.

    In the age of link sessions the key is no longer read, and the domain is optional.
    """

    private_key: str | None = None
    profile_key: str
    verify: bool = False
    base64: bool = False
    expire_in: float | None = None
    twitter_api_key: str | None = None
    twitter_api_secret: str | None = None


class SigningRequest(GenerateJwtRequest, frozen=True, rename="camel", kw_only=True):
    """The body of POST /profiles/generateJWT where it signs with the integrator's key."""

    domain: str
    private_key: str


def wire_name(network: str) -> str:
    """A network's name on the wire; link sessions know `x` for `twitter`, too."""
    return _ALIASES.get(network, network)


def expand_aliases(names: list[str]) -> list[str]:
    """A link session's networks under their names on the wire, in Ayrshare's order."""
    return in_order({*map(wire_name, names)})


def _origin(value: str) -> str:
    """An origin as browsers write it: without the scheme's own port and in ASCII."""
    parts = urlsplit(value) if is_web_url(value) else None
    if parts is None or "@" in parts.netloc or parts[2:] not in {("", "", ""), ("/", "", "")}:
        raise _invalid("origin must be an origin such as https://app.example.")
    host = ascii_host(str(parts.hostname))
    named = f"{parts.scheme}://" + (f"[{host}]" if ":" in host else host)
    return named if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{named}:{parts.port}"


def _invalid(details: str) -> Refused:
    return Refused(errors.INVALID_PARAMETERS, details)
