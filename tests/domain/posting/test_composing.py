"""What Ayrshare makes of a text: hashtags and short links."""

import pytest

from fakeayr.domain.posting.composing import (
    AutoHashtag,
    add_hashtags,
    shorten_links,
    unsplash_url,
)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Wonderful fresh bread", AutoHashtag(), "#Wonderful #fresh bread"),
        ("Wonderful fresh bread", AutoHashtag(max=1), "#Wonderful fresh bread"),
        ("Fresh rolls", AutoHashtag(position="end"), "Fresh rolls #Fresh #rolls"),
        ("a b c", AutoHashtag(max=10), "a b c"),
        ("", AutoHashtag(), ""),
        ("@bakery #bread", AutoHashtag(), "@bakery #bread"),
        ("https://bakery.example/wonderful", AutoHashtag(), "https://bakery.example/wonderful"),
        ("bread Bread BREAD", AutoHashtag(max=5), "#bread Bread BREAD"),
    ],
)
def test_the_longest_words_become_hashtags(text: str, wanted: AutoHashtag, expected: str) -> None:
    assert add_hashtags(text, wanted) == expected


def test_a_url_has_one_short_link_in_an_account() -> None:
    text = "See https://a.example/x and https://a.example/y"
    short = shorten_links(text, "KEY")
    first, second = (word for word in short.split() if word.startswith("https://ayrs.io/"))
    assert first != second
    assert shorten_links(text, "KEY") == short
    assert shorten_links(text, "OTHER") != short
    assert shorten_links("no link", "KEY") == "no link"


def test_a_word_has_one_picture() -> None:
    assert unsplash_url("bread") == unsplash_url("bread") != unsplash_url("rolls")
