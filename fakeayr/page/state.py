"""Who is at the page: a login in an encrypted cookie, and what each tab was opened for.

Nothing of it is kept on the server. A browser is logged in to one profile. Beside that, every tab
carries a sealed token from page to page, so that a grid and several popups can be open at once; it
is worth nothing without the cookie of the same profile, and no other site can make one.
"""

from enum import StrEnum
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from flask import Request, Response

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.linking import short_links
from fakeayr.domain.linking.grants import Grant
from fakeayr.domain.linking.tokens import BadToken, Flaw
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.ports import Store
from fakeayr.web.context import context
from fakeayr.web.page_url import is_https

COOKIE: Final = "fakeayr_page"
TOKEN: Final = "page_token"
"""Name of the parameter that carries a tab from page to page."""
_SECONDS: Final = 24 * 3600
"""How long a browser stays logged in (inferred)."""
_LONGEST_REDIRECT: Final = 500
"""A longer one is carried as a short link: a browser drops a cookie of more than 4096 bytes."""
_KEY: Final = ("server", "page-key")
_OURS: Final = ""
"""What the key belongs to, being no account's."""


Kind = Literal["success", "info", "error"]


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the page tells the person, and about which network."""

    kind: Kind
    text: str
    network: str | None = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A popup event of the newer age, for the page that opened this one."""

    event: str
    network: str | None = None
    code: int | None = None
    message: str | None = None
    reason: str | None = None


class Tab(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="tab"):
    """What a tab was opened for.

    Attributes:
        ref_id: The profile's, which the browser must still be logged in to.
        network: The one network of connect mode; `None` for the page with all of them.
        auto_close: Whether a popup closes itself after success or cancellation.
        state: Names the consent under way.
        notice: What the next page tells the person.
        events: What the next page tells the opener.

    The other attributes are the grant's.
    """

    ref_id: str
    allowed: list[str] | None = None
    redirect: str | None = None
    origin: str | None = None
    x_app: str | None = None
    network: str | None = None
    auto_close: bool = True
    state: str | None = None
    notice: Notice | None = None
    events: list[Event] = []

    @property
    def told(self) -> "Tab":
        """The tab once its notice and events are told."""
        return msgspec.structs.replace(self, notice=None, events=[])

    def telling(self, event: Event) -> "Tab":
        """The tab whose next page tells the opener of one more event."""
        return msgspec.structs.replace(self, events=[*self.events, event])

    @property
    def target(self) -> str | None:
        """Where the tab's redirect leads."""
        if self.redirect is None:
            return None
        return short_links.resolved(context().world.store, self.redirect)


class Login(msgspec.Struct, frozen=True, kw_only=True, tag="login"):
    """What the cookie says: to which profile a browser is logged in.

    Attributes:
        account: API key of the account.
        profile: Key of the profile.
        started: UNIX seconds of the account's time.
        tab: What the last URL was opened for; a page without a token shows this.
    """

    account: str
    profile: str
    started: float
    tab: Tab


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A login and one of its tabs, with the account and the profile that it names."""

    account: Account
    profile: Profile
    login: Login
    tab: Tab


class Stop(StrEnum):
    """Why the page cannot go on, in a word."""

    CALLBACK = "callback"
    NETWORK = "network"
    PROFILE = "profile"
    SESSION = "session"
    SUSPENDED = "suspended"


class Interrupted(Exception):
    """The page cannot go on.

    Args:
        stop: Why, in a word.
        error: What the opener of a popup is told.
        tab: The tab, if it is known.
        status: HTTP status of the page that says so; the error's unless given.
        explanation: Why, in a sentence; the error's message unless given.
    """

    def __init__(
        self,
        stop: Stop,
        error: ApiError,
        tab: Tab | None,
        *,
        status: int | None = None,
        explanation: str | None = None,
    ) -> None:
        super().__init__(explanation or error.message)
        self.stop = stop
        self.error = error
        self.tab = tab
        self.status = status or error.status

    @property
    def may_go_back(self) -> bool:
        """Whether the rest of the page is still there for this tab."""
        return self.stop in {Stop.CALLBACK, Stop.NETWORK}


def begin(request: Request, grant: Grant) -> Visit:
    """The visit that an opened linking URL begins; the opener is told that the page is ready.

    A browser that is logged in to another profile of the account stays there, unless the URL says
    `logout` (the documented trap). A URL of another account never shows that one's profile.
    """
    account, profile = grant.account, grant.profile
    started = context().world.now(account)
    known = None if grant.logout else _logged_in(request)
    if known is not None and _holds_back(known, grant):
        profile, started = known.profile, known.login.started
    auto_close = request.args.get("autoClose") != "false"
    tab = msgspec.structs.replace(tab_for(grant), ref_id=profile.ref_id, auto_close=auto_close)
    login = Login(account=account.api_key, profile=profile.key, started=started, tab=tab)
    ready = tab.telling(Event("connect:ready", tab.network))
    return Visit(account=account, profile=profile, login=login, tab=ready)


def current(request: Request) -> Visit:
    """The visit that a request goes on with; a form must carry its tab's token.

    Raises:
        BadToken: The browser has no login.
        Interrupted: The login is over (401; 403 for a form), or is another profile's (403).
    """
    form = request.method == "POST"
    token = (request.form if form else request.args).get(TOKEN)
    tab = None if token is None else _opened(token, Tab)
    if token is None and _cookie(request) not in request.cookies and not form:
        raise BadToken(Flaw.MISSING)
    known = _logged_in(request)
    if known is None:
        raise _over(tab, 403 if form else 401, "Your session is over. Open the link again.")
    if token is None and not form:
        tab = known.tab
    if tab is None or tab.ref_id != known.profile.ref_id:
        raise _over(tab, 403, "This page is not of your present session. Open the link again.")
    return msgspec.structs.replace(known, tab=tab)


def remember(request: Request, response: Response, login: Login) -> None:
    """Gives the browser its login."""
    response.set_cookie(
        _cookie(request),
        _sealed(login),
        httponly=True,
        samesite="Lax",
        secure=is_https(),
    )


def token(tab: Tab) -> str:
    """A tab as a page's forms and addresses carry it."""
    return _sealed(tab)


