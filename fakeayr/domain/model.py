"""The things the domain speaks of: accounts, their settings, profiles and links. All immutable.

Those that a server reads by the thousand hold data and never a cycle: `gc=False` spares the garbage
collector the way through them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from fakeayr.ayrshare.networks import in_order
from fakeayr.ayrshare.plans import Plan

PRIMARY_TITLE = "Primary Profile"
"""Title of every account's own profile (seen live)."""


class Age(StrEnum):
    """Which of the two linking APIs an account lives in."""

    JWT = "jwt"
    """generateJWT signs with the integrator's RSA key (the default)."""
    LINK_SESSIONS = "link-sessions"
    """generateJWT is a thin alias that no longer reads the key (autumn 2026)."""


Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What a test may want otherwise: named choices where Ayrshare is disputed or adjustable.

    Attributes:
        rate_limit: Whether 300 requests in 5 minutes are enforced.
        profile_visibility_delay: Seconds until GET /profiles shows a new profile.
        invalid_profile_key_status: HTTP status of code 144; reports differ (400, 401, 403).
        invalid_domain_status: HTTP status of code 188 for a wrong domain; 200 was seen live.
        enforce_profile_limit: Whether the plan's number of User Profiles is enforced (403).
        disable_social: Networks switched off for the whole account, as on the dashboard.
        webhook_loopback_http: Whether a webhook may be http to this machine; Ayrshare wants https.
        webhook_signature: How the HMAC is written; Ayrshare does not say.
        webhook_timeout: Seconds that a webhook's receiver may take; Ayrshare's 10 or 15 unless
            given.
    """

    rate_limit: bool = False
    profile_visibility_delay: Seconds = 0
    invalid_profile_key_status: Literal[400, 401, 403] = 403
    invalid_domain_status: Literal[200, 400] = 400
    enforce_profile_limit: bool = False
    disable_social: list[str] = []
    webhook_loopback_http: bool = True
    webhook_signature: Literal["hex", "base64"] = "hex"
    webhook_timeout: Annotated[float, msgspec.Meta(gt=0, le=15)] | None = None


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """A profile's webhooks.

    Attributes:
        urls: Where each action is delivered.
        updated: When they were changed last, UNIX seconds.
        secret: Signs the deliveries of all actions.
        previous_secret: Signs too, until `previous_until` (UNIX seconds), while a secret rotates.
    """

    urls: dict[str, str] = {}
    updated: float = 0.0
    secret: str | None = None
    previous_secret: str | None = None
    previous_until: float = 0.0

    def __repr__(self) -> str:
        """Names the actions, not the secrets."""
        return f"<Webhooks {self.urls}>"


class FaultKind(StrEnum):
    """How a call goes wrong."""

    ERROR = "error"
    """Ayrshare refuses it."""
    RATE_LIMIT = "rate-limit"
    """Ayrshare refuses it with 429 and the rate limit's headers."""
    LATENCY = "latency"
    """The answer is right, but late."""
    RESET = "reset"
    """The connection breaks without an answer."""
    TRUNCATED = "truncated"
    """The connection breaks in the middle of the answer."""
    MALFORMED = "malformed"
    """The answer says that it is JSON, and is not."""
    HTML = "html"
    """A proxy answers with a page."""


class When(StrEnum):
    """Whether a call that goes wrong still does what it was made for."""

    BEFORE = "before"
    AFTER = "after"


