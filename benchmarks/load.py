"""Generates load on a server, with wrk if it is installed, or else with Python."""

import random
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

CONNECTIONS = 16
_ROTATE = Path(__file__).with_name("rotate.lua")


@dataclass(frozen=True, kw_only=True)
class RequestTemplate:
    """A request that is sent many times, each time with another key in it.

    Attributes:
        before: The text before the key.
        keys: The keys, of one length if they are in a body.
        after: The text after the key.
    """

    before: str
    keys: list[str]
    after: str

    def one(self) -> bytes:
        """Returns the request with a random key."""
        return f"{self.before}{random.choice(self.keys)}{self.after}".encode()


@dataclass(frozen=True, kw_only=True)
class Load:
    """The result of a load.

    Attributes:
        requests: Number of requests.
        failures: How many of them got no response with status 200.
        seconds: The length of the load.
    """

    requests: int
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


Generator = Callable[[int, RequestTemplate, float], Load]
"""Sends a request to a port of this machine for a number of seconds."""


def find_generator() -> tuple[str, Generator]:
    """Returns the name of the best load generator that is installed, and the generator."""
    return (
        ("wrk", load_with_wrk)
        if shutil.which("wrk")
        else ("plain Python; wrk asks for less", load_with_python)
    )


def load_with_wrk(port: int, request: RequestTemplate, seconds: float) -> Load:
    """See `Generator`."""
    with TemporaryDirectory(prefix="fakeayr-load-") as folder:
        parts = {"before": request.before, "keys": "\n".join(request.keys), "after": request.after}
        for name, text in parts.items():
            Path(folder, name).write_text(text, newline="")
        options = ["--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds:.0f}s"]
        command = ["wrk", *options, f"--script={_ROTATE}", f"http://127.0.0.1:{port}", "--", folder]
        return parse_output(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )


def parse_output(output: str) -> Load:
    """Parses the last line of wrk with `rotate.lua`: requests, failures and microseconds."""
    requests, failures, microseconds = map(int, output.rpartition("LOAD ")[2].split())
    return Load(requests=requests, failures=failures, seconds=microseconds / 1e6)


def load_with_python(port: int, request: RequestTemplate, seconds: float) -> Load:
    """See `Generator`."""
    requests = failures = 0
    with selectors.DefaultSelector() as waiting:

        def send() -> None:
            connection = socket.create_connection(("127.0.0.1", port))
            waiting.register(connection, selectors.EVENT_READ)
            connection.sendall(request.one())

        for _ in range(CONNECTIONS):
            send()
        begun = time.monotonic()
        while time.monotonic() < begun + seconds:
            for selected, _ in waiting.select(timeout=1):
                connection: socket.socket = selected.fileobj  # type: ignore[assignment]
                requests += 1
                head = _head(connection)
                failures += not _is_success(head)
                if b"\r\nconnection: close" in head.lower():
                    waiting.unregister(connection)
                    connection.close()
                    send()
                else:
                    connection.sendall(request.one())
        took = time.monotonic() - begun
        for selected in list(waiting.get_map().values()):
            selected.fileobj.close()  # type: ignore[union-attr]
    return Load(requests=requests, failures=failures, seconds=took)


def read_success(connection: socket.socket) -> bool:
    """Reads a whole response and returns whether its status is 200."""
    return _is_success(_head(connection))


def _is_success(head: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 200 ")


def _head(connection: socket.socket) -> bytes:
    """Reads a response to its end and returns its head."""
    response = bytearray()
    while chunk := connection.recv(65_536):
        response += chunk
        head, end, body = response.partition(b"\r\n\r\n")
        if end:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if len(body) >= int(length or 0):
                break
    return bytes(response.partition(b"\r\n\r\n")[0])
