"""Ids and addresses look like the network's own and name the linked account."""

import random
import re
from typing import Any

import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain.ids import Ids
from fakeayr.domain.posting.network_ids import PublishedAs, make_publication_id
from fakeayr.domain.profiles import Link

ACCOUNT = {
    "id": "12345678901234567",
    "username": "cats",
    "displayName": "Cats",
    "profileUrl": "https://t.me/cats",
}

SHAPES = {
    "bluesky": (
        r"at://12345678901234567/app\.bsky\.feed\.post/[a-z0-9]{13}",
        r"https://bsky\.app/profile/cats/post/[a-z0-9]{13}",
    ),
    "facebook": (
        r"12345678901234567_\d{15}",
        r"https://www\.facebook\.com/12345678901234567_\d{15}",
    ),
    "gmb": (
        r"\d{19}",
        r"https://local\.google\.com/place\?id=12345678901234567&use=posts&lpsid=\d{19}",
    ),
    "instagram": (r"\d{17}", r"https://www\.instagram\.com/p/[A-Za-z0-9]{11}/"),
    "linkedin": (
        r"urn:li:share:\d{19}",
        r"https://www\.linkedin\.com/feed/update/urn:li:share:\d{19}",
    ),
    "pinterest": (r"\d{18}", r"https://www\.pinterest\.com/pin/\d{18}/"),
    "reddit": (r"[a-z0-9]{7}", r"https://www\.reddit\.com/r/test/comments/[a-z0-9]{7}/"),
    "snapchat": (
        r"[A-Za-z0-9]{22}",
        r"https://www\.snapchat\.com/p/12345678901234567/[A-Za-z0-9]{22}",
    ),
    "telegram": (r"\d{4}", r"https://t\.me/cats/\d{4}"),
    "threads": (r"\d{17}", r"https://www\.threads\.net/@cats/post/[A-Za-z0-9]{11}"),
    "tiktok": (r"\d{19}", r"https://www\.tiktok\.com/@cats/photo/\d{19}"),
    "twitter": (r"\d{19}", r"https://x\.com/cats/status/\d{19}"),
    "youtube": (r"[A-Za-z0-9]{11}", r"https://www\.youtube\.com/watch\?v=[A-Za-z0-9]{11}"),
}


def publish(network: str, *, account: dict[str, Any] = ACCOUNT, **rest: Any) -> PublishedAs:
    ids = Ids(random.Random(7))
    link = Link(platform=network, created=0.0, details=account)
    return make_publication_id(ids, network, link, **rest)


def url(network: str, **rest: Any) -> str:
    return publish(network, **rest).post_url or ""


@pytest.mark.parametrize("network", NETWORKS)
def test_ids_and_addresses_have_the_networks_shape(network: str) -> None:
    id_shape, url_shape = SHAPES[network]
    published = publish(network)

    assert re.fullmatch(id_shape, published.id)
    assert re.fullmatch(url_shape, published.post_url or "")


def test_an_address_ends_with_what_is_new_in_the_id() -> None:
    for network in ("bluesky", "telegram", "tiktok", "twitter", "youtube"):
        published = publish(network)
        new = published.id.rpartition("/")[2]
        assert (published.post_url or "").endswith(new)


def test_a_video_has_its_own_address() -> None:
    assert "/reel/" in url("instagram", has_video=True)
    assert "/video/" in url("tiktok", has_video=True)
    assert "/status/" in url("twitter", has_video=True)


def test_reddit_names_the_subreddit() -> None:
    address = url("reddit", options={"subreddit": "cats"})
    assert address.startswith("https://www.reddit.com/r/cats/comments/")


def test_what_a_tester_calls_things_is_quoted() -> None:
    reddit = url("reddit", options={"subreddit": "a b/../c"})
    assert reddit.startswith("https://www.reddit.com/r/a%20b%2F..%2Fc/comments/")
    x = url("twitter", account={"displayName": "My Shop?"})
    assert x.startswith("https://x.com/My%20Shop%3F/status/")


def test_entries_have_their_networks_further_fields() -> None:
    assert re.fullmatch("bafyrei[a-z0-9]{52}", publish("bluesky").extra.pop("cid"))
    assert publish("gmb").extra == {"type": "localPosts"}
    assert publish("facebook").extra == {}
    tiktok = publish("tiktok", has_video=True).extra
    assert re.fullmatch(r"v_pub_url~v2-1\.\d{19}", tiktok.pop("idShare"))
    assert tiktok == {"isVideo": True}
    assert publish("tiktok").extra["isVideo"] is False


@pytest.mark.parametrize(
    ("account", "owner"),
    [
        ({"type": "corporate"}, "urn:li:organization:12345678901234567"),
        ({"type": "personal"}, "urn:li:person:12345678901234567"),
        ({}, "urn:li:organization:12345678901234567"),
    ],
)
def test_linkedin_names_the_owner(account: dict[str, Any], owner: str) -> None:
    assert publish("linkedin", account=ACCOUNT | account).extra == {"owner": owner}


def test_an_account_that_the_tester_described_oddly_makes_no_trouble() -> None:
    for network in NETWORKS:
        bare = publish(network, account={})
        odd = publish(network, account={"id": 7, "username": None, "type": [], "profileUrl": []})
        assert "{" not in f"{bare}{odd}".replace("extra={", "")


def test_only_tiktok_tells_the_id_later() -> None:
    later = {network: row.pending_seconds for network, row in POSTING.items()}
    assert {network: seconds for network, seconds in later.items() if seconds} == {"tiktok": 90}
