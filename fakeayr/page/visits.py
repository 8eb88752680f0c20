"""How every page is entered: with a visit that may go on, named in the journal."""

from flask import g, request

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS, Network
from fakeayr.domain.linking import grants
from fakeayr.domain.model import Account, Profile
from fakeayr.page import state
from fakeayr.page.state import Interrupted, Stop, Visit
from fakeayr.web.calls import Call
from fakeayr.web.context import context


def present() -> Visit:
    """The visit that the present request goes on with."""
    visit = state.current(request)
    admit(visit)
    return visit


def admit(visit: Visit) -> Call:
    """Names a visit in the journal, and lets it through unless its profile is suspended."""
    call = journal(visit.account, visit.profile)
    if visit.profile.suspended:
        raise Interrupted(Stop.SUSPENDED, errors.PROFILE_SUSPENDED, visit.tab)
    return call


def journal(account: Account, profile: Profile | None) -> Call:
    """Names the account and the profile in whose journal the request belongs."""
    call = Call(context(), account)
    call.acting = profile
    g.call = call
    return call


def offered(visit: Visit) -> list[str]:
    """Names of the networks that a visit may link."""
    tab = visit.tab
    return grants.offered(visit.account, visit.profile, tab.allowed, only=tab.network)


def network(visit: Visit, platform: str) -> Network:
    """A network that a visit may link or unlink."""
    if platform not in offered(visit):
        explanation = "This network is not on the page, or not any more."
        raise Interrupted(Stop.NETWORK, errors.NOT_FOUND, visit.tab, explanation=explanation)
    return NETWORKS[platform]
