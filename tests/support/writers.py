"""Clients that write to a fake until it dies, and what it acknowledged until then.

A client keeps facts: names such as `("link", REF_ID, "facebook")` with a value. A response makes a
fact certain; it is uncertain during a call. After a restart, the server must still have all facts
that were certain when it died.
"""

import json
import random
from contextlib import closing
from typing import Any, Final

from fakeayr.client.api import ApiClient
from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.web import development

Fact = tuple[str, ...]
Facts = dict[Fact, Any]

NETWORKS: Final = ("bluesky", "facebook", "instagram", "linkedin", "tiktok", "twitter")
_EMAIL: Final = {
    "contactEmail": "help@example.com",
    "company": "Acme",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 30,
}


class Client:
    """Calls a fake on behalf of an account, over one connection.

    Args:
        port: The fake's port on this machine.
        account: The response of `POST /_fakeayr/accounts`.
    """

    def __init__(self, port: int, account: dict[str, Any]) -> None:
        url = f"http://127.0.0.1:{port}"
        self.account = account
        self._transport = HttpTransport(url)
        self._api = ApiClient(self._transport, url, api_key=account["apiKey"], toolkit_calls=False)

    @classmethod
    def with_new_account(cls, port: int) -> "Client":
        """Opens an account."""
        with closing(cls(port, {"apiKey": development.API_KEY})) as client:
            return cls(port, client.call("POST", "/_fakeayr/accounts", {}))

    def call(self, method: str, path: str, body: Any = None, profile_key: str = "") -> Any:
        """Makes a call and returns the decoded response.

        Raises:
            TransportError: The server is gone.
        """
        return self._api.call(method, path, body, profile_key=profile_key or None)

    def close(self) -> None:
        """Closes the connection."""
        self._transport.close()


class Writer:
    """Writes what integrators write, as fast as possible, until the server is gone.

    Args:
        name: A name that no other writer of the account has.
        client: The writer's own client.
        seed: The seed of what it writes.
        webhook: The URL for its webhooks.

    Attributes:
        facts: What was acknowledged.
        profiles: The keys of its profiles that have webhooks or links, by their refId.
        calls: How many calls were acknowledged.
    """

    def __init__(self, name: str, client: Client, seed: str, webhook: str) -> None:
        self.facts: Facts = {}
        self.profiles: dict[str, str] = {}
        self.calls = 0
        self._name = name
        self._client = client
        self._random = random.Random(seed)
        self._webhook = webhook
        self._live: list[str] = []

    def write(self) -> None:
        """Writes until the server is gone."""
        steps = [self._link, self._register, self._unlink, self._delete, self._email]
        try:
            while True:
                if len(self._live) < 3:
                    self._create()
                else:
                    (step,) = self._random.choices(steps, (6, 2, 2, 1, 2))
                    step(self._random.choice(self._live))
        except TransportError:  # The server is gone.
            pass
        finally:
            self._client.close()

    def _call(self, facts: Facts, method: str, path: str, body: Any, profile_key: str = "") -> Any:
        for fact in facts:
            self.facts.pop(fact, None)
        answer = self._client.call(method, path, body, profile_key)
        self.facts |= facts
        self.calls += 1
        return answer

    def _create(self) -> None:
        title = f"{self._name}, {self.calls}"
        made = self._call({("title", title): True}, "POST", "/api/profiles", {"title": title})
        ref_id = made["refId"]
        self.profiles[ref_id] = made["profileKey"]
        self._live.append(ref_id)
        self.facts["profile", ref_id] = title

    def _link(self, ref_id: str) -> None:
        network = self._random.choice(NETWORKS)
        facts: Facts = {("link", ref_id, network): True}
        if ("webhook", ref_id) in self.facts:
            facts["webhook sent", ref_id, network, "link"] = True
        body = {"platform": network, "profileKey": self.profiles[ref_id]}
        self._call(facts, "POST", "/_fakeayr/links", body)

    def _unlink(self, ref_id: str) -> None:
        linked = [name for name in NETWORKS if self.facts.get(("link", ref_id, name))]
        if not linked:
            return
        network = self._random.choice(linked)
        facts: Facts = {("link", ref_id, network): False}
        if ("webhook", ref_id) in self.facts:
            facts["webhook sent", ref_id, network, "unlink"] = True
        key = self.profiles[ref_id]
        self._call(facts, "DELETE", "/api/profiles/social", {"platform": network}, key)

    def _register(self, ref_id: str) -> None:
        url = f"{self._webhook}/{self.calls}"
        body = {"action": "social", "url": url}
        key = self.profiles[ref_id]
        self._call({("webhook", ref_id): url}, "POST", "/api/hook/webhook", body, key)

    def _delete(self, ref_id: str) -> None:
        self._live.remove(ref_id)
        of_profile = [fact for fact in self.facts if ref_id in fact and fact[0] != "webhook sent"]
        for fact in of_profile:
            title = self.facts.pop(fact)
            if fact[0] == "profile":
                self.facts.pop(("title", title), None)
        key = self.profiles.pop(ref_id)
        self._call({("profile", ref_id): None}, "DELETE", "/api/profiles", {}, key)

    def _email(self, ref_id: str) -> None:
        to = f"{self._name}.{self.calls}@example.com"
        account = self._client.account
        body = {
            "domain": account["domain"],
            "privateKey": account["privateKey"],
            "profileKey": self.profiles[ref_id],
            "email": {"to": to, **_EMAIL},
        }
        self._call({("email", to): True}, "POST", "/api/profiles/generateJWT", body)


def read_facts(client: Client, profiles: dict[str, str]) -> Facts:
    """Returns the facts about an account that a server has.

    Args:
        client: The account's client.
        profiles: The keys of the profiles whose webhooks to read, by their refId.
    """
    facts: Facts = {}
    for profile in client.call("GET", "/api/profiles")["profiles"]:
        ref_id = profile["refId"]
        facts["profile", ref_id] = profile["title"]
        facts["title", profile["title"]] = True
        for network in profile.get("activeSocialAccounts", []):
            facts["link", ref_id, network] = True
    for ref_id, key in profiles.items():
        if ("profile", ref_id) in facts:
            registered = client.call("GET", "/api/hook/webhook", profile_key=key)
            facts["webhook", ref_id] = registered.get("social")
    for delivery in client.call("GET", "/_fakeayr/webhooks")["webhooks"]:
        payload = json.loads(delivery["body"])
        facts["webhook sent", delivery["refId"], payload["platform"], payload["type"]] = True
    for email in client.call("GET", "/_fakeayr/emails")["emails"]:
        facts["email", email["to"]] = True
    return facts


def find_lost(acknowledged: Facts, present: Facts) -> Facts:
    """Returns the acknowledged facts that a server no longer has."""
    return {
        fact: value
        for fact, value in acknowledged.items()
        if (present.get(fact) or None) != (value or None)
    }
