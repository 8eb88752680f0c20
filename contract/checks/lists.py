"""Listing profiles."""

import math
import re
import time
from datetime import datetime
from typing import Any, Final

from fakeayr.ayrshare import ids
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import FactBroken, expect
from fakeayr.contract.session import ContractSession, CreatedProfile

_AT_MOST_PAGES: Final = 4


@check("profiles.listed", "profiles.key-once", "user.nothing-linked")
def a_new_profile_is_listed_without_its_key(session: ContractSession) -> None:
    """A new profile is listed, and its key is never shown again."""
    profile = session.profile
    session.eventually_listed(profile.ref_id)
    queries: tuple[dict[str, str], ...] = (
        {},
        {"refId": profile.ref_id},
        {"title": profile.title},
    )
    for query in queries:

        def is_listed(query: dict[str, str] = query) -> bool:
            return profile.ref_id in session.ref_ids(**query)

        what = f"the new profile is not listed by {sorted(query) or 'no'} filter"
        session.eventually(is_listed, what)
        answer = session.call("GET", "/profiles", query=query)
        entries = answer.fields["profiles"]
        mine = [entry for entry in entries if entry.get("refId") == profile.ref_id]
        expect(mine or answer.fields["pagination"]["hasMore"], "it is not listed", answer)
        for entry in mine:
            _expect_described(entry, profile)
        expect(not any("profileKey" in entry for entry in entries), "a profileKey is shown", answer)
        expect(profile.key not in answer.text, "a profile key is shown again", answer)
        _expect_frame(answer.fields)
    shown = session.user(profile)
    expect(profile.key not in shown.text, "a profile key is shown again", shown)


def _expect_described(entry: dict[str, Any], profile: CreatedProfile) -> None:
    """Checks an entry of a new profile."""
    expect(entry.get("title") == profile.title, f"the entry's title is {entry.get('title')!r}")
    expect(entry.get("status") == "active", "the entry's status is not active")
    expect(re.fullmatch(ids.REF_ID, str(entry.get("refId"))), "the entry's refId has no shape")
    created = entry.get("created")
    expect(isinstance(created, dict), "created is no object")
    for name in ("_seconds", "_nanoseconds"):
        expect(type((created or {}).get(name)) is int, f"created has no whole {name}")
    seconds = (created or {})["_seconds"]
    expect(isinstance(entry.get("createdUTC"), str), "createdUTC is missing")
    utc = _seconds(entry["createdUTC"], "createdUTC")
    expect(abs(utc - seconds) <= 1, "created and createdUTC differ")
    expect(abs(time.time() - seconds) < 24 * 3600, f"created is {seconds}, not today")
    expect("activeSocialAccounts" not in entry, "activeSocialAccounts is there, nothing linked")
    expect(not entry.get("suspended"), "an active profile is suspended")


def _expect_frame(fields: dict[str, Any]) -> None:
    """Checks what stands around a list."""
    entries, paging = fields["profiles"], fields.get("pagination")
    expect(isinstance(paging, dict), "the list has no pagination")
    has_more = (paging or {}).get("hasMore")
    expect(isinstance(has_more, bool), "hasMore is neither true nor false")
    if not has_more:
        expect(fields.get("count") == len(entries), f"count is {fields.get('count')}")
        expect(not (paging or {}).get("nextCursor"), "the last page has a nextCursor")
    if "nextUpdate" in fields or "lastUpdated" in fields:
        last, following = (_seconds(fields.get(it), it) for it in ("lastUpdated", "nextUpdate"))
        expect(following > last, "nextUpdate is not after lastUpdated")


def _seconds(text: Any, name: str) -> float:
    """A date of the API in UNIX seconds."""
    try:
        expect(str(text).endswith("Z"), f"{name} is {text!r}, not UTC")
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError as error:
        raise FactBroken(f"{name} is {text!r}, no date") from error


@check("profiles.filter-title", "profiles.filter-ref-id")
def filters_answer_exactly_one(session: ContractSession) -> None:
    """Filters by title and refId find exactly one profile."""
    profile, other = session.profile, session.create_profile()
    longer = session.create_profile(f"{other.title}-longer & #+%")
    for wanted in (profile, other, longer):
        session.eventually_listed(wanted.ref_id)
        by_title = session.ref_ids(title=wanted.title)
        expect(by_title == [wanted.ref_id], f"title= finds {len(by_title)} other profiles")
        by_id = [entry.get("title") for entry in session.listed(refId=wanted.ref_id)]
        expect(by_id == [wanted.title], f"refId= finds {len(by_id)} other profiles")
    both = session.ref_ids(title=profile.title, refId=profile.ref_id)
    expect(both == [profile.ref_id], "title= and refId= of one profile do not find it")
    either = session.ref_ids(title=profile.title, refId=other.ref_id)
    expect(either == [], "title= and refId= of two profiles find one")
    for query in ({"title": f"{profile.title}-nobody"}, {"refId": "0" * ids.REF_ID_LENGTH}):
        expect(session.ref_ids(**query) == [], f"a filter by nobody's {list(query)} finds some")


