"""Resizes images with Pillow, as POST /media/resize does."""

import io
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from fakeayr.domain.media.measuring import BadMedia, open_image
from fakeayr.real_files import real_files

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST_SIDE: Final = 4_000
"""Larger images are not made."""
_QUALITY: Final = 90
_PLAIN: Final = "#c8d0d8"
"""The colour of an image that is known by its URL only."""
_PAPER: Final = "#ffffff"
_WATERMARK_PART: Final = 4
"""A watermark, in the lower right corner, takes at most this part of each side."""
_MARGIN_PART: Final = 40


class ResizeMode(StrEnum):
    """How an image of other proportions is fitted."""

    CROP = "crop"
    """What juts out is cut off."""
    PAD = "pad"
    """What is missing is filled with the colour."""
    BLUR = "blur"
    """What is missing is filled with the blurred image."""


class Effects(msgspec.Struct, frozen=True):
    """What is done to an image, as `effects` of POST /media/resize says it.

    Attributes:
        blur: Radius of a blur in pixels; 0 for none.
        color: What shows through, and fills what is missing; white unless given.
        opacity: How much of the image remains over the colour, from 0 to 1.
    """

    blur: Annotated[float, Meta(ge=0, le=100)] = 0
    color: str | None = None
    opacity: Annotated[float, Meta(ge=0, le=1)] = 1


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What to make of an image.

    Attributes:
        size: Width and height in pixels.
        mode: How it is fitted.
        effects: What is done to it.
    """

    size: tuple[int, int]
    mode: ResizeMode = ResizeMode.CROP
    effects: Effects = Effects()


def check_color(color: str) -> None:
    """Checks that a colour can be read.

    Raises:
        BadMedia: It cannot.
    """
    try:
        with real_files():
            from PIL import Image  # noqa: PLC0415 - loads with the first file

            Image.new("RGBA", (1, 1), color)  # Its numbers can be too large.
    except (ValueError, OverflowError) as error:
        raise BadMedia("color must be a name or a number, such as #ff8800.") from error


def resize(source: bytes | tuple[int, int], recipe: Recipe, mark: bytes | None) -> bytes:
    """Makes a JPEG image.

    Args:
        source: An image; or, where only its URL is known, the size of a plain one.
        recipe: What to make of it.
        mark: An image that is laid over its lower right corner.

    Raises:
        BadMedia: An image cannot be read.
    """
    with real_files():  # The library loads parts of itself when it needs them.
        return _resize(source, recipe, mark)


def _resize(source: bytes | tuple[int, int], recipe: Recipe, mark: bytes | None) -> bytes:
    from PIL import Image, ImageFilter  # noqa: PLC0415 - loads with the first file

    image = _read(source) if isinstance(source, bytes) else Image.new("RGBA", source, _PLAIN)
    effects = recipe.effects
    color = effects.color or _PAPER
    made = _fit(image, recipe, color)
    if effects.blur:
        made = made.filter(ImageFilter.GaussianBlur(effects.blur))
    if effects.opacity < 1:
        made.putalpha(made.getchannel("A").point(lambda alpha: round(alpha * effects.opacity)))
    paper = Image.new("RGBA", made.size, color)
    paper.alpha_composite(made)
    if mark is not None:
        _lay_over(paper, _read(mark))
    written = io.BytesIO()
    paper.convert("RGB").save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _read(data: bytes) -> "Picture":
    image = open_image(data)
    try:
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # Before it takes more memory.
        return image.convert("RGBA")
    except Exception as error:
        raise BadMedia("The image is damaged or incomplete.") from error


def _fit(image: "Picture", recipe: Recipe, color: str) -> "Picture":
    from PIL import Image, ImageFilter, ImageOps  # noqa: PLC0415 - loads with the first file

    size = recipe.size
    if recipe.mode is ResizeMode.CROP:
        return ImageOps.fit(image, size)
    if recipe.mode is ResizeMode.PAD:
        back = Image.new("RGBA", size, color)
    else:
        back = ImageOps.fit(image, size).filter(ImageFilter.GaussianBlur(max(size) / 50))
    front = ImageOps.contain(image, size)
    back.alpha_composite(front, ((size[0] - front.width) // 2, (size[1] - front.height) // 2))
    return back


def _lay_over(paper: "Picture", mark: "Picture") -> None:
    mark.thumbnail(
        (max(1, paper.width // _WATERMARK_PART), max(1, paper.height // _WATERMARK_PART))
    )
    margin = min(paper.size) // _MARGIN_PART
    place = (paper.width - mark.width - margin, paper.height - mark.height - margin)
    paper.alpha_composite(mark, (max(0, place[0]), max(0, place[1])))
