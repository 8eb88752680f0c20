"""Calls to Ayrshare's host names, which a fake inside this process takes.

Each library has a public place through which every request goes; it is replaced while the
interception lasts (see `libraries`). Libraries that are loaded later are caught when they load;
none is imported for it. Name resolution is guarded, so that nothing else in this process reaches
the real Ayrshare by accident.
"""

import contextlib
import importlib.util
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

from fakeayr.client import hosts
from fakeayr.client.transport import Headers, Reply, Transport
from fakeayr.errors import FakeayrError
from fakeayr.testing import libraries
from fakeayr.testing.libraries import Patch

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MISSING: Final = object()


class RealAyrshareRefused(FakeayrError, RuntimeError):
    """Something in a test tried to reach the real Ayrshare."""


@dataclass
class InterceptionCounts:
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
        line = f"{_count(number, 'call')} to Ayrshare's host names answered by the fake"
        if number:
            line += f" ({', '.join(f'{name} {n}' for name, n in sorted(self.answered.items()))})"
        if self.refused:
            line += f"; {_count(self.refused.total(), 'attempt')} to reach the real "
            line += f"{', '.join(sorted(self.refused))} refused"
        return line


@dataclass(frozen=True, eq=False)
class _Route:
    """A transport to a fake, and what it carried."""

    transport: Transport
    find_url: Callable[[], str]
    counts: InterceptionCounts


class _Interception:
    """The one interception of this process: installed while somebody wants it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._routes: list[_Route] = []
        self._undo = contextlib.ExitStack()
        self._strange: set[str] = set()

    @property
    def server_url(self) -> str:
        """Where the fake is reachable for libraries that insist on a socket."""
        return self._latest().find_url()

    def answers(self, host: str | None, library: str) -> bool:
        """Whether the fake stands in for a host; counts the call if it does.

        Raises:
            RealAyrshareRefused: The host is another one of Ayrshare's.
        """
        if not self._routes:  # Another tool has put back what it found when a test began.
            return False
        if hosts.is_answered(host):
            with self._lock:
                self._latest().counts.answered[library] += 1
            return True
        self.refuse(host)
        return False

    def refuse(self, host: object) -> None:
        """Lets all hosts pass but Ayrshare's.

        Raises:
            RealAyrshareRefused: It is one of them.
        """
        if not self._routes or not hosts.is_ayrshare(host):
            return
        name = host if isinstance(host, str) else bytes(host).decode("latin-1")  # type: ignore[call-overload]
        with self._lock:
            self._latest().counts.refused[name] += 1
        raise RealAyrshareRefused(
            f"A test tried to reach the real Ayrshare at {name}. fakeayr answers "
            f"{', '.join(hosts.ANSWERED)} for {', '.join(libraries.NAMES)}; give any other client "
            f"the fixture's api_url.{self._hint()}"
        )

    def _hint(self) -> str:
        """What may have led an intercepted library past the fake."""
        if self._strange:
            return f" This version of {', '.join(sorted(self._strange))} is unknown to fakeayr."
        tools = [name for name in libraries.OTHER_TOOLS if name in sys.modules]
        if not tools:
            return ""
        return (
            f" If you did not expect this: {', '.join(tools)} may have replaced the same place; "
            "see docs/other-tools.md."
        )

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None
    ) -> Reply:
        """Sends an intercepted request to the fake; see `Transport.send`."""
        return self._latest().transport.send(method, url, headers, body, timeout)

    def renew_lock(self) -> None:
        """Makes a new lock: in a forked child, one that was held would never be released."""
        self._lock = threading.RLock()

    def begin(self, route: _Route) -> None:
        """Sends calls to Ayrshare's hosts this way from now on."""
        with self._lock:
            self._routes.append(route)
            if len(self._routes) == 1:
                self._install()

    def end(self, route: _Route) -> None:
        """Removes a route; the interception ends with the last one."""
        with self._lock:
            self._routes.remove(route)
            if not self._routes:
                self._undo.close()

    def _latest(self) -> _Route:
        with self._lock:
            if not self._routes:
                raise RealAyrshareRefused("The test whose fake would have answered has ended.")
            return self._routes[-1]

    def _install(self) -> None:
        later = set()
        for name, patches in libraries.PATCHES.items():
            module = sys.modules.get(name)
            if module is None:
                later.add(name)
            else:
                self._patch(module, patches)
        finder = _WhenLoaded(later, self._patch_later)
        sys.meta_path.insert(_place_of_finder(), finder)
        self._undo.callback(_remove_finder, finder)

    def _patch_later(self, module: ModuleType) -> None:
        with self._lock:
            if self._routes:
                self._patch(module, libraries.PATCHES[module.__name__])

    def _patch(self, module: ModuleType, patches: libraries.Patches) -> None:
        """Enters a library; one that has other entries than those known is refused what it does."""
        try:
            for patch in patches(module, self):
                self._replace(patch)
        except (ImportError, AttributeError):
            self._strange.add(module.__name__)

    def _replace(self, patch: Patch) -> None:
        owner, attribute, replacement = patch
        original = vars(owner).get(attribute, _MISSING)
        setattr(owner, attribute, replacement)

        def undo() -> None:
            if vars(owner).get(attribute) is not replacement:
                return  # Another tool has replaced it since, and will put `replacement` back.
            if original is _MISSING:  # It was inherited.
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)

        self._undo.callback(undo)


class _WhenLoaded:
    """A finder of modules that reports when one of those wanted has been loaded."""

    def __init__(self, names: set[str], tell: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._tell = tell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Finds a wanted module as usual, and wraps its loader."""
        if name not in self._names:
            return None
        self._names.discard(name)  # The usual search begins here again.
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


def _place_of_finder() -> int:
    """In front of what finds libraries, but not first: pyfakefs removes whatever is first."""
    finders = sys.meta_path
    return finders.index(PathFinder) if PathFinder in finders else 0


def _remove_finder(finder: _WhenLoaded) -> None:
    with contextlib.suppress(ValueError):  # Another tool may have put an older list back.
        sys.meta_path.remove(finder)


_PROCESS = _Interception()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_PROCESS.renew_lock)


@contextlib.contextmanager
def intercept(
    transport: Transport, find_url: Callable[[], str], counts: InterceptionCounts | None = None
) -> Iterator[None]:
    """While it lasts, calls to the vendor's host names in this process reach a fake.

    Args:
        transport: How.
        find_url: Tells where the fake is reachable, for libraries that insist on a socket.
        counts: Counts what was done.
    """
    route = _Route(transport, find_url, counts or InterceptionCounts())
    _PROCESS.begin(route)
    try:
        yield
    finally:
        _PROCESS.end(route)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
