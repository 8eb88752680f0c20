"""What a run does at a fake's control surface, where the target is one."""

import json
from collections import Counter
from typing import Any, Final

from fakeayr.client.api import ApiClient
from fakeayr.loadtests.acknowledged import Event

TOKEN_VARIABLE: Final = "FAKEAYR_CONTROL_TOKEN"
_LONGEST_WAIT_SECONDS: Final = 5
_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 503, "when": "after"},
    {"kind": "html"},
    {"kind": "reset"},
    {"kind": "reset", "when": "after"},
    {"kind": "truncated"},
    {"kind": "malformed"},
)
"""What goes wrong with `--failures faults`, each as often as the others."""


class OutboxState:
    """What an account's outbox says of webhooks.

    Attributes:
        pending: How many are still on their way.
        failed: Those that were given up, by the profile's title.
    """

    def __init__(self, listed: list[dict[str, Any]]) -> None:
        self.pending = sum(item["state"] == "pending" for item in listed)
        self.failed: dict[str, Counter[Event]] = {}
        for item in listed:
            if item["state"] == "failed":
                body = json.loads(item["body"])
                event = (str(body.get("type")), str(body.get("platform")))
                self.failed.setdefault(str(body.get("title")), Counter())[event] += 1


def limit_rates(control: ApiClient) -> None:
    """Switches the account's rate limits on."""
    control.call("PATCH", "/_fakeayr/accounts", {"settings": {"rateLimit": True}})


def order_faults(control: ApiClient, ratio: float) -> None:
    """Lets a part of the account's API calls go wrong, in all the ways there are."""
    for seed, fault in enumerate(_FAULTS):
        chance = ratio / len(_FAULTS)
        control.call("POST", "/_fakeayr/faults", {**fault, "probability": chance, "seed": seed})


def count_fault_hits(control: ApiClient) -> int:
    """How many calls the ordered faults have hit."""
    return sum(fault["hits"] for fault in control.call("GET", "/_fakeayr/faults")["faults"])


def advance_clock(control: ApiClient, seconds: float) -> None:
    """Moves the account's clock; webhooks that fall due are sent."""
    control.call("POST", "/_fakeayr/clock", {"advance": seconds})


def read_outbox(control: ApiClient) -> OutboxState:
    """The account's webhooks, after a little time for those that are due."""
    listed = control.call("GET", f"/_fakeayr/webhooks?wait={_LONGEST_WAIT_SECONDS}")
    return OutboxState(listed["webhooks"])
