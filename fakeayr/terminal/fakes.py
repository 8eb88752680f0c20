"""Finds a running fake, and talks to it about one account."""

import copy
import os
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import click

from fakeayr.client import hosts
from fakeayr.client.api import ApiClient, CallRefused
from fakeayr.client.development import API_KEY
from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.errors import FakeayrError
from fakeayr.terminal import run_files

DEFAULT_PORT: Final = 8189
DEFAULT_URL: Final = f"http://127.0.0.1:{DEFAULT_PORT}"
_CONNECT_SECONDS: Final = 3.0
_SETTLE_SECONDS: Final = 10
_UNAUTHORIZED: Final = (401, 403)
_KEY_NOT_VALID: Final = 102


class NoFakeFound(FakeayrError):
    """There is no fake, or more than one, and nothing says which."""

    exit_code = 3


class OrderRefused(FakeayrError):
    """The fake refused what the command asked for; the message says why."""

    exit_code = 2


class Fake:
    """A running fake, from the point of view of one of its accounts.

    Args:
        url: Its URL, without `/api`.
        api_key: The account's API key.
        token: The server's control token, if it has one.

    Attributes:
        url: Its URL, without `/api`.
    """

    def __init__(self, url: str, api_key: str, token: str | None) -> None:
        self.url = url
        self._client = ApiClient(HttpTransport(), url, api_key=api_key, token=token)

    def of_account(self, api_key: str) -> "Fake":
        """Returns the same fake from the point of view of another account."""
        other = copy.copy(self)
        other._client = self._client.with_key(api_key)
        return other

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        null: Iterable[str] = (),
    ) -> Any:
        """Makes a call of the control API and returns the decoded response.

        Args:
            method: The HTTP method.
            path: What follows `/_fakeayr`.
            body: The body; its values that are `None` are left out.
            null: Names of fields that are sent as `null`.

        Raises:
            OrderRefused: The fake refused it.
            NoFakeFound: The fake has gone.
        """
        sent = []
        if body is not None:
            given = {name: value for name, value in body.items() if value is not None}
            sent = [{**given, **dict.fromkeys(null)}]
        try:
            return self._client.call(method, f"/_fakeayr{path}", *sent)
        except CallRefused as refusal:
            raise OrderRefused(self._explain(refusal)) from refusal
        except TransportError as failure:
            raise NoFakeFound(f"The fake at {self.url} does not respond any more.") from failure

    def get(self, path: str) -> Any:
        """Returns the decoded response of a GET; see `call`."""
        return self.call("GET", path)

    def find_profile(self, name: str | None) -> dict[str, Any]:
        """The profile with a title or refId; the primary one without a name.

        Raises:
            OrderRefused: There is none; the message names those that are there.
        """
        if name is None:
            found = self.get("/profiles?limit=1")["profiles"]
        else:
            found = self.get(f"/profiles?name={quote(name, safe='')}")["profiles"]
        if not found:
            known = [profile["title"] for profile in self.get("/profiles?limit=6")["profiles"]]
            more = " and more" if len(known) > 5 else ""
            raise OrderRefused(
                f"No profile has the title or refId {name!r}; there are: "
                f"{', '.join(known[:5])}{more}."
            )
        profile: dict[str, Any] = found[0]
        return profile

    def titles(self) -> dict[str, str]:
        """The titles of profiles by their refId."""
        return {one["refId"]: one["title"] for one in self.get("/profiles")["profiles"]}

    def webhooks(self, *, settled: bool = False, last: int | None = None) -> list[dict[str, Any]]:
        """The webhook deliveries, oldest first.

        Args:
            settled: Once nothing is due any more.
            last: The latest ones, at most so many.
        """
        return self._outbox("webhooks", wait=_SETTLE_SECONDS if settled else None, limit=last)

    def emails(self, *, last: int | None = None) -> list[dict[str, Any]]:
        """The Connect Accounts e-mails, oldest first; with `last` at most so many, the latest."""
        return self._outbox("emails", limit=last)

    def _outbox(self, channel: str, **query: int | None) -> list[dict[str, Any]]:
        given = {name: value for name, value in query.items() if value is not None}
        items: list[dict[str, Any]] = self.get(f"/{channel}?{urlencode(given)}")[channel]
        return items

    def _explain(self, refusal: CallRefused) -> str:
        if refusal.code == _KEY_NOT_VALID:
            return (
                f"The fake at {self.url} has no account with this API key; "
                "see --api-key and AYRSHARE_API_KEY."
            )
        if refusal.status in _UNAUTHORIZED and "token" in refusal.why:
            return (
                f"The fake at {self.url} wants its control token; "
                "see --control-token and FAKEAYR_CONTROL_TOKEN."
            )
        return refusal.why


