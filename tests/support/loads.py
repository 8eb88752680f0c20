"""Runs load tests as users do, and targets that lose what they acknowledged."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

LOCUSTFILE: Final = Path(__file__).parents[2] / "loadtests" / "link_flow.py"
FAST: Final = (
    *("--users", "2", "--spawn-rate", "100", "--run-time", "2s", "--think-time", "0.1-0.3"),
)
_ENDS_WITHIN_SECONDS: Final = 280


def load(*arguments: str, variables: Mapping[str, str] | None = None) -> "Ended":
    """Runs `fakeayr load` to its end."""
    return _run([sys.executable, "-m", "fakeayr", "load", *arguments], variables)


def locust(*arguments: str, variables: Mapping[str, str] | None = None) -> "Ended":
    """Runs `locust -f loadtests/link_flow.py` to its end."""
    return _run([*locust_command(), "--stop-timeout", "10", *arguments], variables)


def locust_command() -> list[str]:
    """Returns the command of Locust with the locustfile of link flows."""
    return [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE)]


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the environment without an Ayrshare account, and with `variables`."""
    own = {name: value for name, value in os.environ.items() if "AYRSHARE" not in name}
    return {**own, **(variables or {})}


class Ended:
    """A load test that has ended.

    Attributes:
        code: The exit code.
        told: The standard output.
        complained: The standard error.
    """

    def __init__(self, code: int, told: str, complained: str) -> None:
        self.code = code
        self.told = told
        self.complained = complained

    def __repr__(self) -> str:
        """Shows everything, for a failing test."""
        return f"exit code {self.code}\n{self.told}\n{self.complained}"

    def count(self, step: str) -> int:
        """Returns how often a step ran."""
        return self._figures(step)[0]

    def errors(self, step: str) -> int:
        """Returns how often a step failed."""
        return self._figures(step)[1]

    def _figures(self, step: str) -> list[int]:
        for line in self.told.splitlines():
            if line.startswith(f"{step} "):
                return [int(figure) for figure in line.removeprefix(step).split()]
        raise AssertionError(f"{step} is not in the table\n{self!r}")


def _run(command: list[str], variables: Mapping[str, str] | None) -> Ended:
    done = subprocess.run(
        command,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_ENDS_WITHIN_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


class Broken:
    """A target with wrong responses.

    Args:
        app: The fake behind it.
        path: The end of the paths of the calls to change.
        spoil: Returns a changed response. It gets the response and the number of this client's
            call of the path, from 1.
        change: Returns a changed request body.
    """

    def __init__(
        self,
        app: WSGIApplication,
        path: str,
        *,
        spoil: Callable[[Response, int], Response] | None = None,
        change: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        self._app = app
        self._path = path
        self._spoil = spoil
        self._change = change
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Forwards a call, and changes it."""
        request = Request(environ)
        if not request.path.endswith(self._path):
            return self._app(environ, start_response)
        body = request.get_data()
        if self._change is not None and request.method == "POST":
            body = json.dumps(self._change(json.loads(body))).encode()
        answer = Client(self._app).open(
            request.path,
            base_url=request.host_url,
            query_string=request.query_string.decode(),
            method=request.method,
            headers=[(n, v) for n, v in request.headers if n not in {"Content-Length", "Host"}],
            data=body,
        )
        with self._lock:
            client = request.headers.get("Profile-Key", "")
            self._calls[client] += 1
            number = self._calls[client]
        if self._spoil is not None:
            answer = self._spoil(answer, number)  # type: ignore[assignment]
        return answer(environ, start_response)


def without(field: str, *, since: int = 1) -> Callable[[Response, int], Response]:
    """Returns a `spoil` that removes the last entry of a list in responses, from a call on."""

    def spoil(answer: Response, number: int) -> Response:
        document = json.loads(answer.get_data())
        if number >= since and document.get(field):
            document[field] = document[field][:-1]
            answer.set_data(json.dumps(document))
        return answer

    return spoil
