"""GET /user, and links."""

from typing import Any

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.ids import PRIMARY_TITLE
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import (
    about,
    expect,
    expect_fields,
    expect_refusal,
    expect_success,
)
from fakeayr.contract.posts import NOBODYS_POST
from fakeayr.contract.session import (
    SCHEDULE_PATH,
    SOCIAL_PATH,
    WEBHOOK,
    WEBHOOK_PATH,
    ContractSession,
    CreatedProfile,
)


@check("user.profile")
def a_user_is_the_profile_that_is_named(session: ContractSession) -> None:
    """GET /user returns the profile that is named, or the primary one."""
    profile, other = session.profile, session.create_profile()
    first = session.call("GET", "/user").fields.get("refId")
    for _ in range(2):
        for mine in (profile, other):
            session.expect_user(mine)
            named = session.user(mine)
            expect(not named.fields.get("suspended"), "an active profile is suspended", named)
        primary = session.call("GET", "/user")
        expect_fields(primary, title=PRIMARY_TITLE, refId=first)
        expect(first not in {profile.ref_id, other.ref_id}, "two have one refId", primary)
    small = session.call("GET", "/user", headers={"profile-key": profile.key})
    with about(f"{PROFILE_KEY} in small letters"):
        expect_fields(small, refId=profile.ref_id)
    for name in ("instagramDetails", "instagramQuota"):
        answer = session.call("GET", "/user", profile_key=profile.key, query={name: "true"})
        with about(name):
            expect_fields(answer, refId=profile.ref_id, title=profile.title)


@check("user.nothing-linked")
def nothing_linked_is_absent(session: ContractSession) -> None:
    """While nothing is linked, activeSocialAccounts is absent."""
    for profile in (session.profile, session.create_profile()):
        _expect_nothing_linked(session, profile)


def _expect_nothing_linked(session: ContractSession, profile: CreatedProfile) -> None:
    queries: tuple[dict[str, Any], ...] = ({}, {"instagramDetails": "true"})
    for query in queries:
        answer = session.call("GET", "/user", profile_key=profile.key, query=query)
        expect(answer.status == 200, "GET /user is refused", answer)
        expect("activeSocialAccounts" not in answer.fields, "activeSocialAccounts is there", answer)
        expect(not answer.fields.get("displayNames"), "displayNames are there", answer)
    entry = session.eventually_listed(profile.ref_id)
    expect("activeSocialAccounts" not in entry, "the list has activeSocialAccounts")


@check("user.linked", "user.networks", needs_linking=True)
def a_link_shows_up(session: ContractSession) -> None:
    """A new link shows up in GET /user and GET /profiles."""
    profile, other = session.create_profile(), session.create_profile()
    linked: list[str] = []
    for network in reversed(NETWORKS):
        session.fake.link(profile.key, network)
        linked = [it for it in NETWORKS if it in {network, *linked}]
        _expect_linked(session, profile, linked)
    _expect_nothing_linked(session, other)
    for wanted, query in (
        (profile, {"hasActiveSocialAccounts": "true"}),
        (profile, {"includesActiveSocialAccounts[0]": "facebook"}),
        (other, {"hasActiveSocialAccounts": "false"}),
    ):
        found = set(session.ref_ids(**query)) & {profile.ref_id, other.ref_id}
        expect(found == {wanted.ref_id}, f"{list(query)} finds the wrong profiles")
    change = {"title": session.title()}
    session.call("PATCH", "/profiles", profile_key=profile.key, body=change)
    _expect_linked(session, profile, linked)
    for network in NETWORKS:
        _expect_unlinked(session, profile, network, by_body=False)
        linked = [it for it in linked if it != network]
        if linked:
            _expect_linked(session, profile, linked)
    _expect_nothing_linked(session, profile)


