"""Images and videos for tests."""

import base64
import io
import struct
from typing import Final

from PIL import Image

_MATRIX: Final = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TICKS: Final = 1000


def image(width: int = 30, height: int = 20, kind: str = "PNG") -> bytes:
    """A red image; `kind` is a format of Pillow's."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(written, kind)
    return written.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of an image."""
    return Image.open(io.BytesIO(data)).size


def noise(size: int) -> bytes:
    """Bytes that are no image, the same ones each time."""
    return bytes(range(256)) * (size // 256) + bytes(size % 256)


def padded_image(size: int) -> bytes:
    """A PNG image of exactly so many bytes."""
    small = image()
    end = len(small) - 12  # Before IEND.
    filling = bytes(size - len(small) - 12)
    chunk = _png_chunk(b"teSt", filling)
    return small[:end] + chunk + small[end:]


def _png_chunk(name: bytes, data: bytes) -> bytes:
    import zlib  # noqa: PLC0415 - only here

    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_image(width: int, height: int) -> bytes:
    """The head of a PNG image that would need a lot of memory: a decompression bomb."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", head) + _png_chunk(b"IEND", b"")


def video(
    width: int = 1080,
    height: int = 1920,
    seconds: float = 12.5,
    *,
    elsewhere: str | None = None,
    times: int = 1,
    edits: int | None = None,
) -> bytes:
    """An MP4 video with one frame.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        seconds: Its length.
        elsewhere: A URL at which the frames are said to be.
        times: How many entries its table of times is said to have; there is one.
        edits: How many entries its list of edits is said to have; unless given, there is none.
    """
    length = int(seconds * _TICKS)
    head = struct.pack(">IIII", 0, 0, _TICKS, length)
    mvhd = _box(b"mvhd", 0, head, bytes.fromhex("000100000100"), bytes(10), _MATRIX, bytes(28))
    tkhd = _box(
        b"tkhd",
        3,
        struct.pack(">IIIII", 0, 0, 1, 0, length),
        bytes(16),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )
    mdhd = _box(b"mdhd", 0, head, struct.pack(">HH", 0x55C4, 0))
    hdlr = _box(b"hdlr", 0, bytes(4), b"vide", bytes(12), b"V\0")
    avc1 = _box(
        b"avc1",
        0,
        bytes(2),
        struct.pack(">H", 1),
        bytes(16),
        struct.pack(">HH", width, height),
        struct.pack(">IIIH", 0x480000, 0x480000, 0, 1),
        bytes(32),
        struct.pack(">Hh", 24, -1),
        _box(b"avcC", None, bytes.fromhex("0142c00dffe00000")),
    )
    here = _box(b"url ", 1) if elsewhere is None else _box(b"url ", 0, f"{elsewhere}\0".encode())
    dinf = _box(b"dinf", None, _box(b"dref", 0, struct.pack(">I", 1), here))
    edts = b""
    if edits is not None:
        edts = _box(b"edts", None, _box(b"elst", 0, struct.pack(">I", edits)))

    def moov(offset: int) -> bytes:
        stbl = _box(
            b"stbl",
            None,
            _box(b"stsd", 0, struct.pack(">I", 1), avc1),
            _box(b"stts", 0, struct.pack(">III", times, 1, length)),
            _box(b"stsc", 0, struct.pack(">IIII", 1, 1, 1, 1)),
            _box(b"stsz", 0, struct.pack(">III", 0, 1, 4)),
            _box(b"stco", 0, struct.pack(">II", 1, offset)),
        )
        minf = _box(b"minf", None, _box(b"vmhd", 1, bytes(8)), dinf, stbl)
        mdia = _box(b"mdia", None, mdhd, hdlr, minf)
        return _box(b"moov", None, mvhd, _box(b"trak", None, tkhd, edts, mdia))

    ftyp = _box(b"ftyp", None, b"isom", struct.pack(">I", 512), b"isomavc1")
    offset = len(ftyp) + len(moov(0)) + 8
    return ftyp + moov(offset) + _box(b"mdat", None, bytes(4))


def _box(name: bytes, flags: int | None, *parts: bytes) -> bytes:
    head = b"" if flags is None else struct.pack(">I", flags)
    body = head + b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def data_uri(data: bytes, content_type: str = "image/png") -> str:
    """A file as JSON carries it."""
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
