"""The toolkit's Python interface: `FakeAyrshare`, the pytest plugin, interception of host names.

What stands here is loaded when it is asked for: pytest loads the plugin in every session.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fakeayr.client.api import CallRefused
    from fakeayr.client.page import LinkRefused, Page
    from fakeayr.client.webhooks import is_signed
    from fakeayr.testing.account import Account
    from fakeayr.testing.fake import FakeAyrshare
    from fakeayr.testing.interception import RealAyrshareRefused
    from fakeayr.testing.posts import Post, PublishedPost
    from fakeayr.testing.profile import Profile

__all__ = [
    "Account",
    "CallRefused",
    "FakeAyrshare",
    "LinkRefused",
    "Page",
    "Post",
    "Profile",
    "PublishedPost",
    "RealAyrshareRefused",
    "is_signed",
]

_MODULES: Final = {
    "Account": "fakeayr.testing.account",
    "CallRefused": "fakeayr.client.api",
    "FakeAyrshare": "fakeayr.testing.fake",
    "LinkRefused": "fakeayr.client.page",
    "Page": "fakeayr.client.page",
    "Post": "fakeayr.testing.posts",
    "Profile": "fakeayr.testing.profile",
    "PublishedPost": "fakeayr.testing.posts",
    "RealAyrshareRefused": "fakeayr.testing.interception",
    "is_signed": "fakeayr.client.webhooks",
}


def __getattr__(name: str) -> Any:
    """Loads what is asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
