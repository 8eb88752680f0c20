"""The locustfile: `locust -f loadtests/link_flow.py --host http://127.0.0.1:8189`.

The options of link flows, which `fakeayr load --help` lists, are options here, too.
"""

from fakeayr.loadtests import joining  # noqa: F401 - it listens to Locust's events
from fakeayr.loadtests.scenarios import Campaign, Dashboard, Nightly, Returning, SignUp

__all__ = ["Campaign", "Dashboard", "Nightly", "Returning", "SignUp"]
