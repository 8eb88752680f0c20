"""Keys of the WSGI environ that the app shares with its callers in this process."""

from functools import lru_cache
from typing import Final

OUTSIDE_CONTRACT: Final = "fakeayr.outside_contract"
"""Set by the app if a fault made the response break the contract."""
WAIT: Final = "fakeayr.wait"
"""Set by the caller: a function that waits for a number of seconds."""
ENDING: Final = "fakeayr.ending"
"""Set by the caller: a function that says whether the server stops, so that no call may wait."""
UNDERSCORED: Final = "fakeayr.underscored"
"""Set by the caller: names of headers with an underscore, which the environ cannot hold."""

_NOT_PREFIXED: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


@lru_cache(256)
def header_key(name: str) -> str | None:
    """Returns the environ's key of a header, or `None` if its name has an underscore.

    To Ayrshare's server `Profile_Key` is another header than `Profile-Key`, in an environ the two
    would be one.
    """
    if "_" in name:
        return None
    key = name.upper().replace("-", "_")
    return key if key in _NOT_PREFIXED else f"HTTP_{key}"
