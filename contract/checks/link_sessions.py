"""Link sessions, where the server has them."""

import re
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from fakeayr.client.tokens import url_parameters
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import (
    NotServed,
    about,
    expect,
    expect_fields,
    expect_refusal,
    expect_success,
)
from fakeayr.contract.server import Answer
from fakeayr.contract.session import (
    CLOCKS_DIFFER_SECONDS,
    NOBODYS_KEY,
    NOT_SERVED,
    ContractSession,
    CreatedProfile,
)

_PATH: Final = "/profiles/link-sessions"
_ID: Final = r"[0-9a-f]{64}"
_TOKEN: Final = r"ayr_ls_[A-Za-z0-9]{43}"
_DATE: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_CREATED: Final = {"status", "sessionId", "url", "expiresAt", "emailSent", "title"}
_SHOWN: Final = {"status", "sessionId", "state", "createdAt", "expiresAt", "useCount"}
_USED: Final = {"firstUsedAt", "lastUsedAt"}
_NOBODYS_ID: Final = "0" * 64


def _create(session: ContractSession, profile: CreatedProfile, **fields: Any) -> Answer:
    """Creates a link session.

    Raises:
        NotServed: The server has none: it is of the older age.
    """
    answer = session.call("POST", _PATH, profile_key=profile.key, body=fields)
    if answer.status in NOT_SERVED:
        raise NotServed("the server is of the age before link sessions")
    expect(answer.status == 200, "a link session is refused", answer)
    return answer


def _show(session: ContractSession, profile: CreatedProfile, session_id: str) -> Answer:
    return session.call("GET", f"{_PATH}/{session_id}", profile_key=profile.key)


def _seconds(answer: Answer, name: str) -> float:
    """A date with milliseconds in UNIX seconds."""
    text = str(answer.fields.get(name))
    expect(re.fullmatch(_DATE, text), f"{name} is {text}", answer)
    return datetime.fromisoformat(text).timestamp()


def _expect_lifetime(answer: Answer, seconds: int) -> None:
    lifetime = _seconds(answer, "expiresAt") - time.time()
    near = abs(lifetime - seconds) <= CLOCKS_DIFFER_SECONDS
    expect(near, f"it lives {lifetime:.0f} seconds, not {seconds}", answer)


@check("link-sessions.created", is_newer=True)
def a_link_session_is_created(session: ContractSession) -> None:
    """A link session is created, with the documented fields and shapes."""
    profile, seen = session.profile, set[str]()
    variants: tuple[dict[str, Any], ...] = (
        {},
        {"mode": "grid"},
        {"allowedSocial": ["facebook"], "logout": True},
        {"redirect": "https://shop.example/linked"},
        {"instagramLinkMethod": "facebook"},
        {"instagramLinkMethod": "instagram"},
        {"domain": session.target.credentials.domain},
        {"noSuchField": True, "source": "fakeayr-contract"},
    )
    for fields in variants:
        answer = _create(session, profile, **fields)
        shown = answer.fields
        expect(set(shown) == _CREATED, f"the fields are {sorted(shown)}", answer)
        expect_success(answer, title=profile.title, emailSent=False)
        expect(re.fullmatch(_ID, shown["sessionId"]), "the sessionId has another shape", answer)
        query = url_parameters(shown["url"])
        token = query.get("session", "")
        expect(re.fullmatch(_TOKEN, token), "the url's session has another shape", answer)
        expect(query.get("domain") == session.target.credentials.domain, "no domain", answer)
        expect("jwt" not in query, "the url has a jwt", answer)
        expect(profile.key not in shown["url"], "the url shows the profile key", answer)
        _expect_lifetime(answer, 300)
        expect(token not in seen and shown["sessionId"] not in seen, "two are the same", answer)
        seen |= {token, shown["sessionId"]}
    longer = session.call("POST", _PATH, profile_key=profile.key, body={"expiresIn": 60})
    if longer.status == 200:  # It takes the Max Pack.
        _expect_lifetime(longer, 3600)
    else:
        expect_refusal(longer, "LinkSessionMaxPack")


