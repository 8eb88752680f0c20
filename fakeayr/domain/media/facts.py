"""What is known of an image or a video."""

from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from fakeayr.ayrshare.posting.media import CONTENT_TYPES

_IMAGE: Final = CONTENT_TYPES["jpeg"]
_VIDEO: Final = CONTENT_TYPES["mp4"]


class MediaKind(StrEnum):
    """What networks distinguish."""

    IMAGE = "image"
    GIF = "gif"
    VIDEO = "video"
    OTHER = "other"


class MediaFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What stands behind a URL. What is `None` is unknown, and within every limit.

    Attributes:
        url: The URL.
        content_type: The content type, without parameters.
        kind: What networks take it for.
        reachable: Whether a network could fetch it.
        bytes: Its size.
        width: Width in pixels.
        height: Height in pixels.
        seconds: Length of a video.
    """

    url: str
    content_type: str
    kind: MediaKind
    reachable: bool = True
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def kind_of(content_type: str) -> MediaKind:
    """What networks take a content type for."""
    if content_type == "image/gif":
        return MediaKind.GIF
    family = content_type.partition("/")[0]
    return {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO}.get(family, MediaKind.OTHER)


def extension_of(path: str) -> str | None:
    """The extension at the end of a path or file name, in lower case, if it is a known one."""
    name = path.rpartition("/")[2]
    extension = name.rpartition(".")[2].lower()
    return extension if "." in name and extension in CONTENT_TYPES else None


def guess(url: str, *, is_video: bool = False) -> MediaFacts:
    """What a URL holds by its extension: reachable, and within every limit.

    Args:
        url: The URL.
        is_video: Whether it is a video if it has no known extension; an image otherwise.
    """
    try:
        extension = extension_of(unquote(urlsplit(url).path))
    except ValueError:  # An unfinished address.
        extension = None
    unknown = _VIDEO if is_video else _IMAGE
    content_type = unknown if extension is None else CONTENT_TYPES[extension]
    return MediaFacts(url=url, content_type=content_type, kind=kind_of(content_type))
