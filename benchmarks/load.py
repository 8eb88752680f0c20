"""Load on a server: by wrk where it is installed, else by this Python."""

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
    """A request that is sent again and again, each time with another key in it.

    Attributes:
        before: Its bytes before the key.
        keys: The keys; of one length where they stand in a body.
        after: Its bytes behind the key.
    """

    before: str
    keys: list[str]
    after: str

    def one(self) -> bytes:
        """The request with any of the keys."""
        return f"{self.before}{random.choice(self.keys)}{self.after}".encode()


@dataclass(frozen=True, kw_only=True)
class Load:
    """What a server has borne.

    Attributes:
        requests: Requests answered.
        failures: Those among them without a 200, and connections that broke.
        seconds: How long it took.
    """

    requests: int
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


Generator = Callable[[int, RequestTemplate, float], Load]
"""Loads the server at a port of this machine with a request for some seconds."""


def find_generator() -> tuple[str, Generator]:
    """The best load generator at hand, with its name."""
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
    """What wrk with our script says at its end: requests, failures and microseconds."""
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
    """Reads a whole answer: is it a 200?"""
    return _is_success(_head(connection))


def _is_success(head: bytes) -> bool:
    return head.startswith(b"HTTP/1.1 200 ")


def _head(connection: socket.socket) -> bytes:
    """The head of an answer that is read to its end, or as far as it comes."""
    answer = bytearray()
    while chunk := connection.recv(65_536):
        answer += chunk
        head, end, body = answer.partition(b"\r\n\r\n")
        if end:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if len(body) >= int(length or 0):
                break
    return bytes(answer.partition(b"\r\n\r\n")[0])
