"""POST /post: the response, to the letter."""

from typing import Any

import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from tests.support.accounts import Account, OpenAccount
from tests.support.posts import (
    IMAGE,
    PLAIN,
    VIDEO,
    codes,
    decide,
    link_all,
    made,
    platforms,
    published,
    refusal,
    state,
    submit,
)

NEEDED: dict[str, dict[str, Any]] = {
    "pinterest": {"mediaUrls": [IMAGE]},
    "instagram": {"mediaUrls": [IMAGE]},
    "snapchat": {"mediaUrls": [IMAGE]},
    "tiktok": {"mediaUrls": [VIDEO]},
    "youtube": {"mediaUrls": [VIDEO], "youTubeOptions": {"title": "Bread"}},
    "reddit": {"redditOptions": {"title": "Bread", "subreddit": "baking"}},
}
"""What networks require besides a text."""
EXTRA = {
    "bluesky": {"cid"},
    "gmb": {"type"},
    "instagram": {"usedQuota"},
    "linkedin": {"owner"},
    "tiktok": {"idShare", "isVideo"},
}


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


@pytest.fixture
def profile_key(account: Account, profile_key: str) -> str:
    """A User Profile to which every network is linked."""
    link_all(account, profile_key)
    return profile_key


# Published at once.


def test_a_post_is_published_at_once(account: Account) -> None:
    post = made(account, "facebook")
    (entry,) = post["postIds"]
    assert post == {
        "status": "success",
        "errors": [],
        "postIds": [entry],
        "id": post["id"],
        "refId": account.ref_id,
        "post": "Fresh bread",
    }
    assert entry.keys() == {"status", "id", "postUrl", "platform"}
    (seen,) = published(account, "facebook")
    assert (seen["post"], seen["id"], seen["postUrl"]) == (
        "Fresh bread",
        entry["id"],
        entry["postUrl"],
    )


def test_post_ids_are_in_alphabetical_order(account: Account) -> None:
    post = made(account, *reversed(PLAIN))
    assert platforms(post["postIds"]) == sorted(PLAIN)


def test_a_network_that_is_named_twice_is_posted_to_once(account: Account) -> None:
    assert platforms(made(account, "facebook", "facebook")["postIds"]) == ["facebook"]


@pytest.mark.parametrize("network", NETWORKS)
def test_each_network_has_its_own_fields(account: Account, network: str) -> None:
    (entry,) = made(account, network, **NEEDED.get(network, {}))["postIds"]
    common = {"status", "id", "postUrl", "platform"}
    expected = common | EXTRA.get(network, set())
    assert entry.keys() == (expected - {"postUrl"} if network == "tiktok" else expected)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_of_one_network_needs_what_the_network_requires(
    account: Account, network: str
) -> None:
    response = submit(account, network)
    assert response.status_code == (400 if network in NEEDED else 200)


def test_every_network_has_rows_of_facts() -> None:
    assert POSTING.keys() == NETWORKS.keys()


def test_all_are_the_linked_networks(account: Account) -> None:
    key = account.create_profile("Two networks")["profileKey"]
    account.link("threads", key)
    account.link("bluesky", key)
    post = made(account, "all", profile_key=key)
    assert platforms(post["postIds"]) == ["bluesky", "threads"]


def test_all_of_a_profile_without_links_is_refused(account: Account) -> None:
    key = account.create_profile("Nothing")["profileKey"]
    response = submit(account, "all", profile_key=key)
    (error,) = response.get_json()["posts"]
    assert (response.status_code, error["code"]) == (400, 156)


# Wrapped.


def test_a_post_of_a_user_profile_is_wrapped(account: Account, profile_key: str) -> None:
    body = submit(account, "facebook", profile_key=profile_key).get_json()
    assert body.keys() == {"status", "posts"}
    (post,) = body["posts"]
    assert body["status"] == post["status"] == "success"
    assert post.keys() == {
        "status",
        "errors",
        "postIds",
        "id",
        "refId",
        "profileTitle",
        "post",
    }
    assert post["profileTitle"] == "Mia's Bakery"


