"""What each network refuses, and what it takes."""

from typing import Any

import pytest

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain.media.facts import MediaFacts, guess
from fakeayr.domain.posting.checks import PostFinding, check

MB = 1_024 * 1_024
GB = 1_024 * MB

IMAGE = guess("https://a.example/a.jpg")
VIDEO = guess("https://a.example/a.mp4")
ENOUGH: dict[str, dict[str, Any]] = {
    "pinterest": {"thumbNail": "https://a.example/t.png"},
    "reddit": {"title": "A cat", "subreddit": "cats"},
    "youtube": {"title": "A cat"},
}


def made(address: str, **facts: Any) -> MediaFacts:
    guessed = guess(f"https://a.example/{address}")
    return MediaFacts(
        url=guessed.url, content_type=guessed.content_type, kind=guessed.kind, **facts
    )


def found(network: str, text: str = "", *media: MediaFacts, **options: Any) -> list[PostFinding]:
    if not media and POSTING[network].needs_media:
        media = (IMAGE if POSTING[network].image else VIDEO,)
    return check(network, text, media, ENOUGH.get(network, {}) | options)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_usual_post_is_taken(network: str) -> None:
    assert found(network, "We open at nine. https://shop.example #cats") == []


@pytest.mark.parametrize(
    ("network", "limit"),
    [
        ("bluesky", 300),
        ("facebook", 63_206),
        ("gmb", 1_500),
        ("instagram", 2_200),
        ("linkedin", 3_000),
        ("pinterest", 500),
        ("reddit", 10_000),
        ("snapchat", 160),
        ("telegram", 4_096),
        ("threads", 500),
        ("tiktok", 2_200),
        ("twitter", 280),
        ("youtube", 5_000),
    ],
)
def test_a_text_is_as_long_as_its_network_allows(network: str, limit: int) -> None:
    assert found(network, "x" * limit) == []
    (finding,) = found(network, "x" * (limit + 7))

    assert finding.error is errors.POST_TOO_LONG
    assert finding.message == (
        f"Your post is too long for {NETWORKS[network].display_name}. Please shorten to {limit} "
        "characters. Overage: 7 characters."
    )
    assert not finding.verify_check


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ("bluesky", "👨‍👩‍👧‍👦" * 300),
        ("twitter", "日" * 140),
        ("twitter", "https://example.com/" + "a" * 300),
        ("threads", "😀" * 250),
    ],
)
def test_a_text_is_counted_as_its_network_counts(network: str, text: str) -> None:
    assert found(network, text) == []
    assert [it.error for it in found(network, text + "日" * 260)] == [errors.POST_TOO_LONG]


def test_short_addresses_count_23_for_x() -> None:
    (finding,) = found("twitter", "a.co " * 12)
    assert "Overage: 8 characters." in finding.message


def test_a_long_post_on_x_is_asked_for() -> None:
    assert found("twitter", "x" * 25_000, longPost=True) == []
    (finding,) = found("twitter", "x" * 25_001, longPost=True)
    assert "shorten to 25000 characters. Overage: 1 " in finding.message
    assert [it.error for it in found("twitter", "x" * 281, longPost=False)] == [
        errors.POST_TOO_LONG
    ]


def test_the_posts_of_a_thread_are_counted_one_by_one() -> None:
    text = "\n\n".join(["x" * 280] * 3)
    assert found("twitter", text, thread=True) == []
    assert len(found("twitter", text)) == 1
    assert "Overage: 1 " in found("twitter", text + "x", thread=True)[0].message
    assert found("threads", "\n\n".join(["x" * 500] * 3), thread=True) == []
    assert len(found("linkedin", "x" * 3_000 + "\n\nx", thread=True)) == 1


def test_telegram_cuts_the_text_under_an_image() -> None:
    assert found("telegram", "x" * 5_000, IMAGE) == []


