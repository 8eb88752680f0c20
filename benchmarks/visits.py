"""What a busy test environment asks of a fake: everything, again and again."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from fakeayr.client.browser import Browser
from fakeayr.client.page import LinkRefused, Page
from fakeayr.client.transport import Headers, HttpTransport, Reply, TransportError

_STAYS = (50, 300, 1_500)
"""About how many requests come from an account before it is closed; the last fill its journal."""
_KEPT = 1_000
"""Entries of an account that a journal keeps at most."""
_NETWORKS = ("bluesky", "facebook", "instagram", "linkedin", "telegram", "twitter")
_EMAIL = {
    "to": "mia@example.com",
    "contactEmail": "help@example.com",
    "company": "Acme",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 30,
}


class WronglyAnswered(Exception):
    """The fake answered what it should not have; the text says what."""


class Counted(HttpTransport):
    """A transport that counts."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.requests = 0

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `Transport.send`."""
        self.requests += 1
        return super().send(method, url, headers, body, timeout)


class Customer:
    """One integrator: opens an account, lets people link networks, makes mistakes, and leaves.

    Args:
        url: The fake's URL.
        webhook: Where webhooks go.
        seed: Decides what happens in which order.
    """

    def __init__(self, url: str, webhook: str, seed: int) -> None:
        self._url = url
        self._webhook = webhook
        self._random = random.Random(seed)
        self._transport = Counted(url)
        self._account: dict[str, Any] = {}

    @property
    def requests(self) -> int:
        """How many requests it has sent."""
        return self._transport.requests

    def stay(self, more: int) -> None:
        """Sends about so many requests more, and leaves nothing open.

        Raises:
            WronglyAnswered: An answer is not what it should be.
        """
        until = self.requests + more
        while self.requests < until:
            self._stay_with_account(min(until, self.requests + self._random.choice(_STAYS)))
        self._transport.close()

    def _stay_with_account(self, until: int) -> None:
        self._account = {}
        self._account = self._call("POST", "/_fakeayr/accounts", {}, expected=201)
        hook = {"action": "social", "url": self._webhook, "secret": "s3cret"}
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
            raise WronglyAnswered(f"{title} is not listed")
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
            raise WronglyAnswered(f"{user['activeSocialAccounts']} linked instead of {networks}")

    def _linking_url(self, key: str, **fields: Any) -> str:
        keys = {name: self._account[name] for name in ("domain", "privateKey")}
        body = {**keys, "profileKey": key, **fields}
        url: str = self._call("POST", "/api/profiles/generateJWT", body)["url"]
        return url

    def _look_back(self) -> None:
        self._call("GET", "/_fakeayr/webhooks?wait=20")
        entries = self._call("GET", "/_fakeayr/requests")["requests"]
        if not 0 < len(entries) <= _KEPT:
            raise WronglyAnswered(f"a journal of {len(entries)} entries")

    # What else happens.

    def _fault(self, key: str) -> None:
        kinds = {"error": 500, "html": 502, "malformed": 200, "rate-limit": 429}
        kind = self._random.choice(list(kinds))
        self._call("POST", "/_fakeayr/faults", {"kind": kind, "path": "/user"}, expected=201)
        self._send("GET", "/api/user", None, key, kinds[kind])

    def _broken_connection(self, key: str) -> None:
        kind = self._random.choice(["reset", "truncated"])
        self._call("POST", "/_fakeayr/faults", {"kind": kind, "path": "/user"}, expected=201)
        try:
            reply = self._send("GET", "/api/user", None, key, 200)
        except TransportError:
            return
        if len(reply.body) >= reply.length:
            raise WronglyAnswered(f"a whole answer in spite of {kind}")

    def _email(self, key: str) -> None:
        self._linking_url(key, email=_EMAIL)

    def _late(self, key: str) -> None:
        url = self._linking_url(key)
        self._call("POST", "/_fakeayr/clock", {"advance": 301})
        try:
            Page(Browser(self._transport), url)
        except LinkRefused:
            return
        raise WronglyAnswered("a linking URL opened after its time")

    def _by_control(self, key: str) -> None:
        self._call("POST", "/_fakeayr/links", {"platform": "tiktok", "profileKey": key})
        order = {"type": "revoke", "platform": "tiktok", "profileKey": key}
        self._call("POST", "/_fakeayr/events", order)
        self._call("POST", "/_fakeayr/inspect", {"url": self._linking_url(key)})

    def _session(self, key: str) -> None:
        made = self._call("POST", "/api/profiles/link-sessions", {}, profile_key=key)
        Page(Browser(self._transport), made["url"]).allow("youtube").unlink("youtube").done()

    def _mistakes(self, key: str) -> None:
        self._send("GET", "/api/nothing", None, key, 404)
        self._send("POST", "/api/profiles/generateJWT", {}, key, 400)
        self._send("GET", "/api/user", None, "WRONG", 403)

    _MISCHIEF: ClassVar[list[Callable[["Customer", str], None]]] = [
        _fault,
        _broken_connection,
        _email,
        _late,
        _by_control,
        _session,
        _mistakes,
    ]

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        profile_key: str = "",
        expected: int = 200,
    ) -> Any:
        return json.loads(self._send(method, path, body, profile_key, expected).body)

    def _send(self, method: str, path: str, body: Any, profile_key: str, expected: int) -> Reply:
        headers = {"Content-Type": "application/json"}
        if self._account:
            headers["Authorization"] = f"Bearer {self._account['apiKey']}"
        if profile_key:
            headers["Profile-Key"] = profile_key
        content = b"" if body is None else json.dumps(body).encode()
        reply = self._transport.send(method, f"{self._url}{path}", headers.items(), content)
        if reply.status != expected:
            said = reply.body.decode("utf-8", "replace")
            raise WronglyAnswered(f"{method} {path}: {reply.status} instead of {expected}: {said}")
        return reply


@contextmanager
def receiving() -> Iterator[str]:
    """The URL of a receiver of webhooks on this machine, which is content with everything."""
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
        """Says nothing."""
