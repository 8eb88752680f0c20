"""Posts that are published at once."""

import re
from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import NotServed, about, expect, expect_fields
from fakeayr.contract.post_responses import (
    error_for,
    errors_of,
    expect_networks,
    id_of,
    networks_in,
    unwrapped,
)
from fakeayr.contract.posts import FILM, NOT_ON_THE_REAL_API, PLAIN, SAMPLE_IMAGE, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_ID: Final = "[A-Za-z0-9]{20}"
_WITHOUT_URL: Final = frozenset({"threads", "tiktok", "youtube"})
"""Networks whose `postUrl` is not promised."""


@check("posts.published", needs_posts=True)
def a_post_is_published(session: ContractSession) -> None:
    """A post is published at once, and its response has the documented fields."""
    posts = session.posts
    networks, text, made = posts.published
    _expect_published(made, made.fields, posts.account, networks, text)
    one = posts.account.among(*PLAIN)[:1]
    body = posts.body(one)
    again = posts.send(posts.account, body)
    _expect_published(again, again.fields, posts.account, one, body["post"])
    expect(again.fields["id"] != made.fields["id"], "two posts have one id", again)
    told = [str(it.get("id")) for it in made.fields["postIds"] if it.get("platform") != "tiktok"]
    expect(len(set(told)) == len(told), "two networks have one id", made)


def _expect_published(
    answer: Answer, post: dict[str, Any], author: Author, networks: list[str], text: str
) -> None:
    expect(answer.status == 200, "the post is refused", answer)
    expected = {"status": "success", "errors": [], "post": text, "refId": author.ref_id}
    for name, value in expected.items():
        expect(post.get(name) == value, f"{name} is {post.get(name)!r}, not {value!r}", answer)
    expect(re.fullmatch(_ID, str(post.get("id"))), "the id is not 20 letters and digits", answer)
    expect(isinstance(post.get("postIds"), list), "there are no postIds", answer)
    named = networks_in(post)
    expect(named == sorted(networks), f"postIds are of {named}", answer)
    for entry in post["postIds"]:
        where = entry.get("platform")
        expect(entry.get("status") == "success", f"{where}: status is not success", answer)
        expect(isinstance(entry.get("id"), str) and entry["id"], f"{where} has no id", answer)
        if where not in _WITHOUT_URL:
            url = str(entry.get("postUrl"))
            expect(url.startswith("https://"), f"{where} has no https postUrl", answer)


@check("posts.order", needs_posts=True)
def post_ids_stand_in_the_order_of_networks(session: ContractSession) -> None:
    """The entries of postIds are in alphabetical order, whatever was asked first."""
    posts = session.posts
    plain = posts.account.among(*PLAIN)
    if len(plain) < 2:
        raise NotServed("it takes two linked networks that may be posted to")
    for asked in (plain[::-1], [*plain[1:], plain[0]]):
        expect_networks(posts.post(posts.account, asked), sorted(asked))


@check("posts.network-fields", needs_posts=True, needs_linking=True)
def each_network_has_fields_of_its_own(session: ContractSession) -> None:
    """Each network's entry of postIds has the network's own fields."""
    posts = session.posts
    author = posts.profile
    made = posts.post(author, ["bluesky", "facebook", "gmb", "instagram", "linkedin"])
    entries = {it["platform"]: it for it in unwrapped(made).get("postIds", [])}
    for network, field, pattern in (
        ("bluesky", "id", r"at://did:plc:[^/]+/app\.bsky\.feed\.post/.+"),
        ("bluesky", "cid", ".+"),
        ("facebook", "id", r"\d+_\d+"),
        ("gmb", "type", "localPosts"),
        ("instagram", "usedQuota", r"[1-9]\d*"),
        ("linkedin", "id", "urn:li:share:.+"),
        ("linkedin", "owner", "urn:li:(organization|person):.+"),
    ):
        value = entries[network].get(field)
        right = re.fullmatch(pattern, str(value)) and value is not None
        expect(right, f"{network}'s {field} is {value}", made)
    quota = entries["instagram"]["usedQuota"]
    expect(type(quota) is int, "instagram's usedQuota is not a number", made)
    filmed = posts.post(author, ["tiktok"], **FILM)
    (entry,) = unwrapped(filmed).get("postIds", [])
    expect(entry.get("id") == "pending", "tiktok's id is not pending", filmed)
    expect(entry.get("idShare"), "tiktok has no idShare", filmed)
    expect(entry.get("isVideo") is True, "tiktok's isVideo is not true", filmed)
    expect_networks(posts.post(author, ["youtube"]), ["youtube"])


