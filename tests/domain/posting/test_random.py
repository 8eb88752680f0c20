"""What `randomPost` and `randomMediaUrl` choose from is taken by every network."""

import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.ayrshare.posting.quotes import (
    QUOTES,
    RANDOM_IMAGES,
    RANDOM_LANDSCAPE_VIDEOS,
    RANDOM_MEDIA,
    RANDOM_PORTRAIT_VIDEOS,
    RandomMedium,
)
from fakeayr.domain.media.facts import MediaFacts, kind_of
from fakeayr.domain.posting.checks import check

OPTIONS = {"title": "A cat", "subreddit": "cats", "thumbNail": "https://a.example/t.png"}


def facts(medium: RandomMedium) -> MediaFacts:
    return MediaFacts(
        url=medium.url,
        content_type=medium.content_type,
        kind=kind_of(medium.content_type),
        bytes=medium.bytes,
        width=medium.width,
        height=medium.height,
        seconds=medium.seconds,
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_takes_what_is_chosen_at_random(network: str) -> None:
    row = POSTING[network]
    images = RANDOM_IMAGES if row.image else ()
    videos = (*RANDOM_LANDSCAPE_VIDEOS, *RANDOM_PORTRAIT_VIDEOS) if row.video else ()
    for medium in (*images, *videos):
        for quote in QUOTES:
            assert check(network, f"#753041 {quote}", [facts(medium)], OPTIONS) == []


def test_there_are_enough_of_them() -> None:
    assert len(set(QUOTES)) == len(QUOTES) >= 40
    assert len(RANDOM_MEDIA) == 20


def test_videos_lie_and_stand() -> None:
    assert all(video.width > video.height for video in RANDOM_LANDSCAPE_VIDEOS)
    assert all(video.width < video.height for video in RANDOM_PORTRAIT_VIDEOS)
