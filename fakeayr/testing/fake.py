"""Starting a fake, or reaching one that is up, and opening accounts on it."""

import atexit
import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any, Final, TypedDict, Unpack

from fakeayr.ayrshare.plans import Plan
from fakeayr.client.api import ApiClient
from fakeayr.client.transport import HttpTransport, Transport, WsgiTransport
from fakeayr.domain.spelling import near
from fakeayr.real_files import real_files
from fakeayr.testing.account import Account
from fakeayr.testing.interception import InterceptionCounts, intercept
from fakeayr.testing.local_server import LocalServer, ServerRefused
from fakeayr.testing.process_clock import ProcessClock


class AccountOptions(TypedDict, total=False):
    """What an account should be like; all of it is optional.

    Attributes:
        plan: `free`, `premium`, `launch`, `business` (the default) or `enterprise`.
        max_pack: Whether it has the Max Pack; it has by default.
        key_bits: Size of its RSA key: 1024 (as Ayrshare's), 2048 or 4096.
        age: `jwt`, or `link-sessions` for the newer linking API.
        domain: Its domain; a new one unless given.
        email: Address of its owner.
        settings: How the fake behaves where Ayrshare's ways are disputed, in the control API's
            spelling, for instance `{"rateLimit": True}`.
    """

    plan: str
    max_pack: bool
    key_bits: int
    age: str
    domain: str
    email: str
    settings: dict[str, Any]


_SPELT: Final = {"max_pack": "maxPack", "key_bits": "keyBits"}
_CHOICES: Final = {"plan": tuple(Plan), "age": ("jwt", "link-sessions")}


class FakeServer:
    """A fake that tests share.

    Args:
        find_url: Tells where it is reachable.
        transport: How this process reaches it.
        token: Its control token, if it wants one.
        control_url: What the toolkit's own calls are addressed to.

    Attributes:
        transport: How this process reaches it.
    """

    def __init__(
        self,
        find_url: Callable[[], str],
        transport: Transport,
        token: str | None = None,
        *,
        control_url: str,
    ) -> None:
        self._find_url = find_url
        self.transport = transport
        self._control = ApiClient(transport, control_url, token=token)

    @property
    def url(self) -> str:
        """Where it is reachable.

        Raises:
            ServerRefused: It would have to be started, and may not open a socket.
        """
        return self._find_url()

    def __repr__(self) -> str:
        """Where it is."""
        try:
            return f"<FakeServer {self.url}>"
        except ServerRefused:
            return "<FakeServer without an address>"

    def intercept(
        self, counts: InterceptionCounts | None = None
    ) -> contextlib.AbstractContextManager[None]:
        """While it lasts, calls to the vendor's host names in this process reach it."""
        return intercept(self.transport, self._find_url, counts)

    def check(self) -> None:
        """Makes sure that there is a fake.

        Raises:
            TransportError: Nothing responds.
            CallRefused: What responds is no fake.
        """
        self._control.call("GET", "/_fakeayr/health")

    @contextlib.contextmanager
    def account(self, **options: Unpack[AccountOptions]) -> Iterator[Account]:
        """A fresh account, which ends with the block; see `AccountOptions`.

        Raises:
            TypeError: There is an option that is not in `AccountOptions`.
            ValueError: Its plan or age is none of Ayrshare's.
            CallRefused: The server refuses it.
        """
        _check(options)
        body = {_SPELT.get(name, name): value for name, value in options.items()}
        answer, process = self._control.call("POST", "/_fakeayr/accounts", body), os.getpid()
        opened = Account(self._control, answer, self._find_url)
        try:
            yield opened
        finally:
            if os.getpid() == process:  # A forked child has no account to close.
                opened.close()


def _check(options: AccountOptions) -> None:
    known = AccountOptions.__annotations__
    for name, value in options.items():
        if name not in known:
            hint = near(name, known) or f" Choose of {', '.join(known)}."
            raise TypeError(f"An account has no option {name}.{hint}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ValueError(f"{name} must be one of {', '.join(_CHOICES[name])}, not {value!r}")


@contextlib.contextmanager
def run_fake() -> Iterator[FakeServer]:
    """A fake in this process; its server starts in a thread, on a free port, when it is needed."""
    with contextlib.ExitStack() as exits:
        with real_files():  # The server's libraries load only here.
            from fakeayr.serving import thread  # noqa: F401, PLC0415
            from fakeayr.serving.create_app import create_app  # noqa: PLC0415

            app = exits.enter_context(contextlib.closing(create_app(clock=ProcessClock())))
        server = exits.enter_context(contextlib.closing(LocalServer(app)))
        transport = exits.enter_context(
            contextlib.closing(WsgiTransport(app.wsgi_app, server.start))
        )
        yield FakeServer(server.start, transport, control_url="http://localhost")


@contextlib.contextmanager
def connect_fake(url: str, token: str | None = None) -> Iterator[FakeServer]:
    """A fake that is already up.

    Args:
        url: Where, for instance `http://127.0.0.1:8189`.
        token: Its control token, if it wants one.
    """
    with contextlib.closing(HttpTransport(url)) as transport:
        yield FakeServer(lambda: url.rstrip("/"), transport, token, control_url=url)


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
        **options: What the account is like; see `AccountOptions`.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token: str | None = None,
        intercept: bool = True,
        **options: Unpack[AccountOptions],
    ) -> None:
        self._url = url
        self._token = token
        self._intercept = intercept
        self._options = options
        self._exits = contextlib.ExitStack()
        self._process = os.getpid()

    def __enter__(self) -> Account:
        """Starts what is needed and opens the account."""
        with contextlib.ExitStack() as exits:
            reached = run_fake() if self._url is None else connect_fake(self._url, self._token)
            server = exits.enter_context(reached)
            with contextlib.suppress(ServerRefused):  # Whoever asks for its address gets the error.
                _ = server.url
            if self._intercept:
                exits.enter_context(server.intercept())
            account = exits.enter_context(server.account(**self._options))
            self._exits = exits.pop_all()
        atexit.register(self._end)  # For programs that do not leave the block.
        return account

    def __exit__(self, *_: object) -> None:
        """Closes the account and ends what was started."""
        atexit.unregister(self._end)
        self._end()

    def _end(self) -> None:
        if os.getpid() == self._process:  # What a forked child has belongs to its parent.
            self._exits.close()
