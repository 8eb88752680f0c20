"""What the person and the opener read of how a consent ended, or of an unlinked network."""

from typing import Literal

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError
from fakeayr.ayrshare.networks import Network
from fakeayr.ayrshare.popup_events import CANCELLED, CANCELLED_BY_PERSON, ERROR, SUCCESS
from fakeayr.domain.consents import Conclusion, ConsentOutcome
from fakeayr.domain.linking.tokens import LinkProblem

Tone = Literal["success", "info", "error"]


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the page says to the person, and about which network."""

    kind: Tone
    text: str
    network: str | None = None


class PopupEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A popup event of the newer age, for the page that opened this one."""

    event: str
    network: str | None = None
    code: int | None = None
    message: str | None = None
    reason: str | None = None


def report_conclusion(network: Network, conclusion: Conclusion) -> tuple[PopupEvent, Notice]:
    """What to say of a consent that ended."""
    name = network.display_name
    if conclusion.error is not None:
        text = f"{name} was not linked. {conclusion.error.message}"
        return report_failure(network.name, conclusion.error), _notice("error", network, text)
    if conclusion.outcome is ConsentOutcome.CANCEL:
        event = PopupEvent(CANCELLED, network.name, reason=CANCELLED_BY_PERSON)
        return event, _notice("info", network, f"{name} was not linked: you cancelled.")
    notice = _notice("success", network, f"{name} is linked.")
    return PopupEvent(SUCCESS, network.name), notice


def report_failure(platform: str, error: ApiError) -> PopupEvent:
    """What to say to the opener of a connection that came to nothing."""
    return PopupEvent(ERROR, platform, code=error.code, message=error.message)


def report_ended(platform: str, problem: LinkProblem) -> PopupEvent:
    """What to say to the opener of a connection whose link session was over before it began."""
    revoked = problem is LinkProblem.REVOKED
    error = errors.LINK_SESSION_REVOKED if revoked else errors.LINK_SESSION_EXPIRED
    return report_failure(platform, error)


def report_answered(network: Network) -> Notice:
    """What to say of a consent that was answered before."""
    return _notice("info", network, f"{network.display_name}: this consent was answered already.")


def report_unlinked(network: Network, *, was_linked: bool) -> Notice:
    """What to say of a network that is not linked any more."""
    if was_linked:
        return _notice("success", network, f"{network.display_name} is not linked any more.")
    return _notice("info", network, f"{network.display_name} was unlinked already.")


def _notice(tone: Tone, network: Network, text: str) -> Notice:
    return Notice(tone, text, network.name)
