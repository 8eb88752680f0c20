"""The options objects of POST /post: their fields, types and values."""

from typing import Any

import msgspec
import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.ayrshare.posting.options import OPTIONS

TAKEN: dict[str, dict[str, Any]] = {
    "bluesky": {"altText": ["A cat"]},
    "facebook": {
        "altText": ["A cat"],
        "carousel": {
            "link": "https://a.example",
            "items": [
                {
                    "name": "One",
                    "link": "https://a.example/1",
                    "picture": "https://a.example/1.png",
                },
                {"link": "https://a.example/2", "picture": "https://a.example/2.png"},
            ],
        },
        "draft": True,
        "link": "https://a.example",
        "locationId": "7640348500",
        "mediaCaptions": ["A cat"],
        "reels": True,
        "scheduledPublishDate": "2026-11-29T20:00:00Z",
        "stories": False,
        "targeting": {"countries": ["US"]},
        "thumbNail": "https://a.example/t.png",
        "title": "A cat",
    },
    "gmb": {
        "callToAction": {"actionType": "learn_more", "url": "https://a.example"},
        "category": "food_and_drink",
        "event": {"title": "Opening", "startDate": "2026-12-01", "endDate": "2026-12-02"},
        "isPhotoVideo": True,
        "offer": {
            "title": "Half price",
            "startDate": "2026-12-01",
            "endDate": "2026-12-02",
            "couponCode": "HALF",
            "redeemOnlineUrl": "https://a.example",
            "termsConditions": "None",
        },
    },
    "instagram": {
        "altText": ["A cat"],
        "audioConfiguration": {"audioId": "1", "audioVolume": 50, "videoVolume": 12.5},
        "audioName": "A song",
        "autoResize": True,
        "collaborators": ["a", "b", "c"],
        "isAIGenerated": True,
        "locationId": "@guggenheimmuseum",
        "reels": True,
        "shareReelsFeed": True,
        "stories": False,
        "thumbNail": "https://a.example/t.png",
        "thumbNailOffset": 2000,
        "trialParams": {"graduationStrategy": "SS_PERFORMANCE"},
        "userTags": [{"username": "a", "x": 0.5, "y": 1}],
    },
    "linkedin": {
        "altText": ["A cat"],
        "disableShare": True,
        "targeting": {"countries": ["US"]},
        "thumbNail": "https://a.example/t.png",
        "title": "A paper",
        "titles": ["A cat"],
        "visibility": "loggedin",
    },
    "pinterest": {
        "altText": ["A cat"],
        "boardId": "1",
        "carouselOptions": [{"title": "A", "link": "https://a.example", "description": "B"}],
        "link": "https://a.example",
        "note": "For us",
        "thumbNail": "https://a.example/t.png",
        "title": "A cat",
    },
    "reddit": {"title": "A cat", "subreddit": "cats", "link": "https://a.example"},
    "snapchat": {"type": "saved_story", "title": "A cat", "thumbNail": "https://a.example/t.png"},
    "threads": {
        "allowCountries": ["US"],
        "mediaUrls": ["https://a.example/1.png", None, ["https://a.example/2.png"]],
        "thread": True,
        "threadNumber": True,
    },
    "tiktok": {
        "autoAddMusic": True,
        "disableComments": True,
        "disableDuet": True,
        "disableStitch": True,
        "draft": True,
        "imageCoverIndex": 0,
        "isAIGenerated": True,
        "isBrandOrganic": True,
        "isBrandedContent": True,
        "thumbNail": "https://a.example/t.png",
        "thumbNailOffset": 2000,
        "title": "A cat",
        "visibility": "friends",
    },
    "twitter": {
        "allowCountries": ["US"],
        "altText": ["A cat"],
        "blockCountries": ["FR"],
        "longPost": True,
        "longVideo": True,
        "mediaUrls": ["https://a.example/1.png"],
        "poll": {"duration": 5, "options": ["yes", "no"]},
        "quoteTweetId": "651601430669664256",
        "replySettings": "mentioned",
        "replyToId": "651601430669664256",
        "subTitleLanguage": "en",
        "subTitleName": "English",
        "subTitleUrl": "https://a.example/t.srt",
        "subscribersOnly": True,
        "thread": True,
        "threadNumber": True,
    },
    "youtube": {
        "categoryId": 24,
        "containsSyntheticMedia": True,
        "madeForKids": False,
        "notifySubscribers": True,
        "playListId": "PL1",
        "publishAt": "2026-11-29T20:00:00Z",
        "shorts": True,
        "subTitleLanguage": "en",
        "subTitleName": "English",
        "subTitleUrl": "https://a.example/t.srt",
        "tags": ["cats"],
        "targeting": {"block": ["US"]},
        "thumbNail": "https://a.example/t.png",
        "title": "A cat",
        "visibility": "unlisted",
    },
}

