"""The linking page, `/` and `/social-accounts` on the page's host, and the pages around it."""

from dataclasses import replace
from typing import Any, Final

import msgspec
from flask import Response, g, request
from werkzeug.exceptions import NotFound

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.hosts import X_CALLBACKS
from fakeayr.ayrshare.networks import NETWORKS, Network
from fakeayr.domain import consents, links
from fakeayr.domain.advice import fields, visits
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.consents import SCENARIOS, Conclusion, ConsentOutcome, Preset
from fakeayr.domain.linking import grants, redirects, sessions, x_apps
from fakeayr.domain.linking.x_apps import XApp
from fakeayr.domain.refusals import Refused
from fakeayr.page import forms, messages, pages, state
from fakeayr.page.security import admit, blueprint, enter, stop
from fakeayr.page.state import PageError, PageProblem, Visit
from fakeayr.web.context import context

__all__ = ["blueprint"]

_APPROVE: Final = (
    "The settings of the X app must list this page among the callback URLs: "
    + " and ".join(X_CALLBACKS)
)


@blueprint.get("/")
@blueprint.get("/social-accounts")
def linking_page() -> Response:
    """Opens a linking URL, or shows the page again to a browser that is logged in.

    A person who opens the bare address of the server sees the dashboard, or learns what the server
    is where strangers can reach it.
    """
    if "jwt" in request.args or "session" in request.args:
        return _open()
    if request.path == "/" and not request.query_string and state.is_stranger(request):
        config = context().config
        if not config.is_exposed:
            return Response(status=303, headers={"Location": "/_fakeayr/"})
        return pages.render("welcome.html", has_page=config.has_development_page)
    return _show(enter())


def _open() -> Response:
    """Opens a linking URL: leads to the page, or in connect mode straight to the consent."""
    world = context().world
    leading = request.args.getlist("redirect")
    grant = grants.check(world, request.args.to_dict(), leading)
    if grant.session_id is not None:
        sessions.note_use(grant.tenant, grant.session_id)
    visit = state.begin(request, grant)
    call = admit(visit)
    call.advice += visits.on_opened_url(asked=grant.profile, shown=visit.profile)
    agent, dest = (request.headers.get(name, "") for name in ("User-Agent", "Sec-Fetch-Dest"))
    call.advice += guard(visits.on_visitor, agent, dest)
    if grant.made is not None:
        call.advice += visits.on_age(grant.made, grant.expires, call.now)
    added = [url for url in leading if url and redirects.resolve(world.store, url) == url]
    call.advice += fields.on_added_redirects(added, request.args)
    platform = visit.tab.network
    response = _show(visit) if platform is None else _begin_consent(visit, NETWORKS[platform])
    state.remember(request, response, visit.login)
    return response


def _show(visit: Visit) -> Response:
    """The page with all networks, or in connect mode with the one."""
    platform, linked = visit.tab.network, visit.profile.links
    if platform is not None:
        network = NETWORKS[platform]
        link = linked.get(platform)
        return pages.render_visit(visit, "connect.html", network=network, link=link)
    g.form_leads_away = pages.redirects_at_once(visit.tab)
    rows = [(NETWORKS[name], linked.get(name)) for name in _networks(visit)]
    return pages.render_visit(visit, "page.html", rows=rows)


def _networks(visit: Visit) -> list[str]:
    """Names of the networks that a visit may link."""
    return grants.networks(visit.tenant, visit.profile, visit.tab.terms)


def _network(visit: Visit, platform: str) -> Network:
    """A network that a visit may link or unlink."""
    if platform not in _networks(visit):
        explanation = "This network is not on the page, or not any more."
        raise PageError(PageProblem.NETWORK, errors.NOT_FOUND, visit.tab, explanation=explanation)
    return NETWORKS[platform]


@blueprint.post("/_page/link/<platform>")
def link(platform: str) -> Response:
    """Begins linking a network."""
    visit = enter()
    return _begin_consent(visit, _network(visit, platform))