@check("posts.all", needs_posts=True, needs_linking=True)
def all_are_the_linked_networks(session: ContractSession) -> None:
    """The platform all stands for every linked network."""
    posts = session.posts
    author = posts.new_profile("threads", "facebook", "linkedin")
    expect_networks(posts.post(author, ["all"]), ["facebook", "linkedin", "threads"])


@check("posts.wrapped", needs_posts=True, needs_linking=True)
def a_profiles_posts_are_wrapped(session: ContractSession) -> None:
    """The response to a post of a profile is wrapped in posts, and no other is."""
    posts = session.posts
    for author, asked in (
        (posts.profile, ["facebook", "bluesky"]),
        (posts.new_profile("linkedin"), ["linkedin"]),
    ):
        body = posts.body(asked)
        _expect_wrapped(posts.send(author, body), author, asked, body["post"])
    networks = posts.account.among(*PLAIN)[:2]
    body = posts.body(networks)
    plain = posts.send(posts.account, body)
    expect("posts" not in plain.fields, "a post of the primary profile is wrapped", plain)
    _expect_published(plain, plain.fields, posts.account, networks, body["post"])
    later = posts.post(posts.profile, ["facebook"], scheduleDate=posts.far())
    expect(later.fields.get("status") in ("success", "scheduled"), "status is another", later)
    (entry,) = later.fields.get("posts", [{}])
    expect(entry.get("status") == "scheduled", "the wrapped status is not scheduled", later)


def _expect_wrapped(made: Answer, author: Author, networks: list[str], text: str) -> None:
    wrapped = made.fields.get("posts")
    expect(isinstance(wrapped, list) and len(wrapped) == 1, "posts is not one post", made)
    expect(made.fields.get("status") == "success", "the status around posts is another", made)
    expect("postIds" not in made.fields, "postIds stand outside of posts", made)
    (post,) = wrapped or [{}]
    _expect_published(made, post, author, networks, text)
    expect(post.get("profileTitle") == author.title, "profileTitle is not the profile's", made)


@check("posts.profile-keys", needs_posts=True, needs_linking=True)
def several_profiles_post_at_once(session: ContractSession) -> None:
    """Each profile in profileKeys posts, and has an entry of its own."""
    posts = session.posts
    first, second = posts.new_profile("facebook"), posts.new_profile("facebook")
    keys = [str(first.key), str(second.key)]
    made = posts.send(posts.account, posts.body(["facebook"], profileKeys=keys))
    wrapped = made.fields.get("posts", [])
    told = {post.get("refId"): post for post in wrapped}
    expect(set(told) == {first.ref_id, second.ref_id}, f"{len(told)} profiles posted", made)
    for author in (first, second):
        is_kept = posts.ids(author) == [told[author.ref_id].get("id")]
        expect(is_kept, "a profile's history lacks the post", made)


@check("posts.partial", needs_posts=True)
def the_other_networks_go_on(session: ContractSession) -> None:
    """If one network fails at once, the others publish, and the error says which failed."""
    posts = session.posts
    author = posts.account
    linked = session.call("GET", "/user").fields.get("activeSocialAccounts", [])
    missing = [it for it in PLAIN if it not in linked and it not in NOT_ON_THE_REAL_API]
    if not missing:
        raise NotServed("it takes a network that is not linked")
    good = author.among(*PLAIN)[:1]
    made = posts.post(author, [missing[0], *good])
    expect_fields(made, status="error")
    error_for(made, missing[0], "NetworkNotLinked")
    expect(len(made.fields["errors"]) == 1, "there are other errors", made)
    expect_networks(made, good)
    row = posts.get(author, id_of(made))
    expect_networks(row, good)
    failed = networks_in(row, "errors")
    expect(failed == missing[:1], f"GET /post has errors of {failed}", row)


