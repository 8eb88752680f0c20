"""A fake Ayrshare server and testing toolkit. Unofficial; not affiliated with Ayrshare."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fakeayr.errors import FakeayrError
from fakeayr.version import __version__

if TYPE_CHECKING:
    from fakeayr.testing import (
        Account,
        CallRefused,
        FakeAyrshare,
        LinkRefused,
        Page,
        Post,
        Profile,
        PublishedPost,
        RealAyrshareRefused,
        is_signed,
    )

__all__ = [
    "Account",
    "CallRefused",
    "FakeAyrshare",
    "FakeayrError",
    "LinkRefused",
    "Page",
    "Post",
    "Profile",
    "PublishedPost",
    "RealAyrshareRefused",
    "__version__",
    "is_signed",
]


def __getattr__(name: str) -> Any:
    """Loads the toolkit when it is asked for; the server starts sooner without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("fakeayr.testing"), name)
