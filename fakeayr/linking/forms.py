"""What a consent page asks for, network by network, and what becomes of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakeayr.domain.consents import Outcome, Preset
from fakeayr.vendor.networks import Consent, Network

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a consent form.

    Attributes:
        name: Its name in the form.
        label: What the person reads.
        kind: `text`, `password`, or `choice`.
        choices: Value and label of each choice.
        hint: An example or an explanation.
        required: Whether Allow needs it.
    """

    name: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    required: bool = False


_TYPE_LABELS = {
    "corporate": "Company page",
    "personal": "Personal profile",
    "business": "Business account",
    "creator": "Creator account",
    "channel": "Channel",
    "group": "Group",
}


def fields(network: Network) -> list[Field]:
    """The fields that linking a network asks for."""
    choices = tuple((kind, _TYPE_LABELS[kind]) for kind in network.types)
    kinds = [Field("type", "What do you want to link?", "choice", choices)] if choices else []
    if network.consent is Consent.APP_PASSWORD:
        return [
            Field("username", "Handle", hint="you.bsky.social", required=True),
            Field("password", "App password", "password", required=True),
        ]
    if network.consent is Consent.BOT:
        name = Field("username", "Channel or group name", hint="@yourchannel", required=True)
        bot = "Add the bot to the channel or group as an administrator first."
        return [*kinds, Field(name.name, name.label, hint=f"{name.hint}. {bot}", required=True)]
    methods = (("facebook", "Through Facebook"), ("instagram", "Directly"))
    via = [Field("method", "How do you log in?", "choice", methods)]
    account = Field("displayName", "Account name", hint="Made up if you leave it empty.")
    return [*kinds, *(via if network.name == "instagram" else []), account]


def chosen(network: Network, form: Mapping[str, str]) -> Preset | None:
    """What a person chose on a consent page; `None` if a required field is empty."""
    if form.get("decision") != "allow":
        return Preset(outcome=Outcome.CANCEL)
    for field in fields(network):
        if field.required and not form.get(field.name, "").strip():
            return None
    try:
        outcome = Outcome(form.get("scenario", Outcome.ALLOW))
    except ValueError:
        outcome = Outcome.ALLOW
    return Preset(outcome=outcome, details=_details(network, form))


def _details(network: Network, form: Mapping[str, str]) -> dict[str, Any]:
    """Fields of the `displayNames` entry. Passwords are never among them."""
    details: dict[str, Any] = {}
    name = form.get("displayName", "").strip()[:_LONGEST]
    username = form.get("username", "").strip().lstrip("@")[:_LONGEST]
    if name:
        details["displayName"] = name
    if username:
        details["displayName"] = username
        details["profileUrl"] = network.profile_url.format(username=username, id=username)
        if "username" in network.fields:
            details["username"] = username
    if form.get("type") in network.types:
        details["type"] = form["type"]
    return details