def test_the_profile_key_may_stand_in_the_body(account: Account, profile_key: str) -> None:
    body = submit(account, "facebook", profileKey=profile_key).get_json()
    assert body["posts"][0]["profileTitle"] == "Mia's Bakery"


def test_a_scheduled_post_of_a_user_profile_is_wrapped(account: Account, profile_key: str) -> None:
    response = submit(
        account, "facebook", profile_key=profile_key, scheduleDate="2022-12-24T06:00:00Z"
    )
    assert response.get_json()["status"] == "success"
    assert response.get_json()["posts"][0]["status"] == "scheduled"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"post": 7}, 101),
        ({"platforms": ["friendster"]}, 101),
        ({"mediaUrls": ["ftp://img.example/a.jpg"]}, 136),
        ({"autoSchedule": {"schedule": True}}, 192),
    ],
)
def test_flat_refusals_of_a_user_profiles_post_are_wrapped(
    account: Account, profile_key: str, fields: dict[str, Any], code: int
) -> None:
    body = {"post": "x", "platforms": ["facebook"], **fields}
    response = account.post("/api/post", json=body, profile_key=profile_key)
    wrapped = response.get_json()
    assert response.status_code == 400
    assert wrapped.keys() == {"status", "posts"}
    assert wrapped["status"] == "error"
    assert [error["code"] for error in wrapped["posts"]] == [code]
    assert refusal(account.post("/api/post", json=body)) == (400, code)


def test_a_body_that_cannot_be_read_is_refused_wrapped(account: Account, profile_key: str) -> None:
    response = account.post(
        "/api/post",
        data="{",
        content_type="application/json",
        profile_key=profile_key,
    )
    assert response.status_code == 400
    assert response.get_json()["posts"][0]["code"] == 101


def test_whoever_may_not_call_at_all_gets_no_wrapping(account: Account, profile_key: str) -> None:
    assert refusal(submit(account, "facebook", profile_key="AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA")) == (
        403,
        144,
    )
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": profile_key})
    assert refusal(submit(account, "facebook", profile_key=profile_key)) == (403, 276)


# Several profiles.


def test_several_profiles_post_at_once(account: Account, profile_key: str) -> None:
    other = account.create_profile("Other")["profileKey"]
    account.link("facebook", other)
    body = submit(account, "facebook", profileKeys=[other, profile_key, other]).get_json()
    assert body["status"] == "success"
    assert [post["profileTitle"] for post in body["posts"]] == ["Other", "Mia's Bakery"]
    again = submit(account, "facebook", post="y", profileKeys=[other], arrayResponse=True)
    assert [post["profileTitle"] for post in again.get_json()] == ["Other"]


@pytest.mark.parametrize("status", [200, 400])
def test_one_of_several_profiles_may_fail(account: Account, profile_key: str, status: int) -> None:
    account.change(settings={"partialPostStatus": status})
    unlinked = account.create_profile("Unlinked")["profileKey"]
    response = submit(account, "facebook", profileKeys=[profile_key, unlinked])
    assert response.status_code == status
    assert response.get_json()["status"] == "error"
    assert [post["status"] for post in response.get_json()["posts"]] == ["success", "error"]
    assert submit(account, "facebook", post="z", profileKeys=[unlinked]).status_code == 400


def test_an_invalid_key_among_several_refuses_the_call(account: Account, profile_key: str) -> None:
    response = submit(account, "facebook", profileKeys=[profile_key, "nobody"])
    assert refusal(response) == (403, 144)
    assert published(account, "facebook") == []


# Refused by networks.


@pytest.mark.parametrize("status", [200, 400])
def test_one_network_may_refuse_its_part(account: Account, status: int) -> None:
    account.change(settings={"partialPostStatus": status})
    decide(account, "fail", platform="linkedin", code=161)
    response = submit(account, "facebook", "linkedin", "bluesky")
    post = response.get_json()
    assert response.status_code == status
    assert post["status"] == "error"
    assert platforms(post["postIds"]) == ["bluesky", "facebook"]
    (error,) = post["errors"]
    assert error == {
        "action": "post",
        "status": "error",
        "code": 161,
        "message": error["message"],
        "platform": "linkedin",
    }
    assert error["message"].startswith("LinkedIn authorization error.")


