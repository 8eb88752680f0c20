"""Calls and steps: what a person does over HTTP, measured under the name of what it is for."""

import json as jsons
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from locust.contrib.fasthttp import FastHttpSession

from fakeayr.loadtests.hosts import HostGuard, HostRefused
from fakeayr.loadtests.tally import BROKEN

MOST_REDIRECTS: Final = 10
_SHOWN: Final = 160

STEP, WAIT, FLOW = "step", "wait", "flow"
"""Types of rows in Locust's figures: calls, what is waited for, and whole flows."""


class StepFailed(Exception):
    """A step went wrong.

    Args:
        message: What happened, without secrets.
        kind: `tally.FAULT`, `RATE_LIMIT` or `BROKEN` where it may have been made on purpose.
    """

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind


class GivenUp(Exception):
    """A flow cannot go on, since something was made to fail."""


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        status: HTTP status.
        url: Where it came from, after redirects.
        location: Where it leads, as an absolute URL; empty without a redirect.
        text: The body.
    """

    status: int
    url: str
    location: str
    text: str

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            StepFailed: It is none.
        """
        try:
            decoded = jsons.loads(self.text)
        except ValueError:
            decoded = None
        if not isinstance(decoded, dict):
            raise StepFailed(f"{self.status} with a body that is no JSON object")
        return decoded


Record = Callable[[str, str, float, int, Exception | None], None]
"""Takes a step's type, name, seconds, bytes, and what went wrong."""


class Http:
    """A person's browser, or an application's client: no cookies of other hosts, no surprises.

    Args:
        session: Locust's client; its connections are kept open.
        guard: Which hosts may be called.
        record: Where steps are recorded; `None` for calls that are not part of the load.
        headers: Sent with every call.
    """

    def __init__(
        self,
        session: FastHttpSession,
        guard: HostGuard,
        record: Record | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._session = session
        self._guard = guard
        self._record = record
        self._headers = dict(headers or {})
        self._cookies: dict[str, dict[str, str]] = {}
        self._bytes = 0
        # http.cookiejar takes as long as everything else together.
        session.client.cookiejar = None

    def forget(self) -> None:
        """Becomes the browser of somebody else: no cookies."""
        self._cookies.clear()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures what happens inside as one step.

        Raises:
            StepFailed: It went wrong; any other exception becomes one.
        """
        self._bytes = 0
        began = time.perf_counter()
        try:
            yield
        except HostRefused:
            raise
        except StepFailed as error:
            self._measured(name, began, error)
            raise
        except Exception as error:
            failed = StepFailed(f"{type(error).__name__}: {error}")
            self._measured(name, began, failed)
            raise failed from error
        else:
            self._measured(name, began, None)

    def _measured(self, name: str, began: float, error: Exception | None) -> None:
        if self._record is not None:
            self._record(STEP, name, time.perf_counter() - began, self._bytes, error)

    def get(self, url: str, *, follow: bool = False, **headers: str) -> Reply:
        """Gets a URL; see `send`."""
        return self.send("GET", url, headers=headers, follow=follow)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Any = None,
        follow: bool = False,
    ) -> Reply:
        """Makes a call.

        Args:
            method: The method.
            url: An absolute URL.
            headers: Headers besides those of every call.
            form: Fields to send as a form.
            json: What to send as JSON.
            follow: Whether redirects are followed.

        Raises:
            StepFailed: There was no answer, or it broke off.
            HostRefused: It is a host that must not be called.
        """
        for _ in range(MOST_REDIRECTS):
            reply = self._send_once(method, url, headers or {}, form, json)
            if not follow or not reply.location:
                return reply
            if reply.status not in {307, 308}:
                method, form, json = "GET", None, None
            url = reply.location
        raise StepFailed(f"more than {MOST_REDIRECTS} redirects")

    def _send_once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        json: Any,
    ) -> Reply:
        self._guard.check(url)
        origin = "/".join(url.split("?", 1)[0].split("/", 3)[:3])
        sent = {**self._headers, **headers}
        cookies = self._cookies.get(origin)
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        data = None
        if form is not None:
            data = urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        answer: Any = self._session.request(
            method,
            url,
            data=data,
            json=json,
            headers=sent,
            allow_redirects=False,
            catch_response=True,  # Steps are recorded here, under names of their own.
        )
        if not answer.status_code or answer.headers is None:
            raise StepFailed(_broken(answer.error), BROKEN)
        error = answer.request_meta["exception"]
        content = answer.content
        if content is None or (error is not None and not answer.status_code):
            raise StepFailed(_broken(error), BROKEN)
        self._bytes += len(content)
        length = answer.headers.get("content-length")
        if length is not None and method != "HEAD" and len(content) < int(length):
            raise StepFailed("the answer broke off", BROKEN)
        lines = answer.headers.get("set-cookie") or ()
        for line in (lines,) if isinstance(lines, str) else lines:
            name, _, rest = line.partition("=")
            self._cookies.setdefault(origin, {})[name.strip()] = rest.partition(";")[0]
        location = answer.headers.get("location") if 300 <= answer.status_code < 400 else None
        return Reply(
            status=answer.status_code,
            url=url,
            location=urljoin(url, location) if location else "",
            text=str(content, "utf-8", "replace"),
        )


def shown(text: str) -> str:
    """The beginning of an answer, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _broken(error: Exception | None) -> str:
    """A broken connection in words that do not differ from one time to the next."""
    name = type(error).__name__ if error is not None else "no answer"
    return f"no answer: {name}"