REFUSED = [
    ("facebook", {"carousel": {"link": "https://a.example", "items": []}}, "carousel.items"),
    ("facebook", {"reels": "yes"}, "reels"),
    ("facebook", {"title": "x" * 256}, "title"),
    ("gmb", {"callToAction": {"actionType": "buy"}}, "callToAction.actionType"),
    ("gmb", {"category": "kitchen"}, "category"),
    ("gmb", {"event": {"title": "Opening"}}, "event"),
    ("gmb", {"offer": {"startDate": "2026-12-01", "endDate": "2026-12-02"}}, "offer"),
    ("instagram", {"collaborators": ["a", "b", "c", "d"]}, "collaborators"),
    ("instagram", {"trialParams": {"graduationStrategy": "SOON"}}, "trialParams"),
    ("instagram", {"userTags": [{"username": "a", "x": 1.5}]}, "userTags[0].x"),
    ("instagram", {"userTags": [{"x": 0.5}]}, "userTags[0]"),
    ("linkedin", {"visibility": "private"}, "visibility"),
    ("pinterest", {"link": "https://a.example/" + "x" * 2_048}, "link"),
    ("pinterest", {"title": "x" * 101}, "title"),
    ("reddit", {"subreddit": 7}, "subreddit"),
    ("reddit", {"title": "x" * 301}, "title"),
    ("snapchat", {"type": "reel"}, "type"),
    ("threads", {"thread": 1}, "thread"),
    ("tiktok", {"imageCoverIndex": -1}, "imageCoverIndex"),
    ("tiktok", {"visibility": "unlisted"}, "visibility"),
    ("twitter", {"altText": ["x" * 1_001]}, "altText[0]"),
    ("twitter", {"poll": {"duration": 5}}, "poll"),
    ("twitter", {"poll": {"duration": 0, "options": ["yes", "no"]}}, "poll.duration"),
    ("twitter", {"poll": {"duration": 5, "options": ["yes"]}}, "poll.options"),
    ("twitter", {"replySettings": "nobody"}, "replySettings"),
    ("youtube", {"title": "x" * 101}, "title"),
    ("youtube", {"tags": "cats"}, "tags"),
    ("youtube", {"visibility": "friends"}, "visibility"),
]


@pytest.mark.parametrize("network", TAKEN)
def test_every_option_is_read_as_it_was_sent(network: str) -> None:
    model = OPTIONS[network].model
    assert TAKEN[network].keys() == set(model.__struct_encode_fields__)
    assert msgspec.to_builtins(msgspec.convert(TAKEN[network], model)) == TAKEN[network]


@pytest.mark.parametrize(("network", "options", "place"), REFUSED)
def test_a_wrong_option_is_refused_with_its_place(
    network: str, options: dict[str, Any], place: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(options, OPTIONS[network].model)
    assert f"`$.{place}" in str(refused.value)


def test_every_network_but_telegram_has_options() -> None:
    assert [*OPTIONS] == [name for name in NETWORKS if name != "telegram"]
    assert TAKEN.keys() == OPTIONS.keys()


def test_options_have_the_documented_name_first() -> None:
    assert {network: options.name for network, options in OPTIONS.items()} == {
        "bluesky": "blueSkyOptions",
        "facebook": "faceBookOptions",
        "gmb": "gmbOptions",
        "instagram": "instagramOptions",
        "linkedin": "linkedInOptions",
        "pinterest": "pinterestOptions",
        "reddit": "redditOptions",
        "snapchat": "snapChatOptions",
        "threads": "threadsOptions",
        "tiktok": "tikTokOptions",
        "twitter": "twitterOptions",
        "youtube": "youTubeOptions",
    }
    assert "facebookOptions" in OPTIONS["facebook"].names
    assert "xOptions" in OPTIONS["twitter"].names


def test_options_named_in_the_limits_exist() -> None:
    for name, row in POSTING.items():
        named = [required.name for required in row.required] + [*row.video_with]
        named += [row.longer_with[0]] if row.longer_with else []
        named += [row.undeletable_with] if row.undeletable_with else []
        named += ["thread"] if row.splits_threads else []
        if named:
            assert set(named) <= set(OPTIONS[name].model.__struct_encode_fields__)
