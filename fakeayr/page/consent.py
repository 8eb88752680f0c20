"""Linking a network: its consent page, or what was decided about it beforehand."""

from typing import Any, Final

import msgspec
from flask import Response, request

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.hosts import X_CALLBACKS
from fakeayr.ayrshare.networks import Network
from fakeayr.domain import consents
from fakeayr.domain.consents import SCENARIOS, Conclusion, Outcome, Preset
from fakeayr.domain.linking import x_apps
from fakeayr.domain.linking.x_apps import XApp
from fakeayr.domain.refusals import Refused
from fakeayr.page import consent_states, forms, messages, visits
from fakeayr.page.answers import led, page_of, told, told_at_the_end
from fakeayr.page.security import blueprint, interrupt
from fakeayr.page.state import Interrupted, Stop, Visit
from fakeayr.web.context import context

_APPROVE: Final = (
    "The settings of the X app must list this page among the callback URLs: "
    + " and ".join(X_CALLBACKS)
)


@blueprint.post("/_page/link/<platform>")
def link(platform: str) -> Response:
    """Begins linking a network."""
    visit = visits.present()
    return begin(visit, visits.network(visit, platform))


def begin(visit: Visit, network: Network) -> Response:
    """Leads to a network's consent, or ends it as was decided beforehand."""
    if network.name == "twitter":
        app = _x_app(visit, network)
        if app is not None and not app.callback_approved:
            error = errors.X_CALLBACK_NOT_APPROVED
            explanation = f"{error.message}. {_APPROVE}"
            # No exception: the browser is logged in nevertheless, by this answer's cookie.
            return interrupt(Interrupted(Stop.CALLBACK, error, visit.tab, explanation=explanation))
        if app is None and visit.tab.network is not None:
            needed = Conclusion(Outcome.NO_ACCOUNT, errors.X_CREDENTIALS_NEEDED)
            return _concluded(visit, network, needed)
    preset = consents.take_preset(context().world, visit.account, network.name)
    if preset is not None:
        return _conclude(visit, network, preset)
    state = consent_states.begin(visit.account, network.name)
    tab = msgspec.structs.replace(visit.tab, state=state)
    return led("linking.consent", tab, platform=network.name)


@blueprint.get("/_page/consent/<platform>")
def consent(platform: str) -> Response:
    """The page that stands for a network's own."""
    visit = visits.present()
    network = visits.network(visit, platform)
    if not consent_states.is_open(visit.tab.state, platform):
        return told(visit.tab.told, messages.answered(network))
    return _asked(visit, network, {"displayName": visit.profile.title})


@blueprint.post("/_page/consent/<platform>")
def decide(platform: str) -> Response:
    """What the person decided on the consent page."""
    visit = visits.present()
    network = visits.network(visit, platform)
    choice = forms.chosen(network, request.form)
    lacking = forms.lacking(network, request.form)
    if lacking and choice.outcome is not Outcome.CANCEL:
        answers = forms.shown_again(network, request.form)
        return _asked(visit, network, answers, status=400, lacking=lacking)
    if not consent_states.end(visit.tab.state, platform):
        return told(visit.tab, messages.answered(network))
    return _conclude(visit, network, choice)


def _asked(
    visit: Visit, network: Network, answers: dict[str, str], status: int = 200, **words: Any
) -> Response:
    """The consent page, filled in with some answers."""
    return page_of(
        visit,
        "consent.html",
        status,
        network=network,
        fields=forms.fields(network),
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
            context().world, visit.account, visit.profile, network.name, choice, own_app=own_app
        )
    except Refused as refused:  # The profile was deleted between two reads.
        raise Interrupted(Stop.PROFILE, refused.error, visit.tab) from refused
    return _concluded(visit, network, conclusion)


def _concluded(visit: Visit, network: Network, conclusion: Conclusion) -> Response:
    """Tells how a consent ended; after an error a popup stays, so that the person can try again."""
    event, notice = messages.concluded(network, conclusion)
    tab = visit.tab
    if tab.network is not None and tab.auto_close and conclusion.error is None:
        return told_at_the_end(tab, notice, event)
    return told(tab, notice, event)


def _x_app(visit: Visit, network: Network) -> XApp | None:
    """The integrator's own X app, if this is X and the URL was made with the app's credentials."""
    if network.name != "twitter" or visit.tab.x_app is None:
        return None
    return x_apps.registered(context().world.store, visit.account, visit.tab.x_app)
