"""Deleting profiles, and what must be dead at once."""

import time
from collections.abc import Callable
from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import about, expect, expect_refusal, expect_success
from fakeayr.contract.server import Answer
from fakeayr.contract.session import (
    WEBHOOK,
    WEBHOOK_PATH,
    ContractSession,
    CreatedProfile,
    DeletedProfile,
)

_PLATFORM: Final = {"platform": "facebook"}


@check("profiles.deleted", "profiles.deleted-url")
def a_deleted_profile_is_gone_everywhere(session: ContractSession) -> None:
    """A deleted profile is gone: its key, list entry, tokens and linking URLs."""
    deleted = _delete(session, session.delete)
    key = deleted.profile.key
    headed: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("GET", "/user", None),
        ("PATCH", "/profiles", {"title": session.title()}),
        ("DELETE", "/profiles", None),
        ("DELETE", "/profiles/social", _PLATFORM),
        ("POST", WEBHOOK_PATH, WEBHOOK),
        ("GET", WEBHOOK_PATH, None),
        ("DELETE", WEBHOOK_PATH, {"action": "feed"}),
    )
    for method, path, body in headed:
        _expect_dead(session.call(method, path, profile_key=key, body=body), method, path)
    for method, path, body in (headed[1], headed[2], headed[3]):
        answer = session.call(method, path, body={**(body or {}), "profileKey": key})
        _expect_dead(answer, method, f"{path} by body")


@check("profiles.deleted-by-body", "profiles.deleted", "profiles.deleted-url")
def a_profile_is_deleted_by_body(session: ContractSession) -> None:
    """A profile is deleted by profileKey in the body."""
    _delete(
        session,
        lambda profile: session.call("DELETE", "/profiles", body={"profileKey": profile.key}),
    )


@check("profiles.deleted-by-title", "profiles.deleted", "profiles.deleted-url")
def a_profile_is_deleted_by_title(session: ContractSession) -> None:
    """A profile is deleted by its title."""
    kept = session.create_profile()
    other_case = session.call("DELETE", "/profiles", body={"title": kept.title.upper()})
    expect_refusal(other_case, status=404)
    deleted = _delete(session, lambda profile: session.delete(profile, title=profile.title))
    again = session.call("DELETE", "/profiles", body={"title": deleted.title})
    expect_refusal(again, status=404)
    with about("another profile"):
        session.expect_user(kept)


@check("profiles.title-free-again")
def the_title_of_a_deleted_profile_is_free(session: ContractSession) -> None:
    """The title of a deleted profile is free for a new one, which is another."""
    old = session.create_profile()
    expect_success(session.delete(old), "the deletion is refused")
    new = session.create_profile(old.title)
    expect(new.key != old.key and new.ref_id != old.ref_id, "it is the old profile", new.created)
    _expect_dead(session.user(old), "GET", "/user")
    session.expect_user(new)


@check("profiles.deleted", "profiles.deleted-url", is_last=True)
def what_was_deleted_stays_gone(session: ContractSession) -> None:
    """Deleted profiles are still gone when the run ends."""
    deleted = session.deleted or [_delete(session, session.delete)]
    _expect_unlisted(session, deleted)
    for it in deleted:
        _expect_gone(session, it)


def _delete(session: ContractSession, delete: Callable[[CreatedProfile], Answer]) -> DeletedProfile:
    """Deletes one of two new profiles, and checks that this one is dead and the other is not."""
    profile, other = session.create_profile(), session.create_profile()
    hook = session.call("POST", WEBHOOK_PATH, profile_key=profile.key, body=WEBHOOK)
    expect(hook.status == 200, "a webhook is refused", hook)
    session.eventually_listed(profile.ref_id)
    linking = session.generate(profile)
    answer = delete(profile)
    deleted = DeletedProfile(profile, profile.title, linking, time.monotonic())
    session.deleted.append(deleted)
    expect_success(answer, "the deletion is refused", refId=profile.ref_id)
    _expect_gone(session, deleted)
    if not session.target.paced:  # The real list is behind; it is looked at when the run ends.
        _expect_unlisted(session, [deleted])
    with about("another profile"):
        session.expect_user(other)
    return deleted


def _expect_gone(session: ContractSession, deleted: DeletedProfile) -> None:
    """Checks that neither key nor linking URL of a deleted profile works."""
    profile = deleted.profile
    _expect_dead(session.user(profile), "GET", "/user")
    _expect_dead(session.generate(profile), "POST", "generateJWT")
    page = session.opened(deleted.linking)
    expect(page.status == 401, f"its linking URL opens with {page.status}", page)


def _expect_unlisted(session: ContractSession, deleted: list[DeletedProfile]) -> None:
    """Checks that no list shows deleted profiles, waiting as long as the real API may need."""
    gone = {it.profile.ref_id for it in deleted}
    queries: list[dict[str, str]] = [{}]
    for it in deleted:
        queries += [{"refId": it.profile.ref_id}, {"title": it.title}]
    since = max(it.at for it in deleted)
    for query in queries:

        def is_unlisted(query: dict[str, str] = query) -> bool:
            return gone.isdisjoint(session.ref_ids(**query))

        what = f"a deleted profile is still listed by {sorted(query) or 'no'} filter"
        session.eventually(is_unlisted, what, since=since)


def _expect_dead(answer: Answer, method: str, path: str) -> None:
    with about(f"{method} {path} of a deleted profile"):
        expect_refusal(answer, "ProfileKeyInvalid")
