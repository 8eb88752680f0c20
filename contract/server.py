"""The server under test: calls are paced, counted, and shown without secrets."""

import json
import shlex
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.ayrshare.limits import RATE_LIMIT_REQUESTS, RATE_LIMIT_WINDOW_SECONDS
from fakeayr.client.credentials import Credentials
from fakeayr.client.redaction import Redactor
from fakeayr.client.screen import Screen
from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.contract.errors import OutOfTime, Unreachable, Untestable

_WITHIN_SECONDS: Final = 30.0
_CALLS_IN_A_WINDOW: Final = RATE_LIMIT_REQUESTS * 4 // 5
"""How many calls for one profile a paced server gets in a window of the rate limit."""
_USER_AGENT: Final = "fakeayr-contract"
_LONGEST_SHOWN: Final = 600
_REFUSALS: Final = (401, 403)
_POSTING_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
_POSTING_PATHS: Final = frozenset({"post", "post/bulk", "post/retry", "post/copy"})
_MISSING: Final = object()
_A_BROWSER: Final = (None, "page")
"""Who opens linking URLs: a person, not a client of the API."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response and the request that got it.

    Attributes:
        status: HTTP status.
        headers: Headers, names in lower case.
        text: The body.
        request: The request as a curl line, without secrets.
        shown: The body without secrets, shortened.
        path: The path that was called, below the API's base; empty for any other URL.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    request: str
    shown: str
    path: str = ""

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


class CheckedServer:
    """A server that claims to be Ayrshare's API.

    Args:
        url: The API's base, ending in `/api`.
        credentials: Of an account on it.
        paced: Whether to keep well below the rate limit, which is documented for each profile.
        deadline: When to stop, by `time.monotonic`; `None` for never.
        authority: Certificates to trust, if not the system's.
        posts: Whether posts may be made on a server that may be the real one.

    Attributes:
        calls: How many calls were made.
        may_post: Whether calls that post are sent: never to a paced server unless `posts`.
        deadline: As given; cleaning up may go on without one.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        paced: bool,
        deadline: float | None = None,
        authority: Path | None = None,
        posts: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Untestable(f"{url} is not a URL such as https://api.ayrshare.com/api.")
        self.url = url.rstrip("/")
        self.credentials = credentials
        self.paced = paced
        self.authority = authority
        self.may_post = posts or not paced
        self.calls = 0
        self.deadline = deadline
        self._recent: defaultdict[tuple[Any, Any], deque[float]] = defaultdict(deque)
        trusted = ssl.create_default_context(cafile=authority)
        self._transport = HttpTransport(context=trusted)
        self.redact = Redactor(credentials.api_key, private_key=credentials.private_key)

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
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
            body: A JSON body; `None` for none.
            query: The query.
            profile_key: Goes into the Profile-Key header.
            headers: Further headers.
            api_key: Another API key; `None` for no Authorization header at all.
            raw: A body that is sent as it is.

        Raises:
            OutOfTime: The time budget is used up.
            Untestable: The server cannot be reached, or the call could post and must not.
        """
        if not self.may_post and _could_post(method, path):
            raise Untestable(f"{method} {path} makes real posts; pass --posts to allow them.")
        sent = {"Accept": "application/json", **(headers or {})}
        key = self.credentials.api_key if api_key is _MISSING else api_key
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        if profile_key is not None:
            sent[PROFILE_KEY] = profile_key
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = self.url + path + (f"?{urlencode(query)}" if query else "")
        named = body.get("profileKey") if isinstance(body, dict) else None
        caller = (key, sent.get(PROFILE_KEY) or named)
        return self._send(method, url, sent, data, caller)

    def look(self) -> None:
        """Checks with one call that the server is such an API and knows the account.

        Whatever else may be wrong with the response is left to the checks.

        Raises:
            Untestable: There is none, or it refuses the API key.
        """
        try:
            answer = self.call("GET", "/user")
        except ValueError as error:
            raise Untestable(
                "AYRSHARE_API_KEY holds a character that no HTTP header can; copy it again."
            ) from error
        got = f"GET /user returned HTTP status {answer.status}"
        if answer.json is None:
            got += " and no JSON"
        if answer.status == 404 or answer.json is None:
            raise Untestable(
                f"{self.url} is not the base of Ayrshare's API, which ends in /api: {got}."
            )
        if answer.status in _REFUSALS and answer.fields:
            raise Untestable(f"{self.url} does not accept the API key in AYRSHARE_API_KEY: {got}.")

    def is_reachable(self) -> bool:
        """Returns whether the server still responds, after a call that got no response."""
        try:
            self.call("GET", "/user")
        except Unreachable:
            return False
        except OutOfTime:
            return True
        return True

    def open(self, url: str) -> Answer:
        """Opens a URL as a browser would, without following where it leads."""
        return self._send("GET", url, {"Accept": "text/html"}, None)

    def put(self, url: str, data: bytes, content_type: str) -> Answer:
        """Puts a file to a URL that the API has given for it; no key is sent."""
        return self._send("PUT", url, {"Content-Type": content_type}, data)

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        caller: tuple[Any, Any] = _A_BROWSER,
    ) -> Answer:
        self._pace(caller)
        self.calls += 1
        sent = [*headers.items(), ("User-Agent", _USER_AGENT)]
        try:
            reply = self._transport.send(method, url, sent, data or b"", _WITHIN_SECONDS)
        except TransportError as error:
            raise Unreachable(f"{self.url} cannot be reached: {self.redact(str(error))}") from error
        if len(reply.body) < reply.length:
            raise Untestable(f"{self.url} broke off in the middle of a response; try again.")
        headers_received = {name.lower(): value for name, value in reply.headers}
        shown = self.redact(reply.text)
        if headers_received.get("content-type", "").startswith("text/html"):
            shown = f"(a page: {Screen(shown).title})"
        return Answer(
            status=reply.status,
            headers=headers_received,
            text=reply.text,
            request=self.redact(_curl(method, url, headers, data)),
            shown=shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…",
            path=urlsplit(url.removeprefix(self.url)).path if url.startswith(self.url) else "",
        )

    def _pace(self, caller: tuple[Any, Any]) -> None:
        """Waits where another call of an API key and profile would come too near to its limit."""
        now = time.monotonic()
        if self.deadline is not None and now >= self.deadline:
            raise OutOfTime
        if not self.paced:
            return
        recent = self._recent[caller]
        while recent and recent[0] <= now - RATE_LIMIT_WINDOW_SECONDS:
            recent.popleft()
        if len(recent) >= _CALLS_IN_A_WINDOW:
            wait = recent[0] + RATE_LIMIT_WINDOW_SECONDS - now
            if self.deadline is not None and now + wait >= self.deadline:
                raise OutOfTime
            time.sleep(wait)
        recent.append(time.monotonic())


def _could_post(method: str, path: str) -> bool:
    """Whether a call can publish something, or have it published later."""
    place = urlsplit(path).path.strip("/").lower()
    return method.upper() in _POSTING_METHODS and place in _POSTING_PATHS


def _curl(method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> str:
    words = ["curl", "-X", method]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    if data is not None:
        words += ["--data-raw", data.decode("utf-8", "replace")]
    return shlex.join([*words, url])
