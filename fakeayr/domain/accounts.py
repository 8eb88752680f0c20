"""Accounts and their settings; opening and closing them.

Objects that a server reads by the thousand hold data and never a cycle: `gc=False` spares the
garbage collector the way through them.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.ids import PRIMARY_TITLE
from fakeayr.ayrshare.plans import PLANS, Feature, Plan
from fakeayr.domain.faults import Fault
from fakeayr.domain.posting.outcomes import NextPublication
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant, World

DEFAULT_KEY_BITS: Final = 1024


class LinkingApi(StrEnum):
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

    docs/settings.md and openapi.yaml show these sentences (`./dev docs`).

    Attributes:
        rate_limit: Enforces 300 requests in 5 minutes for each profile, and 8 profile deletions a
            second.
        profile_visibility_delay: Seconds until `GET /profiles` shows a new profile; Ayrshare takes
            up to ten.
        invalid_api_key_status: HTTP status of code 102. `403` was seen live; the documentation also
            says `401`. A call with an unknown key follows the development account's setting.
        invalid_profile_key_status: HTTP status of code 144. Reports differ: `400`, `401` or `403`.
        empty_profile_key: What an empty `Profile-Key` header is: `"refused"` (144), or `"absent"`,
            as on Ayrshare's MCP endpoint.
        invalid_domain_status: HTTP status of code 188 for a wrong domain; `200` was seen live.
        enforce_profile_limit: Refuses more profiles than the plan has (launch 10, business 30).
        disable_social: Networks that are switched off for the account, as on Ayrshare's dashboard.
        webhook_loopback_http: Lets a webhook be `http://` to this machine; Ayrshare wants
            `https://`. Off by default on a server that others can reach.
        webhook_timeout: Seconds that a receiver may take, at most 15; `null` is Ayrshare's 10, or
            15 with link sessions.
        partial_post_status: HTTP status of a post that some networks took and others refused; its
            `status` is `error` either way. Not public.
        duplicate_errors: Who refuses a text that was posted within 48 hours: `"ayrshare"` (137), or
            `"networks"`: Facebook (107) and X (110) where it is the very same text.
        monthly_post_quota: Posts that a profile may make in a calendar month before code 106;
            `null` is no limit, and `GET /user` shows 1,000.
        post_quotas: Enforces how many posts a network takes of a profile in a minute and in 24
            hours: on TikTok 6 and 15.
        check_manual_deletions: Refuses `markManualDeleted` of a post that is still on a
            network (382); otherwise the fake believes the caller.
    """

    rate_limit: bool = False
    profile_visibility_delay: Seconds = 0
    invalid_api_key_status: Literal[401, 403] = 403
    invalid_profile_key_status: Literal[400, 401, 403] = 403
    empty_profile_key: Literal["refused", "absent"] = "refused"
    invalid_domain_status: Literal[200, 400] = 400
    enforce_profile_limit: bool = False
    disable_social: list[str] = []
    webhook_loopback_http: bool = True
    webhook_timeout: Annotated[float, msgspec.Meta(gt=0, le=15)] | None = None
    partial_post_status: Literal[200, 400] = 200
    duplicate_errors: Literal["ayrshare", "networks"] = "ayrshare"
    monthly_post_quota: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] | None = None
    post_quotas: bool = True
    check_manual_deletions: bool = False


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
        linking_api: Which of the two linking APIs it lives in; `age` on the wire.
        clock_offset: Seconds by which the account's time is ahead of the server's.
        settings: Choices of the person who tests.
        faults: What goes wrong, in the order in which it was ordered.
        next_publications: How the next publications end, in the order in which it was decided.
    """

    api_key: str
    domain: str
    private_key: str
    plan: Plan
    max_pack: bool
    ref_id: str
    email: str
    created: float
    linking_api: LinkingApi = msgspec.field(default=LinkingApi.JWT, name="age")
    clock_offset: float = 0.0
    settings: Settings = Settings()
    faults: list[Fault] = []
    next_publications: list[NextPublication] = []

    def __repr__(self) -> str:
        """Names the account without its secrets."""
        return f"<Account {self.domain} ({self.plan}) {self.ref_id}>"


class AccountRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What a new account should be like; everything is optional.

    Attributes:
        domain: The domain that linking URLs carry; a new one unless given.
        plan: The plan.
        max_pack: Whether the Max Pack is bought.
        key_bits: Size of the RSA key: 1024 (Ayrshare's), 2048 or 4096.
        email: Address of the owner.
        linking_api: Which of the two linking APIs the account lives in; `age` on the wire.
        settings: Those of `Settings` that differ from the server's.
    """

    domain: str | None = None
    plan: Plan = Plan.BUSINESS
    max_pack: bool = True
    key_bits: int = DEFAULT_KEY_BITS
    email: str | None = None
    linking_api: LinkingApi = msgspec.field(default=LinkingApi.JWT, name="age")
    settings: dict[str, Any] = {}


def open_account(world: World, wanted: AccountRequest, settings: Settings) -> Tenant:
    """Opens an account with its primary profile.

    Args:
        world: Where it is kept.
        wanted: What it should be like; `key_bits` is one of `private_keys.KEY_BITS`.
        settings: Its settings, as the request and the server's defaults make them.
    """
    domain = wanted.domain or f"{world.ids.slug(8)}.example"
    account = Account(
        api_key=world.ids.key(),
        domain=domain,
        private_key=world.keys.take(wanted.key_bits),
        plan=wanted.plan,
        max_pack=wanted.max_pack,
        ref_id=world.ids.ref_id(),
        email=wanted.email or "developer@fakeayr.example",
        created=world.clock.told(),
        linking_api=wanted.linking_api,
        settings=settings,
    )
    return install(world, account)


def install(world: World, account: Account) -> Tenant:
    """Keeps a ready-made account, with its primary profile."""
    tenant = Tenant(world, account)
    primary = Profile(
        key=tenant.api_key,
        account=tenant.api_key,
        ref_id=account.ref_id,
        title=PRIMARY_TITLE,
        created=account.created,
        primary=True,
    )
    with tenant.transaction():
        tenant.save(account)
        tenant.store.save_profile(primary)
    return tenant


def check_plan(account: Account, feature: Feature) -> None:
    """Checks that an account's plan includes a feature.

    Raises:
        Refused: It does not (403).
    """
    if feature not in PLANS[account.plan].features:
        raise Refused(errors.PLAN_LACKS_FEATURE, f"The plan is {account.plan.value}.")


def close_account(tenant: Tenant) -> None:
    """Removes an account and everything below it; its key may serve another one later."""
    with tenant.transaction():
        known = tenant.store.account(tenant.api_key)
        tenant.store.delete_account(tenant.api_key)
    if known is not None:
        tenant.world.keys.give_back(known.private_key)
