"""Analytics of posts and of accounts."""

from typing import Any, Final

from fakeayr.contract import asserted_fields
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import NotServed, expect, expect_fields, expect_refusal
from fakeayr.contract.post_responses import errors_of, id_of
from fakeayr.contract.posts import FILM, NOBODYS_POST
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_NOT_COVERED: Final = ("gmb", "telegram")
_UNTIL_TIKTOK_KNOWS_SECONDS: Final = 300
_TOLD_AT_ONCE: Final = ("bluesky", "facebook", "linkedin", "twitter")


@check("analytics.post", needs_posts=True)
def a_post_has_analytics(session: ContractSession) -> None:
    """A post's analytics tell of its networks, of those that are asked for."""
    posts = session.posts
    _, _, made = posts.published
    ids = {entry["platform"]: entry for entry in made.fields["postIds"]}
    covered = [it for it in ids if it not in (*_NOT_COVERED, "tiktok")]  # Its id comes later.
    if not covered:
        raise NotServed("no network is linked that has analytics")
    for asked in (covered[:1], covered, None):
        body: dict[str, Any] = {"id": id_of(made)}
        answer = session.call(
            "POST", "/analytics/post", body=body | ({"platforms": asked} if asked else {})
        )
        expect(answer.status == 200, "it is refused", answer)
        known = answer.fields.get("status") in ("success", "partial")
        expect(known, "status is not success", answer)
        expect_fields(answer, id=id_of(made))
        told = sorted(it for it in ids if it in answer.fields and it != "tiktok")
        expect(told == sorted(asked or covered), f"asked for {asked}, returned are {told}", answer)
        for network in told:
            entry = answer.fields[network]
            _expect_entry(answer, network, entry, asserted_fields.POST_ANALYTICS)
            expect(entry.get("id") == ids[network]["id"], f"{network} has another id", answer)
            if network not in ("threads", "youtube"):
                url = entry.get("postUrl")
                expect(url == ids[network]["postUrl"], f"{network} has another postUrl", answer)


def _expect_entry(answer: Answer, network: str, entry: Any, fields: dict[str, str]) -> None:
    expect(isinstance(entry, dict), f"{network} is no object", answer)
    analytics = entry.get("analytics")
    expect(isinstance(analytics, dict), f"{network} has no analytics", answer)
    missing = asserted_fields.missing(fields.get(network, ""), analytics)
    expect(not missing, f"the analytics of {network} lack {missing}", answer)
    for name in ("lastUpdated", "nextUpdate"):
        expect(str(entry.get(name)).endswith("Z"), f"{network}: {name} is no time", answer)


@check("analytics.post", needs_posts=True, needs_time=True)
def a_video_has_analytics(session: ContractSession) -> None:
    """A video's analytics have the fields of the networks of videos, and are not wrapped."""
    posts = session.posts
    author = posts.profile
    made = {it: id_of(posts.post(author, [it], **FILM)) for it in ("youtube", "tiktok")}
    posts.advance(_UNTIL_TIKTOK_KNOWS_SECONDS)
    for network, post_id in made.items():
        body = {"id": post_id, "platforms": [network]}
        answer = session.call("POST", "/analytics/post", profile_key=author.key, body=body)
        expect(answer.status == 200, "it is refused", answer)
        entry = answer.fields.get(network)
        _expect_entry(answer, network, entry, asserted_fields.POST_ANALYTICS)


@check("analytics.by-network-id", needs_posts=True)
def analytics_are_found_by_a_networks_id(session: ContractSession) -> None:
    """With searchPlatformId the id is the network's, and exactly one platform is named."""
    posts = session.posts
    _, _, made = posts.published
    entries = [it for it in made.fields["postIds"] if it["platform"] in _TOLD_AT_ONCE]
    if not entries:
        raise NotServed("no network is linked that has analytics")
    network, network_id = entries[0]["platform"], entries[0]["id"]
    body = {"id": network_id, "platforms": [network], "searchPlatformId": True}
    answer = session.call("POST", "/analytics/post", body=body)
    expect(answer.status == 200, "it is refused", answer)
    _expect_entry(answer, network, answer.fields.get(network), asserted_fields.POST_ANALYTICS)
    two = {**body, "platforms": [network, "youtube"]}
    refused = session.call("POST", "/analytics/post", body=two)
    expect(400 <= refused.status < 500, "two platforms are not refused", refused)


@check("analytics.required")
def analytics_need_to_know_of_what(session: ContractSession) -> None:
    """Analytics of nothing, of an unknown post, or of networks that are not linked are refused."""
    key = session.profile.key
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"platforms": ["facebook"]},
        {"id": 7, "platforms": ["facebook"]},
        {"id": NOBODYS_POST, "platforms": ["facebook"]},
    )
    for body in bodies:
        refused = session.call("POST", "/analytics/post", profile_key=key, body=body)
        expect(refused.status >= 400, f"{body} is not refused", refused)
        expect_fields(refused, status="error")
    for body in ({}, {"platforms": "facebook"}, {"platforms": [7]}):
        refused = session.call("POST", "/analytics/social", profile_key=key, body=body)
        expect(refused.status == 400, f"{body} is not refused with 400", refused)
    for path in ("/analytics/post", "/analytics/social"):
        refused = session.call("POST", path, profile_key=key, body={})
        expect_refusal(refused, "InvalidParameters")
    body = {"platforms": ["facebook"]}
    refused = session.call("POST", "/analytics/social", profile_key=key, body=body)
    inner = refused.fields.get("facebook")
    found = [*errors_of(refused), inner]
    codes = [it.get("code") for it in found if isinstance(it, dict)]
    expect(156 in codes, "a network that is not linked is not reported by code 156", refused)


@check("analytics.social")
def an_account_has_analytics(session: ContractSession) -> None:
    """The analytics of accounts tell of the networks that are asked for, and of no others."""
    account = session.posts.account
    known = [it for it in account.networks if it in asserted_fields.SOCIAL_ANALYTICS]
    if not known:
        raise NotServed("no network is linked whose analytics have known fields")
    for asked in (known, known[:1]):
        answer = session.call("POST", "/analytics/social", body={"platforms": asked})
        expect(answer.status == 200, "it is refused", answer)
        expect(answer.fields.get("status") in ("success", "partial"), "status is another", answer)
        told = [it for it in account.networks if it in answer.fields]
        expect(told == asked, f"asked for {asked}, returned are {told}", answer)
        for network in asked:
            entry = answer.fields[network]
            _expect_entry(answer, network, entry, asserted_fields.SOCIAL_ANALYTICS)


@check("analytics.social", needs_linking=True)
def every_network_has_account_analytics(session: ContractSession) -> None:
    """The analytics of a profile's accounts have each network's fields, and are not wrapped."""
    author = session.posts.profile
    body = {"platforms": list(asserted_fields.SOCIAL_ANALYTICS)}
    answer = session.call("POST", "/analytics/social", profile_key=author.key, body=body)
    expect(answer.status == 200, "it is refused", answer)
    for network in asserted_fields.SOCIAL_ANALYTICS:
        entry = answer.fields.get(network)
        _expect_entry(answer, network, entry, asserted_fields.SOCIAL_ANALYTICS)
