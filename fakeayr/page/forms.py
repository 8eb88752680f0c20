"""What a consent page asks for, network by network, and what becomes of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

from fakeayr.ayrshare.networks import Consent, Network
from fakeayr.domain.consents import ConsentOutcome, Preset
from fakeayr.domain.linking.request import InstagramMethod

LONGEST: Final = 100
"""Characters of a name that a person may type."""


class InputKind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    PASSWORD = "password"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a consent form.

    Attributes:
        name: Its name in the form.
        label: What the person reads.
        kind: How it is asked for.
        choices: Value and label of each choice; the first one is made until the person makes
            another.
        hint: An example or an explanation.
        required: Whether Allow needs it.
    """

    name: str
    label: str
    kind: InputKind = InputKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    required: bool = False


_TYPE_LABELS: Final = {
    "corporate": "Company page",
    "personal": "Personal profile",
    "business": "Business account",
    "creator": "Creator account",
    "channel": "Channel",
    "group": "Group",
}
_NAME_LABELS: Final = {
    "facebook": "Page name",
    "gmb": "Location name",
    "youtube": "Channel name",
}
_INSTAGRAM_METHODS: Final = (
    (InstagramMethod.FACEBOOK.value, "Through Facebook"),
    (InstagramMethod.INSTAGRAM.value, "Directly"),
)
_ADD_THE_BOT: Final = (
    "Such as @yourchannel. Make the bot an administrator of it before you allow this."
)


def list_fields(network: Network, method: InstagramMethod | None = None) -> list[FormField]:
    """The fields that linking a network asks for.

    Args:
        network: The network.
        method: How Instagram is connected, where the linking URL says it.
    """
    if network.consent is Consent.APP_PASSWORD:
        hint = "From the network's settings; never the account's own password."
        return [
            FormField("username", "Handle", hint="Such as you.bsky.social.", required=True),
            FormField("password", "App password", InputKind.PASSWORD, hint=hint, required=True),
        ]
    asked = []
    if network.types:
        types = tuple((kind, _TYPE_LABELS[kind]) for kind in network.types)
        asked.append(FormField("type", "What do you want to link?", InputKind.CHOICE, types))
    if network.consent is Consent.BOT:
        label = "Channel or group name"
        return [*asked, FormField("username", label, hint=_ADD_THE_BOT, required=True)]
    if network.name == "instagram" and method is None:
        label = "How do you log in?"
        asked.append(FormField("method", label, InputKind.CHOICE, _INSTAGRAM_METHODS))
    label = _NAME_LABELS.get(network.name, "Account name")
    return [
        *asked,
        FormField("displayName", label, hint="Any name will do: the account is made up."),
    ]


def find_missing(network: Network, form: Mapping[str, str]) -> list[str]:
    """Names of the required fields that a form leaves empty."""
    return [
        field.name
        for field in list_fields(network)
        if field.required and not _clean(form.get(field.name, ""))
    ]


def keep_answers(network: Network, form: Mapping[str, str]) -> dict[str, str]:
    """The answers that an incomplete form is shown again with. Passwords are never among them."""
    kept = [field.name for field in list_fields(network) if field.kind is not InputKind.PASSWORD]
    return {name: form[name] for name in [*kept, "scenario"] if name in form}


def read_choice(network: Network, form: Mapping[str, str]) -> Preset:
    """What a person chose on a consent page."""
    if form.get("decision") != "allow":
        return Preset(outcome=ConsentOutcome.CANCEL)
    try:
        outcome = ConsentOutcome(form.get("scenario", ConsentOutcome.ALLOW))
    except ValueError:
        outcome = ConsentOutcome.ALLOW
    return Preset(outcome=outcome, details=_details(network, form))


def _details(network: Network, form: Mapping[str, str]) -> dict[str, Any]:
    """Fields of the `displayNames` entry. Passwords are never among them."""
    details: dict[str, Any] = {}
    name = _clean(form.get("displayName", ""))
    username = _clean(form.get("username", "").strip().lstrip("@"))
    if username:
        address = quote(username, safe="")
        details["profileUrl"] = network.profile_url.format(username=address, id=address)
    if username and "username" in network.fields:
        details["username"] = username
    if name or username:
        details["displayName"] = name or username
    if name and "pageName" in network.fields:
        details["pageName"] = name
    if form.get("type") in network.types:
        details["type"] = form["type"]
    return details


def _clean(text: str) -> str:
    """One line of visible characters, not too long."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
