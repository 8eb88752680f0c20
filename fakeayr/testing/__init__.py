"""The toolkit's Python face: `FakeAyrshare`, the pytest plugin, and interception of host names."""

from fakeayr.testing.account import Ayrshare
from fakeayr.testing.control import CallRefused
from fakeayr.testing.fake import FakeAyrshare
from fakeayr.testing.interception import RealAyrshareRefused
from fakeayr.testing.page import LinkRefused, Page
from fakeayr.testing.profile import Profile
from fakeayr.testing.signatures import is_signed

__all__ = [
    "Ayrshare",
    "CallRefused",
    "FakeAyrshare",
    "LinkRefused",
    "Page",
    "Profile",
    "RealAyrshareRefused",
    "is_signed",
]