def test_all_networks_may_refuse_it(account: Account) -> None:
    decide(account, "fail", times=2)
    response = submit(account, "facebook", "linkedin")
    post = response.get_json()
    assert response.status_code == 400
    assert (post["status"], post["postIds"]) == ("error", [])
    assert platforms(post["errors"]) == ["facebook", "linkedin"]
    assert {"id", "refId", "post"} <= post.keys()
    assert state(account, post["id"])["status"] == "error"


def test_a_network_that_takes_its_time_is_missing_at_first(account: Account) -> None:
    decide(account, "slow", platform="facebook", seconds=30)
    post = made(account, "bluesky", "facebook")
    assert (post["status"], platforms(post["postIds"])) == ("success", ["bluesky"])
    assert state(account, post["id"])["status"] == "processing"


# Texts, media and options for each network.


def test_each_network_may_have_its_own_text(account: Account) -> None:
    texts = {"default": "Bread for all", "twitter": "Bread on X"}
    post = made(account, "facebook", "twitter", post=texts)
    assert post["post"] == "Bread for all"
    assert [published(account, one)[0]["post"] for one in ("facebook", "twitter")] == [
        "Bread for all",
        "Bread on X",
    ]


def test_each_network_may_have_its_own_media(account: Account) -> None:
    media = {"default": IMAGE, "facebook": [IMAGE, "https://img.example/2.jpg"]}
    made(account, "facebook", "linkedin", mediaUrls=media)
    assert published(account, "facebook")[0]["mediaUrls"] == [IMAGE, "https://img.example/2.jpg"]
    assert published(account, "linkedin")[0]["mediaUrls"] == [IMAGE]


@pytest.mark.parametrize("field", ["mediaUrls", "mediaUrl", "media_urls"])
@pytest.mark.parametrize("media", [IMAGE, [IMAGE]])
def test_media_have_several_spellings(account: Account, field: str, media: Any) -> None:
    made(account, "facebook", **{field: media})
    assert published(account, "facebook")[0]["mediaUrls"] == [IMAGE]


@pytest.mark.parametrize(
    ("network", "name"),
    [
        ("bluesky", "blueSkyOptions"),
        ("facebook", "faceBookOptions"),
        ("facebook", "facebookOptions"),
        ("linkedin", "linkedInOptions"),
        ("threads", "threadsOptions"),
        ("twitter", "twitterOptions"),
        ("twitter", "xOptions"),
    ],
)
def test_options_reach_their_network_as_sent(account: Account, network: str, name: str) -> None:
    options = {"somethingNew": [1], "thread": False}
    made(account, network, **{name: options})
    assert published(account, network)[0]["options"] == options


def test_options_in_a_form_are_read(account: Account) -> None:
    form = {
        "post": "Bread",
        "platforms": "youtube",
        "mediaUrls": VIDEO,
        "youTubeOptions[title]": "Bread",
        "youTubeOptions[shorts]": "false",
    }
    assert account.post("/api/post", data=form).status_code == 200
    options = {"title": "Bread", "shorts": False}
    assert published(account, "youtube")[0]["options"] == options


def test_title_and_subreddit_may_stand_at_the_top(account: Account) -> None:
    made(account, "reddit", title="Bread", subreddit="baking")
    made(account, "reddit", post="y", title="a", redditOptions={"title": "b", "subreddit": "c"})
    first, second = published(account, "reddit")
    assert first["options"] == {"title": "Bread", "subreddit": "baking"}
    assert second["options"] == {"title": "b", "subreddit": "c"}


def test_a_video_may_lack_its_extension(account: Account) -> None:
    url = "https://img.example/watch"
    youtube: dict[str, Any] = {"youTubeOptions": {"title": "Bread"}, "mediaUrls": [url]}
    made(account, "youtube", isVideo=True, **youtube)
    response = submit(account, "youtube", post="another text", **youtube)
    assert codes(response.get_json()) == {"youtube": 138}


# Random posts, hashtags, short links.


