"""A fake Ayrshare server and testing toolkit. Unofficial; not affiliated with Ayrshare."""

from typing import TYPE_CHECKING, Any

from fakeayr.version import __version__

if TYPE_CHECKING:
    from fakeayr.testing import FakeAyrshare

__all__ = ["FakeAyrshare", "__version__"]


def __getattr__(name: str) -> Any:
    """Loads the toolkit when it is asked for; the server starts sooner without it."""
    if name != "FakeAyrshare":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fakeayr.testing import FakeAyrshare  # noqa: PLC0415

    return FakeAyrshare
