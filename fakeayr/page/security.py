"""The linking page's blueprint: where its files are, how it is secured, what it says when it fails.

Its routes are in `pages` and `consent`.
"""

from typing import Final

import msgspec
from flask import Blueprint, Response, g, request

from fakeayr.domain.linking.grants import EndedLink
from fakeayr.domain.linking.tokens import BadToken
from fakeayr.page import consent_states, messages, state, visits
from fakeayr.page.answers import page
from fakeayr.page.state import Interrupted, Stop

blueprint = Blueprint(
    "linking",
    __name__,
    template_folder="templates",
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


@blueprint.errorhandler(BadToken)
def refuse(error: BadToken) -> Response:
    """401, with the check that failed in words an integrator can act on.

    The opener of a connect popup learns that its link session is over.
    """
    if error.account is not None:
        visits.journal(error.account, None)
    tab = None
    if isinstance(error, EndedLink) and error.grant.network is not None:
        tab = state.tab_for(error.grant).telling(messages.ended(error.grant.network, error.flaw))
    return page(
        "refused.html",
        401,
        heading="This link cannot be opened",
        flaw=error.flaw,
        explanation=str(error),
        tab=tab,
    )


@blueprint.errorhandler(Interrupted)
def interrupt(error: Interrupted) -> Response:
    """A page that says why it does not go on; an opener that waits for a network learns it too.

    A consent under way ends with it, since each connection has one end; but not by somebody who is
    not logged in.
    """
    tab = error.tab
    if tab is not None:
        platform = (request.view_args or {}).get("platform", tab.network)
        waits = tab.state is None or error.stop is Stop.SESSION or consent_states.abandon(tab.state)
        tab = msgspec.structs.replace(tab, state=None)
        if platform is not None and waits:
            tab = tab.telling(messages.failed(platform, error.error))
    return page(
        "refused.html",
        error.status,
        heading="Linking stops here",
        flaw=error.stop,
        explanation=str(error),
        tab=tab,
        token=state.token(tab.told) if tab is not None and error.may_go_back else "",
    )
