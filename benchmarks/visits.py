"""Uses a fake as a busy test environment would."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from fakeayr.client.api import ApiClient
from fakeayr.client.browser import Browser
from fakeayr.client.credentials import Credentials
from fakeayr.client.page import LinkRefused, Page
from fakeayr.client.transport import Headers, HttpTransport, Reply, TransportError
from fakeayr.errors import FakeayrError

_STAYS = (50, 300, 1_500)
"""About how many requests an account makes before it is closed; the last fills its journal."""
_KEPT = 1_000
"""Most entries that the journal keeps for an account."""
_NETWORKS = ("bluesky", "facebook", "instagram", "linkedin", "telegram", "twitter")
_EMAIL = {
    "to": "mia@example.com",
    "contactEmail": "help@example.com",
    "company": "Acme",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 30,
}


class WrongResponse(FakeayrError):
    """A response of the fake is wrong."""


class CountingTransport(HttpTransport):
    """A transport that counts requests."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.requests = 0

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        self.requests += 1
        return super().send(method, url, headers, body, timeout)


class Integrator:
    """One integrator: opens an account, lets people link networks, makes mistakes, and leaves.

    Args:
        url: The fake's URL.
        webhook: Where webhooks go.
        seed: Decides what happens in which order.
    """

    def __init__(self, url: str, webhook: str, seed: int) -> None:
        self._webhook = webhook
        self._random = random.Random(seed)
        self._transport = CountingTransport(url)
        self._opening = ApiClient(self._transport, url, toolkit_calls=False)
        self._api = self._opening
        self._account = Credentials("", "", "")

    @property
    def requests(self) -> int:
        """The number of requests that were sent."""
        return self._transport.requests

    def stay(self, more: int) -> None:
        """Sends about `more` requests, then closes account and connections.

        Raises:
            WrongResponse: A response is wrong.
        """
        until = self.requests + more
        while self.requests < until:
            self._stay_with_account(min(until, self.requests + self._random.choice(_STAYS)))
        self._transport.close()

    def _stay_with_account(self, until: int) -> None:
        self._account = self._opening.open_account()
        self._api = self._opening.with_key(self._account.api_key)
        for action in ("social", "scheduled"):
            hook = {"action": action, "url": self._webhook, "secret": "s3cret"}
            self._call("POST", "/api/hook/webhook", hook)
        while self.requests < until:
            self._visit()
        self._look_back()
        self._call("DELETE", "/_fakeayr/accounts")

    def _visit(self) -> None:
        title = f"Profile {self._random.random()}"
        profile = self._call("POST", "/api/profiles", {"title": title})
        key: str = profile["profileKey"]
        self._link(key)
        self._random.choice(self._MISCHIEF)(self, key)
        self._call("GET", "/api/user", profile_key=key)
        listed = self._call("GET", f"/api/profiles?refId={profile['refId']}")
        if [one["title"] for one in listed["profiles"]] != [title]:
            raise WrongResponse(f"{title} is not listed")
        self._call("DELETE", "/api/profiles", {}, profile_key=key)

    def _link(self, key: str) -> None:
        """A person opens a linking URL, links networks, and perhaps changes their mind."""
        page = Page(Browser(self._transport), self._linking_url(key))
        networks = self._random.sample(_NETWORKS, 2)
        for network in networks:
            page.allow(network)
        if self._random.random() < 0.3:
            page.unlink(networks.pop())
        if self._random.random() < 0.1:
            page.refuse("youtube")
        page.done()
        user = self._call("GET", "/api/user", profile_key=key)
        if sorted(user["activeSocialAccounts"]) != sorted(networks):
            raise WrongResponse(f"{user['activeSocialAccounts']} linked instead of {networks}")

    def _linking_url(self, key: str, **fields: Any) -> str:
        keys = {"domain": self._account.domain, "privateKey": self._account.private_key}
        body = {**keys, "profileKey": key, **fields}
        url: str = self._call("POST", "/api/profiles/generateJWT", body)["url"]
        return url

    def _look_back(self) -> None:
        self._call("GET", "/_fakeayr/webhooks?wait=20")
        entries = self._call("GET", "/_fakeayr/requests")["requests"]
        if not 0 < len(entries) <= _KEPT:
            raise WrongResponse(f"a journal of {len(entries)} entries")

    # What else happens.

    def _fault(self, key: str) -> None:
        kinds = {"error": 500, "html": 502, "malformed": 200, "rate-limit": 429}
        kind = self._random.choice(list(kinds))
        self._call("POST", "/_fakeayr/faults", {"kind": kind, "path": "/user"}, expected=201)
        self._send("GET", "/api/user", profile_key=key, expected=kinds[kind])

    def _broken_connection(self, key: str) -> None:
        kind = self._random.choice(["reset", "truncated"])
        self._call("POST", "/_fakeayr/faults", {"kind": kind, "path": "/user"}, expected=201)
        try:
            reply = self._send("GET", "/api/user", profile_key=key, expected=200)
        except TransportError:
            return
        if len(reply.body) >= reply.length:
            raise WrongResponse(f"a whole response in spite of {kind}")

    def _email(self, key: str) -> None:
        self._linking_url(key, email=_EMAIL)

    def _late(self, key: str) -> None:
        url = self._linking_url(key)
        self._call("POST", "/_fakeayr/clock", {"advance": 301})
        try:
            Page(Browser(self._transport), url)
        except LinkRefused:
            return
        raise WrongResponse("a linking URL opened after its time")

    def _by_control(self, key: str) -> None:
        self._call("POST", "/_fakeayr/links", {"platform": "tiktok", "profileKey": key})
        order = {"type": "revoke", "platform": "tiktok", "profileKey": key}
        self._call("POST", "/_fakeayr/events", order)
        self._call("POST", "/_fakeayr/inspect", {"url": self._linking_url(key)})

    def _post(self, key: str) -> None:
        """Posts at once, and later; the account's clock moves, and the webhook leaves."""
        self._call("POST", "/_fakeayr/links", {"platform": "linkedin", "profileKey": key})
        post = {"post": f"News {self._random.random()}", "platforms": ["linkedin"]}
        self._call("POST", "/api/post", post, profile_key=key)
        now: float = self._call("GET", "/_fakeayr/clock")["now"]
        date = datetime.fromtimestamp(now + 600, UTC).isoformat()
        later = {**post, "post": f"{post['post']}, later", "scheduleDate": date}
        self._call("POST", "/api/post", later, profile_key=key)
        self._call("POST", "/_fakeayr/clock", {"advance": 601})
        listed = self._call("GET", "/api/history", profile_key=key)["history"]
        if [one["status"] for one in listed] != ["success"] * 2:
            raise WrongResponse(f"posts are not published: {listed}")

    def _session(self, key: str) -> None:
        made = self._call("POST", "/api/profiles/link-sessions", {}, profile_key=key)
        Page(Browser(self._transport), made["url"]).allow("youtube").unlink("youtube").done()

    def _mistakes(self, key: str) -> None:
        self._send("GET", "/api/nothing", profile_key=key, expected=404)
        self._send("POST", "/api/profiles/generateJWT", {}, profile_key=key, expected=400)
        self._send("GET", "/api/user", profile_key="WRONG", expected=403)

    _MISCHIEF: ClassVar[list[Callable[["Integrator", str], None]]] = [
        _fault,
        _broken_connection,
        _email,
        _late,
        _by_control,
        _post,
        _session,
        _mistakes,
    ]

    def _call(
        self, method: str, path: str, *body: Any, profile_key: str = "", expected: int = 200
    ) -> Any:
        return self._send(method, path, *body, profile_key=profile_key, expected=expected).json()

    def _send(
        self, method: str, path: str, *body: Any, profile_key: str = "", expected: int
    ) -> Reply:
        reply = self._api.send(method, path, *body, profile_key=profile_key or None)
        if reply.status != expected:
            raise WrongResponse(
                f"{method} {path}: {reply.status} instead of {expected}: {reply.text}"
            )
        return reply


@contextmanager
def run_receiver() -> Iterator[str]:
    """Yields the URL of a webhook receiver on this machine that accepts everything."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, name="receiver")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/webhook"
        finally:
            server.shutdown()
            thread.join()


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Takes a webhook."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        """Logs nothing."""
