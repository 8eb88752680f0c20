"""Calls with one account's API key: of Ayrshare's endpoints, and of a fake's control surface."""

import copy
import json
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.client.credentials import Credentials
from fakeayr.client.headers import CONTROL_TOKEN, TOOLKIT_CALL
from fakeayr.client.transport import Reply, Transport, TransportError
from fakeayr.errors import FakeayrError

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MISSING: Final = object()


class CallRefused(FakeayrError, AssertionError):
    """A call was answered with an error.

    Attributes:
        status: HTTP status.
        code: Ayrshare's error code, if there is one.
        answer: The whole decoded body.
        why: What the body says most exactly.
    """

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        shown = answer if isinstance(answer, dict) else {}
        said = [str(shown[name]) for name in ("message", "details") if shown.get(name)]
        self.status = status
        self.answer = answer
        self.code: int | None = shown.get("code")
        self.why = said[-1] if said else "this is not how fakeayr answers"
        super().__init__(f"{method} {path} answered {status}, code {self.code}: {' '.join(said)}")


class ApiClient:
    """Makes calls for one account.

    Args:
        transport: How they travel.
        url: The server's URL, without `/api`.
        api_key: The account's key; none before there is one.
        token: The server's control token, if it wants one.
        toolkit_calls: Whether the calls are the toolkit's own: a fake keeps them out of its
            journal, ordered faults and rate limits. An application's calls are not.
    """

    def __init__(
        self,
        transport: Transport,
        url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        toolkit_calls: bool = True,
    ) -> None:
        self.transport = transport
        self.url = url.rstrip("/")
        self._token = token
        self._toolkit_calls = toolkit_calls
        self._headers = {TOOLKIT_CALL: "1"} if toolkit_calls else {}
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        if token is not None:
            self._headers[CONTROL_TOKEN] = token

    def with_key(self, api_key: str) -> "ApiClient":
        """The same for another account."""
        return ApiClient(
            self.transport,
            self.url,
            api_key=api_key,
            token=self._token,
            toolkit_calls=self._toolkit_calls,
        )

    def at(self, url: str) -> "ApiClient":
        """The same at another of the server's addresses."""
        moved = copy.copy(self)
        moved.url = url.rstrip("/")
        return moved

    def send(
        self, method: str, path: str, body: Any = _MISSING, *, profile_key: str | None = None
    ) -> Reply:
        """Makes a call and returns the response, whatever it is.

        Args:
            method: The method.
            path: The path with its query, such as `/api/user`.
            body: What to send as JSON; nothing unless given.
            profile_key: Goes into the `Profile-Key` header.

        Raises:
            TransportError: There was no response.
        """
        headers = dict(self._headers)
        if profile_key is not None:
            headers[PROFILE_KEY] = profile_key
        data = b""
        if body is not _MISSING:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return self.transport.send(method, f"{self.url}{path}", headers.items(), data)

    def call(
        self, method: str, path: str, body: Any = _MISSING, *, profile_key: str | None = None
    ) -> Any:
        """Makes a call and returns the decoded JSON; see `send`.

        Raises:
            CallRefused: It was answered with an error, or with no JSON.
            TransportError: There was no response, or not all of it.
        """
        reply = self.send(method, path, body, profile_key=profile_key)
        if len(reply.body) < reply.length:
            raise TransportError(f"{method} {path}: the response broke off")
        try:
            answer = reply.json()
        except ValueError:
            raise CallRefused(method, path, reply.status, reply.text) from None
        refused = isinstance(answer, dict) and answer.get("status") == "error"
        if reply.status >= 400 or refused:
            raise CallRefused(method, path, reply.status, answer)
        return answer

    def is_fake(self) -> bool:
        """Whether a fake answers at the URL, and not another server.

        Raises:
            TransportError: Nothing answers there.
        """
        try:
            health = self.call("GET", "/_fakeayr/health")
        except CallRefused:
            return False
        return isinstance(health, dict) and "version" in health

    def open_account(self, **order: Any) -> Credentials:
        """Opens an account on a fake.

        Args:
            **order: Fields of POST /_fakeayr/accounts, such as `settings={"rateLimit": True}`.
        """
        opened = self.call("POST", "/_fakeayr/accounts", order)
        return Credentials(opened["apiKey"], opened["domain"], opened["privateKey"])

    def link(self, network: str, profile_key: str | None = None) -> None:
        """Links a network on a fake, as a person would on the page."""
        body = {"platform": network, "profileKey": profile_key}
        self.call("POST", "/_fakeayr/links", body)
