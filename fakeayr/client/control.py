"""Calls of a fake's own API: the vendor's endpoints and the control surface, as one account."""

import json
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.client import headers
from fakeayr.client.transport import Reply, Transport

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MISSING: Final = object()


class CallRefused(AssertionError):
    """The fake refused a call that the toolkit made for the test.

    Attributes:
        status: HTTP status.
        code: Ayrshare's error code, if there is one.
        answer: The whole decoded answer.
        why: What the answer says most exactly.
    """

    def __init__(self, method: str, path: str, status: int, answer: Any) -> None:
        shown = answer if isinstance(answer, dict) else {}
        said = [str(shown[name]) for name in ("message", "details") if shown.get(name)]
        self.status = status
        self.answer = answer
        self.code: int | None = shown.get("code")
        self.why = said[-1] if said else "this is not how fakeayr answers"
        super().__init__(f"{method} {path} answered {status}, code {self.code}: {' '.join(said)}")


class Control:
    """Makes calls with an account's API key.

    Args:
        transport: How they reach the fake.
        url: The fake's URL.
        api_key: The account's key; none before there is one.
        token: The server's control token, if it wants one.
    """

    def __init__(
        self,
        transport: Transport,
        url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
    ) -> None:
        self.transport = transport
        self.url = url
        self._token = token
        self._headers = {headers.ASIDE: "1"}
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        if token is not None:
            self._headers[headers.CONTROL_TOKEN] = token

    def with_key(self, api_key: str) -> "Control":
        """The same for another account."""
        return Control(self.transport, self.url, api_key=api_key, token=self._token)

    def call(
        self, method: str, path: str, body: Any = _MISSING, *, profile_key: str | None = None
    ) -> Any:
        """Makes a call and answers the decoded JSON.

        Raises:
            CallRefused: It was answered with an error.
        """
        sent = dict(self._headers)
        if profile_key is not None:
            sent[PROFILE_KEY] = profile_key
        data = b""
        if body is not _MISSING:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        reply = self.transport.send(method, f"{self.url}{path}", sent.items(), data)
        answer = _decoded(reply)
        failed = reply.status >= 400 or (
            isinstance(answer, dict) and answer.get("status") == "error"
        )
        if failed:
            raise CallRefused(method, path, reply.status, answer)
        return answer


def _decoded(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return reply.body.decode("utf-8", "replace")
