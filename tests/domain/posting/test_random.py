"""What `randomPost` and `randomMediaUrl` choose from is taken by every network."""

import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.composing import (
    QUOTES,
    RANDOM_IMAGES,
    RANDOM_LANDSCAPE_VIDEOS,
    RANDOM_PORTRAIT_VIDEOS,
)
from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.domain.media.facts import MediaKind, guess
from fakeayr.domain.posting.checks import check

OPTIONS = {"title": "A cat", "subreddit": "cats", "thumbNail": "https://a.example/t.png"}
VIDEOS = (*RANDOM_LANDSCAPE_VIDEOS, *RANDOM_PORTRAIT_VIDEOS)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_takes_what_is_chosen_at_random(network: str) -> None:
    row = POSTING[network]
    images = RANDOM_IMAGES if row.image else ()
    for url in (*images, *(VIDEOS if row.video else ())):
        for quote in QUOTES:
            assert check(network, f"#753041 {quote}", [guess(url)], OPTIONS) == []


def test_there_are_enough_of_them() -> None:
    assert len(set(QUOTES)) == len(QUOTES) >= 40
    assert len({*RANDOM_IMAGES, *VIDEOS}) == 20


def test_images_are_images_and_videos_are_videos() -> None:
    assert {guess(url).kind for url in RANDOM_IMAGES} == {MediaKind.IMAGE}
    assert {guess(url).kind for url in VIDEOS} == {MediaKind.VIDEO}
