"""The length of a text as each network counts it."""

import pytest

from fakeayr.ayrshare.posting.networks import Counting
from fakeayr.domain.posting.lengths import fits, length, lengths

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1eb\U0001f1f7"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

# Characters, graphemes, and the weight for X.
TEXTS = [
    ("", 0, 0, 0),
    ("Hello, world!", 13, 13, 13),
    ("Zoë", 3, 3, 3),
    ("Zoe\u0308", 4, 3, 3),
    ("日本語", 3, 3, 6),
    ("한국어", 3, 3, 6),
    ("“Yes” — no…", 11, 11, 12),
    ("™", 1, 1, 2),
    ("☺", 1, 1, 2),
    ("😀", 2, 1, 2),
    (FAMILY, 11, 1, 2),
    (FLAG, 4, 1, 2),
    (FLAG + FLAG, 8, 2, 4),
    (RAINBOW, 6, 1, 2),
    (ENGLAND, 14, 1, 2),
    ("👍🏻👍", 6, 2, 4),
    ("\u2764\ufe0f", 2, 1, 2),
    ("1\ufe0f\u20e3", 3, 1, 2),
    ("one\r\ntwo", 8, 7, 7),
    ("https://example.com", 19, 19, 23),
    ("https://example.com/a/very/long/address/of/a/page?with=a&query=too", 66, 66, 23),
    ("See https://example.com/a. Now!", 31, 31, 4 + 23 + 6),
    ("(http://example.co.uk/a)", 24, 24, 25),
    ("(https://a.example/b_(c))!", 26, 26, 26),
    ("日本example.com", 13, 13, 27),
    ("example.com and a.org/b", 23, 23, 23 + 5 + 23),
    ("me@example.com", 14, 14, 14),
    ("@user.name v1.0.2 e.g. 3.50", 27, 27, 27),
    ("https://localhost/a", 19, 19, 19),
    ("https://münchen.example/ä日本 ja", 30, 30, 23 + 4 + 3),
]


@pytest.mark.parametrize(("text", "characters", "graphemes", "weight"), TEXTS)
def test_each_network_counts_in_its_own_way(
    text: str, characters: int, graphemes: int, weight: int
) -> None:
    assert length(text, Counting.CHARACTERS) == characters
    assert length(text, Counting.GRAPHEMES) == graphemes
    assert length(text, Counting.WEIGHTED) == weight


@pytest.mark.parametrize("text", [row[0] for row in TEXTS])
@pytest.mark.parametrize("counting", Counting)
def test_a_text_fits_up_to_its_length(text: str, counting: Counting) -> None:
    text *= 3
    assert fits(text, counting, length(text, counting))
    assert not fits(text, counting, length(text, counting) - 1)


@pytest.mark.timeout(10)  # A time that grows with the square would be minutes.
@pytest.mark.parametrize("counting", Counting)
@pytest.mark.parametrize(
    "piece",
    ["a", "a-", "a.", "http://", "1\ufe0f", "\u200d", "@", "#", "é", "\u0301\u0323", "🇦", "\u0600"],
)
def test_the_time_to_count_grows_with_the_text(piece: str, counting: Counting) -> None:
    assert length(piece * 200_000 + "a.example", counting) > 0


@pytest.mark.parametrize(
    ("text", "composed"),
    [("e\u0323\u0302", "\u1ec7"), ("e\u0302\u0323", "\u1ec7"), ("\u1112\u1161\u11ab", "한")],
)
def test_marks_are_put_in_their_order_and_composed(text: str, composed: str) -> None:
    assert length(text, Counting.WEIGHTED) == length(composed, Counting.WEIGHTED)


def test_the_lengths_of_a_text_are_reported_for_each_network() -> None:
    report = lengths("x" * 298 + FAMILY)

    assert report == {
        "blueskyWeightedLength": 299,
        "facebookWeightedLength": 309,
        "gmbWeightedLength": 309,
        "instagramWeightedLength": 309,
        "linkedInWeightedLength": 309,
        "pinterestWeightedLength": 309,
        "redditWeightedLength": 309,
        "threadsWeightedLength": 309,
        "tikTokWeightedLength": 309,
        "twitterWeightedLength": 300,
        "youtubeWeightedLength": 309,
        "blueskyValid": True,
        "facebookValid": True,
        "gmbValid": True,
        "instagramValid": True,
        "linkedInValid": True,
        "pinterestValid": True,
        "redditValid": True,
        "threadsValid": True,
        "tikTokValid": True,
        "twitterValid": False,
        "youtubeValid": True,
        "twitterLongValid": True,
        "maxCharLimits": {
            "bluesky": 300,
            "facebook": 63_206,
            "gmb": 1_500,
            "instagram": 2_200,
            "linkedin": 3_000,
            "pinterest": 500,
            "reddit": 10_000,
            "threads": 500,
            "tiktok": 2_200,
            "twitter": 280,
            "twitterLong": 25_000,
            "youtube": 5_000,
        },
    }
