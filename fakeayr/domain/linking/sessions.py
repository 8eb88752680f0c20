"""Link sessions: linking URLs of the newer age, which need no private key."""

import hashlib
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.tokens import SESSION_PREFIX, SESSION_SECRET_LENGTH
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.clock import iso_milliseconds
from fakeayr.domain.linking.request import Terms
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.ports import Store
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant, World


class SessionState(StrEnum):
    """How a link session stands (documented)."""

    PENDING = "pending"
    """Its URL was never opened."""
    ACTIVE = "active"
    """It was opened, and opens still."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    """It was revoked, also once its time is over."""


class LinkSession(Terms, frozen=True, kw_only=True):
    """A link session, and what its URL opens.

    Attributes:
        id: Its `sessionId`, the SHA-256 of its token; the token itself is not kept.
        account: API key of the account.
        profile_key: Whose accounts it links.
        created: UNIX seconds of the account's time, as all other instants here.
        expires: Until when it opens.
        first_used: When its URL was first opened.
        last_used: When its URL was last opened.
        uses: How often it was opened.
        revoked: When it was revoked.
    """

    id: str
    account: str
    profile_key: str
    created: float
    expires: float
    first_used: float | None = None
    last_used: float | None = None
    uses: int = 0
    revoked: float | None = None

    def state(self, now: float) -> SessionState:
        """How it stands at an instant, UNIX seconds of the account's time."""
        if self.revoked is not None:
            return SessionState.REVOKED
        if self.expires <= now:
            return SessionState.EXPIRED
        return SessionState.ACTIVE if self.uses else SessionState.PENDING


_SESSIONS: Final = Record(RecordKind.LINK_SESSION, LinkSession)
_OPENING: Final = {SessionState.PENDING, SessionState.ACTIVE}


def create(
    tenant: Tenant, profile_key: str, terms: Terms, *, seconds: int
) -> tuple[LinkSession, str]:
    """Creates a link session; returns it and its token, which is the only copy.

    Args:
        tenant: The account.
        profile_key: Whose accounts it links.
        terms: What its URL opens.
        seconds: Lifetime.
    """
    token = f"{SESSION_PREFIX}{tenant.world.ids.letters(SESSION_SECRET_LENGTH)}"
    now = tenant.now()
    session = LinkSession(
        id=_digest(token),
        account=tenant.api_key,
        profile_key=profile_key,
        created=now,
        expires=now + seconds,
        **msgspec.structs.asdict(terms),
    )
    _save(tenant.store, session)
    return session, token


def find(tenant: Tenant, profile_key: str, session_id: str) -> LinkSession:
    """A profile's link session.

    Raises:
        Refused: There is none with this id (502).
    """
    session = _SESSIONS.get(tenant.store, session_id)
    if session is None or session.account != tenant.api_key:
        raise Refused(errors.LINK_SESSION_NOT_FOUND)
    if session.profile_key != profile_key:
        owner, acting = (_title(tenant, key) for key in (session.profile_key, profile_key))
        advice = advise("profile-session-of-other", "path", owner=owner, acting=acting)
        # The response is that for an unknown id; only the journal says more.
        raise Refused(errors.LINK_SESSION_NOT_FOUND, "", advice=[advice])
    return session


def revoke(tenant: Tenant, profile_key: str, session_id: str) -> LinkSession:
    """Ends a link session before its time, and forgets its X app; what is linked stays linked.

    Revoking it again changes nothing.

    Raises:
        Refused: It is unknown (502), or expired before it was revoked (503).
    """
    now = tenant.now()
    with tenant.transaction():
        session = find(tenant, profile_key, session_id)
        state = session.state(now)
        if state is SessionState.EXPIRED:
            raise Refused(errors.LINK_SESSION_EXPIRED)
        if state is not SessionState.REVOKED:
            session = msgspec.structs.replace(session, revoked=now, x_app=None)
            _save(tenant.store, session)
    return session


def find_by_token(world: World, token: str) -> tuple[Tenant, LinkSession]:
    """The account and the link session of a token, whether the session is over or not.

    Raises:
        BadLink: There is none.
    """
    session = _SESSIONS.get(world.store, _digest(token))
    if session is None:
        raise BadLink(LinkProblem.UNKNOWN_SESSION)
    tenant = world.tenant(session.account)
    if tenant is None:
        raise BadLink(LinkProblem.UNKNOWN_SESSION)
    return tenant, session


def note_use(tenant: Tenant, session_id: str) -> None:
    """Counts an opening of a session's URL: the first one, a reload, another try at a network.

    A session that is over is not counted any more.
    """
    now = tenant.now()
    with tenant.transaction():
        session = _SESSIONS.get(tenant.store, session_id)
        if session is None or session.state(now) not in _OPENING:
            return
        first = now if session.first_used is None else session.first_used
        used = msgspec.structs.replace(
            session, first_used=first, last_used=now, uses=session.uses + 1
        )
        _save(tenant.store, used)


def describe(session: LinkSession, now: float) -> dict[str, Any]:
    """A link session as GET returns it.

    Args:
        session: The session.
        now: The account's time.
    """
    dates = {
        "createdAt": session.created,
        "expiresAt": session.expires,
        "firstUsedAt": session.first_used,
        "lastUsedAt": session.last_used,
    }
    return {
        "status": "success",
        "sessionId": session.id,
        "state": session.state(now),
        **{name: iso_milliseconds(date) for name, date in dates.items() if date is not None},
        "useCount": session.uses,
    }


def _title(tenant: Tenant, key: str) -> str:
    profile = tenant.store.profile(key)
    return "a profile that is gone" if profile is None else quoted(profile.title)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _save(store: Store, session: LinkSession) -> None:
    _SESSIONS.save(store, session.id, owner=session.account, document=session)
