"""The linking page's session: an encrypted cookie, so that nothing of it is kept on the server."""

import secrets
from typing import Final

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from flask import Request, Response

from fakeayr.context import context
from fakeayr.domain.grants import Grant
from fakeayr.domain.link_sessions import Mode
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.store import Store

COOKIE: Final = "fakeayr_page"
_SECONDS: Final = 24 * 3600
"""How long a browser stays logged in (inferred)."""
_RECORD: Final = ("server", "page-key")


class Notice(msgspec.Struct, frozen=True):
    """What the page tells the person once: `good` or not, and in which words."""

    good: bool
    text: str


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A popup event of the newer age, for the page that opened this one."""

    event: str
    network: str | None = None
    code: int | None = None
    message: str | None = None
    reason: str | None = None


class PageSession(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser may do on the page, and what the page tells it next.

    Attributes:
        account: API key of the account.
        profile: Key of the profile.
        csrf: Stands in every form.
        started: UNIX seconds of the account's time.
        auto_close: Whether a popup closes itself after success or cancellation.
        notice: What to tell the person once.
        events: What to tell the opener once.

    The other attributes are the grant's.
    """

    account: str
    profile: str
    csrf: str
    started: float
    allowed: list[str] | None = None
    redirect: str | None = None
    origin: str | None = None
    x_app: str | None = None
    mode: Mode = Mode.GRID
    network: str | None = None
    auto_close: bool = True
    notice: Notice | None = None
    events: list[Event] = []


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the account and the profile that it names."""

    account: Account
    profile: Profile
    session: PageSession


def begin(grant: Grant, *, auto_close: bool) -> Visit:
    """A new session for a grant; the opener is told that the page is ready."""
    world = context().world
    session = PageSession(
        account=grant.account.api_key,
        profile=grant.profile.key,
        csrf=secrets.token_urlsafe(16),
        started=world.now(grant.account),
        allowed=grant.allowed,
        redirect=grant.redirect,
        origin=grant.origin,
        x_app=grant.x_app,
        mode=grant.mode,
        network=grant.network,
        auto_close=auto_close,
        events=[Event("connect:ready", grant.network)],
    )
    return Visit(account=grant.account, profile=grant.profile, session=session)


def read(request: Request) -> Visit | None:
    """The browser's session, if it has one that is still good."""
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    world = context().world
    try:
        session = msgspec.json.decode(
            _cipher(world.store).decrypt(cookie.encode()), type=PageSession
        )
    except (InvalidToken, UnicodeEncodeError, msgspec.DecodeError):
        return None
    account = world.store.account(session.account)
    profile = world.store.profile(session.profile)
    if account is None or profile is None or world.now(account) - session.started >= _SECONDS:
        return None
    return Visit(account=account, profile=profile, session=session)


def write(response: Response, session: PageSession, *, secure: bool) -> None:
    """Gives the browser its session."""
    cookie = _cipher(context().world.store).encrypt(msgspec.json.encode(session)).decode()
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="Lax", secure=secure)


def end(response: Response) -> None:
    """Takes the session away from the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")


def _cipher(store: Store) -> Fernet:
    """The server's cipher; its key is made once and shared by all who use the store."""
    key = store.record(*_RECORD)
    if key is None:
        with store.transaction():
            key = store.record(*_RECORD)
            if key is None:
                key = Fernet.generate_key()
                store.save_record(*_RECORD, "", key)
    return Fernet(key)
