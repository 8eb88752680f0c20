"""Load tests of link flows, for Locust.

They reach servers over HTTP only: a fake, an application that links accounts, or another server
with Ayrshare's API. `link_flow.py` is the locustfile; `fakeayr load` starts a fake and Locust.
"""
