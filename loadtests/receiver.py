"""Receives webhooks as an integrator's backend would, and records when each arrived."""

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

from fakeayr.client.webhooks import is_signed, read_environ
from fakeayr.loadtests.acknowledged import Event, read_event

_MOST_BYTES: Final = 100_000


class Receiver:
    """A receiver of webhooks on this machine.

    Args:
        port: Port to listen on; 0 picks a free one.
        public_url: The URL at which other machines reach the port.
        on_forgery: Called with a message if a webhook is not signed with the secret.
        delay: Seconds until it responds.
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
        """Stops receiving."""
        self._server.stop(timeout=0.1)

    def count(self, title: str) -> Counter[Event]:
        """Returns how many webhooks of each kind have arrived about a profile."""
        arrived = self._arrived.get(title, {})
        return Counter({event: len(times) for event, times in arrived.items()})

    def wait(
        self, title: str, due: Counter[Event], events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until the expected webhooks about a profile have arrived.

        Args:
            title: The profile's title.
            due: How many of each are expected.
            events: The ones to wait for.
            within: Most seconds to wait.

        Returns:
            When the last of each arrived, by `time.perf_counter`. Late ones are missing.
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
        elif not is_signed(body, read_environ(environ), self.secret):
            self._on_forgery("a webhook with a wrong signature arrived")
            status = "403 Forbidden"
        else:
            self._take(json.loads(body))
            if self.delay:
                gevent.sleep(self.delay)
        start_response(status, [("Content-Length", "0")])
        return ()

    def _take(self, body: dict[str, Any]) -> None:
        hook_id = str(body.get("hookId"))
        if hook_id in self._seen:  # A repeated delivery.
            return
        self._seen.add(hook_id)
        title = str(body.get("title"))
        event = read_event(body)
        self._arrived[title].setdefault(event, []).append(time.perf_counter())
        if title in self._signals:
            self._signals[title].set()
