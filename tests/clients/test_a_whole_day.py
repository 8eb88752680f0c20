"""An application's whole day on the fake: programs for Ayrshare's own hosts, and a pytest test.

The programs run unchanged under `fakeayr exec`. The test is the customer at the linking page, the
network that refuses a post, and the clock.
"""

import json
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

import pytest

from fakeayr.client.api import ApiClient
from fakeayr.client.browser import Browser
from fakeayr.client.page import Page
from fakeayr.client.start import COMMAND
from fakeayr.client.transport import HttpTransport
from fakeayr.web import development

pytestmark = pytest.mark.processes

pytest_plugins = ["pytester"]

HERE: Final = Path(__file__).parent
NETWORKS: Final = ("bluesky", "facebook", "linkedin", "telegram")
DAY_SECONDS: Final = 86_400
LONGEST_MILLISECONDS: Final = 50
WHAT_BECOMES_OF_IT: Final = {
    "linked": ["bluesky", "facebook", "linkedin", "telegram"],
    "published": ["bluesky", "facebook", "telegram"],
    "refused": {"linkedin": 161},
    "taken": ["scheduled", "scheduled", "awaiting approval"],
    "approved": "success",
    "history": [
        ["Half price at six", "success"],
        ["Cake at four", "success"],
        ["Warm rolls at noon", "success"],
        ["Fresh bread!", "error"],
    ],
    "deleted": ["bluesky", "facebook", "telegram"],
}


@contextmanager
def executed(*command: str | Path) -> Iterator[tuple[IO[str], IO[str]]]:
    """A command under `fakeayr exec`, whose linking URLs lead to the fake: its input and output."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [*COMMAND, "exec", "--public-url", url, "--", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
    assert process.returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([sys.executable, HERE / "python" / "day.py"], id="Python"),
        pytest.param(
            ["node", HERE / "node" / "day.mjs"], id="Node.js", marks=pytest.mark.outside("node")
        ),
    ],
)
def test_a_program_lives_its_day_unchanged(command: list[str | Path]) -> None:
    with executed(*command) as (given, said):
        url = said.readline().strip()
        server = url.partition("?")[0]
        with closing(HttpTransport(server)) as transport:
            page = Page(Browser(transport), url)
            for network in NETWORKS:
                page.allow(network)
            fake = ApiClient(transport, server, api_key=development.API_KEY)
            order = {"outcome": "fail", "platform": "linkedin", "code": 161}
            fake.call("POST", "/_fakeayr/publications", order)
            print(file=given, flush=True)
            assert said.readline().strip() == "scheduled"
            fake.call("POST", "/_fakeayr/clock", {"advance": DAY_SECONDS})
            print(file=given, flush=True)
            assert json.loads(said.readline()) == WHAT_BECOMES_OF_IT


MEASURE: Final = """
import time

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    began = time.process_time()
    result = yield
    print("MILLISECONDS", 1000 * (time.process_time() - began))
    return result
"""
"""A conftest that prints what each test takes, with its fixtures."""


def test_a_day_in_pytest_takes_milliseconds(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(MEASURE)
    pytester.makepyfile(test_day=(HERE / "python" / "day_in_pytest.py").read_text("utf-8"))

    ran = pytester.runpytest_subprocess("-s", "-p", "fakeayr", timeout=120)

    ran.assert_outcomes(passed=12)
    taken = [float(line.split()[-1]) for line in ran.outlines if "MILLISECONDS" in line]
    # CPU time: how long it takes besides depends on what else the machine does.
    assert statistics.median(taken) < LONGEST_MILLISECONDS
