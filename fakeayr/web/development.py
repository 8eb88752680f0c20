"""The development account: the same keys at every start, so that a `.env` survives restarts.

Its private key is public, in this package: never use it for anything but this fake.
"""

from functools import cache
from typing import Final

from fakeayr import package_files
from fakeayr.ayrshare import errors
from fakeayr.client import development as keys
from fakeayr.domain import accounts
from fakeayr.domain.accounts import Account, LinkingApi
from fakeayr.domain.linking import urls
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import World
from fakeayr.web.config import Config

API_KEY: Final = keys.API_KEY
PROFILE_KEY: Final = keys.PROFILE_KEY
DOMAIN: Final = keys.DOMAIN
_REF_ID: Final = "fa4ea74d00000000000000000000000000000001"
_PROFILE_REF_ID: Final = "fa4ea74d00000000000000000000000000000002"
_PROFILE_TITLE: Final = "Development Profile"


@cache
def private_key() -> str:
    """PEM text of the account's private key."""
    return package_files.read("web/development.key")


def ensure(world: World, config: Config) -> None:
    """Opens the development account with one User Profile, or adopts it as an earlier run left it.

    Its plan, Max Pack, settings and domain become those of the configuration, and so does its
    linking API if one is configured.
    """
    with world.store.transaction(API_KEY):
        known = world.store.account(API_KEY)
        account = Account(
            api_key=API_KEY,
            domain=config.domain or DOMAIN,
            private_key=private_key(),
            plan=config.plan,
            max_pack=config.max_pack,
            ref_id=_REF_ID,
            email="developer@fakeayr.example",
            created=world.clock.now() if known is None else known.created,
            linking_api=config.linking_api
            or (LinkingApi.JWT if known is None else known.linking_api),
            clock_offset=0.0 if known is None else known.clock_offset,
            settings=config.account_settings,
            faults=[] if known is None else known.faults,
        )
        if known is None:
            accounts.install(world, account)
            world.store.save_profile(
                Profile(
                    key=PROFILE_KEY,
                    account=API_KEY,
                    ref_id=_PROFILE_REF_ID,
                    title=_PROFILE_TITLE,
                    created=account.created,
                )
            )
        elif known != account:
            world.store.save_account(account)


def linking_url(world: World, page_url: str, redirect: str | None = None) -> str:
    """A new linking URL of the account's profile of the linking API that the account lives in.

    Args:
        world: The world.
        page_url: Where the linking page is reachable.
        redirect: Where All Done leads.

    Raises:
        Refused: The account's plan has no linking URLs (403), its profile was deleted (144) or
            suspended (276), or no browser should open the redirect (101).
    """
    tenant = world.tenant(API_KEY)
    if tenant is None:
        raise Refused(errors.API_KEY_NOT_VALID)
    return urls.make(tenant, PROFILE_KEY, page_url, redirect).url
