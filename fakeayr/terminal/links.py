"""`fakeayr link`, `unlink` and `revoke`: what a person or a network does, without a browser."""

from typing import Any

import click

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.consents import ConsentOutcome
from fakeayr.terminal.fakes import Fake, on_a_fake
from fakeayr.terminal.outbox import show_new
from fakeayr.terminal.output import plain, show, show_json
from fakeayr.terminal.parameters import JSON, profile_option

_network = click.argument("network", type=click.Choice(list(NETWORKS)), metavar="NETWORK")
_profile = profile_option("The profile; the primary one unless given.")
_FAILURES = [outcome.value for outcome in ConsentOutcome if outcome is not ConsentOutcome.ALLOW]


@click.command()
@_network
@on_a_fake
@_profile
@JSON
@click.option("--name", metavar="TEXT", help="The name of the linked account.")
@click.option(
    "--fail",
    "outcome",
    type=click.Choice(_FAILURES),
    help="Link nothing, but let the next consent on a linking page end like this.",
)
def link(
    fake: Fake,
    network: str,
    profile: str | None,
    name: str | None,
    outcome: str | None,
    as_json: bool,
) -> None:
    """Link a network to a profile, as a person does on the linking page."""
    if outcome is not None:
        if profile is not None or name is not None:
            raise click.UsageError("--fail is for whoever links next: leave --profile and --name")
        answer = fake.call("POST", "/consents", {"platform": network, "outcome": outcome})
        if as_json:
            show_json(answer)
        else:
            title = NETWORKS[network].display_name
            show(f'The next "Link {title}" on a linking page ends with {outcome}.')
        return
    details = None if name is None else {"displayName": name}
    _change(fake, "POST", "/links", network, profile, as_json, details=details)


@click.command()
@_network
@on_a_fake
@_profile
@JSON
def unlink(fake: Fake, network: str, profile: str | None, as_json: bool) -> None:
    """Unlink a network from a profile, as a person does on the linking page."""
    _change(fake, "DELETE", "/links", network, profile, as_json)


@click.command()
@_network
@on_a_fake
@_profile
@JSON
def revoke(fake: Fake, network: str, profile: str | None, as_json: bool) -> None:
    """Let the network take a link away, as it does when a password changes."""
    _change(fake, "POST", "/events", network, profile, as_json, type="revoke")


def _change(
    fake: Fake,
    method: str,
    path: str,
    network: str,
    profile: str | None,
    as_json: bool,
    **body: Any,
) -> None:
    """Changes a link, and prints what it changed and the webhook that left."""
    found = fake.find_profile(profile)
    before = fake.webhooks()
    key = found["profileKey"] if not found["primary"] else None
    answer = fake.call(method, path, {"platform": network, "profileKey": key, **body})
    if as_json:
        show_json(answer)
        return
    after = fake.find_profile(found["refId"])["activeSocialAccounts"]
    linked = ", ".join(after) or "nothing"
    had, has = network in found["activeSocialAccounts"], network in after
    done = {(False, True): "linked", (True, True): "linked anew", (True, False): "unlinked"}
    did = done.get((had, has), "was not linked")
    if method == "POST" and path == "/events":
        did = "revoked"
    show(f"{network} {did}: {plain(found['title'])} ({found['refId']}) now has {linked}")
    show_new(fake, before)
