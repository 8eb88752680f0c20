"""The linking page, `/` and `/social-accounts` on the page's host, and the pages around it."""

import msgspec
from flask import Response, g, request
from werkzeug.exceptions import NotFound

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain import links
from fakeayr.domain.linking import advice, grants, link_sessions, short_links
from fakeayr.page import consent, messages, state, visits
from fakeayr.page.answers import closing, last_page, leads_at_once, page, page_of, redirected, told
from fakeayr.page.security import blueprint
from fakeayr.page.state import Visit
from fakeayr.web.context import context

__all__ = ["blueprint"]


@blueprint.get("/")
@blueprint.get("/social-accounts")
def linking_page() -> Response:
    """Opens a linking URL, or shows the page again to a browser that is logged in."""
    if "jwt" in request.args or "session" in request.args:
        return _open()
    return _shown(visits.present())


def _open() -> Response:
    """Opens a linking URL: leads to the page, or in connect mode straight to the consent."""
    world = context().world
    leading = request.args.getlist("redirect")
    grant = grants.check(world, request.args.to_dict(), leading)
    if grant.session_id is not None:
        link_sessions.note_opened(world, grant.account, grant.session_id)
    visit = state.begin(request, grant)
    call = visits.admit(visit)
    call.advice += advice.on_opened_url(asked=grant.profile, shown=visit.profile)
    added = [url for url in leading if url and short_links.resolved(world.store, url) == url]
    call.advice += advice.on_added_redirects(added, request.args)
    platform = visit.tab.network
    response = _shown(visit) if platform is None else consent.begin(visit, NETWORKS[platform])
    state.remember(request, response, visit.login)
    return response


def _shown(visit: Visit) -> Response:
    """The page with all networks, or in connect mode with the one."""
    platform, linked = visit.tab.network, visit.profile.links
    if platform is not None:
        network = NETWORKS[platform]
        return page_of(visit, "connect.html", network=network, link=linked.get(platform))
    g.form_leads_away = leads_at_once(visit.tab)
    rows = [(NETWORKS[name], linked.get(name)) for name in visits.offered(visit)]
    return page_of(visit, "page.html", rows=rows)


@blueprint.post("/_page/unlink/<platform>")
def unlink(platform: str) -> Response:
    """Unlinks a network."""
    visit = visits.present()
    network = visits.network(visit, platform)
    _, gone = links.unlink(context().world, visit.account, visit.profile.key, platform)
    return told(visit.tab, messages.unlinked(network, was_linked=gone is not None))


@blueprint.post("/_page/done")
def done() -> Response:
    """All Done: leads to the redirect, or shows the page that closes the tab."""
    visit = visits.present()
    if leads_at_once(visit.tab) and visit.tab.target is not None:
        return redirected(visit.tab.target)
    return last_page(msgspec.structs.replace(visit, tab=closing(visit.tab)))


@blueprint.get("/_page/closed")
def closed() -> Response:
    """The last page of a popup whose network is linked or refused."""
    return last_page(visits.present())


@blueprint.get("/_page/help")
def help_page() -> Response:
    """What the page is for."""
    return page("help.html")


@blueprint.get(f"{short_links.PATH}<short_id>")
def short_link(short_id: str) -> Response:
    """Follows a short link."""
    target = short_links.target(context().world.store, short_id)
    if target is None:
        raise NotFound
    return Response(status=302, headers={"Location": target})
