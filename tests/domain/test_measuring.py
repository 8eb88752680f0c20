"""Files are measured for real, and nothing in them leads anywhere else."""

import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from fakeayr.domain.media import measuring
from fakeayr.domain.media.data_uris import read_data_uri
from fakeayr.domain.media.measuring import UNKNOWN_TYPE, BadMedia, Measured, plain_type
from fakeayr.domain.media.resizing import Effects, Recipe, ResizeMode, resize
from fakeayr.domain.media.uploads import clean_name
from fakeayr.serving import read_video as video_program
from fakeayr.serving.video_reader import read_video
from tests.support.media import huge_image, image, noise, padded_image, size_of, video

measure = partial(measuring.measure, read_video=read_video)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_an_image_is_measured(kind: str) -> None:
    content_type = f"image/{kind.lower()}"
    found = measure(image(31, 17, kind), content_type)
    assert found == Measured(content_type=content_type, width=31, height=17)


@pytest.mark.parametrize("content_type", ["video/mp4", "video/quicktime"])
def test_a_video_is_measured(content_type: str) -> None:
    found = measure(video(720, 1280, 8.5), content_type)
    assert found == Measured(content_type=content_type, width=720, height=1280, seconds=8.5)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (image(4, 5), Measured(content_type="image/png", width=4, height=5)),
        (video(), Measured(content_type="video/mp4", width=1080, height=1920, seconds=12.5)),
        (b"a,b\n1,2\n", Measured(content_type=UNKNOWN_TYPE)),
    ],
)
def test_what_nobody_names_is_recognized(data: bytes, found: Measured) -> None:
    assert measure(data, UNKNOWN_TYPE) == found


def test_a_video_is_not_measured_where_its_library_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pymediainfo.py").write_text(
        """
class MediaInfo:
    def parse(file):
        raise OSError("libmediainfo.so.0: cannot open shared object file")
"""
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert measure(video(), "video/mp4") == Measured(content_type="video/mp4")


