"""Which URLs can be opened in a browser."""

import pytest

from fakeayr.domain.urls import is_web_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/a?b#c", True),
        ("HTTP://user:password@münchen.example:8080", True),
        ("https://shop.example/" + "a" * 5_000, True),
        ("https://shop.example/" + "\u0301\u0323" * 100_000, True),
        ("https:shop.example", False),
        ("https:///a", False),
        ("//shop.example", False),
        ("", False),
    ],
)
def test_a_url_needs_a_scheme_and_a_host(url: str, expected: bool) -> None:
    assert is_web_url(url) is expected


@pytest.mark.timeout(10)  # A time that grows with the square would be minutes.
@pytest.mark.parametrize("beginning", ["https://a", "//a", "https:", "", "https://a@", "x?//a"])
def test_a_long_host_is_refused_soon(beginning: str) -> None:
    assert not is_web_url(beginning + "\u0301\u0323" * 100_000)