def _holds_back(known: Visit, grant: Grant) -> bool:
    """Whether a browser that is logged in stays with its profile, although a URL names another."""
    same_account = known.account.api_key == grant.account.api_key
    another_profile = known.profile.key != grant.profile.key
    return same_account and another_profile and not known.profile.suspended


def _over(tab: Tab | None, status: int, explanation: str) -> Interrupted:
    error = errors.LINK_SESSION_EXPIRED
    return Interrupted(Stop.SESSION, error, tab, status=status, explanation=explanation)


def tab_for(grant: Grant) -> Tab:
    """A tab in which a linking URL is opened."""
    redirect = grant.redirect
    if redirect is not None and len(redirect) > _LONGEST_REDIRECT:
        redirect = short_links.shorten(context().world.store, grant.account, "", redirect)
    return Tab(
        ref_id=grant.profile.ref_id,
        allowed=grant.allowed,
        redirect=redirect,
        origin=grant.origin,
        x_app=grant.x_app,
        network=grant.network,
    )


def _logged_in(request: Request) -> Visit | None:
    """The browser's login, if it has one that is still good."""
    login = _opened(request.cookies.get(_cookie(request), ""), Login)
    if login is None:
        return None
    world = context().world
    account = world.store.account(login.account)
    profile = world.store.profile(login.profile)
    if account is None or profile is None or world.now(account) - login.started >= _SECONDS:
        return None
    return Visit(account=account, profile=profile, login=login, tab=login.tab)


_Sealed = TypeVar("_Sealed", Login, Tab)


def _sealed(content: Login | Tab) -> str:
    return _cipher(context().world.store).encrypt(msgspec.json.encode(content)).decode()


def _opened(text: str, kind: type[_Sealed]) -> _Sealed | None:
    """What was sealed; `None` if it is not ours, or of another kind: a token is no cookie."""
    try:
        document = _cipher(context().world.store).decrypt(text.encode())
        return msgspec.json.decode(document, type=kind)
    except (InvalidToken, UnicodeEncodeError, msgspec.DecodeError):
        return None


def _cookie(request: Request) -> str:
    """The cookie's name: browsers do not keep the cookies of a host's ports apart.

    The port is the one that browsers see, which servers behind one address have in common.
    """
    public_url = context().config.public_url
    port = (urlsplit(public_url).netloc if public_url else request.host).rpartition(":")[2]
    return f"{COOKIE}_{port}" if port.isascii() and port.isdigit() else COOKIE


def _cipher(store: Store) -> Fernet:
    """The server's cipher; its key is made once and shared by all who use the store."""
    key = store.record(*_KEY)
    if key is None:
        with store.transaction(_OURS):
            key = store.record(*_KEY)
            if key is None:
                key = Fernet.generate_key()
                store.save_record(*_KEY, _OURS, key)
    return Fernet(key)
