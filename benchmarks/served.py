"""A running `fakeayr serve`, and accounts with many profiles on it."""

import http.client
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from load import Request
from machine import children, cpu_seconds, resident_mib

from fakeayr.domain.ids import Ids
from fakeayr.domain.model import Profile
from fakeayr.store.sqlite import SqliteStore

_POLL_SECONDS = 0.002
_UP_WITHIN_SECONDS = 30


class Server:
    """`fakeayr serve` in processes of its own, with everything on that is on by default.

    Args:
        workers: How many workers.
        state: Where it keeps its state.
    """

    def __init__(self, workers: int, state: Path | None = None) -> None:
        self.port = _free_port()
        self.state = state
        command = [sys.executable, "-m", "fakeayr", "serve", f"--port={self.port}"]
        command.append(f"--workers={workers}")
        if state is not None:
            command.append(f"--state={state}")
        begun = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()
        self.up_after = time.monotonic() - begun
        """Seconds from the command to the first answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + _UP_WITHIN_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.call("GET", "/_fakeayr/health")
            except OSError:
                time.sleep(_POLL_SECONDS)
            else:
                return
        raise RuntimeError("fakeayr serve does not answer")

    def call(self, method: str, path: str, body: Any = None, api_key: str = "") -> Any:
        """Makes one call and answers what it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {api_key}"}
        try:
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            content = json.load(answer)
        finally:
            connection.close()
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{method} {path}: {answer.status} {content}")
        return content

    def cpu_seconds(self) -> float:
        """CPU time of all its processes."""
        pid = self._process.pid
        return cpu_seconds([pid, *children(pid)])

    def worker_mib(self) -> float:
        """Resident memory of its largest worker in MiB."""
        return max(resident_mib(pid) for pid in children(self._process.pid))


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account and its profile keys."""

    server: Server
    api_key: str
    domain: str
    private_key: str
    profile_keys: list[str]

    @classmethod
    def opened(cls, server: Server, *, key_bits: int, profiles: int) -> Self:
        """Opens an account on a server, and puts profiles into its database."""
        order = {"keyBits": key_bits, "plan": "enterprise"}
        opened = server.call("POST", "/_fakeayr/accounts", order)
        return cls(
            server=server,
            api_key=opened["apiKey"],
            domain=opened["domain"],
            private_key=opened["privateKey"],
            profile_keys=list(_filled(server, opened["apiKey"], profiles)),
        )

    def generate_jwt(self) -> Request:
        """POST /api/profiles/generateJWT for any of the profiles."""
        fields = {"domain": self.domain, "privateKey": self.private_key, "profileKey": "|"}
        before, after = json.dumps(fields).split("|")
        length = len(before) + len(self.profile_keys[0]) + len(after)
        head = self._head("POST /api/profiles/generateJWT", "Content-Type: application/json")
        return Request(
            before=f"{head}Content-Length: {length}\r\n\r\n{before}",
            keys=self.profile_keys,
            after=after,
        )

    def user(self) -> Request:
        """GET /api/user for any of the profiles."""
        head = self._head("GET /api/user", "Accept: application/json")
        return Request(before=f"{head}Profile-Key: ", keys=self.profile_keys, after="\r\n\r\n")

    def _head(self, target: str, header: str) -> str:
        host = f"Host: 127.0.0.1:{self.server.port}"
        lines = [f"{target} HTTP/1.1", host, f"Authorization: Bearer {self.api_key}", header]
        return "".join(f"{line}\r\n" for line in lines)


def _filled(server: Server, api_key: str, count: int) -> Iterator[str]:
    """Puts profiles into the database of a running server, and answers their keys."""
    ids = Ids(random.Random())
    with _opened(server) as store, store.transaction():
        for number in range(count):
            key = ids.key()
            store.save_profile(
                Profile(
                    key=key,
                    account=api_key,
                    ref_id=ids.ref_id(),
                    title=f"Profile {number}",
                    created=time.time(),
                )
            )
            yield key


@contextmanager
def _opened(server: Server) -> Iterator[SqliteStore]:
    if server.state is None:
        raise ValueError("only a server with a state file can be filled")
    store = SqliteStore(server.state)
    try:
        yield store
    finally:
        store.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
