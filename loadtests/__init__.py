"""Load tests of integrators' link flows, for Locust.

This room talks over HTTP only: to the fake, to an application that links accounts, or to any server
that claims to be Ayrshare. `link_flow.py` is the locustfile; `fakeayr load` starts the fake and
Locust together.
"""
