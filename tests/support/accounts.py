"""An account for tests: its keys, and a client for its calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class OpenAccount(Protocol):
    """The type of the `open_account` fixture."""

    def __call__(self, **order: Any) -> "Account":
        """Opens an account. `order` has fields of POST /_fakeayr/accounts: `maxPack=False`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the fake under test.

    Attributes:
        api_key: Authorizes its calls.
        domain: The domain given at onboarding.
        private_key: PEM text of its key pair.
        ref_id: Public id of its primary profile.
        plan: Its plan.
        max_pack: Whether it has the Max Pack.
        client: What the calls go through.
    """

    api_key: str
    domain: str
    private_key: str = field(repr=False)
    ref_id: str
    plan: str
    max_pack: bool
    client: FlaskClient = field(repr=False)

    @classmethod
    def open(cls, client: FlaskClient, order: Mapping[str, Any]) -> "Account":
        """Opens an account through the control surface."""
        answer = client.post("/_fakeayr/accounts", json=dict(order))
        assert answer.status_code == 201, answer.text
        account = answer.get_json()
        return cls(
            api_key=account["apiKey"],
            domain=account["domain"],
            private_key=account["privateKey"],
            ref_id=account["refId"],
            plan=account["plan"],
            max_pack=account["maxPack"],
            client=client,
        )

    @property
    def headers(self) -> dict[str, str]:
        """The header that authorizes a call."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        profile_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Makes a call with the account's API key.

        Args:
            method: The HTTP method.
            path: The whole path, such as `/api/user`.
            json: A JSON body; `None` sends no body.
            profile_key: Goes into the `Profile-Key` header.
            headers: Further headers, which override the default ones.
            options: Further arguments of the Flask test client: `data`, `query_string`, …
        """
        sent = self.headers
        if profile_key is not None:
            sent["Profile-Key"] = profile_key
        if json is not None:
            options["json"] = json
        return self.client.open(path, method=method, headers=sent | dict(headers or {}), **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """A GET call; for the options see `call`."""
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """A POST call; for the options see `call`."""
        return self.call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        """A PATCH call; for the options see `call`."""
        return self.call("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        """A PUT call; for the options see `call`."""
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """A DELETE call; for the options see `call`."""
        return self.call("DELETE", path, **options)

    def create_profile(self, title: str = "Mia's Bakery", **fields: Any) -> dict[str, Any]:
        """Creates a User Profile and returns the response: `profileKey` and more."""
        answer = self.post("/api/profiles", json={"title": title, **fields})
        assert answer.status_code == 200, answer.text
        created: dict[str, Any] = answer.get_json()
        return created

    def generate_jwt(self, profile_key: str, **fields: Any) -> TestResponse:
        """Calls generateJWT with the account's domain and key; `fields` override them."""
        body = {"domain": self.domain, "privateKey": self.private_key, "profileKey": profile_key}
        return self.post("/api/profiles/generateJWT", json=body | fields)

    def link(self, platform: str, profile_key: str | None = None, **details: Any) -> None:
        """Links a network without a browser; without a profile key to the primary profile."""
        order: dict[str, Any] = {"platform": platform}
        if profile_key is not None:
            order["profileKey"] = profile_key
        if details:
            order["details"] = details
        answer = self.post("/_fakeayr/links", json=order)
        assert answer.status_code == 200, answer.text

    def change(self, **change: Any) -> None:
        """Changes plan, Max Pack or settings: `account.change(settings={"rateLimit": True})`."""
        answer = self.patch("/_fakeayr/accounts", json=change)
        assert answer.status_code == 200, answer.text

    def requests(self) -> list[dict[str, Any]]:
        """The account's journal, oldest entry first."""
        answer = self.get("/_fakeayr/requests")
        assert answer.status_code == 200, answer.text
        entries: list[dict[str, Any]] = answer.get_json()["requests"]
        return entries