@check("posts.texts", needs_posts=True, needs_linking=True)
def each_network_gets_its_own_text_and_media(session: ContractSession) -> None:
    """A post has a text and media for each network, or the default ones."""
    posts = session.posts
    author = posts.profile
    text, long = posts.text(), posts.text() + " bread" * 100
    asked = ["facebook", "threads"]
    good = posts.post(author, asked, post={"facebook": long, "default": text})
    expect(good.status == 200, "the long text reached another network", good)
    bad = posts.post(author, asked, post={"threads": posts.text() + long, "default": posts.text()})
    error_for(bad, "threads", "PostTooLong")
    expect_networks(bad, ["facebook"])
    media: dict[str, Any] = {"instagram": [SAMPLE_IMAGE], "default": []}
    asked = ["facebook", "instagram"]
    expect_networks(posts.post(author, asked, randomMediaUrl=None, mediaUrls=media), asked)
    empty = posts.post(author, ["instagram"], post="", mediaUrls=[SAMPLE_IMAGE])
    expect(empty.status == 200, "an image without a text is refused", empty)


@check("posts.media-spellings", needs_posts=True)
def media_have_three_spellings(session: ContractSession) -> None:
    """The media of a post are read from mediaUrls, mediaUrl and media_urls."""
    posts = session.posts
    networks = posts.account.among("facebook", "linkedin", "bluesky", "pinterest", "gmb")[:1]
    for number, name in enumerate(("mediaUrls", "mediaUrl", "media_urls")):
        fields: dict[str, Any] = {name: [SAMPLE_IMAGE], "randomMediaUrl": None}
        post_id = posts.schedule(
            posts.account, networks, scheduleDate=posts.apart(number), **fields
        )
        with about(name):
            expect_fields(posts.get(posts.account, post_id), mediaUrls=[SAMPLE_IMAGE])


@check("posts.random", needs_posts=True, needs_linking=True)
def random_posts_need_no_text(session: ContractSession) -> None:
    """A random quote and a random image stand in for text and media, each time other ones."""
    posts = session.posts
    texts = []
    for networks in (["facebook"], ["facebook"], ["instagram"]):
        body = {"randomPost": True, "randomMediaUrl": True, "platforms": networks}
        made = posts.send(posts.profile, body)
        expect(made.status == 200, "a random post is refused", made)
        text = unwrapped(made).get("post")
        expect(isinstance(text, str) and text, "a random post has no text", made)
        texts.append(text)
        row = posts.get(posts.profile, id_of(made))
        urls = row.fields.get("mediaUrls") or []
        right = len(urls) == 1 and str(urls[0]).startswith("https://")
        expect(right, "a random post has no image", row)
    expect(texts[0] != texts[1], "two random posts have one text")


@check("errors.unknown-fields", needs_posts=True)
def unknown_fields_of_posts_are_ignored(session: ContractSession) -> None:
    """Unknown fields of posts, of their changes and deletions are ignored."""
    posts = session.posts
    unknown: dict[str, Any] = {"source": "fakeayr-contract", "noSuchField": True}
    networks = posts.account.among(*PLAIN)[:1]
    post_id = posts.schedule(posts.account, networks, **unknown)
    shown = [
        session.call("GET", f"{path}/{post_id}", query=unknown) for path in ("/post", "/history")
    ]
    shown.append(session.call("GET", "/history", query=unknown))
    shown.append(posts.change(posts.account, post_id, notes="seen", **unknown))
    made = id_of(posts.published[2])
    shown.append(session.call("POST", "/analytics/post", body={"id": made, **unknown}))
    shown.append(posts.delete(posts.account, post_id, **unknown))
    for answer in shown:
        expect(answer.status == 200, "an unknown field or parameter is refused", answer)


@check("errors.malformed-json", needs_posts=True)
def a_post_that_is_not_json_is_refused(session: ContractSession) -> None:
    """A post whose body is not a JSON object is refused."""
    posts = session.posts
    for raw in (b'{"post": ', b"[]", b'"text"', b"7", b"null"):
        refused = posts.send(posts.unlinked, None, raw=raw)
        (error, *_) = errors_of(refused) or [{}]
        right = refused.status == 400 and error.get("code") == 101
        expect(right, f"{raw.decode()} is not refused with 400 and code 101", refused)