def _expect_linked(session: ContractSession, profile: CreatedProfile, networks: list[str]) -> None:
    answer = session.user(profile)
    active = answer.fields.get("activeSocialAccounts")
    expect(active == networks, f"activeSocialAccounts is {active}", answer)
    names = [it.get("platform") for it in answer.fields.get("displayNames") or [{}]]
    expect(names == networks, f"displayNames are of {names}", answer)
    entry = session.eventually_listed(profile.ref_id)
    expect(entry.get("activeSocialAccounts") == networks, "the list does not tell of it")


@check("social.unlink")
def unlinking_nothing_succeeds(session: ContractSession) -> None:
    """Unlinking a network that is not linked succeeds."""
    profile = session.create_profile()
    for number, network in enumerate(NETWORKS):
        _expect_unlinked(session, profile, network, by_body=number % 2 == 1)
    for by_body in (False, True):
        _expect_unlinked(session, profile, "twitter", by_body=by_body)
    session.expect_user(profile)
    _expect_primary_unlinked(session)


def _expect_unlinked(
    session: ContractSession, profile: CreatedProfile, network: str, *, by_body: bool
) -> None:
    body = {"platform": network}
    if by_body:
        answer = session.call("DELETE", SOCIAL_PATH, body={**body, "profileKey": profile.key})
    else:
        answer = session.call("DELETE", SOCIAL_PATH, body=body, profile_key=profile.key)
    expect_success(answer, platform=network, refId=profile.ref_id)


def _expect_primary_unlinked(session: ContractSession) -> None:
    """Unlinks from the primary profile what is not linked there, if there is such a network."""
    primary = session.call("GET", "/user").fields
    linked = primary.get("activeSocialAccounts", [])
    free = next((network for network in NETWORKS if network not in linked), None)
    if free is None:
        return
    answer = session.call("DELETE", SOCIAL_PATH, body={"platform": free})
    with about("unlinking from the primary profile"):
        expect_success(answer, refId=primary.get("refId"))


@check("social.platform-required")
def unlinking_takes_a_platform(session: ContractSession) -> None:
    """Unlinking without a platform is refused."""
    bodies: tuple[dict[str, Any], ...] = ({}, {"platform": None}, {"platform": 7})
    for body in bodies:
        answer = session.call("DELETE", SOCIAL_PATH, profile_key=session.profile.key, body=body)
        expect_refusal(answer, "InvalidParameters")


@check("profiles.suspended", needs_suspending=True)
def a_suspended_profile_can_do_nothing(session: ContractSession) -> None:
    """Every call on behalf of a suspended profile is refused."""
    profile = session.create_profile()
    linking = session.generate(profile)
    session.fake.suspend(profile.key)
    calls: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("GET", "/user", None),
        ("PATCH", "/profiles", {"title": session.title()}),
        ("DELETE", SOCIAL_PATH, {"platform": "facebook"}),
        ("POST", WEBHOOK_PATH, WEBHOOK),
        ("GET", WEBHOOK_PATH, None),
        ("DELETE", WEBHOOK_PATH, {"action": "feed"}),
        ("POST", "/post", {"post": "x", "platforms": ["facebook"]}),
        ("PATCH", "/post", {"id": NOBODYS_POST, "notes": "x"}),
        ("DELETE", "/post", {"id": NOBODYS_POST}),
        ("GET", "/history", None),
        ("POST", "/validate/post", {"post": "x", "platforms": ["facebook"]}),
        ("GET", SCHEDULE_PATH, None),
        ("DELETE", "/profiles", None),
    )
    for method, path, body in calls:
        answer = session.call(method, path, profile_key=profile.key, body=body)
        expect_refusal(answer, "ProfileSuspended")
    expect_refusal(session.generate(profile), "ProfileSuspended")
    page = session.opened(linking)
    expect(page.status != 200, "the linking URL of a suspended profile opens", page)
    entry = session.eventually_listed(profile.ref_id)
    expect(entry.get("status") == "suspended", f"the list says {entry.get('status')}")
    expect(entry.get("suspended") is True, "the list does not say suspended: true")
