"""The linking page's blueprint: who enters it, how it is secured, what it says when it fails."""

from typing import Final

import msgspec
from flask import Blueprint, Response, g, request
from jinja2 import BaseLoader, FunctionLoader
from werkzeug.utils import cached_property

from fakeayr import package_files
from fakeayr.ayrshare import errors
from fakeayr.domain.linking.grants import EndedLink
from fakeayr.domain.linking.tokens import BadLink
from fakeayr.domain.profiles import Profile
from fakeayr.domain.tenants import Tenant
from fakeayr.page import messages, state
from fakeayr.page.pages import render
from fakeayr.page.refused_links import explain_link
from fakeayr.page.state import PageError, PageProblem, Visit
from fakeayr.web.calls import Call


class _LinkingPage(Blueprint):
    """Finds its templates also where a test fakes the file system."""

    @cached_property
    def jinja_loader(self) -> BaseLoader:
        return FunctionLoader(_read_template)


def _read_template(name: str) -> str | None:
    try:
        return package_files.read(f"page/templates/{name}")
    except OSError:
        return None


blueprint = _LinkingPage(
    "linking",
    __name__,
    static_folder="static",
    static_url_path="/_page/static",
)

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_SECURITY: Final = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""There is no Cross-Origin-Opener-Policy: popup integrations listen to `window.opener`."""


def enter() -> Visit:
    """The visit that the present request goes on with."""
    visit = state.current(request)
    admit(visit)
    return visit


def admit(visit: Visit) -> Call:
    """Names a visit in the journal, and lets it through unless its profile is suspended."""
    call = _name_in_journal(visit.tenant, visit.profile)
    if visit.profile.suspended:
        raise PageError(PageProblem.SUSPENDED, errors.PROFILE_SUSPENDED, visit.tab)
    return call


def _name_in_journal(tenant: Tenant, profile: Profile | None) -> Call:
    """Names the account and the profile in whose journal the request belongs."""
    call = g.call = Call(tenant)
    call.acting = profile
    return call


@blueprint.after_request
def secure(response: Response) -> Response:
    """Forbids framing, foreign scripts and styles, and keeping pages."""
    # All Done leads to the integrator's site, and on from there as it likes: browsers hold every
    # redirect after a form against `form-action`.
    anywhere = " http: https:" if g.get("form_leads_away") else ""
    response.headers.update(_SECURITY)
    response.headers["Content-Security-Policy"] = _POLICY + anywhere
    if request.endpoint != "linking.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(BadLink)
def refuse(error: BadLink) -> Response:
    """401, with the check that failed in words an integrator can act on.

    The opener of a connect popup learns that its link session is over.
    """
    if error.tenant is not None:
        _name_in_journal(error.tenant, None)
    explain_link(error)
    tab = None
    if isinstance(error, EndedLink) and error.grant.terms.only is not None:
        event = messages.report_ended(error.grant.terms.only, error.problem)
        tab = state.tab_for(error.grant).add_event(event)
    return render(
        "refused.html",
        401,
        heading="This link cannot be opened",
        problem=error.problem,
        explanation=str(error),
        tab=tab,
    )


@blueprint.errorhandler(PageError)
def stop(error: PageError) -> Response:
    """A page that says why it does not go on; an opener that waits for a network learns it too.

    A consent under way ends with it, since each connection has one end; but not by somebody who is
    not logged in.
    """
    tab = error.tab
    if tab is not None:
        platform = (request.view_args or {}).get("platform", tab.network)
        waits = (
            tab.state is None
            or error.problem is PageProblem.SESSION
            or state.abandon_consent(tab.state)
        )
        tab = msgspec.structs.replace(tab, state=None)
        if platform is not None and waits:
            tab = tab.add_event(messages.report_failure(platform, error.error))
    return render(
        "refused.html",
        error.status,
        heading="Linking stops here",
        problem=error.problem,
        explanation=str(error),
        tab=tab,
        token=state.token(tab.clear()) if tab is not None and error.may_go_back else "",
    )
