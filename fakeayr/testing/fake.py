"""Starting a fake, or reaching one that is up, and opening accounts on it."""

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from fakeayr.testing.account import Ayrshare
from fakeayr.testing.control import Control
from fakeayr.testing.interception import intercepting
from fakeayr.testing.transport import HttpTransport, Transport, WsgiTransport


class Server:
    """A fake that tests share.

    Attributes:
        url: Where it is reachable.
        transport: How this process reaches it.
    """

    def __init__(self, url: str, transport: Transport, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.transport = transport
        self._control = Control(transport, self.url, token=token)

    @contextlib.contextmanager
    def account(self, **order: Any) -> Iterator[Ayrshare]:
        """A fresh account, which ends with the block.

        Args:
            **order: `plan`, `max_pack`, `key_bits`, `age`, `domain`, `email`, and `settings` (a
                dict in the control API's spelling); all optional.
        """
        opened = Ayrshare(self._control, self._open(order))
        try:
            yield opened
        finally:
            opened.close()

    def _open(self, order: dict[str, Any]) -> dict[str, Any]:
        body = {_CAMEL.get(name, name): value for name, value in order.items()}
        return dict(self._control.call("POST", "/_fakeayr/accounts", body))


_CAMEL = {"max_pack": "maxPack", "key_bits": "keyBits"}


@contextlib.contextmanager
def started() -> Iterator[Server]:
    """A fake in a thread of this process, on a free port."""
    from fakeayr.app import create_app  # noqa: PLC0415 - the server's libraries load only here
    from fakeayr.server import run_in_thread  # noqa: PLC0415

    app = create_app()
    with run_in_thread(app) as url:
        yield Server(url, WsgiTransport(app.wsgi_app))


def running(url: str, token: str | None = None) -> Server:
    """A fake that is already up.

    Args:
        url: Where, for instance `http://127.0.0.1:8189`.
        token: Its control token, if it wants one.
    """
    return Server(url, HttpTransport(url), token)


class FakeAyrshare:
    """A fake Ayrshare with one account, for `unittest` and plain scripts.

    >>> with FakeAyrshare() as ayrshare:
    ...     profile = ayrshare.create_profile(title="Shop")
    ...     profile.link("facebook")
    ...     profile.linked
    ['facebook']

    Args:
        url: Where a fake is already up; one is started in this process unless given.
        token: The control token of that fake, if it wants one.
        intercept: Whether calls to the vendor's host names in this process reach the fake.
        **order: What the account is like; see `Server.account`.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token: str | None = None,
        intercept: bool = True,
        **order: Any,
    ) -> None:
        self._url = url
        self._token = token
        self._intercept = intercept
        self._order = order
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Ayrshare:
        """Starts what is needed and opens the account."""
        with contextlib.ExitStack() as exits:
            if self._url is None:
                server = exits.enter_context(started())
            else:
                server = running(self._url, self._token)
            if self._intercept:
                exits.enter_context(intercepting(server.transport, server.url))
            account = exits.enter_context(server.account(**self._order))
            self._exits = exits.pop_all()
        return account

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the account and ends what was started."""
        self._exits.__exit__(kind, error, trace)
