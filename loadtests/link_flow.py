"""The locustfile: `locust -f loadtests/link_flow.py --host http://127.0.0.1:8189`.

Every option of `fakeayr load` is an option here, too; `locust -f loadtests/link_flow.py --help`
lists them under "Link flows". Locust's own work as ever.
"""

from fakeayr.loadtests import joining  # noqa: F401 - it listens to Locust's events
from fakeayr.loadtests.scenarios import Campaign, Dashboard, Nightly, Returning, SignUp

__all__ = ["Campaign", "Dashboard", "Nightly", "Returning", "SignUp"]