def _begin_consent(visit: Visit, network: Network) -> Response:
    """Leads to a network's consent, or ends it as was decided beforehand.

    Trying a network once more counts as another use of a link session (documented).
    """
    if visit.tab.session is not None and network.name in visit.tab.tried:
        sessions.note_use(visit.tenant, visit.tab.session)
    visit = replace(visit, tab=visit.tab.add_try(network.name))
    if network.name == "twitter":
        app = _x_app(visit, network)
        if app is not None and not app.callback_approved:
            error = errors.X_CALLBACK_NOT_APPROVED
            explanation = f"{error.message}. {_APPROVE}"
            # No exception: the browser is logged in nevertheless, by this answer's cookie.
            return stop(PageError(PageProblem.CALLBACK, error, visit.tab, explanation=explanation))
        if app is None and visit.tab.network is not None:
            needed = Conclusion(ConsentOutcome.NO_ACCOUNT, errors.X_CREDENTIALS_NEEDED)
            return _report(visit, network, needed)
    chosen = consents.take_preset(visit.tenant, network.name)
    if chosen is not None:
        return _conclude(visit, network, chosen)
    begun = state.begin_consent(visit.tenant, network.name)
    tab = msgspec.structs.replace(visit.tab, state=begun)
    return pages.go_to("linking.consent", tab, platform=network.name)


@blueprint.get("/_page/consent/<platform>")
def consent(platform: str) -> Response:
    """The page that stands for a network's own."""
    visit = enter()
    network = _network(visit, platform)
    if not state.consent_is_open(visit.tab.state, platform):
        return pages.go_back(visit.tab.clear(), messages.report_answered(network))
    return _ask(visit, network, {"displayName": visit.profile.title})


@blueprint.post("/_page/consent/<platform>")
def decide(platform: str) -> Response:
    """What the person decided on the consent page."""
    visit = enter()
    network = _network(visit, platform)
    choice = forms.read_choice(network, request.form)
    lacking = forms.find_missing(network, request.form)
    if lacking and choice.outcome is not ConsentOutcome.CANCEL:
        answers = forms.keep_answers(network, request.form)
        return _ask(visit, network, answers, status=400, lacking=lacking)
    if not state.end_consent(visit.tab.state, platform):
        return pages.go_back(visit.tab, messages.report_answered(network))
    return _conclude(visit, network, choice)


def _ask(
    visit: Visit, network: Network, answers: dict[str, str], status: int = 200, **words: Any
) -> Response:
    """The consent page, filled in with some answers."""
    return pages.render_visit(
        visit,
        "consent.html",
        status,
        network=network,
        fields=forms.list_fields(network, visit.tab.terms.instagram_link_method),
        longest=forms.LONGEST,
        answers=answers,
        scenarios=SCENARIOS,
        app=_x_app(visit, network),
        **words,
    )


def _conclude(visit: Visit, network: Network, choice: Preset) -> Response:
    """Ends a consent as was chosen."""
    own_app = _x_app(visit, network) is not None
    try:
        conclusion = consents.conclude(
            visit.tenant, visit.profile, network.name, choice, own_app=own_app
        )
    except Refused as refused:  # The profile was deleted between two reads.
        raise PageError(PageProblem.PROFILE, refused.error, visit.tab) from refused
    return _report(visit, network, conclusion)


def _report(visit: Visit, network: Network, conclusion: Conclusion) -> Response:
    """Reports how a consent ended; after an error a popup stays, to let the person try again."""
    event, notice = messages.report_conclusion(network, conclusion)
    tab = visit.tab
    if tab.network is not None and tab.auto_close and conclusion.error is None:
        return pages.close(tab, notice, event)
    return pages.go_back(tab, notice, event)


def _x_app(visit: Visit, network: Network) -> XApp | None:
    """The integrator's own X app, if this is X and the URL was made with the app's credentials."""
    if network.name != "twitter" or visit.tab.terms.x_app is None:
        return None
    return x_apps.find(visit.tenant, visit.tab.terms.x_app)


@blueprint.post("/_page/unlink/<platform>")
def unlink(platform: str) -> Response:
    """Unlinks a network."""
    visit = enter()
    network = _network(visit, platform)
    _, gone = links.unlink(visit.tenant, visit.profile.key, platform)
    return pages.go_back(visit.tab, messages.report_unlinked(network, was_linked=gone is not None))


@blueprint.post("/_page/done")
def done() -> Response:
    """All Done: leads to the redirect, or shows the page that closes the tab."""
    visit = enter()
    if pages.redirects_at_once(visit.tab) and visit.tab.target is not None:
        return pages.redirect(visit.tab.target)
    return pages.render_last(replace(visit, tab=pages.announce_close(visit.tab)))


@blueprint.get("/_page/closed")
def closed() -> Response:
    """The last page of a popup whose network is linked or refused."""
    return pages.render_last(enter())


@blueprint.get("/_page/help")
def help_page() -> Response:
    """What the page is for."""
    return pages.render("help.html")


@blueprint.get(f"{redirects.SHORT_PATH}<short_id>")
def short_link(short_id: str) -> Response:
    """Follows a short link."""
    target = redirects.find_target(context().world.store, short_id)
    if target is None:
        raise NotFound
    return Response(status=302, headers={"Location": target})