class Fault(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A rule that makes the next matching calls of an account go wrong.

    Attributes:
        id: Its id.
        kind: How they go wrong.
        when: Before the call takes effect, or after.
        times: How many calls it hits at most; `None` for all until it is removed.
        calls: How many calls matched, among them those that its probability spared.
        hits: How many of them it hit.
        method: Only calls with this method.
        path: Only calls whose path below /api matches this pattern.
        ref_id: Only calls for this profile.
        status: HTTP status of the answer.
        code: The error's code.
        message: The error's message.
        action: The error's action.
        seconds: How late the answer is.
        probability: Which share of the matching calls it hits; all of them unless given.
        seed: Decides which ones.
    """

    id: str
    kind: FaultKind
    when: When
    times: int | None
    calls: int
    hits: int
    method: str | None = None
    path: str | None = None
    ref_id: str | None = None
    status: int | None = None
    code: int | None = None
    message: str | None = None
    action: str | None = None
    seconds: float | None = None
    probability: float | None = None
    seed: int | None = None

    @property
    def spent(self) -> bool:
        """Whether it has hit as often as it should."""
        return self.times is not None and self.hits >= self.times

    def __str__(self) -> str:
        """Names it as the journal does."""
        return f"{self.id}/{self.kind}"


class Account(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One Ayrshare customer.

    Attributes:
        api_key: Authorizes every call.
        domain: The domain given at onboarding; the issuer of its tokens.
        private_key: PEM text of the RSA key pair (PKCS#1), as handed out at onboarding.
        plan: What the account may use.
        max_pack: Whether the Max Pack add-on is bought.
        ref_id: Public id of the primary profile.
        email: Address of the account's owner.
        created: UNIX seconds.
        age: Which of the two linking APIs it lives in.
        clock_offset: Seconds by which the account's time is ahead of the server's.
        settings: Choices of the person who tests.
        faults: What goes wrong, in the order in which it was ordered.
    """

    api_key: str
    domain: str
    private_key: str
    plan: Plan
    max_pack: bool
    ref_id: str
    email: str
    created: float
    age: Age = Age.JWT
    clock_offset: float = 0.0
    settings: Settings = Settings()
    faults: list[Fault] = []

    def __repr__(self) -> str:
        """Names the account without its secrets."""
        return f"<Account {self.domain} ({self.plan}) {self.ref_id}>"


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A social account linked to a profile.

    Attributes:
        platform: The network's name on the wire.
        created: When it was linked, UNIX seconds.
        details: The network's own fields of the `displayNames` entry, `displayName` among them.
        own_app: Whether it was linked through the integrator's own X app.
        expires: When its network ends it unless it is renewed, UNIX seconds; `None` for never.
    """

    platform: str
    created: float
    details: dict[str, Any]
    own_app: bool = False
    expires: float | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a profile's links, for `actionLog`."""

    type: str
    platform: str
    created: float


class Profile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A User Profile, or an account's primary profile.

    Attributes:
        key: The profile key; the primary profile's is its account's API key.
        account: API key of the account it belongs to.
        ref_id: Its public id.
        title: Its name, unique in the account.
        created: UNIX seconds.
        primary: Whether it is the account's own profile.
        suspended: Whether Ayrshare has suspended it.
        links: Linked social accounts by network.
        actions: The latest link events, oldest first.
        webhooks: Where events are delivered.

    The other attributes are the fields of POST /profiles.
    """

    key: str
    account: str
    ref_id: str
    title: str
    created: float
    primary: bool = False
    suspended: bool = False
    messaging_active: bool = False
    hide_top_header: bool = False
    top_header: str | None = None
    sub_header: str | None = None
    disable_social: list[str] = []
    team: bool = False
    email: str | None = None
    tags: list[str] = []
    display_title: str | None = None
    hide_title: bool = False
    links: dict[str, Link] = {}
    actions: list[Action] = []
    webhooks: Webhooks = Webhooks()

    @property
    def networks(self) -> list[str]:
        """Names of the linked networks, in Ayrshare's order."""
        return in_order(self.links)

    @property
    def expires(self) -> float | None:
        """When the first of its links ends, UNIX seconds."""
        ends = (link.expires for link in self.links.values() if link.expires is not None)
        return min(ends, default=None)

    def __repr__(self) -> str:
        """Names the profile without its key."""
        return f"<Profile {self.title!r} {self.ref_id} {self.networks}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileFilter:
    """What GET /profiles asks for.

    Attributes:
        title: Exactly this title.
        ref_id: Exactly this refId.
        profile_keys: One of these keys.
        has_links: True for at least one linked network, false for none.
        includes: All of these networks are linked.
        own_x_app: Whether a network is linked through the integrator's own X app.
        expiring_by: A link ends at this instant (UNIX seconds) or earlier.
        created_until: Created at this instant (UNIX seconds) or earlier.
        after: Only profiles behind this position.
        limit: At most so many.
    """

    created_until: float
    limit: int
    title: str | None = None
    ref_id: str | None = None
    profile_keys: list[str] | None = None
    has_links: bool | None = None
    includes: list[str] | None = None
    own_x_app: bool | None = None
    expiring_by: float | None = None
    after: int = 0


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Calls counted for a profile: how many this month, and when the last one came."""

    calls: int = 0
    last_call: float | None = None


class Channel(StrEnum):
    """What leaves the fake."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class State(StrEnum):
    """How far something that leaves has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    KEPT = "kept"
    """An e-mail that stays here, since no mail server is set."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One try to deliver something.

    Attributes:
        time: When, UNIX seconds of the account's time.
        status: What the receiver answered; 503 if it did not answer in time, absent if there was
            no connection.
        error: What went wrong.
    """

    time: float
    status: int | None = None
    error: str | None = None


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook delivery or an e-mail in the outbox.

    Attributes:
        id: Its id; webhooks carry it as `X-Ayrshare-Delivery-Id`.
        account: API key of the account it belongs to.
        channel: Webhook or e-mail.
        ref_id: The profile it tells of.
        created: UNIX seconds of the account's time.
        content: The e-mail's fields, or what the webhook needs: `action`, `hookId`, `url`, `body`.
        secrets: What signs a webhook; never shown.
        attempts: What was tried.
        state: How far it has come.
    """

    id: str
    account: str
    channel: Channel
    ref_id: str
    created: float
    content: dict[str, Any]
    secrets: list[str] = []
    attempts: list[Attempt] = []
    state: State = State.PENDING

    @property
    def lane(self) -> str:
        """Whoever receives it gets one item after the other; different lanes do not wait."""
        return str(self.content["url"]) if self.channel is Channel.WEBHOOK else ""

    def __repr__(self) -> str:
        """Names the delivery without its content."""
        return f"<Outgoing {self.channel} {self.id} {self.state} after {len(self.attempts)}>"
