"""What a URL holds by its extension."""

import pytest

from fakeayr.domain.media.facts import MediaKind, guess


@pytest.mark.parametrize(
    ("url", "content_type", "kind"),
    [
        ("https://cdn.example/a.jpg", "image/jpeg", MediaKind.IMAGE),
        ("https://cdn.example/a.JPEG?v=a.mp4#b.mov", "image/jpeg", MediaKind.IMAGE),
        ("https://cdn.example/a%2Epng", "image/png", MediaKind.IMAGE),
        ("https://cdn.example/a.gif", "image/gif", MediaKind.GIF),
        ("https://cdn.example/a.mp4", "video/mp4", MediaKind.VIDEO),
        ("https://cdn.example/a.pdf", "application/pdf", MediaKind.OTHER),
        ("https://cdn.example/mp4", "image/jpeg", MediaKind.IMAGE),
        ("https://cdn.mp4/a.mp4/", "image/jpeg", MediaKind.IMAGE),
        ("https://[", "image/jpeg", MediaKind.IMAGE),
    ],
)
def test_an_extension_says_what_a_url_holds(url: str, content_type: str, kind: MediaKind) -> None:
    facts = guess(url)
    assert (facts.content_type, facts.kind, facts.reachable) == (content_type, kind, True)
    assert facts.bytes is facts.width is facts.height is facts.seconds is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://cdn.example/a", MediaKind.VIDEO),
        ("https://cdn.example/a.php", MediaKind.VIDEO),
        ("https://cdn.example/a.png", MediaKind.IMAGE),
    ],
)
def test_what_has_no_known_extension_is_a_video_on_request(url: str, kind: MediaKind) -> None:
    assert guess(url, is_video=True).kind is kind
