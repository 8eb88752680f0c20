"""Link sessions: linking URLs of the newer age, which need no private key."""

import hashlib
import hmac
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.tokens import SESSION_PREFIX
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.linking.request import Terms
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.ports import Store
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant, World

_ID_LENGTH: Final = 20


class LinkSession(Terms, frozen=True, kw_only=True):
    """A link session, and what its URL opens.

    Attributes:
        id: Its `sessionId`.
        account: API key of the account.
        profile_key: Whose accounts it links.
        digest: SHA-256 of its token; the token itself is not kept.
        expires: UNIX seconds of the account's time.
        opened: When its URL was first opened.
        revoked: When it was revoked.
    """

    id: str
    account: str
    profile_key: str
    digest: str
    expires: float
    opened: float | None = None
    revoked: float | None = None


_SESSIONS: Final = Record(RecordKind.LINK_SESSION, LinkSession)


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
    session_id = tenant.world.ids.entity()
    token = f"{SESSION_PREFIX}{session_id}{tenant.world.ids.entity()}"
    session = LinkSession(
        id=session_id,
        account=tenant.api_key,
        profile_key=profile_key,
        digest=_digest(token),
        expires=tenant.now() + seconds,
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
    if session is None or session.account != tenant.api_key or session.profile_key != profile_key:
        raise Refused(errors.LINK_SESSION_NOT_FOUND)
    return session


def revoke(tenant: Tenant, profile_key: str, session_id: str) -> LinkSession:
    """Ends a link session before its time.

    Raises:
        Refused: It is unknown (502), already revoked (501), or expired (503).
    """
    now = tenant.now()
    with tenant.transaction():
        session = find(tenant, profile_key, session_id)
        if session.revoked is not None:
            raise Refused(errors.LINK_SESSION_REVOKED)
        if session.expires <= now:
            raise Refused(errors.LINK_SESSION_EXPIRED)
        revoked = msgspec.structs.replace(session, revoked=now)
        _save(tenant.store, revoked)
    return revoked


def find_by_token(world: World, token: str) -> tuple[Tenant, LinkSession]:
    """The account and the link session of a token, whether the session is over or not.

    Raises:
        BadLink: There is none.
    """
    session_id = token.removeprefix(SESSION_PREFIX)[:_ID_LENGTH]
    session = _SESSIONS.get(world.store, session_id)
    if session is None or not hmac.compare_digest(session.digest, _digest(token)):
        raise BadLink(LinkProblem.UNKNOWN_SESSION)
    tenant = world.tenant(session.account)
    if tenant is None:
        raise BadLink(LinkProblem.UNKNOWN_SESSION)
    return tenant, session


def note_opened(tenant: Tenant, session_id: str) -> None:
    """Notes that a session's URL was opened."""
    now = tenant.now()
    with tenant.transaction():
        session = _SESSIONS.get(tenant.store, session_id)
        if session is not None and session.opened is None:
            _save(tenant.store, msgspec.structs.replace(session, opened=now))


def describe(session: LinkSession, title: str, now: float) -> dict[str, Any]:
    """A link session as GET returns it (the shape is inferred).

    Args:
        session: The session.
        title: Title of its profile.
        now: The account's time.
    """
    answer: dict[str, Any] = {
        "status": "success",
        "sessionId": session.id,
        "mode": session.mode,
        "title": title,
        "valid": session.revoked is None and session.expires > now,
        "opened": session.opened is not None,
        "revoked": session.revoked is not None,
        "expiresAt": iso_seconds(session.expires),
    }
    if session.network is not None:
        answer["network"] = session.network
    return answer


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _save(store: Store, session: LinkSession) -> None:
    _SESSIONS.save(store, session.id, owner=session.account, document=session)
