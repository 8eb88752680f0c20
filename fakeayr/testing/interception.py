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
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from fakeayr.testing import libraries
from fakeayr.testing.libraries import Patch
from fakeayr.testing.transport import Reply, Transport


class RealAyrshareRefused(RuntimeError):
    """Something in a test tried to reach the real Ayrshare."""


class _Interception:
    """The one interception of this process: installed while somebody wants it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._wanted: list[tuple[Transport, str]] = []
        self._undo: list[Callable[[], None]] = []
        self.answered = 0
        self.names: list[str] = []

    @property
    def server_url(self) -> str:
        """Where the fake is reachable for libraries that insist on a socket."""
        return self._wanted[-1][1]

    def send(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Reply:
        """Sends an intercepted request to the fake; see `Transport.send`."""
        self.answered += 1
        return self._wanted[-1][0].send(method, url, headers, body)

    def begin(self, transport: Transport, url: str) -> None:
        """Answers the vendor's hosts with this fake from now on."""
        with self._lock:
            self._wanted.append((transport, url))
            if len(self._wanted) == 1:
                self._install()

    def end(self, transport: Transport, url: str) -> None:
        """Takes this fake away again; the last one takes the interception with it."""
        with self._lock:
            self._wanted.remove((transport, url))
            if not self._wanted:
                while self._undo:
                    self._undo.pop()()
                self.names = []

    def _install(self) -> None:
        self._replace("name resolution", (socket, "getaddrinfo", _guarded(socket.getaddrinfo)))
        later = []
        for name, patches in libraries.PATCHES.items():
            module = sys.modules.get(name)
            if module is None:
                later.append(name)
            else:
                self._patch(name, patches, module)
        finder = _WhenLoaded(later, self._patch_later)
        sys.meta_path.insert(0, finder)
        self._undo.append(lambda: sys.meta_path.remove(finder))

    def _patch_later(self, name: str, module: ModuleType) -> None:
        with self._lock:
            if self._wanted:
                self._patch(name, libraries.PATCHES[name], module)

    def _patch(
        self, name: str, patches: Callable[[Any, Any], list[Patch]], module: ModuleType
    ) -> None:
        for patch in patches(module, self):
            self._replace(name, patch)
        self.names.append(name)

    def _replace(self, _: str, patch: Patch) -> None:
        owner, attribute, replacement = patch
        original = vars(owner)[attribute]
        setattr(owner, attribute, replacement)
        self._undo.append(lambda: setattr(owner, attribute, original))


class _WhenLoaded:
    """A finder of modules that tells when one of those wanted has been loaded."""

    def __init__(self, names: list[str], tell: Callable[[str, ModuleType], None]) -> None:
        self._names = set(names)
        self._tell = tell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Finds a wanted module the usual way, and wraps its loader."""
        if name not in self._names:
            return None
        self._names.discard(name)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_tell(module: ModuleType) -> None:
            load(module)
            self._tell(name, module)

        spec.loader.exec_module = load_and_tell  # type: ignore[method-assign]
        return spec


_PROCESS = _Interception()


@contextlib.contextmanager
def intercepting(transport: Transport, url: str) -> Iterator[_Interception]:
    """While it lasts, calls to the vendor's host names in this process reach a fake.

    Args:
        transport: How.
        url: Where the fake is reachable, for libraries that insist on a socket.
    """
    _PROCESS.begin(transport, url)
    try:
        yield _PROCESS
    finally:
        _PROCESS.end(transport, url)


def summary() -> str:
    """What the interception did in this process, in one line."""
    return f"{_PROCESS.answered} calls to Ayrshare's host names were answered by the fake"


def _guarded(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if libraries.is_ayrshare(host):
            raise RealAyrshareRefused(
                f"A test tried to reach the real Ayrshare at {host!r}. fakeayr answers the API and "
                "linking page for urllib3, requests, httpx, aiohttp and urllib.request; give any "
                "other client the fixture's api_url."
            )
        return resolve(host, *arguments, **named)

    return getaddrinfo
