"""Consents under way: each is answered once, as the `state` of OAuth sees to it.

So a second click on Allow, or a consent page that a person went back to, links nothing again. Any
number can be open at once.
"""

import secrets
from typing import Final

from fakeayr.context import context
from fakeayr.domain.model import Account

_KIND: Final = "consent-state"


def begin(account: Account) -> str:
    """A new consent's state."""
    state = secrets.token_urlsafe(12)
    context().world.store.save_record(_KIND, state, account.api_key, b"")
    return state


def is_open(state: str | None) -> bool:
    """Whether a consent is still to be answered."""
    return state is not None and context().world.store.record(_KIND, state) is not None


def end(state: str | None) -> bool:
    """Ends a consent; whether it was still to be answered."""
    return state is not None and context().world.store.delete_record(_KIND, state)
