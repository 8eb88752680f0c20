"""Calls of a fake's control surface."""

import json
from collections import Counter
from typing import Any, Final

from fakeayr.client.api import ApiClient
from fakeayr.loadtests.acknowledged import Event, read_event

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
"""The faults of `--failures faults`, all equally likely."""


class OutboxState:
    """The state of an account's webhooks.

    Attributes:
        pending: How many are not delivered yet.
        failed: How many of each were given up, by the profile's title.
    """

    def __init__(self, listed: list[dict[str, Any]]) -> None:
        self.pending = sum(item["state"] == "pending" for item in listed)
        self.failed: dict[str, Counter[Event]] = {}
        for item in listed:
            if item["state"] == "failed":
                body = json.loads(item["body"])
                event = read_event(body)
                self.failed.setdefault(str(body.get("title")), Counter())[event] += 1


def limit_rates(control: ApiClient) -> None:
    """Switches the account's rate limits on."""
    control.call("PATCH", "/_fakeayr/accounts", {"settings": {"rateLimit": True}})


def order_faults(control: ApiClient, ratio: float) -> None:
    """Makes a part of the account's API calls fail, in all ways."""
    for seed, fault in enumerate(_FAULTS):
        chance = ratio / len(_FAULTS)
        control.call("POST", "/_fakeayr/faults", {**fault, "probability": chance, "seed": seed})


def count_fault_hits(control: ApiClient) -> int:
    """Returns how many calls the faults have hit."""
    return sum(fault["hits"] for fault in control.call("GET", "/_fakeayr/faults")["faults"])


def advance_clock(control: ApiClient, seconds: float) -> None:
    """Moves the account's clock forward, which sends webhooks that become due."""
    control.call("POST", "/_fakeayr/clock", {"advance": seconds})


def read_outbox(control: ApiClient) -> OutboxState:
    """Returns the state of the account's webhooks, after waiting for those that are due."""
    listed = control.call("GET", f"/_fakeayr/webhooks?wait={_LONGEST_WAIT_SECONDS}")
    return OutboxState(listed["webhooks"])
