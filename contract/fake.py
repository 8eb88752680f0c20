"""The default target: a fake that a run starts for itself, in a process of its own."""

import contextlib
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from fakeayr.client.credentials import Credentials
from fakeayr.contract.target import CannotRun

_WITHIN_SECONDS = 30


@contextlib.contextmanager
def started() -> Iterator[str]:
    """Starts a fake on a free port, and answers its URL.

    Raises:
        CannotRun: It does not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "fakeayr", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _url(process)
    finally:
        process.terminate()
        process.wait(_WITHIN_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def open_account(url: str, **order: Any) -> Credentials:
    """Opens an account on a fake."""
    opened = control(url, "POST", "/_fakeayr/accounts", order)
    return Credentials(opened["apiKey"], opened["domain"], opened["privateKey"])


def linker(url: str, credentials: Credentials) -> Callable[[str, str], None]:
    """How an account of a fake is linked without a person."""

    def link(profile_key: str, platform: str) -> None:
        order = {"profileKey": profile_key, "platform": platform}
        control(url, "POST", "/_fakeayr/links", order, credentials.api_key)

    return link


def control(
    url: str, method: str, path: str, body: dict[str, Any], api_key: str | None = None
) -> Any:
    """Calls the fake's control API.

    Args:
        url: Where the fake is.
        method: The method.
        path: The path.
        body: A JSON body.
        api_key: The account that it is about.
    """
    headers = {"Content-Type": "application/json"}
    if api_key is not None:
        headers["Authorization"] = f"Bearer {api_key}"
    request = urllib.request.Request(  # noqa: S310 - our own server
        url + path, json.dumps(body).encode(), headers, method=method
    )
    with urllib.request.urlopen(request, timeout=_WITHIN_SECONDS) as answer:  # noqa: S310
        return json.load(answer)


def _url(process: "subprocess.Popen[str]") -> str:
    for line in process.stdout or ():
        found = re.search(r"(http://\S+)/api", line)
        if found:
            return found[1]
    raise CannotRun("The fake did not start; try `fakeayr serve` to see why.")