COUNTED = [
    ("instagram", "#a #b #c #d #e", None),
    ("instagram", "#a #b #c #d #e #f", errors.TOO_MANY_HASHTAGS),
    ("instagram", "#1 #2 #a #b #c #d #e a#f https://a.example/#g", None),
    ("instagram", "#été #日本 #a_b #c1 #1d #e", errors.TOO_MANY_HASHTAGS),
    ("threads", "#a", None),
    ("threads", "#a #b", errors.TOO_MANY_HASHTAGS),
    ("instagram", "@a @b @c", None),
    ("instagram", "@a @b @c @d", errors.TOO_MANY_MENTIONS),
    ("instagram", "@a @b @c me@example.com https://medium.com/@d", None),
    ("facebook", "#a " * 50 + "@b " * 50, None),
]


@pytest.mark.parametrize(("network", "text", "error"), COUNTED)
def test_hashtags_and_mentions_are_counted(network: str, text: str, error: ApiError | None) -> None:
    assert [it.error for it in found(network, text)] == ([] if error is None else [error])


def test_a_count_names_its_limit() -> None:
    assert found("instagram", "#a #b #c #d #e #f")[0].message == (
        "Too many hashtags for Instagram. Please use at most 5."
    )
    assert found("instagram", "@a @b @c @d")[0].message == (
        "Too many mentions for Instagram. Please use at most 3."
    )


@pytest.mark.parametrize("network", ["instagram", "pinterest", "snapchat", "tiktok", "youtube"])
def test_some_networks_need_media(network: str) -> None:
    (finding,) = check(network, "Hi", [], {"title": "A cat"})
    assert finding.error is errors.MEDIA_REQUIRED
    assert NETWORKS[network].display_name in finding.message


@pytest.mark.parametrize(
    ("network", "medium", "options", "missing"),
    [
        ("youtube", VIDEO, {}, ["youTubeOptions.title"]),
        ("youtube", VIDEO, {"title": ""}, ["youTubeOptions.title"]),
        ("reddit", IMAGE, {}, ["redditOptions.title", "redditOptions.subreddit"]),
        ("reddit", IMAGE, {"title": "A cat"}, ["redditOptions.subreddit"]),
        ("pinterest", VIDEO, {}, ["pinterestOptions.thumbNail"]),
        ("pinterest", IMAGE, {}, []),
    ],
)
def test_some_options_are_required(
    network: str, medium: MediaFacts, options: dict[str, Any], missing: list[str]
) -> None:
    findings = check(network, "Hi", [medium], options)
    assert {it.error for it in findings} <= {errors.OPTION_REQUIRED}
    assert [it.message for it in findings] == [
        f"{option} is required to post to {NETWORKS[network].display_name}." for option in missing
    ]


@pytest.mark.parametrize(
    ("network", "images", "videos"),
    [
        ("bluesky", 4, 1),
        ("facebook", 10, 1),
        ("gmb", 1, 1),
        ("instagram", 10, 10),
        ("linkedin", 9, 1),
        ("pinterest", 5, 1),
        ("reddit", 1, 0),
        ("snapchat", 1, 1),
        ("telegram", 1, 1),
        ("threads", 20, 20),
        ("tiktok", 35, 1),
        ("twitter", 4, 4),
        ("youtube", 0, 1),
    ],
)
def test_a_post_has_as_many_media_as_its_network_allows(
    network: str, images: int, videos: int
) -> None:
    for medium, most in ((IMAGE, images), (VIDEO, videos)):
        taken = found(network, "", *[medium] * max(most, 1))
        (one_more, *_) = found(network, "", *[medium] * (most + 1))
        if most:
            assert taken == []
            assert one_more.error is errors.TOO_MANY_MEDIA
            assert one_more.message.endswith(f"Please use at most {most}.")
        else:
            assert [it.error for it in taken] == [errors.MEDIA_NOT_ACCEPTED]


def test_images_and_videos_go_together_on_some_networks() -> None:
    assert found("instagram", "", IMAGE, VIDEO) == []
    (finding,) = found("instagram", "", *[IMAGE] * 6, *[VIDEO] * 5)
    assert finding.error is errors.TOO_MANY_MEDIA
    (finding,) = found("tiktok", "", IMAGE, VIDEO)
    assert finding.message == (
        "TikTok does not accept the media: images and videos do not go together."
    )


