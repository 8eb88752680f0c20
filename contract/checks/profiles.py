"""Creating, listing, changing and deleting profiles."""

import re

from fakeayr.ayrshare import ids
from fakeayr.contract.checks import check
from fakeayr.contract.session import ContractSession, expect, expect_refusal


@check("profiles.created", "profiles.shapes")
def a_profile_is_created(session: ContractSession) -> None:
    """A profile is created, with ids of the documented shapes."""
    profile = session.create_profile()
    answer = profile.created
    fields = answer.fields
    expect(fields.get("status") == "success", "status is not success", answer)
    expect(fields.get("title") == profile.title, "title is another", answer)
    expect(fields.get("messagingActive") is False, "messagingActive is not false", answer)
    expect(re.fullmatch(ids.KEY, profile.key), "the profile key has another shape", answer)
    expect(re.fullmatch(ids.REF_ID, profile.ref_id), "the refId has another shape", answer)


@check("profiles.listed", "profiles.key-once")
def a_new_profile_is_listed_without_its_key(session: ContractSession) -> None:
    """A new profile is listed, and its key is never shown again."""
    profile = session.profile
    entry = session.eventually_listed(profile.ref_id)
    expect(entry.get("title") == profile.title, f"the entry's title is {entry.get('title')!r}")
    expect(entry.get("status") == "active", "the entry's status is not active")
    seconds = (entry.get("created") or {}).get("_seconds")
    expect(isinstance(seconds, int), "created has no whole _seconds")
    expect(isinstance(entry.get("createdUTC"), str), "createdUTC is missing")
    expect("profileKey" not in entry, "the list shows a profileKey")
    shown = session.call("GET", "/user", profile_key=profile.key)
    for answer in (session.call("GET", "/profiles", query={"refId": profile.ref_id}), shown):
        expect(profile.key not in answer.text, "a profile key is shown again", answer)


@check("profiles.filter-title", "profiles.filter-ref-id")
def filters_answer_exactly_one(session: ContractSession) -> None:
    """Filters by title and refId find exactly one profile."""
    profile, other = session.profile, session.create_profile()
    for wanted in (profile, other):
        session.eventually_listed(wanted.ref_id)
        by_title = [entry.get("refId") for entry in session.listed(title=wanted.title)]
        expect(by_title == [wanted.ref_id], f"title= answers {len(by_title)} other profiles")
        by_id = [entry.get("title") for entry in session.listed(refId=wanted.ref_id)]
        expect(by_id == [wanted.title], f"refId= answers {len(by_id)} other profiles")


@check("profiles.title-unique", "profiles.title-case")
def a_title_is_unique(session: ContractSession) -> None:
    """A title that is in use is refused; titles are case-sensitive."""
    profile = session.create_profile()
    answer = session.try_profile(profile.title)
    expect_refusal(answer, "ProfileTitleExists")
    session.create_profile(profile.title.upper())


@check("profiles.title-required")
def a_title_is_required(session: ContractSession) -> None:
    """A profile without a title is refused."""
    expect_refusal(session.call("POST", "/profiles", body={}), status=400)


@check("profiles.paging", "profiles.limit")
def pages_are_complete(session: ContractSession) -> None:
    """Pages of profiles are complete and repeat nothing."""
    wanted = {session.create_profile().ref_id for _ in range(3)}
    for ref_id in wanted:
        session.eventually_listed(ref_id)
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        answer = session.call("GET", "/profiles", query=query)
        entries = answer.fields.get("profiles", [])
        expect(len(entries) <= 2, f"a page of limit 2 has {len(entries)} entries", answer)
        seen += [entry["refId"] for entry in entries]
        paging = answer.fields.get("pagination", {})
        if not paging.get("hasMore"):
            break
        expect(bool(entries) and bool(paging.get("nextCursor")), "no way to the next page", answer)
        query["cursor"] = paging["nextCursor"]
    expect(len(seen) == len(set(seen)), "a profile stands on two pages")
    expect(wanted <= set(seen), f"{len(wanted - set(seen))} profiles stand on no page")


@check("profiles.no-primary")
def the_primary_profile_is_not_listed(session: ContractSession) -> None:
    """The primary profile is not in the list."""
    primary = session.call("GET", "/user").fields.get("refId")
    listed = session.listed(refId=primary)
    expect(primary not in [entry.get("refId") for entry in listed], "the primary is listed")


@check("profiles.changed")
def a_profile_is_changed_by_header(session: ContractSession) -> None:
    """A profile named by the Profile-Key header is changed."""
    profile = session.create_profile()
    title = f"{profile.title}-changed"
    answer = session.call("PATCH", "/profiles", profile_key=profile.key, body={"title": title})
    expect(answer.status == 200, "the change is refused", answer)
    expect(answer.fields.get("refId") == profile.ref_id, "refId is another", answer)
    user = session.call("GET", "/user", profile_key=profile.key)
    expect(user.fields.get("title") == title, "the title did not change", user)


@check("profiles.changed-by-body")
def a_profile_is_changed_by_body(session: ContractSession) -> None:
    """A profile named by profileKey in the body is changed."""
    profile = session.create_profile()
    title = f"{profile.title}-changed"
    body = {"profileKey": profile.key, "title": title}
    answer = session.call("PATCH", "/profiles", body=body)
    expect(answer.status == 200, "the change is refused", answer)
    user = session.call("GET", "/user", profile_key=profile.key)
    expect(user.fields.get("title") == title, "the title did not change", user)


@check("profiles.deleted", "profiles.deleted-url")
def a_deleted_profile_is_gone_everywhere(session: ContractSession) -> None:
    """A deleted profile is gone: its key, list entry, tokens and linking URLs."""
    profile = session.create_profile()
    linking = session.generate(profile)
    answer = session.delete(profile)
    expect(answer.status == 200, "the deletion is refused", answer)
    expect(answer.fields.get("refId") == profile.ref_id, "refId is another", answer)
    user = session.call("GET", "/user", profile_key=profile.key)
    expect_refusal(user, "ProfileKeyInvalid")
    expect_refusal(session.generate(profile), "ProfileKeyInvalid")
    if not session.target.paced:  # The real list is behind by minutes.
        gone = profile.ref_id not in [entry.get("refId") for entry in session.listed()]
        expect(gone, "a deleted profile is still listed")
    page = session.opened(linking)
    expect(page.status == 401, f"its linking URL opens with {page.status}", page)


@check("profiles.deleted-by-title")
def a_profile_is_deleted_by_title(session: ContractSession) -> None:
    """A profile is deleted by its title."""
    profile = session.create_profile()
    answer = session.call("DELETE", "/profiles", body={"title": profile.title})
    expect(answer.status == 200, "the deletion is refused", answer)
    user = session.call("GET", "/user", profile_key=profile.key)
    expect_refusal(user, "ProfileKeyInvalid")
