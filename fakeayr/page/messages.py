"""What the person and the opener are told of how a consent ended, or of an unlinked network."""

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import Network
from fakeayr.ayrshare.popup_events import CANCELLED, CANCELLED_BY_PERSON, ERROR, SUCCESS
from fakeayr.domain.consents import Conclusion, Outcome
from fakeayr.domain.linking.tokens import Flaw
from fakeayr.page.state import Event, Kind, Notice


def concluded(network: Network, conclusion: Conclusion) -> tuple[Event, Notice]:
    """What to tell of a consent that ended."""
    name = network.display_name
    if conclusion.error is not None:
        text = f"{name} was not linked. {conclusion.error.message}"
        return failed(network.name, conclusion.error), _notice("error", network, text)
    if conclusion.outcome is Outcome.CANCEL:
        event = Event(CANCELLED, network.name, reason=CANCELLED_BY_PERSON)
        return event, _notice("info", network, f"{name} was not linked: you cancelled.")
    return Event(SUCCESS, network.name), _notice("success", network, f"{name} is linked.")


def failed(platform: str, error: ApiError) -> Event:
    """What to tell the opener of a connection that came to nothing."""
    return Event(ERROR, platform, code=error.code, message=error.message)


def ended(platform: str, flaw: Flaw) -> Event:
    """What to tell the opener of a connection whose link session was over before it began."""
    revoked = flaw is Flaw.REVOKED
    return failed(platform, errors.LINK_SESSION_REVOKED if revoked else errors.LINK_SESSION_EXPIRED)


def answered(network: Network) -> Notice:
    """What to tell of a consent that was answered before."""
    return _notice("info", network, f"{network.display_name}: this consent was answered already.")


def unlinked(network: Network, *, was_linked: bool) -> Notice:
    """What to tell of a network that is not linked any more."""
    if was_linked:
        return _notice("success", network, f"{network.display_name} is not linked any more.")
    return _notice("info", network, f"{network.display_name} was unlinked already.")


def _notice(kind: Kind, network: Network, text: str) -> Notice:
    return Notice(kind, text, network.name)
