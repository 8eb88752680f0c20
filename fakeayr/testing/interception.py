"""Calls to the vendor's host names, answered by a fake inside this process.

Each library has a public place through which every request goes; it is replaced while the
interception lasts (see `libraries`). Libraries that are loaded later are caught when they load;
none is imported for it. Name resolution is guarded, so that nothing else in this process reaches
the real Ayrshare by accident.
"""

import contextlib
import importlib.util
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from fakeayr.client import hosts
from fakeayr.client.transport import Headers, Reply, Transport
from fakeayr.testing import libraries
from fakeayr.testing.libraries import Patch

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MISSING: Final = object()


class RealAyrshareRefused(RuntimeError):
    """Something in a test tried to reach the real Ayrshare."""


@dataclass
class Tally:
    """What the interception did.

    Attributes:
        answered: Number of calls that the fake answered, by library.
        refused: Number of attempts to reach the real Ayrshare, by host.
    """

    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """In one line."""
        number = self.answered.total()
        line = f"{_counted(number, 'call')} to Ayrshare's host names answered by the fake"
        if number:
            line += f" ({', '.join(f'{name} {n}' for name, n in sorted(self.answered.items()))})"
        if self.refused:
            line += f"; {_counted(self.refused.total(), 'attempt')} to reach the real "
            line += f"{', '.join(sorted(self.refused))} refused"
        return line

    @property
    def counts(self) -> list[dict[str, int]]:
        """The numbers as plain data, for another process."""
        return [dict(self.answered), dict(self.refused)]

    @classmethod
    def of(cls, counts: list[dict[str, int]]) -> "Tally":
        """The tally of another process."""
        return cls(*map(Counter, counts))

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.answered + other.answered, self.refused + other.refused)


@dataclass(frozen=True, eq=False)
class _Way:
    """The way to a fake, and what went it."""

    transport: Transport
    url: str
    tally: Tally


class _Interception:
    """The one interception of this process: installed while somebody wants it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ways: list[_Way] = []
        self._undo: list[Callable[[], None]] = []

    @property
    def server_url(self) -> str:
        """Where the fake is reachable for libraries that insist on a socket."""
        return self._latest().url

    def answers(self, host: str | None, library: str) -> bool:
        """Whether the fake answers for a host; counts the call if it does.

        Raises:
            RealAyrshareRefused: The host is another one of Ayrshare's.
        """
        if hosts.is_answered(host):
            with self._lock:
                self._latest().tally.answered[library] += 1
            return True
        self.refuse(host)
        return False

    def refuse(self, host: object) -> None:
        """Lets all hosts pass but Ayrshare's.

        Raises:
            RealAyrshareRefused: It is one of them.
        """
        if not hosts.is_ayrshare(host):
            return
        name = host if isinstance(host, str) else bytes(host).decode("latin-1")  # type: ignore[call-overload]
        with self._lock:
            self._latest().tally.refused[name] += 1
        raise RealAyrshareRefused(
            f"A test tried to reach the real Ayrshare at {name}. fakeayr answers "
            f"{', '.join(hosts.ANSWERED)} for {', '.join(libraries.NAMES)}; give any other client "
            "the fixture's api_url."
        )

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None
    ) -> Reply:
        """Sends an intercepted request to the fake; see `Transport.send`."""
        return self._latest().transport.send(method, url, headers, body, timeout)

    def begin(self, way: _Way) -> None:
        """Lets the vendor's hosts be answered this way from now on."""
        with self._lock:
            self._ways.append(way)
            if len(self._ways) == 1:
                self._install()

    def end(self, way: _Way) -> None:
        """Gives this way up; the last one takes the interception with it."""
        with self._lock:
            self._ways.remove(way)
            if not self._ways:
                while self._undo:
                    self._undo.pop()()

    def _latest(self) -> _Way:
        with self._lock:
            if not self._ways:
                raise RealAyrshareRefused("The test whose fake would have answered has ended.")
            return self._ways[-1]

    def _install(self) -> None:
        for patch in _guards(self.refuse):
            self._replace(patch)
        later = set()
        for name, patches in libraries.PATCHES.items():
            module = sys.modules.get(name)
            if module is None:
                later.add(name)
            else:
                self._patch(patches(module, self))
        finder = _WhenLoaded(later, self._patch_later)
        sys.meta_path.insert(0, finder)
        self._undo.append(lambda: sys.meta_path.remove(finder))

    def _patch_later(self, module: ModuleType) -> None:
        with self._lock:
            if self._ways:
                self._patch(libraries.PATCHES[module.__name__](module, self))

    def _patch(self, patches: Iterable[Patch]) -> None:
        for patch in patches:
            self._replace(patch)

    def _replace(self, patch: Patch) -> None:
        owner, attribute, replacement = patch
        original = vars(owner).get(attribute, _MISSING)
        setattr(owner, attribute, replacement)

        def undo() -> None:
            if original is _MISSING:  # It was inherited.
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)

        self._undo.append(undo)


class _WhenLoaded:
    """A finder of modules that tells when one of those wanted has been loaded."""

    def __init__(self, names: set[str], tell: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._tell = tell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Finds a wanted module the usual way, and wraps its loader."""
        if name not in self._names:
            return None
        self._names.discard(name)  # The usual way begins here again.
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_tell(module: ModuleType) -> None:
            load(module)
            if module.__name__ == name:
                self._tell(module)

        spec.loader.exec_module = load_and_tell  # type: ignore[method-assign]
        return spec


_PROCESS = _Interception()


@contextlib.contextmanager
def intercepting(transport: Transport, url: str, tally: Tally | None = None) -> Iterator[None]:
    """While it lasts, calls to the vendor's host names in this process reach a fake.

    Args:
        transport: How.
        url: Where the fake is reachable, for libraries that insist on a socket.
        tally: Counts what was done.
    """
    way = _Way(transport, url, tally or Tally())
    _PROCESS.begin(way)
    try:
        yield
    finally:
        _PROCESS.end(way)


def _guards(refuse: Callable[[object], None]) -> Iterator[Patch]:
    """Name resolution, which lets all hosts pass but Ayrshare's."""

    def guarded(resolve: Callable[..., Any]) -> Callable[..., Any]:
        def resolve_others(host: Any, *arguments: Any, **named: Any) -> Any:
            refuse(host)
            return resolve(host, *arguments, **named)

        return resolve_others

    def connecting(connect: Callable[..., Any]) -> Callable[..., Any]:
        def connect_others(it: socket.socket, address: Any) -> Any:
            if isinstance(address, tuple) and address:
                refuse(address[0])
            return connect(it, address)

        return connect_others

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        yield socket, name, guarded(getattr(socket, name))
    for name in ("connect", "connect_ex"):
        yield socket.socket, name, connecting(getattr(socket.socket, name))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
