"""Keys of the WSGI environ that the app shares with its callers in this process."""

from typing import Final

OUTSIDE_CONTRACT: Final = "fakeayr.outside_contract"
"""Set by the app if a fault made the response break the contract."""
WAIT: Final = "fakeayr.wait"
"""Set by the caller: a function that waits for a number of seconds."""