@check("profiles.filters")
def further_filters_find_what_they_name(session: ContractSession) -> None:
    """Filters by keys and by links find what they name."""
    mine = [session.profile, session.create_profile(), session.create_profile()]
    for profile in mine:
        session.eventually_listed(profile.ref_id)
    two = mine[:2]
    found = {
        "profileKeys": {it.ref_id for it in two},
        "false": {it.ref_id for it in mine},
        "true": set[str](),
        "includes": set[str](),
    }
    keys = [it.key for it in two]
    asked: tuple[tuple[str, list[tuple[str, str]]], ...] = (
        ("profileKeys", [(f"profileKeys[{at}]", key) for at, key in enumerate(keys)]),
        ("profileKeys", [("profileKeys", ",".join(keys))]),
        ("profileKeys", [("profileKeys", key) for key in keys]),
        ("false", [("hasActiveSocialAccounts", "false")]),
        ("true", [("hasActiveSocialAccounts", "true")]),
        ("includes", [("includesActiveSocialAccounts[0]", "facebook")]),
    )
    seen = [set(session.ref_ids_of(query)) for _, query in asked]
    everything = {it.ref_id for it in mine}
    # A filter that shows all of them is not read; a server that reads none at all need not.
    read = [ids_ for (name, _), ids_ in zip(asked, seen, strict=True) if name != "false"]
    if all(everything <= ids_ for ids_ in read):
        return
    for (name, query), ids_ in zip(asked, seen, strict=True):
        right = found[name] == (ids_ if name == "profileKeys" else ids_ & everything)
        expect(right, f"{'&'.join(field for field, _ in query)} finds other profiles")


@check("profiles.paging", "profiles.limit")
def pages_are_complete(session: ContractSession) -> None:
    """Pages of profiles are complete and repeat nothing."""
    wanted = {session.create_profile().ref_id for _ in range(3)}
    for ref_id in wanted:
        session.eventually_listed(ref_id)
    there = session.call("GET", "/profiles").fields.get("profiles", [])
    for limit in (1, max(2, math.ceil(len(there) / _AT_MOST_PAGES))):
        _expect_pages(session, limit, wanted if limit > 1 else set())
    answer = session.call("GET", "/profiles", query={"limit": len(there)})
    expect(len(answer.fields["profiles"]) == len(there), "a page that fits all lacks some", answer)
    expect(answer.fields["pagination"].get("hasMore") is False, "hasMore beyond the last", answer)


def _expect_pages(session: ContractSession, limit: int, wanted: set[str]) -> None:
    """Reads pages to the end, or two if nothing is looked for."""
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": limit}
    pages = 0
    while True:
        answer = session.call("GET", "/profiles", query=query)
        entries = answer.fields.get("profiles", [])
        pages += 1
        expect(len(entries) <= limit, f"a page of {limit} has {len(entries)} entries", answer)
        seen += [entry["refId"] for entry in entries]
        paging = answer.fields.get("pagination", {})
        expect(paging.get("limit") in {None, limit}, "pagination has another limit", answer)
        if not paging.get("hasMore"):
            expect(not paging.get("nextCursor"), "the last page has a nextCursor", answer)
            break
        expect(len(entries) == limit, "a page before the last is not full", answer)
        expect(bool(paging.get("nextCursor")), "no way to the next page", answer)
        if not wanted and pages == 2:
            break
        query["cursor"] = paging["nextCursor"]
    expect(len(seen) == len(set(seen)), "a profile stands on two pages")
    expect(wanted <= set(seen), f"{len(wanted - set(seen))} profiles stand on no page")


@check("profiles.no-primary")
def the_primary_profile_is_not_listed(session: ContractSession) -> None:
    """The primary profile is in no list, filtered or not."""
    user = session.call("GET", "/user").fields
    primary, title = user.get("refId"), user.get("title")
    profile = session.profile
    queries: tuple[dict[str, Any], ...] = (
        {},
        {"refId": primary},
        {"title": title},
        {"limit": 1},
        {"refId": profile.ref_id},
        {"title": profile.title},
        {"hasActiveSocialAccounts": "true"},
        {"hasActiveSocialAccounts": "false"},
        {"profileKeys[0]": session.target.credentials.api_key},
    )
    for query in queries:
        listed = session.listed(**query)
        shown = primary in [entry.get("refId") for entry in listed]
        expect(not shown, f"the primary is listed by {sorted(query) or 'no'} filter")
    named = session.call("GET", "/profiles", profile_key=profile.key)
    shown = primary in [it.get("refId") for it in named.fields.get("profiles", [])]
    expect(not shown, "the primary is listed", named)