@check("link-sessions.states", is_newer=True)
def a_link_session_tells_its_state(session: ContractSession) -> None:
    """A link session is pending until it is opened, then active, and counts openings."""
    profile = session.profile
    made = _create(session, profile)
    key = str(made.fields.get("sessionId"))
    first = ""
    for count in range(3):
        answer = _show(session, profile, key)
        used = _USED if count else frozenset()
        _expect_shown(answer, key, "active" if count else "pending", used)
        expect_fields(answer, useCount=count, expiresAt=made.fields["expiresAt"])
        lifetime = _seconds(answer, "expiresAt") - _seconds(answer, "createdAt")
        expect(lifetime == 300, f"expiresAt is createdAt + {lifetime} seconds", answer)
        if count:
            first = first or answer.fields["firstUsedAt"]
            expect_fields(answer, firstUsedAt=first)
            later = _seconds(answer, "lastUsedAt") >= _seconds(answer, "firstUsedAt")
            expect(later, "lastUsedAt is before firstUsedAt", answer)
        page = session.opened(made)
        expect(page.status == 200, f"its url opens with {page.status}", page)


def _expect_shown(answer: Answer, key: str, state: str, used: Iterable[str]) -> None:
    expect_success(answer, sessionId=key, state=state)
    fields = set(answer.fields)
    expect(fields == {*_SHOWN, *used}, f"the fields are {sorted(fields)}", answer)


def _expect_pending(session: ContractSession, profile: CreatedProfile, made: Answer) -> None:
    """Checks that a link session is neither opened nor revoked."""
    expect_fields(_show(session, profile, str(made.fields.get("sessionId"))), state="pending")


@check("link-sessions.revoked", is_newer=True)
def a_link_session_is_revoked(session: ContractSession) -> None:
    """A revoked link session does not open, and a second revoke succeeds like the first."""
    profile = session.profile
    for opened in (False, True):
        made, other = _create(session, profile), _create(session, profile)
        key = str(made.fields.get("sessionId"))
        if opened:
            session.opened(made)
        answers = [
            session.call("DELETE", f"{_PATH}/{key}", profile_key=profile.key) for _ in range(2)
        ]
        for answer in answers:
            expect_success(answer, "the revoke is refused")
        expect(answers[0].json == answers[1].json, "the second revoke is another", answers[1])
        page = session.opened(made)
        expect(page.status >= 400, f"the url of a revoked session opens with {page.status}", page)
        shown = _show(session, profile, key)
        _expect_shown(shown, key, "revoked", _USED if opened else ())
        with about("another link session"):
            _expect_pending(session, profile, other)


@check("link-sessions.unknown", is_newer=True)
def a_foreign_link_session_is_like_an_unknown_one(session: ContractSession) -> None:
    """Another profile's link session is like an unknown one."""
    profile, other = session.profile, session.create_profile()
    made = _create(session, profile)
    key = str(made.fields.get("sessionId"))
    for method in ("GET", "DELETE"):
        unknown, foreign = (
            session.call(method, f"{_PATH}/{it}", profile_key=other.key)
            for it in (_NOBODYS_ID, key)
        )
        for answer in (unknown, foreign):
            expect_refusal(answer, "LinkSessionNotFound")
        alike = unknown.text.replace(_NOBODYS_ID, key) == foreign.text
        expect(alike, "a foreign id is not like an unknown one", foreign)
    _expect_pending(session, profile, made)


@check("link-sessions.callers", is_newer=True)
def a_link_session_wants_both_keys(session: ContractSession) -> None:
    """Link sessions want an API key and a profile key."""
    profile = session.profile
    made = _create(session, profile)
    path = f"{_PATH}/{made.fields.get('sessionId')}"
    for method, where in (("POST", _PATH), ("GET", path), ("DELETE", path)):
        body: dict[str, Any] | None = {} if method == "POST" else None
        for key in (None, NOBODYS_KEY, profile.key):
            answer = session.call(method, where, profile_key=profile.key, api_key=key, body=body)
            expect_refusal(answer, "ApiKeyNotValid")
        for profile_key in ("", NOBODYS_KEY):
            answer = session.call(method, where, profile_key=profile_key, body=body)
            expect_refusal(answer, "ProfileKeyInvalid")
        answer = session.call(method, where, body=body)
        expect(400 <= answer.status < 404, "it takes no profile key", answer)
    _expect_pending(session, profile, made)


@check("link-sessions.deleted", is_newer=True)
def the_link_session_of_a_deleted_profile_is_dead(session: ContractSession) -> None:
    """A deleted profile's link session does not open."""
    profile = session.create_profile()
    made = _create(session, profile)
    expect(session.delete(profile).status == 200, "the deletion is refused")
    page = session.opened(made)
    expect(page.status >= 400, f"its url opens with {page.status}", page)
    shown = _show(session, profile, str(made.fields.get("sessionId")))
    expect_refusal(shown, "ProfileKeyInvalid")
