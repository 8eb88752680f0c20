"""Link sessions: linking URLs of the newer age, which need no private key."""

import hashlib
import hmac
from enum import StrEnum
from typing import Any, Final

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.tokens import SESSION_PREFIX
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.linking.tokens import BadToken, Flaw
from fakeayr.domain.model import Account
from fakeayr.domain.refusals import Refused
from fakeayr.domain.world import World

_KIND: Final = "link-session"
_ID_LENGTH: Final = 20


class Mode(StrEnum):
    """What a link session opens."""

    GRID = "grid"
    """The page with all networks."""
    CONNECT = "connect"
    """One network, in a popup (Max Pack)."""


class LinkSession(msgspec.Struct, frozen=True, kw_only=True):
    """A link session.

    Attributes:
        id: Its `sessionId`.
        account: API key of the account.
        profile_key: Whose accounts it links.
        digest: SHA-256 of its token; the token itself is not kept.
        expires: UNIX seconds of the account's time.
        opened: When its URL was first opened.
        revoked: When it was revoked.

    The other attributes are those of the request.
    """

    id: str
    account: str
    profile_key: str
    digest: str
    expires: float
    mode: Mode = Mode.GRID
    network: str | None = None
    redirect: str | None = None
    allowed_social: list[str] | None = None
    origin: str | None = None
    logout: bool = False
    x_app: str | None = None
    opened: float | None = None
    revoked: float | None = None


def create(
    world: World, account: Account, profile_key: str, seconds: int, fields: dict[str, Any]
) -> tuple[LinkSession, str]:
    """Creates a link session; answers it and its token, which is the only copy.

    Args:
        world: Where it is kept.
        account: The account.
        profile_key: Whose accounts it links.
        seconds: Lifetime.
        fields: Attributes of `LinkSession` that the request names.
    """
    session_id = world.ids.entity()
    token = f"{SESSION_PREFIX}{session_id}{world.ids.entity()}"
    session = LinkSession(
        id=session_id,
        account=account.api_key,
        profile_key=profile_key,
        digest=_digest(token),
        expires=world.now(account) + seconds,
        **fields,
    )
    _save(world, session)
    return session, token


def find(world: World, account: Account, profile_key: str, session_id: str) -> LinkSession:
    """A profile's link session.

    Raises:
        Refused: There is none with this id (502).
    """
    session = _load(world, session_id)
    if session is None or session.account != account.api_key or session.profile_key != profile_key:
        raise Refused(errors.LINK_SESSION_NOT_FOUND)
    return session


def revoke(world: World, account: Account, profile_key: str, session_id: str) -> LinkSession:
    """Ends a link session before its time.

    Raises:
        Refused: It is unknown (502), already revoked (501), or expired (503).
    """
    now = world.now(account)
    with world.store.transaction(account.api_key):
        session = find(world, account, profile_key, session_id)
        if session.revoked is not None:
            raise Refused(errors.LINK_SESSION_REVOKED)
        if session.expires <= now:
            raise Refused(errors.LINK_SESSION_EXPIRED)
        revoked = msgspec.structs.replace(session, revoked=now)
        _save(world, revoked)
    return revoked


def named(world: World, token: str) -> tuple[Account, LinkSession]:
    """The account and the link session of a token, be the session over or not.

    Raises:
        BadToken: There is none.
    """
    session_id = token.removeprefix(SESSION_PREFIX)[:_ID_LENGTH]
    session = _load(world, session_id)
    if session is None or not hmac.compare_digest(session.digest, _digest(token)):
        raise BadToken(Flaw.UNKNOWN_SESSION)
    account = world.store.account(session.account)
    if account is None:
        raise BadToken(Flaw.UNKNOWN_SESSION)
    return account, session


def note_opened(world: World, account: Account, session_id: str) -> None:
    """Notes that a session's URL was opened."""
    with world.store.transaction(account.api_key):
        session = _load(world, session_id)
        if session is not None and session.opened is None:
            _save(world, msgspec.structs.replace(session, opened=world.now(account)))


def described(session: LinkSession, title: str, now: float) -> dict[str, Any]:
    """A link session as GET answers it (the shape is inferred).

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


def _save(world: World, session: LinkSession) -> None:
    document = msgspec.json.encode(session)
    world.store.save_record(_KIND, session.id, session.account, document)


def _load(world: World, session_id: str) -> LinkSession | None:
    document = world.store.record(_KIND, session_id)
    return None if document is None else msgspec.json.decode(document, type=LinkSession)
