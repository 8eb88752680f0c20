"""The toolkit's Python face: `FakeAyrshare`, the pytest plugin, and interception of host names."""

from fakeayr.client.api import CallRefused
from fakeayr.client.page import LinkRefused, Page
from fakeayr.client.webhooks import is_signed
from fakeayr.testing.account import Ayrshare
from fakeayr.testing.fake import FakeAyrshare
from fakeayr.testing.interception import RealAyrshareRefused
from fakeayr.testing.profile import Profile

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
