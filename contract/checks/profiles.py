"""Creating, listing, changing and deleting profiles."""

import re
from typing import Final

from fakeayr.contract.checks import check
from fakeayr.contract.lab import Lab, expect, expect_refusal

_KEY: Final = re.compile(r"[A-Z0-9]{7}(-[A-Z0-9]{7}){3}")
_REF_ID: Final = re.compile(r"[0-9a-f]{40}")


@check("profiles.created", "profiles.shapes")
def a_profile_is_created(lab: Lab) -> None:
    """The answer names it, with ids of the documented shapes."""
    profile = lab.create_profile()
    answer = profile.created
    fields = answer.fields
    expect(fields.get("status") == "success", "status is not success", answer)
    expect(fields.get("title") == profile.title, "title is another", answer)
    expect(fields.get("messagingActive") is False, "messagingActive is not false", answer)
    expect(_KEY.fullmatch(profile.key), "the profile key has another shape", answer)
    expect(_REF_ID.fullmatch(profile.ref_id), "the refId has another shape", answer)


@check("profiles.listed", "profiles.key-once")
def a_new_profile_is_listed_without_its_key(lab: Lab) -> None:
    """The list names it, and never shows the key again."""
    profile = lab.profile
    entry = lab.eventually_listed(profile.ref_id)
    expect(entry.get("title") == profile.title, f"the entry's title is {entry.get('title')!r}")
    expect(entry.get("status") == "active", "the entry's status is not active")
    seconds = (entry.get("created") or {}).get("_seconds")
    expect(isinstance(seconds, int), "created has no whole _seconds")
    expect(isinstance(entry.get("createdUTC"), str), "createdUTC is missing")
    expect("profileKey" not in entry, "the list shows a profileKey")
    shown = lab.target.call("GET", "/user", profile_key=profile.key)
    for answer in (lab.target.call("GET", "/profiles", query={"refId": profile.ref_id}), shown):
        expect(profile.key not in answer.text, "a profile key is shown again", answer)


@check("profiles.filter-title", "profiles.filter-ref-id")
def filters_answer_exactly_one(lab: Lab) -> None:
    """By title and by refId."""
    profile, other = lab.profile, lab.create_profile()
    for wanted in (profile, other):
        lab.eventually_listed(wanted.ref_id)
        by_title = [entry.get("refId") for entry in lab.listed(title=wanted.title)]
        expect(by_title == [wanted.ref_id], f"title= answers {len(by_title)} other profiles")
        by_id = [entry.get("title") for entry in lab.listed(refId=wanted.ref_id)]
        expect(by_id == [wanted.title], f"refId= answers {len(by_id)} other profiles")


@check("profiles.title-unique", "profiles.title-case")
def a_title_is_unique(lab: Lab) -> None:
    """The same title is refused with 146, another spelling of it is another title."""
    profile = lab.create_profile()
    answer = lab.try_profile(profile.title)
    expect_refusal(answer, 400, code=146, message="Profile title already exists.")
    lab.create_profile(profile.title.upper())


@check("profiles.title-required")
def a_title_is_required(lab: Lab) -> None:
    """Without one nothing is created."""
    expect_refusal(lab.target.call("POST", "/profiles", body={}), 400)


@check("profiles.paging", "profiles.limit")
def pages_are_complete(lab: Lab) -> None:
    """Following the cursor shows every one of our profiles once."""
    wanted = {lab.create_profile().ref_id for _ in range(3)}
    for ref_id in wanted:
        lab.eventually_listed(ref_id)
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        answer = lab.target.call("GET", "/profiles", query=query)
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
def the_primary_profile_is_not_listed(lab: Lab) -> None:
    """Only User Profiles are."""
    primary = lab.target.call("GET", "/user").fields.get("refId")
    listed = lab.listed(refId=primary)
    expect(primary not in [entry.get("refId") for entry in listed], "the primary is listed")


@check("profiles.changed")
def a_profile_is_changed_by_header(lab: Lab) -> None:
    """PATCH with the Profile-Key header changes the title and answers the refId."""
    profile = lab.create_profile()
    title = f"{profile.title}-changed"
    answer = lab.target.call("PATCH", "/profiles", profile_key=profile.key, body={"title": title})
    expect(answer.status == 200, "the change is refused", answer)
    expect(answer.fields.get("refId") == profile.ref_id, "refId is another", answer)
    user = lab.target.call("GET", "/user", profile_key=profile.key)
    expect(user.fields.get("title") == title, "the title did not change", user)


@check("profiles.changed-by-body")
def a_profile_is_changed_by_body(lab: Lab) -> None:
    """PATCH with profileKey in the body does the same."""
    profile = lab.create_profile()
    title = f"{profile.title}-changed"
    body = {"profileKey": profile.key, "title": title}
    answer = lab.target.call("PATCH", "/profiles", body=body)
    expect(answer.status == 200, "the change is refused", answer)
    user = lab.target.call("GET", "/user", profile_key=profile.key)
    expect(user.fields.get("title") == title, "the title did not change", user)


@check("profiles.deleted", "profiles.deleted-url")
def a_deleted_profile_is_gone_everywhere(lab: Lab) -> None:
    """Key, list entry, tokens and linking URLs are dead at once."""
    profile = lab.create_profile()
    linking = lab.generate(profile)
    answer = lab.delete(profile)
    expect(answer.status == 200, "the deletion is refused", answer)
    expect(answer.fields.get("refId") == profile.ref_id, "refId is another", answer)
    user = lab.target.call("GET", "/user", profile_key=profile.key)
    expect_refusal(user, (400, 401, 403), code=144)
    expect_refusal(lab.generate(profile), (400, 401, 403), code=144)
    if not lab.target.kind_to:  # The real list is behind by minutes.
        gone = profile.ref_id not in [entry.get("refId") for entry in lab.listed()]
        expect(gone, "a deleted profile is still listed")
    page = lab.opened(linking)
    expect(page.status == 401, f"its linking URL opens with {page.status}", page)


@check("profiles.deleted-by-title")
def a_profile_is_deleted_by_title(lab: Lab) -> None:
    """DELETE with the title alone finds it."""
    profile = lab.create_profile()
    answer = lab.target.call("DELETE", "/profiles", body={"title": profile.title})
    expect(answer.status == 200, "the deletion is refused", answer)
    user = lab.target.call("GET", "/user", profile_key=profile.key)
    expect_refusal(user, (400, 401, 403), code=144)
