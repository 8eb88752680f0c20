"""The server under test: calls of it, paced and counted, told without secrets."""

import json
import shlex
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

from fakeayr.client.credentials import Credentials
from fakeayr.client.redaction import Redactor

_WITHIN_SECONDS: Final = 30.0
_WINDOW_SECONDS: Final = 300.0
_KIND_CALLS: Final = 240
"""Calls in five minutes that a target which is not ours meets at most; documented are 300."""
_LONGEST_SHOWN: Final = 600
_REFUSALS: Final = (401, 403)
_MISSING: Final = object()


class CannotRun(Exception):
    """The contract cannot be tested; the text says why and what to do, in one sentence."""


class OutOfTime(Exception):
    """The time budget is used up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and the request that got it.

    Attributes:
        status: HTTP status.
        headers: Headers, names in lower case.
        text: The body.
        request: The request as a curl line, without secrets.
        shown: The body without secrets, shortened.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    request: str
    shown: str
    _json: Any = field(default=_MISSING, repr=False)

    @property
    def json(self) -> Any:
        """The decoded body; `None` if it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The decoded body if it is an object, else an empty one."""
        decoded = self.json
        return decoded if isinstance(decoded, dict) else {}


class Target:
    """A server that speaks Ayrshare's API.

    Args:
        url: The API's base, ending in `/api`.
        credentials: Of an account on it.
        kind_to: Whether to keep below the documented rate limit.
        deadline: When to stop, by `time.monotonic`; `None` for never.
        authority: Certificates to trust, if not the system's.

    Attributes:
        calls: How many were made.
        deadline: As given; cleaning up may go on without one.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        kind_to: bool,
        deadline: float | None = None,
        authority: Path | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise CannotRun(f"{url} is not a URL such as https://api.ayrshare.com/api.")
        self.url = url.rstrip("/")
        self.credentials = credentials
        self.kind_to = kind_to
        self.authority = authority
        self.calls = 0
        self.deadline = deadline
        self._recent: deque[float] = deque()
        self._pool = urllib3.PoolManager(
            timeout=_WITHIN_SECONDS,
            retries=False,
            ca_certs=None if authority is None else str(authority),
        )
        self.redact = Redactor(credentials.api_key, credentials.private_key)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = _MISSING,
        query: Mapping[str, Any] | None = None,
        profile_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        api_key: str | None = _MISSING,  # type: ignore[assignment]
        raw: bytes | None = None,
    ) -> Answer:
        """Calls the API.

        Args:
            method: The method.
            path: The path below the base.
            body: A JSON body.
            query: The query.
            profile_key: Goes into the Profile-Key header.
            headers: Further headers.
            api_key: Another API key; `None` for no Authorization header at all.
            raw: A body that is not encoded for the caller.

        Raises:
            OutOfTime: The time budget is used up.
            CannotRun: The server cannot be reached.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        key = self.credentials.api_key if api_key is _MISSING else api_key
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        if profile_key is not None:
            sent["Profile-Key"] = profile_key
        data = raw
        if body is not _MISSING:
            data = json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = self.url + path + (f"?{urlencode(query)}" if query else "")
        return self._send(method, url, sent, data)

    def look(self) -> None:
        """Looks whether there is such an API that knows the account, with one call.

        Whatever else may be wrong with the answer is left to the checks.

        Raises:
            CannotRun: There is none, or it refuses the API key.
        """
        try:
            answer = self.call("GET", "/user")
        except ValueError as error:
            raise CannotRun(
                "AYRSHARE_API_KEY holds a character that no HTTP header can; copy it again."
            ) from error
        got = f"GET /user was answered with HTTP status {answer.status}"
        if answer.json is None:
            got += " and no JSON"
        if answer.status == 404 or answer.json is None:
            raise CannotRun(
                f"{self.url} does not answer as Ayrshare's API, whose base ends in /api: {got}."
            )
        if answer.status in _REFUSALS and answer.fields:
            raise CannotRun(f"{self.url} does not accept the API key in AYRSHARE_API_KEY: {got}.")

    def open(self, url: str) -> Answer:
        """Opens a linking URL as a browser would, without following where it leads."""
        return self._send("GET", url, {"Accept": "text/html"}, None)

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None
    ) -> Answer:
        self._pace()
        self.calls += 1
        try:
            reply = self._pool.request(
                method, url, body=data, headers=dict(headers), redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise CannotRun(f"{self.url} cannot be reached: {self.redact(str(error))}") from error
        text = reply.data.decode("utf-8", "replace")
        shown = self.redact(text)
        return Answer(
            status=reply.status,
            headers={name.lower(): value for name, value in reply.headers.items()},
            text=text,
            request=self.redact(_curl(method, url, headers, data)),
            shown=shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…",
        )

    def _pace(self) -> None:
        """Waits where another call would come too near to the rate limit."""
        now = time.monotonic()
        if self.deadline is not None and now >= self.deadline:
            raise OutOfTime
        if not self.kind_to:
            return
        while self._recent and self._recent[0] <= now - _WINDOW_SECONDS:
            self._recent.popleft()
        if len(self._recent) >= _KIND_CALLS:
            wait = self._recent[0] + _WINDOW_SECONDS - now
            if self.deadline is not None and now + wait >= self.deadline:
                raise OutOfTime
            time.sleep(wait)
        self._recent.append(time.monotonic())


def _curl(method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> str:
    words = ["curl", "-X", method]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    if data is not None:
        words += ["--data-raw", data.decode("utf-8", "replace")]
    return shlex.join([*words, url])