def test_random_posts_are_no_duplicates(account: Account) -> None:
    texts = {
        account.post("/api/post", json={"randomPost": True, "platforms": ["facebook"]}).get_json()[
            "post"
        ]
        for _ in range(3)
    }
    assert len(texts) == 3


@pytest.mark.parametrize(
    ("network", "fields"),
    [
        ("instagram", {}),
        ("youtube", {"isLandscapeVideo": True, "youTubeOptions": {"title": "Bread"}}),
        ("tiktok", {"isPortraitVideo": True}),
        ("tiktok", {"isVideo": True, "isPortraitVideo": True}),
    ],
)
def test_random_media_fit(account: Account, network: str, fields: dict[str, Any]) -> None:
    made(account, network, randomMediaUrl=True, **fields)
    (url,) = published(account, network)[0]["mediaUrls"]
    assert url.startswith("https://")


def test_hashtags_are_added(account: Account) -> None:
    post = made(account, "facebook", post="Wonderful bread", autoHashtag={"max": 1})
    assert post["post"] == "#Wonderful bread"
    end = {"max": 2, "position": "end"}
    post = made(account, "facebook", post="Marvellous crumbs", autoHashtag=end)
    assert post["post"] == "Marvellous crumbs #Marvellous #crumbs"


def test_links_are_shortened(account: Account) -> None:
    text = "See https://bakery.example/menu"
    short = made(account, "facebook", post=text, shortenLinks=True)
    assert short["post"].startswith("See https://ayrs.io/")
    row = state(account, short["id"])
    assert row["shortenLinks"] is True


def test_unsplash_adds_pictures(account: Account) -> None:
    made(account, "facebook", mediaUrls=[IMAGE], unsplash=["bread", "rolls"])
    assert len(published(account, "facebook")[0]["mediaUrls"]) == 3


# Reading it back.


@pytest.mark.parametrize("path", ["/api/post/{id}", "/api/post/{id}?id={id}", "/api/history/{id}"])
def test_a_post_is_read_back(account: Account, path: str) -> None:
    post = made(account, "facebook", "bluesky", mediaUrls=[IMAGE], notes="for us only")
    assert account.get(path.format(id=post["id"])).get_json() == {
        "created": "2022-11-02T01:03:42.000Z",
        "errors": [],
        "id": post["id"],
        "mediaUrls": [IMAGE],
        "notes": "for us only",
        "platforms": ["bluesky", "facebook"],
        "post": "Fresh bread",
        "postIds": post["postIds"],
        "refId": account.ref_id,
        "scheduleDate": "2022-11-02T01:03:42Z",
        "shortenLinks": False,
        "status": "success",
        "type": "now",
    }


def test_another_profile_does_not_see_it(account: Account, profile_key: str) -> None:
    post_id = made(account, "facebook", profile_key=profile_key)["id"]
    assert state(account, post_id, profile_key)["profileTitle"] == "Mia's Bakery"
    assert refusal(account.get(f"/api/post/{post_id}")) == (400, 221)
    assert refusal(account.get("/api/post/AAAAAAAAAAAAAAAAAAAA")) == (400, 221)


def test_another_account_does_not_see_it(account: Account, open_account: OpenAccount) -> None:
    post_id = made(account, "facebook")["id"]
    other = open_account()
    assert refusal(other.get(f"/api/post/{post_id}")) == (400, 221)
    assert refusal(other.delete("/api/post", json={"id": post_id})) == (404, 114)


def test_get_user_counts_posts_and_instagrams_quota(account: Account) -> None:
    made(account, "facebook")
    submit(account, "facebook")  # A duplicate is no post.
    made(account, "instagram", post="Rolls", mediaUrls=[IMAGE])
    entry = made(account, "instagram", post="Pretzels", mediaUrls=[IMAGE])["postIds"][0]
    assert entry["usedQuota"] == 2
    user = account.get("/api/user?instagramDetails=true").get_json()
    assert user["monthlyPostCount"] == 3
    quotas = [it["usedQuota"] for it in user["displayNames"] if it["platform"] == "instagram"]
    assert quotas == [2]