def test_media_that_cannot_be_fetched_are_refused_once() -> None:
    gone = made("a.jpg", reachable=False)
    (finding,) = found("facebook", "", gone, gone, IMAGE)
    assert finding.error is errors.MEDIA_URL_INVALID
    assert finding.message == errors.MEDIA_URL_INVALID.message


def test_what_is_unknown_of_media_is_within_every_limit() -> None:
    for network, row in POSTING.items():
        if row.image:
            assert found(network, "", IMAGE) == []
        if row.video:
            assert found(network, "", VIDEO) == []


# What is just taken, and what is just refused.
LIMITS: list[tuple[str, dict[str, Any], MediaFacts, MediaFacts]] = [
    ("bluesky", {}, made("a.png", bytes=MB), made("a.png", bytes=MB + 1)),
    ("bluesky", {}, made("a.gif", bytes=100 * MB), made("a.gif", bytes=101 * MB)),
    ("bluesky", {}, made("a.mp4", seconds=180), made("a.mp4", seconds=181)),
    (
        "bluesky",
        {},
        made("a.mp4", width=300, height=900),
        made("a.mp4", width=300, height=901),
    ),
    ("facebook", {}, made("a.tiff", bytes=10 * MB), made("a.tiff", bytes=11 * MB)),
    ("facebook", {}, made("a.avi", bytes=2 * GB), made("a.mkv", bytes=1)),
    ("facebook", {}, made("a.mp4", seconds=14_400), made("a.mp4", seconds=14_401)),
    ("facebook", {"reels": True}, made("a.mp4", seconds=90), made("a.mp4", seconds=91)),
    ("facebook", {"reels": True}, made("a.mp4", width=540), made("a.mp4", width=539)),
    ("facebook", {"reels": True}, made("a.mp4", height=960), made("a.mp4", height=959)),
    ("gmb", {}, made("a.png", bytes=10_240), made("a.png", bytes=10_239)),
    ("gmb", {}, made("a.jpg", width=250, height=250), made("a.jpg", width=250, height=249)),
    ("gmb", {}, made("a.mp4", seconds=30), made("a.mp4", seconds=31)),
    ("gmb", {}, made("a.mp4", bytes=26 * MB), made("a.mp4", bytes=27 * MB)),
    ("instagram", {}, made("a.jpg", bytes=8 * MB), made("a.jpg", bytes=9 * MB)),
    (
        "instagram",
        {},
        made("a.jpg", width=1080, height=1920),
        made("a.jpg", width=1080, height=1921),
    ),
    (
        "instagram",
        {},
        made("a.jpg", width=1910, height=1000),
        made("a.jpg", width=1920, height=1000),
    ),
    ("instagram", {}, made("a.mp4", width=1920), made("a.mp4", width=1921)),
    ("instagram", {}, made("a.mp4", seconds=3), made("a.mp4", seconds=2.9)),
    ("instagram", {}, made("a.mp4", seconds=900), made("a.mp4", seconds=901)),
    ("instagram", {}, made("a.mov", bytes=300 * MB), made("a.mov", bytes=301 * MB)),
    ("instagram", {"stories": True}, made("a.mp4", seconds=60), made("a.mp4", seconds=61)),
    ("linkedin", {}, made("a.jpg", bytes=5 * MB), made("a.jpg", bytes=5 * MB + 1)),
    (
        "linkedin",
        {},
        made("a.jpg", width=6_000, height=6_000),
        made("a.jpg", width=6_100, height=6_000),
    ),
    ("linkedin", {}, made("a.mp4", seconds=1_800), made("a.mp4", seconds=1_801)),
    ("linkedin", {}, made("a.pdf", bytes=100 * MB), made("a.pdf", bytes=101 * MB)),
    ("linkedin", {}, made("a.mp4"), made("a.mov")),
    ("linkedin", {}, made("a.pptx"), made("a.txt")),
    ("facebook", {}, made("a.heif"), made("a.svg")),
    ("pinterest", {}, made("a.png", bytes=20 * MB), made("a.png", bytes=21 * MB)),
    ("pinterest", {}, made("a.m4v", seconds=4), made("a.m4v", seconds=3)),
    ("pinterest", {}, made("a.mp4", bytes=GB), made("a.mp4", bytes=GB + 1)),
    ("reddit", {}, made("a.gif", bytes=10 * MB), made("a.gif", bytes=11 * MB)),
    ("snapchat", {}, made("a.mp4", seconds=5), made("a.mp4", seconds=61)),
    ("snapchat", {}, made("a.png", bytes=20 * MB), made("a.gif")),
    ("telegram", {}, made("a.png", bytes=5 * MB), made("a.png", bytes=6 * MB)),
    ("telegram", {}, made("a.mp4", bytes=20 * MB), made("a.mp4", bytes=21 * MB)),
    ("telegram", {}, made("a.png", width=200, height=10), made("a.png", width=201, height=10)),
    ("threads", {}, made("a.png", bytes=8 * MB), made("a.gif")),
    ("threads", {}, made("a.mp4", seconds=300), made("a.mp4", seconds=301)),
    ("tiktok", {}, made("a.webp"), made("a.png")),
    ("tiktok", {}, made("a.webm", width=4096), made("a.webm", width=4097)),
    ("tiktok", {}, made("a.mp4", height=360), made("a.mp4", height=359)),
    ("tiktok", {}, made("a.mp4", seconds=600), made("a.mp4", seconds=601)),
    ("twitter", {}, made("a.png", bytes=5 * MB), made("a.png", bytes=6 * MB)),
    ("twitter", {}, made("a.gif", bytes=15 * MB), made("a.gif", bytes=16 * MB)),
    ("twitter", {}, made("a.jpg", height=8192), made("a.jpg", height=8193)),
    ("twitter", {}, made("a.mp4", seconds=140), made("a.mp4", seconds=141)),
    ("twitter", {"longVideo": True}, made("a.mp4", seconds=600), made("a.mp4", seconds=601)),
    ("youtube", {}, made("a.mov", bytes=4 * GB), made("a.mov", bytes=5 * GB)),
    ("youtube", {"shorts": True}, made("a.mp4", seconds=180), made("a.mp4", seconds=181)),
]


