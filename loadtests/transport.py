"""Sends a load test's requests through Locust's client, and measures them in steps."""

import json as jsons
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode

from locust.contrib.fasthttp import FastHttpSession

from fakeayr.client.browser import Browser
from fakeayr.client.page import LinkRefused
from fakeayr.client.screen import Screen
from fakeayr.client.transport import Headers, Reply
from fakeayr.loadtests.errors import CannotLoad, StepFailed
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.tally import BROKEN

_SHOWN: Final = 160

STEP, WAIT, FLOW = "step", "wait", "flow"
"""Types of entries in Locust's statistics: calls, waits and whole flows."""

StepRecorder = Callable[[str, str, float, int, Exception | None], None]
"""Records a step: type, name, seconds, bytes, and the error if any."""


class LocustTransport:
    """Sends requests through Locust's client, which keeps connections open.

    Args:
        session: Locust's client.
        guard: Checks which hosts may be called.

    Attributes:
        received: Total size of the received bodies in bytes.
        latest: The latest response.
    """

    def __init__(self, session: FastHttpSession, guard: HostGuard) -> None:
        self.received = 0
        self.latest: Reply | None = None
        self._session: Any = session  # Its type hints do not allow bytes.
        self._guard = guard
        session.client.cookiejar = None  # It takes half of the time.

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """See `client.transport.Transport`. The session's timeout applies.

        Raises:
            HostRefused: The host must not be called.
            StepFailed: There was no response, or it was cut off.
        """
        self._guard.check(url)
        response: Any = self._session.request(
            method,
            url,
            data=body or None,
            headers=dict(headers),
            allow_redirects=False,
            catch_response=True,  # `LoadClient` records steps.
        )
        if not response.status_code or response.headers is None:
            raise StepFailed(_name_break(response.error), BROKEN)
        content = response.content
        if content is None:
            raise StepFailed(_name_break(response.request_meta["exception"]), BROKEN)
        self.received += len(content)
        length = int(response.headers.get("content-length") or len(content))
        if method != "HEAD" and len(content) < length:
            raise StepFailed("the response broke off", BROKEN)
        self.latest = Reply(
            response.status_code, "", list(response.headers.items()), content, length
        )
        return self.latest

    def close(self) -> None:
        """Does nothing: Locust closes the connections."""


class LoadClient:
    """Makes the calls of a user, or of an application for a user.

    Args:
        transport: Sends the requests.
        record: Records steps; `None` for calls that are not part of the load.

    Attributes:
        transport: Sends the requests.
        browser: The person's browser.
    """

    def __init__(self, transport: LocustTransport, record: StepRecorder | None = None) -> None:
        self.transport = transport
        self.browser = Browser(transport)
        self._record = record

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures the block as one step.

        Raises:
            StepFailed: The step failed; every exception but `CannotLoad` becomes one.
        """
        before, began = self.transport.received, time.perf_counter()
        try:
            yield
        except CannotLoad:
            raise
        except StepFailed as error:
            self._measure(name, began, before, error)
            raise
        except Exception as error:
            failure = StepFailed(self._explain(error))
            self._measure(name, began, before, failure)
            raise failure from error
        self._measure(name, began, before, None)

    def _measure(self, name: str, began: float, before: int, failure: StepFailed | None) -> None:
        if self._record is not None:
            took = time.perf_counter() - began
            self._record(STEP, name, took, self.transport.received - before, failure)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Reply:
        """Makes a call; redirects are not followed.

        Args:
            method: The method.
            url: An absolute URL.
            headers: Its headers.
            json: The value to send as JSON; `None` sends no body.
            form: The fields to send as a form, in place of JSON; a field may have several values.

        Raises:
            StepFailed: There was no response, or it was cut off.
            HostRefused: The host must not be called.
        """
        sent, body = dict(headers or {}), b""
        if json is not None:
            sent["Content-Type"] = "application/json"
            body = jsons.dumps(json).encode()
        elif form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form, doseq=True).encode()
        return self.transport.send(method, url, sent.items(), body)

    def describe_page(self) -> str:
        """Returns the title of the latest page, or the beginning of its text."""
        text = "" if self.transport.latest is None else self.transport.latest.text
        return shorten(Screen(text).title or text)

    def _explain(self, error: Exception) -> str:
        if isinstance(error, LinkRefused):
            return f"{error.status}: {self.describe_page()}" if not error.reason else str(error)
        return f"{type(error).__name__}: {error}"


def shorten(text: str) -> str:
    """Returns the beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _name_break(error: Exception | None) -> str:
    """Describes a broken connection, always with the same words."""
    name = type(error).__name__ if error is not None else "no response"
    return f"no response: {name}"