@pytest.mark.parametrize(
    ("times", "edits"), [(2**32 - 1, None), (1, 2**32 - 1)], ids=["times", "edits"]
)
def test_a_video_whose_tables_have_no_end_is_refused_soon(
    times: int, edits: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MediaInfo reads the first one for minutes, and the second one until no memory is left."""
    monkeypatch.setattr(video_program, "SECONDS", 3)
    with pytest.raises(BadMedia, match=r"damaged|no video track"):
        measure(video(times=times, edits=edits), "video/mp4")


def test_an_image_of_another_type_is_what_it_is() -> None:
    assert measure(image(kind="JPEG"), "image/png").content_type == "image/jpeg"


def test_other_types_are_believed() -> None:
    assert measure(b"%PDF-1.7", "application/pdf") == Measured(content_type="application/pdf")
    assert measure(b"....ftypheic", "image/heic").content_type == "image/heic"


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (b"", "image/png", "empty"),
        (b"GIF89a", "image/gif", "not an image"),
        (noise(1000), "image/jpeg", "not an image"),
        (video(), "image/jpeg", "not an image"),
        (image(), "video/mp4", "not a video"),
        (noise(1000), "video/mp4", "not a video"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png", "not an image"),
        (image()[:-5], "image/png", "incomplete"),
        (image(300, 300, "JPEG")[:-400], "image/jpeg", "incomplete"),
        (image(300, 300, "GIF")[:-200], "image/gif", "incomplete"),
        (image().replace(b"IDAT", b"IDAX"), "image/png", "not an image"),
        (video()[:-3], "video/mp4", "incomplete"),
        (video()[:200], "video/mp4", "no video track"),
        (huge_image(9_000, 9_000), "image/png", "64 megapixels"),
        (huge_image(2**31 - 1, 2**31 - 1), "image/png", "64 megapixels"),
    ],
)
@pytest.mark.filterwarnings("ignore:Image size")  # Pillow's own, beside the refusal.
def test_what_cannot_be_used_says_why(data: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(BadMedia, match=reason):
        measure(data, content_type)


def test_a_bomb_is_refused_while_warnings_are_errors() -> None:
    with pytest.raises(BadMedia, match="64 megapixels"):
        measure(huge_image(10_000, 10_000), "image/png")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A URL on this machine, and what is asked there."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(1000))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/part.ts", asked
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>"
)


@pytest.mark.parametrize("playlist", [PLAYLIST, DASH])
@pytest.mark.parametrize("content_type", ["video/mp4", UNKNOWN_TYPE])
def test_a_playlist_is_not_followed(
    listener: tuple[str, list[bytes]], playlist: str, content_type: str
) -> None:
    url, asked = listener
    try:
        found = measure(playlist.format(url).encode(), content_type)
    except BadMedia:
        found = Measured(content_type=UNKNOWN_TYPE)
    assert found == Measured(content_type=UNKNOWN_TYPE)
    assert asked == []


def test_a_video_that_names_another_file_is_measured_alone(
    listener: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    url, asked = listener
    other = tmp_path / "other.mp4"
    other.write_bytes(video(640, 480, 3))
    for elsewhere in (url, other.as_uri(), str(other)):
        found = measure(video(elsewhere=elsewhere), "video/mp4")
        assert (found.width, found.height, found.seconds) == (1080, 1920, 12.5)
    assert asked == []


def test_pillow_opens_no_format_that_runs_a_program() -> None:
    with pytest.raises(BadMedia, match="not an image"):
        measure(image(kind="EPS"), "image/jpeg")
    assert "PIL.Image" in sys.modules


# Data URIs.


@pytest.mark.parametrize(
    ("text", "content", "content_type"),
    [
        ("data:image/png;base64,QUJD", b"ABC", "image/png"),
        ("DATA:image/png;BASE64,QUJD", b"ABC", "image/png"),
        ("data:image/png;base64,QU\nJD\n", b"ABC", "image/png"),
        ("data:text/plain;charset=utf-8;base64,QUJD", b"ABC", "text/plain"),
        ("data:text/plain,A%20B", b"A B", "text/plain"),
        ("data:;base64,QUJD", b"ABC", None),
        ("data:,", b"", None),
    ],
)
def test_a_data_uri_is_read(text: str, content: bytes, content_type: str | None) -> None:
    assert read_data_uri(text) == (content, content_type)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "QUJD",
        "data:",
        "data:image/png;base64",
        "data:image/png;base64,@@@@",
        "data:image/png;base64,QUJ",
        "data:image/png;base64,QU-_",
        "https://cdn.example/a.png",
        f"data:{'a' * 200_000}",
        "data:" + ";a=b" * 100_000 + ",",
    ],
)
def test_what_is_no_data_uri_is_refused(text: str) -> None:
    with pytest.raises(BadMedia):
        read_data_uri(text)


# Names and types.


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.png", "a.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("/", None),
        ("..", None),
        ("\0", None),
        ("", None),
        (None, None),
        ("x" * 1000, "x" * 255),
    ],
)
def test_a_name_keeps_no_path_and_no_tricks(name: str | None, cleaned: str | None) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("image/JPEG; q=1", "image/jpeg"),
        ("image/jpg", "image/jpeg"),
        (None, UNKNOWN_TYPE),
        ("", UNKNOWN_TYPE),
    ],
)
def test_a_content_type_has_one_spelling(written: str | None, plain: str) -> None:
    assert plain_type(written) == plain


# Resizing.


@pytest.mark.parametrize("mode", ResizeMode)
@pytest.mark.parametrize("source", [image(300, 100), image(100, 300, "JPEG"), (40, 40)])
def test_an_image_gets_the_size_that_is_asked_for(
    mode: ResizeMode, source: bytes | tuple[int, int]
) -> None:
    made = resize(source, Recipe(size=(64, 48), mode=mode), None)
    assert measure(made, "image/jpeg") == Measured(content_type="image/jpeg", width=64, height=48)


def test_an_image_may_be_very_flat() -> None:
    recipe = Recipe(size=(200, 1), mode=ResizeMode.PAD, effects=Effects(100, "#000", 0.5))
    assert size_of(resize(image(1, 3000), recipe, image(5, 5))) == (200, 1)


def test_a_padded_image_has_the_size_it_is_padded_to() -> None:
    assert len(padded_image(100_000)) == 100_000
    assert measure(padded_image(100_000), "image/png").width == 30
