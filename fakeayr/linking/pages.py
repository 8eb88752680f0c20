"""The linking page, `/` and `/social-accounts` on the page's host, and what its buttons do."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.exceptions import NotFound

from fakeayr.api.calls import Call
from fakeayr.context import context
from fakeayr.domain import consents, grants, link_sessions, links, short_links, x_apps
from fakeayr.domain.consents import SCENARIOS, Conclusion, Outcome, Preset
from fakeayr.domain.link_sessions import Mode
from fakeayr.domain.model import Account, Profile
from fakeayr.domain.tokens import BadToken, Flaw
from fakeayr.linking import forms, sessions
from fakeayr.linking.sessions import Event, Notice, PageSession, Visit
from fakeayr.vendor import errors
from fakeayr.vendor.networks import NETWORKS, Network

blueprint = Blueprint(
    "linking",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/_page/static",
)

_HTML: Final = "text/html; charset=utf-8"
_SECURITY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""There is no Cross-Origin-Opener-Policy: popup integrations listen to `window.opener`."""


class SessionOver(Exception):
    """A form was sent without a session, or by another page."""


@blueprint.after_request
def secure(response: Response) -> Response:
    """Forbids framing, foreign scripts and caching."""
    response.headers.update(_SECURITY)
    return response


@blueprint.app_errorhandler(BadToken)
def refuse(error: BadToken) -> Response:
    """401, with the check that failed in words an integrator can act on."""
    if error.account is not None:
        _journal(error.account, None)
    return _refusal(401, error.flaw, str(error))


@blueprint.app_errorhandler(SessionOver)
def session_over(_: SessionOver) -> Response:
    """403 for a form of nobody."""
    return _refusal(403, "session", "Your session is over. Open the link again.")


@blueprint.get("/")
@blueprint.get("/social-accounts")
def linking_page() -> Response:
    """Opens a linking URL, or shows the page again to a browser that is logged in."""
    visit = sessions.read(request)
    opened = "jwt" in request.args or "session" in request.args
    if opened:
        visit = _open(visit)
    if visit is None:
        raise BadToken(Flaw.MISSING)
    _journal(visit.account, visit.profile)
    if visit.profile.suspended:
        return _refusal(403, "suspended", errors.PROFILE_SUSPENDED.message)
    if opened and visit.session.mode is Mode.CONNECT and visit.session.network is not None:
        return _begin_consent(visit, visit.session.network)
    page = render_template(
        "page.html",
        visit=visit,
        rows=[(NETWORKS[name], visit.profile.links.get(name)) for name in _offered(visit)],
    )
    return _shown(page, visit.session)


def _open(known: Visit | None) -> Visit:
    """The visit that a linking URL begins, or the earlier one that it does not end."""
    parameters = request.args.to_dict()
    if "redirect" in request.args:  # Clients append theirs to the URL: the last one counts.
        parameters["redirect"] = request.args.getlist("redirect")[-1]
    world = context().world
    grant = grants.check(world, parameters)
    if grant.session_id is not None:
        link_sessions.note_opened(world, grant.account, grant.session_id)
    if known is not None and known.profile.key != grant.profile.key and not grant.logout:
        return known
    return sessions.begin(grant, auto_close=request.args.get("autoClose") != "false")


@blueprint.post("/_page/link/<platform>")
def link(platform: str) -> Response:
    """Begins linking a network: leads to its consent, or ends it as was decided beforehand."""
    return _begin_consent(_visit(), platform)


def _begin_consent(visit: Visit, platform: str) -> Response:
    network = _network(visit, platform)
    preset = consents.take_preset(context().world, visit.account, platform)
    if preset is not None:
        return _conclude(visit, network, preset)
    response = _redirected(url_for("linking.consent", platform=platform))
    sessions.write(response, visit.session, secure=request.is_secure)
    return response


@blueprint.get("/_page/consent/<platform>")
def consent(platform: str) -> Response:
    """The page that stands for a network's own."""
    visit = sessions.read(request)
    if visit is None:
        raise SessionOver
    _journal(visit.account, visit.profile)
    network = _network(visit, platform)
    app = None
    if platform == "twitter":
        direct = visit.session.mode is Mode.CONNECT
        if visit.session.x_app is None and direct:
            error = errors.X_CREDENTIALS_NEEDED
            return _conclude(visit, network, None, Conclusion(Outcome.NO_ACCOUNT, error))
        if visit.session.x_app is not None:
            app = x_apps.registered(context().world.store, visit.account, visit.session.x_app)
            if not app.callback_approved:
                message = errors.X_CALLBACK_NOT_APPROVED.message
                return _refusal(403, "callback", message)
    page = render_template(
        "consent.html",
        visit=visit,
        network=network,
        fields=forms.fields(network),
        scenarios=SCENARIOS,
        app=app,
        incomplete="incomplete" in request.args,
    )
    return _shown(page, visit.session)


