"""Creating profiles."""

import re
from typing import Any, Final

from fakeayr.ayrshare import ids
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_refusal, expect_success
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_ODD: Final = " ü & 'é' #1 / 100% + ?"
"""What a title may hold, and what has to be encoded on its way."""


@check("profiles.created", "profiles.shapes")
def a_profile_is_created(session: ContractSession) -> None:
    """A profile is created, with ids of the documented shapes."""
    made = [session.create_profile(), session.create_profile(hideLogo=True, tags=["contract"])]
    made.append(session.create_profile(f"{session.title()}{_ODD}"))
    for profile in made:
        answer = profile.created
        expect_success(answer, title=profile.title, messagingActive=False)
        expect(re.fullmatch(ids.KEY, profile.key), "the profile key has another shape", answer)
        expect(re.fullmatch(ids.REF_ID, profile.ref_id), "the refId has another shape", answer)
        session.expect_user(profile)
    for one_of_each in ({it.key for it in made}, {it.ref_id for it in made}):
        expect(len(one_of_each) == len(made), "two profiles have one key or refId")


@check("profiles.title-unique", "profiles.title-case")
def a_title_is_unique(session: ContractSession) -> None:
    """A title that is in use is refused; titles are case-sensitive."""
    profile = session.create_profile()
    for _ in range(2):
        _expect_taken(session.try_profile(profile.title))
    capitals = session.create_profile(profile.title.upper())
    for mine in (profile, capitals):
        session.expect_user(mine)
        session.eventually_listed(mine.ref_id)
        expect(session.ref_ids(title=mine.title) == [mine.ref_id], "title= finds another case")
    _expect_taken(session.try_profile(capitals.title))


@check("profiles.title-unique")
def a_change_takes_no_title_in_use(session: ContractSession) -> None:
    """A change to a title in use is refused; the title that is given up is free."""
    profile, other = session.create_profile(), session.create_profile()
    for named in ({"profile_key": other.key}, {}):
        body = {"title": profile.title} | ({} if named else {"profileKey": other.key})
        _expect_taken(session.call("PATCH", "/profiles", body=body, **named))
    session.expect_user(other)
    own = session.call("PATCH", "/profiles", profile_key=other.key, body={"title": other.title})
    expect(own.status == 200, "a profile's own title is refused", own)
    new = session.title()
    session.call("PATCH", "/profiles", profile_key=profile.key, body={"title": new})
    _expect_taken(session.try_profile(new))
    again = session.create_profile(profile.title)
    expect(again.ref_id != profile.ref_id, "a new profile has an old refId", again.created)


@check("profiles.title-required")
def a_title_is_required(session: ContractSession) -> None:
    """A profile without a title is refused."""
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"title": None},
        {"title": ""},
        {"title": 7},
        {"title": ["a"]},
        {"tags": ["a"]},
    )
    for body in bodies:
        expect_refusal(session.call("POST", "/profiles", body=body), "InvalidParameters")


def _expect_taken(answer: Answer) -> None:
    expect_refusal(answer, "ProfileTitleExists")
