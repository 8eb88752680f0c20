"""Reads videos in a process of its own, which can be stopped whatever a file does to MediaInfo."""

import subprocess
import sys

import msgspec

from fakeayr.domain.media.measuring import BadMedia, VideoTracks
from fakeayr.serving import read_video as program


def read_video(data: bytes) -> VideoTracks | None:
    """Returns what MediaInfo says of a video; `None` if the system lacks what it needs.

    Raises:
        BadMedia: The video is damaged, or takes too much time or memory.
    """
    command = [sys.executable, "-P", program.__file__]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program
            command, input=data, capture_output=True, check=True, timeout=program.SECONDS
        )
        return msgspec.json.decode(ended.stdout, type=VideoTracks | None)
    except OSError:  # No process can be started.
        return None
    except (subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise BadMedia("The video is damaged.") from error