@pytest.mark.parametrize(("network", "options", "taken", "refused"), LIMITS)
def test_media_are_within_the_limits_of_their_network(
    network: str, options: dict[str, Any], taken: MediaFacts, refused: MediaFacts
) -> None:
    assert found(network, "", taken, **options) == []
    (finding,) = found(network, "", refused, **options)
    assert finding.verify_check
    assert "{" not in finding.message


@pytest.mark.parametrize(
    ("network", "medium", "error", "message"),
    [
        (
            "linkedin",
            made("a.jpg", bytes=6_000_000),
            errors.IMAGE_TOO_LARGE_LINKEDIN,
            "The image is too large for LinkedIn: its size in bytes is 6,000,000, and at "
            "most 5,242,880 is allowed.",
        ),
        (
            "instagram",
            made("a.mp4", width=3840, height=2160),
            errors.REEL_SIZE,
            "The Instagram Reel cannot be posted: its width in pixels is 3,840, and at most "
            "1,920 is allowed.",
        ),
        (
            "instagram",
            made("a.jpg", width=500, height=1000),
            errors.MEDIA_NOT_ACCEPTED,
            "Instagram does not accept the media: its width divided by height is 0.5, and at "
            "least 0.5625 is required.",
        ),
        (
            "reddit",
            VIDEO,
            errors.MEDIA_NOT_ACCEPTED,
            "Reddit does not accept the media: video/mp4 is not supported.",
        ),
        (
            "twitter",
            made("a.pdf"),
            errors.MEDIA_NOT_ACCEPTED,
            "X does not accept the media: application/pdf is not supported.",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_media(
    network: str, medium: MediaFacts, error: ApiError, message: str
) -> None:
    (finding,) = found(network, "", medium)
    assert (finding.error, finding.message) == (error, message)


def test_everything_wrong_is_found() -> None:
    findings = check("instagram", "#a " * 800 + "@b " * 4, [made("a.mp4", seconds=1)], {})
    assert [it.error.code for it in findings] == [132, 151, 9400, 182]
