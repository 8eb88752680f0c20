"""The control side of a fake: what no other server has, and what a run uses where it is there."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fakeayr.client.credentials import Credentials
from fakeayr.client.headers import CONTROL_TOKEN, TOOLKIT_CALL
from fakeayr.loadtests.ledger import Event

if TYPE_CHECKING:
    from fakeayr.loadtests.steps import Http

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


class ControlRefused(Exception):
    """The fake does not do what it was asked; the text says why."""


class Outbox:
    """What an account's outbox says of webhooks.

    Attributes:
        pending: How many are still on their way.
        failed: Those that were given up, by the profile's title.
    """

    def __init__(self, listed: list[dict[str, Any]]) -> None:
        self.pending = 0
        self.failed: dict[str, Counter[Event]] = {}
        for item in listed:
            self.pending += item["state"] == "pending"
            if item["state"] == "failed":
                told = json.loads(item["body"])
                event = (str(told.get("type")), str(told.get("platform")))
                self.failed.setdefault(str(told.get("title")), Counter())[event] += 1


class Fake:
    """Calls of a fake's control surface. They stay out of its journal, faults and rate limits.

    Args:
        http: For the calls.
        url: Where the fake is, without `/api`.
        token: Its control token, if it wants one.
        api_key: The account that the calls are about, if there is one already.
    """

    def __init__(self, http: "Http", url: str, token: str = "", api_key: str = "") -> None:
        self.url = url
        self.api_key = api_key
        self._http = http
        self._token = token

    def is_one(self) -> bool:
        """Whether a fake answers there, and not another server.

        Raises:
            StepFailed: Nothing answers there.
        """
        reply = self._http.get(f"{self.url}/_fakeayr/health")
        return reply.status == 200 and '"version"' in reply.text

    def of(self, account: Credentials) -> "Fake":
        """The control of another account."""
        return Fake(self._http, self.url, self._token, account.api_key)

    def open_account(self, settings: Mapping[str, Any]) -> Credentials:
        """Opens an account with these settings."""
        opened = self._call("POST", "accounts", {"settings": dict(settings)})
        return Credentials(opened["apiKey"], opened["domain"], opened["privateKey"])

    def limit_rates(self) -> None:
        """Switches the account's rate limits on."""
        self._call("PATCH", "accounts", {"settings": {"rateLimit": True}})

    def order_faults(self, ratio: float) -> None:
        """Lets a part of the account's API calls go wrong, in all the ways there are."""
        for seed, fault in enumerate(_FAULTS):
            chance = ratio / len(_FAULTS)
            self._call("POST", "faults", {**fault, "probability": chance, "seed": seed})

    def fault_hits(self) -> int:
        """How many calls the ordered faults have hit."""
        return sum(fault["hits"] for fault in self._call("GET", "faults")["faults"])

    def revoke(self, profile_key: str, network: str) -> None:
        """Lets a network take a link away, as happens when it expires."""
        order = {"type": "revoke", "platform": network, "profileKey": profile_key}
        self._call("POST", "events", order)

    def advance(self, seconds: float) -> None:
        """Moves the account's clock; webhooks that fall due are sent."""
        self._call("POST", "clock", {"advance": seconds})

    def outbox(self) -> Outbox:
        """The webhooks, after a little time for those that are due."""
        listed = self._call("GET", f"webhooks?wait={_LONGEST_WAIT_SECONDS}")
        return Outbox(listed["webhooks"])

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {TOOLKIT_CALL: "1"}
        if self._token:
            headers[CONTROL_TOKEN] = self._token
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        reply = self._http.send(method, f"{self.url}/_fakeayr/{path}", headers=headers, json=body)
        answer = reply.json()
        if reply.status not in {200, 201}:
            told = answer.get("details") or answer.get("message") or reply.status
            raise ControlRefused(f"The fake refuses {method} /_fakeayr/{path}: {told}")
        return answer
