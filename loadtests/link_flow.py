"""The locustfile: `locust -f loadtests/link_flow.py --host http://127.0.0.1:8189`.

`fakeayr load --help` lists the options of link flows; Locust takes them as well.
"""

from fakeayr.loadtests import joining  # noqa: F401 - listens to Locust's events
from fakeayr.loadtests.posting import PostCampaign, Posting
from fakeayr.loadtests.scenarios import Campaign, Dashboard, Nightly, Returning, SignUp

__all__ = [
    "Campaign",
    "Dashboard",
    "Nightly",
    "PostCampaign",
    "Posting",
    "Returning",
    "SignUp",
]