def find_by_id(known: Sequence[dict[str, Any]], wanted: str, what: str) -> dict[str, Any]:
    """The item with an id, or the only one whose id begins so.

    Args:
        known: The items.
        wanted: The id, or its beginning.
        what: What they are, such as `post`.

    Raises:
        OrderRefused: There is none, or there are several.
    """
    found = [one for one in known if one["id"] == wanted] or [
        one for one in known if one["id"].startswith(wanted)
    ]
    if len(found) != 1:
        several = f"Several {what}s have ids" if found else f"No {what} has an id"
        raise OrderRefused(
            f"{several} that begin{'s' * (not found)} with {wanted!r}. "
            f"fakeayr {what.replace('-', '')}s lists the latest."
        )
    return found[0]


def find_url(named: str | None = None) -> str:
    """The URL of the running fake.

    Args:
        named: The one that the command line names. Without it: `FAKEAYR_URL`, else
            `AYRSHARE_BASE_URL` if there is a fake, else the run files, else the usual port.

    Raises:
        NoFakeFound: There is none, or there are several.
    """
    explicit = named or os.environ.get("FAKEAYR_URL")
    if explicit:
        url = _strip(explicit)
        if not _is_fake(url):
            raise NoFakeFound(f"There is no fake at {url}. Start one with fakeayr serve.")
        return url
    configured = _strip(os.environ.get("AYRSHARE_BASE_URL", ""))
    if configured and not hosts.is_ayrshare(_host(configured)) and _is_fake(configured):
        return configured
    found = [url for url in dict.fromkeys(run_files.find_urls()) if _is_fake(url)]
    if len(found) > 1:
        raise NoFakeFound(
            f"Several fakes are running: {', '.join(found)}. Choose one with --url or FAKEAYR_URL."
        )
    if found:
        return found[0]
    if _is_fake(DEFAULT_URL):
        return DEFAULT_URL
    raise NoFakeFound(
        f"No fake is running at {DEFAULT_URL} or elsewhere. Start one with fakeayr serve, "
        "or name it with --url or FAKEAYR_URL."
    )


def on_a_fake(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options that name a fake and an account, and a `Fake` as first argument.

    Args:
        function: The command.
    """

    @click.option(
        "--url",
        metavar="URL",
        help="The fake; FAKEAYR_URL, AYRSHARE_BASE_URL or the one that is running unless given.",
    )
    @click.option(
        "--api-key",
        envvar="AYRSHARE_API_KEY",
        show_envvar=True,
        metavar="KEY",
        help="The account; the development account unless given.",
    )
    @click.option(
        "--control-token",
        envvar="FAKEAYR_CONTROL_TOKEN",
        show_envvar=True,
        metavar="TOKEN",
        help="The control token, if the fake has one.",
    )
    @wraps(function)
    def command(
        *, url: str | None, api_key: str | None, control_token: str | None, **options: Any
    ) -> Any:
        fake = Fake(find_url(url), api_key or API_KEY, control_token or None)
        return function(fake, **options)

    return command


def _strip(url: str) -> str:
    """A server's URL from what people write: with `/api` or without, and without `http://`."""
    text = url.strip().rstrip("/").removesuffix("/api")
    return text if not text or "://" in text else f"http://{text}"


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_fake(url: str) -> bool:
    """Whether a fake responds there; keys are only sent once that is known."""
    if _host(url) is None:
        return False
    transport = HttpTransport(timeout=_CONNECT_SECONDS)
    try:
        return ApiClient(transport, url).is_fake()
    except (TransportError, ValueError, UnicodeError):
        return False
    finally:
        transport.close()
