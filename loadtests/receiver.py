"""Receives webhooks as an integrator's backend does, and notes when each arrived."""

import json
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent
from gevent.event import Event as Signal
from gevent.pywsgi import WSGIServer

from fakeayr.ayrshare.webhooks import SIGNATURE_HEADER, SIGNATURES_HEADER
from fakeayr.client.webhooks import is_signed
from fakeayr.loadtests.acknowledged import Event

_SIGNATURES: Final = {
    name: f"HTTP_{name.upper().replace('-', '_')}" for name in (SIGNATURE_HEADER, SIGNATURES_HEADER)
}
"""The names in a WSGI environ of the headers with signatures."""
_MOST_BYTES: Final = 100_000


class Receiver:
    """A receiver of webhooks on this machine.

    Args:
        port: Where it listens; 0 picks a free port.
        public_url: Where others reach it, if not there.
        on_forgery: Called with what is wrong with a webhook that is not signed with the secret.
        delay: Seconds that it takes to respond.
    """

    def __init__(
        self,
        port: int = 0,
        public_url: str = "",
        *,
        on_forgery: Callable[[str], None] = lambda _: None,
        delay: float = 0,
    ) -> None:
        self.secret = secrets.token_hex(16)
        self.delay = delay
        self._path = f"/{secrets.token_hex(8)}"
        self._on_forgery = on_forgery
        self._seen: set[str] = set()
        self._arrived: dict[str, dict[Event, list[float]]] = defaultdict(dict)
        self._signals: dict[str, Signal] = {}
        self._server = WSGIServer(("127.0.0.1", port), self._respond, log=None, error_log=None)
        self._server.start()
        base = public_url.rstrip("/") or f"http://127.0.0.1:{self._server.server_port}"
        self.url = base + self._path

    def close(self) -> None:
        """Takes nothing any more."""
        self._server.stop(timeout=0.1)

    def count(self, title: str) -> Counter[Event]:
        """How many webhooks of each kind have arrived about a profile."""
        arrived = self._arrived.get(title, {})
        return Counter({event: len(times) for event, times in arrived.items()})

    def wait(
        self, title: str, due: Counter[Event], events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until as many webhooks have arrived about a profile as are due.

        Args:
            title: The profile's title.
            due: How often each has to come.
            events: Those to wait for.
            within: Seconds to wait at most.

        Returns:
            When the last of each arrived, on `time.perf_counter`; what did not come is missing.
        """
        deadline = time.perf_counter() + within
        signal = self._signals.setdefault(title, Signal())
        while True:
            signal.clear()
            arrived = self._arrived.get(title, {})
            there = {
                event: arrived[event][due[event] - 1]
                for event in events
                if len(arrived.get(event, ())) >= due[event]
            }
            left = deadline - time.perf_counter()
            if len(there) == len(events) or left <= 0 or not signal.wait(left):
                self._signals.pop(title, None)
                return there

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = min(int(environ.get("CONTENT_LENGTH") or 0), _MOST_BYTES)
        body = environ["wsgi.input"].read(length)
        status = "200 OK"
        if environ["PATH_INFO"] != self._path:
            status = "404 Not Found"
        elif not is_signed(body, _signatures(environ), self.secret):
            self._on_forgery("a webhook without a right signature arrived")
            status = "403 Forbidden"
        else:
            self._take(json.loads(body))
            if self.delay:
                gevent.sleep(self.delay)
        start_response(status, [("Content-Length", "0")])
        return ()

    def _take(self, body: dict[str, Any]) -> None:
        hook_id = str(body.get("hookId"))
        if hook_id in self._seen:  # Sent again, although it had arrived.
            return
        self._seen.add(hook_id)
        title = str(body.get("title"))
        event = (str(body.get("type")), str(body.get("platform")))
        self._arrived[title].setdefault(event, []).append(time.perf_counter())
        if title in self._signals:
            self._signals[title].set()


def _signatures(environ: WSGIEnvironment) -> dict[str, str]:
    return {name: environ.get(variable, "") for name, variable in _SIGNATURES.items()}
