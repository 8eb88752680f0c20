"""Changing profiles."""

from typing import Any

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_fields, expect_success
from fakeayr.contract.session import WEBHOOK, WEBHOOK_PATH, ContractSession, CreatedProfile


@check("profiles.changed", "profiles.change-keeps")
def a_profile_is_changed_by_header(session: ContractSession) -> None:
    """A profile named by the Profile-Key header is changed."""
    _expect_changed(session, by_body=False)


@check("profiles.changed-by-body", "profiles.change-keeps")
def a_profile_is_changed_by_body(session: ContractSession) -> None:
    """A profile named by profileKey in the body is changed."""
    _expect_changed(session, by_body=True)


def _expect_changed(session: ContractSession, *, by_body: bool) -> None:
    """Changes a title, and checks that it shows everywhere and that all else stays."""
    profile, other = session.create_profile(), session.create_profile()
    session.call("POST", WEBHOOK_PATH, profile_key=profile.key, body=WEBHOOK)
    session.eventually_listed(profile.ref_id)
    linking = session.generate(profile)
    title = f"{profile.title}-changed"
    for again in ({}, {"hideLogo": True}):
        body: dict[str, Any] = {"title": title, **again}
        named: dict[str, Any] = {"profile_key": profile.key}
        if by_body:
            body, named = {**body, "profileKey": profile.key}, {}
        answer = session.call("PATCH", "/profiles", body=body, **named)
        expect_success(answer, refId=profile.ref_id)
    _expect_title(session, profile, title)
    _expect_title(session, other, other.title)
    expect_fields(session.generate(profile), title=title)
    hooks = session.call("GET", WEBHOOK_PATH, profile_key=profile.key)
    expect_fields(hooks, feed=WEBHOOK["url"])
    page = session.opened(linking)
    expect(page.status == 200, "a linking URL from before the change does not open", page)
    session.eventually(
        lambda: session.ref_ids(title=title) == [profile.ref_id], "title= does not find the new one"
    )
    session.eventually(
        lambda: session.ref_ids(title=profile.title) == [], "title= still finds the old one"
    )
    entry = session.eventually_listed(profile.ref_id)
    expect(entry.get("title") == title, "the list has the old title")
    expect(entry.get("status") == "active", "the change made it inactive")


def _expect_title(session: ContractSession, profile: CreatedProfile, title: str) -> None:
    user = session.user(profile)
    expect_fields(user, title=title, refId=profile.ref_id)
    expect("activeSocialAccounts" not in user.fields, "it has links now", user)


@check("profiles.change-keeps")
def a_change_without_a_title_keeps_it(session: ContractSession) -> None:
    """A change of something else keeps the title."""
    profile = session.create_profile()
    for body in ({"displayTitle": "Shown"}, {"hideTopHeader": True}, {}):
        answer = session.call("PATCH", "/profiles", profile_key=profile.key, body=body)
        expect(answer.status in {200, 400}, f"HTTP status {answer.status}", answer)
        _expect_title(session, profile, profile.title)
