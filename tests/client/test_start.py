"""Starting `fakeayr serve` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakeayr.client.api import ApiClient
from fakeayr.client.start import COMMAND, NotStarted, run_server, start_server
from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.errors import FakeayrError

pytestmark = pytest.mark.processes


def test_a_server_answers_when_it_is_handed_over_and_ends_with_the_block() -> None:
    with run_server() as server:
        client = ApiClient(HttpTransport(server.url), server.url)
        assert client.is_fake()
        client.transport.close()
    assert server.process.returncode == 0
    with pytest.raises(TransportError):
        client.is_fake()


def test_what_it_wrote_to_pipes_comes_with_its_end() -> None:
    server = start_server(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ended = server.end()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"  API           {server.url}/api\n" in ended.stdout


@pytest.mark.parametrize("piped", [False, True])
def test_a_start_that_fails_is_reported_in_the_servers_own_words(
    piped: bool,
) -> None:
    how: dict[str, Any] = {"stderr": subprocess.PIPE} if piped else {}
    with pytest.raises(NotStarted) as caught:
        start_server("--host", "203.0.113.1", **how)
    assert isinstance(caught.value, FakeayrError)
    assert str(caught.value) == (
        "Other machines can reach 203.0.113.1: set FAKEAYR_CONTROL_TOKEN or --control-token "
        "to protect the control surface."
    )


def test_a_port_that_is_taken_is_reported() -> None:
    with run_server() as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises(NotStarted, match=f"Cannot listen on 127.0.0.1 port {port}: "):
            start_server(f"--port={port}")


def test_a_program_that_says_nothing_is_reported(tmp_path: Path) -> None:
    silent = [sys.executable, "-c", "", "fakeayr"]
    with pytest.raises(NotStarted, match=r"^The fake did not start; run `fakeayr serve`"):
        start_server(command=silent)
    with pytest.raises(NotStarted, match=r"nowhere cannot be started: No such file or directory\."):
        start_server(command=[tmp_path / "nowhere"])


def test_no_descriptor_stays_open() -> None:
    before = os.listdir("/proc/self/fd")
    with run_server():
        pass
    with pytest.raises(NotStarted):
        start_server("--wrong")
    assert os.listdir("/proc/self/fd") == before


def test_a_descriptor_that_is_not_open_is_refused() -> None:
    ended = subprocess.run(
        [*COMMAND, "serve", "--ready-fd", "99"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == (
        "Error: Invalid value for '--ready-fd': 99 is not an open file descriptor. "
        "See python -m fakeayr serve --help.\n"
    )
