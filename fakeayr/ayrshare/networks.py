"""The thirteen social networks of the linking page, in Ayrshare's order."""

from dataclasses import dataclass
from enum import StrEnum


class Consent(StrEnum):
    """How a person connects an account of a network."""

    OAUTH = "oauth"
    APP_PASSWORD = "app-password"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Network:
    """A network as Ayrshare shows it.

    Attributes:
        name: The name in the API, for instance `gmb`.
        display_name: The name on pages, for instance `Google Business Profile`.
        profile_url: Address of an account's public page; `{username}` and `{id}` are filled in.
        fields: What an entry of `displayNames` carries besides `created`, `displayName` and
            `platform`, in this order.
        consent: How a person allows the link.
        types: The kinds of account that can be linked, the usual one first; empty where the
            network knows only one.
        id_prefix: What an account id begins with where ids are not plain digits.
        refresh_days: Days until the link has to be renewed, where the network sets a term.
    """

    name: str
    display_name: str
    profile_url: str
    fields: tuple[str, ...]
    consent: Consent = Consent.OAUTH
    types: tuple[str, ...] = ()
    id_prefix: str = ""
    refresh_days: int | None = None


_PERSONAL = ("id", "profileUrl", "userImage", "username")

_ALL = (
    Network(
        "bluesky",
        "Bluesky",
        "https://bsky.app/profile/{username}",
        _PERSONAL,
        consent=Consent.APP_PASSWORD,
        id_prefix="did:plc:",
    ),
    Network(
        "facebook",
        "Facebook",
        "https://www.facebook.com/{id}",
        ("id", "pageName", "userId", "profileUrl", "userImage", "messagingActive"),
    ),
    Network(
        "gmb",
        "Google Business Profile",
        "https://maps.google.com/maps?cid={id}",
        ("id", "profileUrl"),
    ),
    Network(
        "instagram",
        "Instagram",
        "https://www.instagram.com/{username}",
        _PERSONAL,
        types=("business", "creator"),
    ),
    Network(
        "linkedin",
        "LinkedIn",
        "https://www.linkedin.com/company/{id}",
        ("id", "profileUrl", "userImage", "refreshDaysRemaining", "type"),
        types=("corporate", "personal"),
        refresh_days=365,
    ),
    Network("pinterest", "Pinterest", "https://www.pinterest.com/{username}", _PERSONAL),
    Network(
        "reddit",
        "Reddit",
        "https://www.reddit.com/user/{username}",
        ("profileUrl", "userImage", "username"),
    ),
    Network(
        "snapchat",
        "Snapchat",
        "https://www.snapchat.com/add/{username}",
        ("id", "profileUrl", "userImage"),
    ),
    Network(
        "telegram",
        "Telegram",
        "https://t.me/{username}",
        ("id", "profileUrl", "type"),
        consent=Consent.BOT,
        types=("channel", "group"),
    ),
    Network("threads", "Threads", "https://www.threads.net/@{username}", _PERSONAL),
    Network("tiktok", "TikTok", "https://www.tiktok.com/@{username}", _PERSONAL),
    Network("twitter", "X", "https://x.com/{username}", _PERSONAL),
    Network("youtube", "YouTube", "https://www.youtube.com/channel/{id}", _PERSONAL),
)

NETWORKS: dict[str, Network] = {network.name: network for network in _ALL}
"""Every network by its name in the API, in the order in which Ayrshare lists them (documented)."""
OWN_APP_NETWORK = "twitter"
"""The network that is reached through the integrator's own app in the newer age (documented)."""


def in_order(names: object) -> list[str]:
    """Returns the known networks among `names` (any container), in Ayrshare's order."""
    return [name for name in NETWORKS if name in names]  # type: ignore[operator]
