"""The toolkit's Python face: `FakeAyrshare`, the pytest plugin, and interception of host names."""

from fakeayr.testing.account import Ayrshare
from fakeayr.testing.fake import FakeAyrshare
from fakeayr.testing.page import Page
from fakeayr.testing.profile import Profile

__all__ = ["Ayrshare", "FakeAyrshare", "Page", "Profile"]
