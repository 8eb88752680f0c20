"""What the app and whoever calls it in this process agree on in the WSGI environ."""

from typing import Final

OUTSIDE_CONTRACT: Final = "fakeayr.outside_contract"
"""Set by the app where a fault has made the response other than the contract says."""
WAIT: Final = "fakeayr.wait"
"""Set by the caller: how a request waits, `Callable[[float], None]` of seconds."""
