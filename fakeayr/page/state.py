"""Who is at the page: a login in an encrypted cookie, and what each tab was opened for.

Only a consent under way is kept on the server. A browser is logged in to one profile. Beside that,
every tab carries a sealed token from page to page, so that a grid and several popups can be open at
once; it is worth nothing without the cookie of the same profile, and no other site can make one.
"""

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from flask import Request, Response

from fakeayr.ayrshare import errors, popup_events
from fakeayr.ayrshare.errors import ApiError
from fakeayr.domain.linking import redirects
from fakeayr.domain.linking.grants import Grant
from fakeayr.domain.linking.request import Terms
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.ports import Store
from fakeayr.domain.profiles import Profile
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.tenants import Tenant
from fakeayr.errors import FakeayrError
from fakeayr.page.messages import Notice, PopupEvent
from fakeayr.web.context import context
from fakeayr.web.page_url import is_https

COOKIE: Final = "fakeayr_page"
TOKEN: Final = "page_token"
"""Name of the parameter that carries a tab from page to page."""
_SECONDS: Final = 24 * 3600
"""How long a browser stays logged in (inferred)."""
_LONGEST_REDIRECT: Final = 500
"""A longer one is carried as a short link: a browser drops a cookie of more than 4096 bytes."""
_KEY: Final = "page-key"
_OURS: Final = ""
"""What the key belongs to, being no account's."""
_KEYS: Final = Record(RecordKind.SERVER, str)
_CONSENTS: Final = Record(RecordKind.CONSENT_STATE, str)


class Tab(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="tab"):
    """What a tab was opened for.

    Attributes:
        ref_id: The profile's, which the browser must still be logged in to.
        terms: The terms of its linking URL.
        session: Id of the link session that it was opened with, if it was.
        tried: The networks that it was connected to, or was meant to be.
        auto_close: Whether a popup closes itself after success or cancellation.
        state: Names the consent under way.
        notice: What the next page says to the person.
        events: What the next page says to the opener.
    """

    ref_id: str
    terms: Terms
    session: str | None = None
    tried: list[str] = []
    auto_close: bool = True
    state: str | None = None
    notice: Notice | None = None
    events: list[PopupEvent] = []

    @property
    def network(self) -> str | None:
        """The one network of connect mode; `None` for the page with all of them."""
        return self.terms.only

    @property
    def target(self) -> str | None:
        """Where the tab's redirect leads."""
        redirect = self.terms.redirect
        return None if redirect is None else redirects.resolve(context().world.store, redirect)

    def add_try(self, platform: str) -> "Tab":
        """The tab in which a person has set out to connect a network."""
        if platform in self.tried:
            return self
        return msgspec.structs.replace(self, tried=[*self.tried, platform])

    def clear(self) -> "Tab":
        """The tab without its notice and events, which a page has shown."""
        return msgspec.structs.replace(self, notice=None, events=[])

    def add_event(self, event: PopupEvent) -> "Tab":
        """The tab whose next page sends the opener one more event."""
        return msgspec.structs.replace(self, events=[*self.events, event])


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A login and one of its tabs, with the account and the profile that it names."""

    tenant: Tenant
    profile: Profile
    login: Login
    tab: Tab


class PageProblem(StrEnum):
    """Why the page cannot go on, in a word."""

    CALLBACK = "callback"
    NETWORK = "network"
    PROFILE = "profile"
    SESSION = "session"
    SUSPENDED = "suspended"


class PageError(FakeayrError):
    """The page cannot go on.

    Args:
        problem: Why, in a word.
        error: What the opener of a popup is told.
        tab: The tab, if it is known.
        status: HTTP status of the page that says so; the error's unless given.
        explanation: Why, in a sentence; the error's message unless given.
    """

    def __init__(
        self,
        problem: PageProblem,
        error: ApiError,
        tab: Tab | None,
        *,
        status: int | None = None,
        explanation: str | None = None,
    ) -> None:
        super().__init__(explanation or error.message)
        self.problem = problem
        self.error = error
        self.tab = tab
        self.status = status or error.status

    @property
    def may_go_back(self) -> bool:
        """Whether the rest of the page is still there for this tab."""
        return self.problem in {PageProblem.CALLBACK, PageProblem.NETWORK}


def begin(request: Request, grant: Grant) -> Visit:
    """The visit that an opened linking URL begins; the opener learns that the page is ready.

    A browser that is logged in to another profile of the account stays there, unless the URL says
    `logout` (the documented trap). A URL of another account never shows that one's profile.
    """
    tenant, profile = grant.tenant, grant.profile
    started = tenant.now()
    known = None if grant.terms.logout else _read_login(request)
    if known is not None and _holds_back(known, grant):
        profile, started = known.profile, known.login.started
    auto_close = request.args.get("autoClose") != "false"
    tab = msgspec.structs.replace(tab_for(grant), ref_id=profile.ref_id, auto_close=auto_close)
    login = Login(account=tenant.api_key, profile=profile.key, started=started, tab=tab)
    ready = tab.add_event(PopupEvent(popup_events.READY, tab.network))
    return Visit(tenant=tenant, profile=profile, login=login, tab=ready)


def is_stranger(request: Request) -> bool:
    """Whether a request comes from a web browser that was never logged in."""
    page_wanted = any(
        kind == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes
    )
    return page_wanted and _cookie_name(request) not in request.cookies


def current(request: Request) -> Visit:
    """The visit that a request goes on with; a form must carry its tab's token.

    Raises:
        BadLink: The browser has no login.
        PageError: The login is over (401; 403 for a form), or is another profile's (403).
    """
    form = request.method == "POST"
    token = (request.form if form else request.args).get(TOKEN)
    tab = None if token is None else _open(token, Tab)
    if token is None and _cookie_name(request) not in request.cookies and not form:
        raise BadLink(LinkProblem.MISSING)
    known = _read_login(request)
    if known is None:
        raise _over(tab, 403 if form else 401, "Your session is over. Open the link again.")
    if token is None and not form:
        tab = known.tab
    if tab is None or tab.ref_id != known.profile.ref_id:
        raise _over(tab, 403, "This page is not of your present session. Open the link again.")
    return replace(known, tab=tab)


def remember(request: Request, response: Response, login: Login) -> None:
    """Gives the browser its login."""
    response.set_cookie(
        _cookie_name(request),
        _seal(login),
        httponly=True,
        samesite="Lax",
        secure=is_https(),
    )


def token(tab: Tab) -> str:
    """A tab as a page's forms and addresses carry it."""
    return _seal(tab)


