"""Measures files: images with Pillow, which loads with the first file, videos with MediaInfo.

They are shown nothing that could lead them elsewhere: MediaInfo would follow the URLs and paths in
a playlist, and Pillow runs a program for PostScript.
"""

import io
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Final

import msgspec

from fakeayr.domain.media.facts import MediaKind, kind_of
from fakeayr.errors import FakeayrError
from fakeayr.real_files import real_files

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MOST_PIXELS: Final = 64_000_000
"""Larger images are not decoded: they would take more than 250 MB of memory."""

UNKNOWN_TYPE: Final = "application/octet-stream"
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
_IMAGES: Final = frozenset(
    {"image/bmp", "image/gif", "image/jpeg", "image/png", "image/tiff", "image/webp"}
)
_ALIASES: Final = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/mpo": "image/jpeg",
}
_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_CONTAINERS: Final = (
    b"\x1aE\xdf\xa3",
    b"\0\0\1\xba",
    b"\0\0\1\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
)
"""How Matroska and WebM, MPEG and Windows Media begin."""


class BadMedia(FakeayrError):
    """A file that is not what it is said to be; the message says why."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file.

    Attributes:
        content_type: What it is.
        width: Width in pixels.
        height: Height in pixels.
        seconds: Length of a video.
    """

    content_type: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


class VideoTracks(msgspec.Struct, frozen=True):
    """MediaInfo's fields of a file: of the whole, and of its picture."""

    general: dict[str, str]
    picture: dict[str, str]


VideoReader = Callable[[bytes], VideoTracks | None]
"""Reads a video, and returns `None` if it cannot say anything. It may raise `BadMedia`."""


def plain_type(content_type: str | None) -> str:
    """A content type without parameters, in its usual spelling."""
    bare = (content_type or UNKNOWN_TYPE).partition(";")[0].strip().lower()
    return _ALIASES.get(bare, bare)


def measure(data: bytes, content_type: str, read_video: VideoReader) -> Measured:
    """Measures a file.

    Args:
        data: Its content.
        content_type: What it is said to be; see `plain_type`. Types other than those of the usual
            images and videos are believed.
        read_video: Reads videos.

    Raises:
        BadMedia: It is something else, damaged, or too large to decode.
    """
    if not data:
        raise BadMedia("The file is empty.")
    with real_files():  # The libraries load parts of themselves when they need them.
        if content_type == UNKNOWN_TYPE:
            return _recognize(data, read_video)
        if content_type in _IMAGES:
            return _measure_image(data)
        if kind_of(content_type) is MediaKind.VIDEO:
            return msgspec.structs.replace(
                _measure_video(data, read_video), content_type=content_type
            )
        return Measured(content_type=content_type)


def open_image(data: bytes) -> "ImageFile":
    """Opens an image, undecoded.

    Raises:
        BadMedia: It is none, or too large to decode.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - loads with the first file

    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except UnidentifiedImageError as error:
        raise BadMedia("It is not an image that can be read.") from error
    except Exception as error:  # A damaged file can fail in any way.
        raise BadMedia("The image is damaged.") from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    return image


def _too_large() -> BadMedia:
    return BadMedia(f"The image has more than {MOST_PIXELS // 1_000_000} megapixels.")


def _measure_image(data: bytes) -> Measured:
    from PIL import Image  # noqa: PLC0415 - loads with the first file

    image = open_image(data)
    width, height = image.size
    kind = image.format or ""
    try:
        if kind == "PNG":
            image.verify()  # Reads all parts of the file, and decodes none.
        else:
            image.draft("L", (width // 8 or 1, height // 8 or 1))  # Much less work for a JPEG.
            image.load()
    except Exception as error:
        raise BadMedia("The image is damaged or incomplete.") from error
    return Measured(content_type=plain_type(Image.MIME.get(kind)), width=width, height=height)


def _measure_video(data: bytes, read_video: VideoReader) -> Measured:
    if not _is_container(data):
        raise BadMedia("It is not a video that can be read.")
    found = read_video(data)
    if found is None:
        return Measured(content_type=UNKNOWN_TYPE)
    file, picture = found.general, found.picture
    width, height = _number(picture.get("width")), _number(picture.get("height"))
    if not width or not height:
        raise BadMedia("The file has no video track.")
    if file.get("istruncated") == "Yes":
        raise BadMedia("The video is incomplete.")
    milliseconds = _number(file.get("duration")) or _number(picture.get("duration"))
    return Measured(
        content_type=plain_type(file.get("internet_media_type")),
        width=int(width),
        height=int(height),
        seconds=None if milliseconds is None else milliseconds / 1000,
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _recognize(data: bytes, read_video: VideoReader) -> Measured:
    """Measures a file without a declared type."""
    if _is_container(data):
        return _measure_video(data, read_video)
    try:
        return _measure_image(data)
    except BadMedia:
        return Measured(content_type=UNKNOWN_TYPE)


def _is_container(data: bytes) -> bool:
    """Whether a file begins as a video does that holds its content itself."""
    is_avi = data[:4] == b"RIFF" and data[8:12] == b"AVI "
    return is_avi or data[4:8] in _BOXES or data.startswith(_CONTAINERS)
