"""Calls Ayrshare's API, and a fake's control surface, with an account's API key."""

import copy
import json
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.client.credentials import Credentials
from fakeayr.client.headers import CONTROL_TOKEN, TOOLKIT_CALL
from fakeayr.client.refusals import describe_error, find_errors
from fakeayr.client.transport import Reply, Transport, TransportError
from fakeayr.errors import FakeayrError

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MISSING: Final = object()


class CallRefused(FakeayrError, AssertionError):
    """A call returned an error.

    Attributes:
        status: HTTP status.
        code: Ayrshare's error code; of several, the first; `None` if there is none.
        answer: The decoded body; its text if it is not JSON.
        why: The `details` of the error with this code, or else its `message`.
    """

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        errors = find_errors(answer)
        first = errors[0] if errors else {}
        self.status = status
        self.answer = answer
        self.code: int | None = first.get("code")
        self.why = str(
            first.get("details") or first.get("message") or "the response is not one of fakeayr"
        )
        told = f", {'; '.join(map(describe_error, errors))}"
        if not errors or path.startswith("/_fakeayr/"):  # There, the code says nothing.
            told = f": {self.why}"
        super().__init__(f"{method} {path} returned {status}{told}")


class ApiClient:
    """Makes calls for one account.

    Args:
        transport: How to send requests.
        url: The server's URL, without `/api`.
        api_key: The account's API key; `None` before an account is opened.
        token: The server's control token, if it has one.
        toolkit_calls: Whether a fake leaves the calls out of its journal, faults and rate limits.
            Calls that stand for an application's are not left out.

    Attributes:
        transport: How to send requests.
        url: The server's URL, without `/api`.
        api_key: The account's API key.
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
        self.api_key = api_key
        self._token = token
        self._toolkit_calls = toolkit_calls
        self._headers = {TOOLKIT_CALL: "1"} if toolkit_calls else {}
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        if token is not None:
            self._headers[CONTROL_TOKEN] = token

    def with_key(self, api_key: str) -> "ApiClient":
        """Returns a client for another account of the same server."""
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
        """Makes a call and returns the response, also if it is an error.

        Args:
            method: The HTTP method.
            path: The path with its query, such as `/api/user`.
            body: The value to send as JSON; without it, no body is sent.
            profile_key: The `Profile-Key` header; `None` omits it.

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
            CallRefused: The response is an error, or not JSON.
            TransportError: There was no response, or it was cut off.
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
        """Returns whether the server is a fake.

        Raises:
            TransportError: There is no server at the URL.
        """
        try:
            health = self.call("GET", "/_fakeayr/health")
        except CallRefused:
            return False
        return isinstance(health, dict) and "version" in health

    def open_account(self, **order: Any) -> Credentials:
        """Opens an account on a fake and returns its credentials.

        Args:
            **order: Fields of POST /_fakeayr/accounts, such as `settings={"rateLimit": True}`.

        Raises:
            CallRefused: A field is wrong, or the control token is.
            TransportError: There was no response.
        """
        opened = self.call("POST", "/_fakeayr/accounts", order)
        return Credentials(opened["apiKey"], opened["domain"], opened["privateKey"])

    def link(self, network: str, profile_key: str | None = None) -> None:
        """Links a network on a fake; without a profile key, to the primary profile."""
        body = {"platform": network, "profileKey": profile_key}
        self.call("POST", "/_fakeayr/links", body)
