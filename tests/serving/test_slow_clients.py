"""Clients that send slowly, nothing, too much or nonsense: no other client notices."""

import errno
import re
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest
import requests
from cheroot.connections import ConnectionManager
from cheroot.workers.threadpool import ThreadPool
from flask import Flask

from fakeayr.client.start import COMMAND
from fakeayr.serving import limit, thread
from fakeayr.serving.create_app import create_app
from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from tests.support.servers import WAIT_SECONDS, development_headers, serving, start

pytestmark = pytest.mark.processes

AUTHORIZED: Final = development_headers()
PROMPTLY_SECONDS: Final = 5
"""A call that waits for somebody else's timeout takes ten."""
HEAD: Final = f"Host: 127.0.0.1\r\nAuthorization: Bearer {development.API_KEY}\r\n"
NEVER_ENDING: Final = {
    "small": "Content-Length: 100\r\n\r\n{",
    "large": "Content-Length: 100000\r\n\r\n{",
    "chunked": "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "nothing yet": "Content-Length: 10\r\n\r\n",
}
Connect = Callable[[], socket.socket]


@pytest.fixture(scope="module", params=["serve", "thread"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each kind of server."""
    if request.param == "thread":
        with run_in_thread(create_app()) as url:
            yield url
    else:
        with serving(folder=tmp_path_factory.mktemp("serve")) as served:
            yield served.url


@pytest.fixture
def connect(url: str) -> Iterator[Connect]:
    """Opens connections to the server, until the test ends."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(connected(url))


def connected(url: str) -> socket.socket:
    """A connection to a server."""
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)


def received(connection: socket.socket) -> str:
    """What a server sends until it hangs up."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts).decode("latin-1")


def response_to(connection: socket.socket, sent: str) -> str:
    """What a server sends back until it hangs up."""
    connection.sendall(sent.encode("latin-1"))
    return received(connection)


def assert_prompt(url: str) -> None:
    """Makes sure that a call is answered at once."""
    began = monotonic()
    answer = requests.get(f"{url}/api/user", headers=AUTHORIZED, timeout=WAIT_SECONDS)
    assert answer.status_code == 200
    assert monotonic() - began < PROMPTLY_SECONDS


def test_silent_connections_hold_up_nobody(url: str, connect: Connect) -> None:
    for _ in range(40):
        connect()
    assert_prompt(url)


def test_heads_that_never_end_hold_up_nobody(url: str, connect: Connect) -> None:
    for _ in range(40):
        connect().sendall(b"GET /api/user HTTP/1.1\r\nHost: x\r\n")
    assert_prompt(url)


@pytest.mark.parametrize("body", NEVER_ENDING)
@pytest.mark.parametrize("path", ["/api/profiles", "/x", "/_fakeayr/accounts"])
def test_bodies_that_never_end_hold_up_nobody(
    body: str, path: str, url: str, connect: Connect
) -> None:
    for _ in range(40):
        connect().sendall(f"POST {path} HTTP/1.1\r\n{HEAD}{NEVER_ENDING[body]}".encode())
    assert_prompt(url)


def test_many_calls_that_wait_hold_up_nobody(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served, ExitStack() as opened:
        control = f"{served.url}/_fakeayr/faults"
        fault = {"kind": "latency", "seconds": 300, "times": None, "method": "POST"}
        assert requests.post(control, json=fault, headers=AUTHORIZED).status_code == 201
        for _ in range(200):
            connection = opened.enter_context(connected(served.url))
            connection.sendall(f"POST /api/profiles HTTP/1.1\r\n{HEAD}\r\n".encode())
        while requests.get(control, headers=AUTHORIZED).json()["faults"][0]["hits"] < 200:
            assert_prompt(served.url)
        assert_prompt(served.url)


@pytest.mark.slow
def test_serve_hangs_up_when_a_body_does_not_come_in_time(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served, ExitStack() as opened:
        began = monotonic()
        waiting = [opened.enter_context(connected(served.url)) for _ in NEVER_ENDING]
        for connection, body in zip(waiting, NEVER_ENDING.values(), strict=True):
            connection.sendall(f"POST /api/profiles HTTP/1.1\r\n{HEAD}{body}".encode())
        for connection in waiting:
            assert received(connection).startswith("HTTP/1.1 408 ")
        assert monotonic() - began >= limit.BODY_WITHIN_SECONDS


@pytest.mark.parametrize("body", NEVER_ENDING)
def test_a_thread_hangs_up_when_a_body_does_not_come_in_time(
    body: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(thread, "BODY_WITHIN_SECONDS", 0.2)
    with run_in_thread(create_app()) as url, connected(url) as connection:
        request = f"POST /api/profiles HTTP/1.1\r\n{HEAD}{NEVER_ENDING[body]}"
        assert response_to(connection, request).startswith("HTTP/1.1 408 ")
    assert capsys.readouterr().err == ""


def test_a_thread_hangs_up_however_slowly_a_head_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "_HEAD_WITHIN_SECONDS", 0.3)
    with run_in_thread(create_app()) as url, connected(url) as connection:
        connection.settimeout(0.05)
        began, answer = monotonic(), b""
        while not answer:
            assert monotonic() - began < PROMPTLY_SECONDS
            connection.sendall(b"X")
            try:
                answer = connection.recv(65_536)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n"),
        ("Transfer-Encoding: chunked", "8000000000000000\r\n"),
        ("Transfer-Encoding: chunked", "7fffffffffffffff\r\n"),
        ("Transfer-Encoding: chunked", "1\r\n{\r\nno size\r\n"),
        ("Transfer-Encoding: chunked", "1\r\n{}\r\n"),
    ],
)
def test_malformed_chunks_are_the_senders_mistake(
    head: str, body: str, url: str, connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = connect()
    connection.sendall(f"POST /api/profiles HTTP/1.1\r\n{HEAD}{head}\r\n\r\n{body}".encode())
    connection.shutdown(socket.SHUT_WR)
    assert re.match(r"HTTP/1.1 400 |$", received(connection))
    assert_prompt(url)
    assert capsys.readouterr().err == ""


def test_half_an_address_is_refused(url: str, connect: Connect) -> None:
    answer = response_to(connect(), "GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith("HTTP/1.1 400 ")


def test_a_head_has_a_limit(url: str, connect: Connect) -> None:
    connection = connect()
    line = "X: " + "x" * 1_000_000 + "\r\n"
    try:
        answer = response_to(connection, f"GET / HTTP/1.1\r\n{HEAD}{line}\r\n")
    except ConnectionError:  # It hangs up while the line is still being sent.
        return
    assert re.match(r"HTTP/1.1 4(13|31) ", answer)


def test_only_http_1_is_spoken(url: str, connect: Connect) -> None:
    answer = response_to(connect(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0" * 9)
    assert answer == "" or answer.startswith(("HTTP/1.1 400 ", "HTTP/1.1 505 "))


@pytest.mark.parametrize(
    "refused",
    [
        ("POST", "/api/profiles", "wrong", 403),
        ("POST", "/nowhere", development.API_KEY, 404),
        ("PUT", "/api/user", development.API_KEY, 405),
        ("POST", "/api/profiles", development.API_KEY, 413),
        ("POST", "/_fakeayr/accounts", development.API_KEY, 413),
    ],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_the_response_to_a_refused_large_body_arrives(
    chunked: bool, refused: tuple[str, str, str, int], url: str
) -> None:
    method, path, key, status = refused
    body = b"x" * 3_000_000
    for _ in range(10):
        answer = requests.request(
            method,
            f"{url}{path}",
            data=iter([body]) if chunked else body,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            timeout=WAIT_SECONDS,
        )
        assert answer.status_code == status


@pytest.mark.parametrize("name", ["Authorization", "Profile-Key"])
def test_a_key_that_is_no_ascii_is_a_wrong_key(name: str, url: str, connect: Connect) -> None:
    head = "" if name == "Authorization" else f"Authorization: Bearer {development.API_KEY}\r\n"
    lines = "GET /api/user HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = response_to(connect(), f"{lines}{head}{name}: \xe9\r\n\r\n")
    assert re.match(r"HTTP/1.1 40[13] ", answer), answer


def test_a_thread_out_of_files_says_so_once_and_recovers(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "_from_server_socket"
    accept, failures = getattr(ConnectionManager, name), iter(range(5))

    def fails(manager: ConnectionManager, listening: socket.socket) -> Any:
        if next(failures, None) is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(manager, listening)

    monkeypatch.setattr(ConnectionManager, name, fails)
    with run_in_thread(create_app()) as url:
        assert_prompt(url)
    assert len([record for record in caplog.records if "New clients wait" in record.message]) == 1
    assert capsys.readouterr().err == ""


def test_more_clients_than_a_thousand_find_place(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served, files(1_500), ExitStack() as opened:
        for _ in range(1_100):
            opened.enter_context(connected(served.url))
        assert_prompt(served.url)


@pytest.mark.outside("bash")
def test_serve_says_when_it_can_hold_few_connections(tmp_path: Path) -> None:
    limited = ["bash", "-c", 'ulimit -n 400 && exec "$@"', "limited", *COMMAND]
    served = start(folder=tmp_path, command=limited)
    assert "Each worker accepts at most 272 connections" in served.complains("ulimit -n")
    assert_prompt(served.url)
    served.process.terminate()
    assert served.end().returncode == 0


def files(most: int) -> AbstractContextManager[object]:
    """Lets this process open so many files for a while."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], most), before[1]))
    restored = ExitStack()
    restored.callback(partial(resource.setrlimit, resource.RLIMIT_NOFILE, before))
    return restored


def test_a_thread_server_that_starts_more_threads_while_it_stops_ends_them_all(
    monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    monkeypatch.setattr(thread, "_THREADS", 1)
    growing, may_grow = threading.Event(), threading.Event()
    grow, before = ThreadPool.grow, set(threading.enumerate())

    def grow_late(pool: ThreadPool, amount: int) -> None:
        growing.set()
        assert may_grow.wait(WAIT_SECONDS)
        grow(pool, amount)

    with ThreadPoolExecutor(1) as other, ExitStack() as server:
        url = server.enter_context(run_in_thread(app))
        monkeypatch.setattr(ThreadPool, "grow", grow_late)
        requests.get(f"{url}/_fakeayr/health", timeout=WAIT_SECONDS)
        assert growing.wait(WAIT_SECONDS)  # The one thread was busy.
        ended = other.submit(server.close)
        with pytest.raises(TimeoutError):
            ended.result(0.2)
        may_grow.set()
        ended.result(WAIT_SECONDS)
    left = set(threading.enumerate()) - before
    assert not [one for one in left if one.name.startswith("CP Server")]