@blueprint.post("/_page/consent/<platform>")
def decide(platform: str) -> Response:
    """What the person decided on the consent page."""
    visit = _visit()
    network = _network(visit, platform)
    chosen = forms.chosen(network, request.form)
    if chosen is None:
        return _redirected(url_for("linking.consent", platform=platform, incomplete=1))
    return _conclude(visit, network, chosen)


@blueprint.post("/_page/unlink/<platform>")
def unlink(platform: str) -> Response:
    """Unlinks a network."""
    visit = _visit()
    network = _network(visit, platform)
    links.unlink(context().world, visit.account, visit.profile.key, platform)
    notice = Notice(good=True, text=f"{network.display_name} was unlinked.")
    return _back(visit.session, notice, [])


@blueprint.post("/_page/done")
def done() -> Response:
    """All Done: leads to the redirect, sends the opener there, or closes the tab."""
    session = _visit().session
    target = session.redirect
    for_opener = target is not None and _asks_for_opener(target)
    if target is not None and not for_opener and session.origin is None:
        return _redirected(target)
    return _closing(session, [Event("connect:closed")], target=target, for_opener=for_opener)


@blueprint.get(f"{short_links.PATH}<short_id>")
def short_link(short_id: str) -> Response:
    """Follows a short link."""
    target = short_links.target(context().world.store, short_id)
    if target is None:
        raise NotFound
    return Response(status=302, headers={"Location": target})


def _conclude(
    visit: Visit, network: Network, chosen: Preset | None, conclusion: Conclusion | None = None
) -> Response:
    """Ends a consent and tells the person and the opener."""
    session = visit.session
    if chosen is not None:
        conclusion = consents.conclude(
            context().world,
            visit.account,
            visit.profile,
            network.name,
            chosen,
            own_app=network.name == "twitter" and session.x_app is not None,
        )
    if conclusion is None:
        raise SessionOver
    event, notice = _told(network, conclusion)
    if session.mode is Mode.GRID:
        return _back(session, notice, [event])
    if conclusion.error is not None or not session.auto_close:
        return _closing(session, [event], notice=notice, stay=True)
    closed = Event("connect:closed", network.name)
    return _closing(session, [event, closed], notice=notice)


def _told(network: Network, conclusion: Conclusion) -> tuple[Event, Notice]:
    name = network.display_name
    if conclusion.error is not None:
        error = conclusion.error
        event = Event("connect:error", network.name, error.code, error.message)
        return event, Notice(good=False, text=f"{name} was not linked. {error.message}")
    if conclusion.outcome is Outcome.CANCEL:
        event = Event("connect:cancelled", network.name, reason="user")
        return event, Notice(good=False, text=f"{name} was not linked: you cancelled.")
    return Event("connect:success", network.name), Notice(good=True, text=f"{name} was linked.")


def _back(session: PageSession, notice: Notice, events: list[Event]) -> Response:
    """Leads back to the page, which shows the notice and sends the events."""
    told = msgspec.structs.replace(session, notice=notice, events=[*session.events, *events])
    response = _redirected(url_for("linking.linking_page"))
    sessions.write(response, told, secure=request.is_secure)
    return response


def _closing(
    session: PageSession,
    events: list[Event],
    *,
    target: str | None = None,
    for_opener: bool = False,
    notice: Notice | None = None,
    stay: bool = False,
) -> Response:
    """The last page: it sends events, leads on or closes the tab, unless it is to `stay`."""
    page = render_template(
        "done.html",
        session=msgspec.structs.replace(session, events=[*session.events, *events]),
        target=target,
        for_opener=for_opener,
        notice=notice,
        stay=stay,
    )
    return _shown(page, session)


def _shown(page: str, session: PageSession) -> Response:
    """A page of a session; what it tells once is told now."""
    response = Response(page, content_type=_HTML)
    told = msgspec.structs.replace(session, notice=None, events=[])
    sessions.write(response, told, secure=request.is_secure)
    return response


def _refusal(status: int, flaw: str, explanation: str) -> Response:
    page = render_template("refused.html", status=status, flaw=flaw, explanation=explanation)
    return Response(page, status, content_type=_HTML)


def _redirected(target: str) -> Response:
    return Response(status=303, headers={"Location": target})


def _visit() -> Visit:
    """The session of a form.

    Raises:
        SessionOver: There is none, or the form is not ours.
    """
    visit = sessions.read(request)
    if visit is None or request.form.get("csrf") != visit.session.csrf:
        raise SessionOver
    _journal(visit.account, visit.profile)
    return visit


def _offered(visit: Visit) -> list[str]:
    return grants.offered(visit.account, visit.profile, visit.session.allowed)


def _network(visit: Visit, platform: str) -> Network:
    if platform not in {*_offered(visit), visit.session.network}:
        raise NotFound
    return NETWORKS[platform]


def _asks_for_opener(target: str) -> bool:
    return parse_qs(urlsplit(target).query).get("origin") == ["true"]


def _journal(account: Account, profile: Profile | None) -> None:
    """Names the account and the profile in whose journal the request belongs."""
    call = g.call = Call(context(), account)
    call.acting = profile
