"""A fake Ayrshare server and testing toolkit. Unofficial; not affiliated with Ayrshare."""

__version__ = "0.1.0"

from fakeayr.testing import FakeAyrshare

__all__ = ["FakeAyrshare", "__version__"]