def _holds_back(known: Visit, grant: Grant) -> bool:
    """Whether a browser that is logged in stays with its profile, although a URL names another."""
    same_account = known.tenant.api_key == grant.tenant.api_key
    another_profile = known.profile.key != grant.profile.key
    return same_account and another_profile and not known.profile.suspended


def _over(tab: Tab | None, status: int, explanation: str) -> PageError:
    error = errors.LINK_SESSION_EXPIRED
    return PageError(PageProblem.SESSION, error, tab, status=status, explanation=explanation)


def tab_for(grant: Grant) -> Tab:
    """A tab in which a linking URL is opened."""
    terms = grant.terms
    if terms.redirect is not None and len(terms.redirect) > _LONGEST_REDIRECT:
        short = redirects.shorten(grant.tenant, "", terms.redirect)
        terms = msgspec.structs.replace(terms, redirect=short)
    return Tab(ref_id=grant.profile.ref_id, terms=terms, session=grant.session_id)


def _read_login(request: Request) -> Visit | None:
    """The browser's login, if it has one that is still good."""
    login = _open(request.cookies.get(_cookie_name(request), ""), Login)
    if login is None:
        return None
    world = context().world
    tenant = world.tenant(login.account)
    profile = world.store.profile(login.profile)
    if tenant is None or profile is None or tenant.now() - login.started >= _SECONDS:
        return None
    return Visit(tenant=tenant, profile=profile, login=login, tab=login.tab)


# A consent is answered once, as the `state` of OAuth sees to it: a second click on Allow, or a
# consent page that a person went back to, links nothing again. Any number can be open at once.


def begin_consent(tenant: Tenant, platform: str) -> str:
    """The state of a new consent to link a network."""
    state = secrets.token_urlsafe(12)
    _CONSENTS.save(tenant.store, state, owner=tenant.api_key, document=platform)
    return state


def consent_is_open(state: str | None, platform: str) -> bool:
    """Whether a consent to link this network is still to be answered."""
    return state is not None and _CONSENTS.get(context().world.store, state) == platform


def end_consent(state: str | None, platform: str) -> bool:
    """Ends a consent to link this network; whether it was still to be answered."""
    return state is not None and consent_is_open(state, platform) and abandon_consent(state)


def abandon_consent(state: str) -> bool:
    """Ends a consent that will not be answered; whether it was still to be."""
    return _CONSENTS.delete(context().world.store, state)


_Sealed = TypeVar("_Sealed", Login, Tab)


def _seal(content: Login | Tab) -> str:
    return _cipher(context().world.store).encrypt(msgspec.json.encode(content)).decode()


def _open(text: str, kind: type[_Sealed]) -> _Sealed | None:
    """What was sealed; `None` if it is not ours, or of another kind: a token is no cookie."""
    try:
        document = _cipher(context().world.store).decrypt(text.encode())
        return msgspec.json.decode(document, type=kind)
    except (InvalidToken, UnicodeEncodeError, msgspec.DecodeError):
        return None


def _cookie_name(request: Request) -> str:
    """The cookie's name: browsers do not keep the cookies of a host's ports apart.

    The port is the one that browsers see, which servers behind one address have in common.
    """
    public_url = context().config.public_url
    port = (urlsplit(public_url).netloc if public_url else request.host).rpartition(":")[2]
    return f"{COOKIE}_{port}" if port.isascii() and port.isdigit() else COOKIE


def _cipher(store: Store) -> Fernet:
    """The server's cipher; its key is made once and shared by all who use the store."""
    key = _KEYS.get(store, _KEY)
    if key is None:
        with store.transaction(_OURS):
            key = _KEYS.get(store, _KEY)
            if key is None:
                key = Fernet.generate_key().decode()
                _KEYS.save(store, _KEY, owner=_OURS, document=key)
    return Fernet(key)
