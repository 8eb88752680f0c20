"""Consents under way: each is answered once, as the `state` of OAuth sees to it.

So a second click on Allow, or a consent page that a person went back to, links nothing again. Any
number can be open at once.
"""

import secrets
from typing import Final

from fakeayr.domain.model import Account
from fakeayr.web.context import context

_KIND: Final = "consent-state"


def begin(account: Account, platform: str) -> str:
    """The state of a new consent to link a network."""
    state = secrets.token_urlsafe(12)
    context().world.store.save_record(_KIND, state, account.api_key, platform.encode())
    return state


def is_open(state: str | None, platform: str) -> bool:
    """Whether a consent to link this network is still to be answered."""
    if state is None:
        return False
    return context().world.store.record(_KIND, state) == platform.encode()


def end(state: str | None, platform: str) -> bool:
    """Ends a consent to link this network; whether it was still to be answered."""
    return state is not None and is_open(state, platform) and abandon(state)


def abandon(state: str) -> bool:
    """Ends a consent that will not be answered; whether it was still to be."""
    return context().world.store.delete_record(_KIND, state)
