"""A program that reads a video with MediaInfo: the file on its input, what it found on its output.

A small damaged file can keep MediaInfo busy for minutes, or take all memory there is. Nothing but
the end of its process stops it, hence this one, which `video_reader` starts.
"""

import io
import json
import sys
from typing import Any, Final

SECONDS: Final = 10
"""How long it may take."""
_MEMORY_BYTES: Final = 512 * 1024 * 1024
_GENERAL: Final = ("duration", "internet_media_type", "istruncated")
_PICTURE: Final = ("duration", "width", "height")


def main() -> None:
    """Writes what was found as JSON; null if the system lacks what MediaInfo needs."""
    _limit()
    from pymediainfo import MediaInfo  # noqa: PLC0415 - within the limits

    try:
        tracks = MediaInfo.parse(io.BytesIO(sys.stdin.buffer.read())).tracks
    except OSError:
        print("null")
        return
    general, picture = (
        next((one for one in tracks if one.track_type == kind), None)
        for kind in ("General", "Video")
    )
    print(json.dumps({"general": _pick(general, _GENERAL), "picture": _pick(picture, _PICTURE)}))


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _pick(track: Any, names: tuple[str, ...]) -> dict[str, str]:
    found = {name: getattr(track, name, None) for name in names}
    return {name: str(value) for name, value in found.items() if value is not None}


if __name__ == "__main__":
    main()
