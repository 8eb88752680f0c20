"""`FakeAyrshare`, for `unittest` and plain scripts."""

import doctest
import gc
import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from fakeayr import FakeAyrshare
from fakeayr.client.api import CallRefused
from fakeayr.client.transport import TransportError
from fakeayr.testing import fake
from fakeayr.web.config import Config
from tests.support.apps import running_app


def python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a program in a process of its own, where a warning is an error."""
    file = folder / "program.py"
    file.write_text(program, "utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", file.name],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_does_what_its_documentation_says() -> None:
    assert doctest.testmod(fake) == (0, 1)


def test_unittest_needs_no_plugin(tmp_path: Path) -> None:
    ran = python(
        """
import unittest
import urllib.request

import fakeayr

class LinkingTest(unittest.TestCase):
    def setUp(self):
        self.ayrshare = self.enterContext(fakeayr.FakeAyrshare(plan="launch"))

    def test_a_customer_links_facebook(self):
        profile = self.ayrshare.create_profile("Bakery")
        self.ayrshare.open(profile.linking_url()).allow("facebook")
        self.assertEqual(profile.linked, ["facebook"])

    def test_an_application_reaches_it(self):
        headers = {"Authorization": f"Bearer {self.ayrshare.api_key}"}
        request = urllib.request.Request("https://api.ayrshare.com/api/user", headers=headers)
        with urllib.request.urlopen(request) as answer:
            self.assertEqual(answer.status, 200)
        self.ayrshare.assert_called("GET", "/user", times=1)

unittest.main()
""",
        tmp_path,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.startswith("..\n")


def test_a_script_that_forgets_to_leave_ends_nevertheless(tmp_path: Path) -> None:
    ran = python(
        """
import fakeayr

forgotten = fakeayr.FakeAyrshare()
print(forgotten.__enter__().create_profile("Bakery").linked)
""",
        tmp_path,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[]\n", "")


def test_the_account_can_be_shaped() -> None:
    with FakeAyrshare(plan="enterprise", max_pack=False, domain="acme") as ayrshare:
        assert (ayrshare.plan, ayrshare.max_pack, ayrshare.domain) == ("enterprise", False, "acme")


def test_a_wrong_shape_is_a_wrong_argument() -> None:
    with pytest.raises(TypeError, match=r"An account has no option pln\. Did you mean plan"):
        FakeAyrshare(pln="launch").__enter__()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match=r"plan must be one of free, .*, not 'lunch'"):
        FakeAyrshare(plan="lunch").__enter__()


def test_nothing_is_left_when_it_ends() -> None:
    def left() -> tuple[set[str], int]:
        gc.collect()
        names = {thread.name for thread in threading.enumerate()}
        return names - {"fakeayr-keys", "fakeayr-recorder"}, len(os.listdir("/proc/self/fd"))

    with FakeAyrshare():  # What is loaded and opened once.
        pass
    before = left()
    with FakeAyrshare() as ayrshare:
        requests.get(f"{ayrshare.api_url}/user", timeout=5)
        requests.get("https://api.ayrshare.com/api/user", timeout=5)

    threads, files = left()  # What other tests have left may end meanwhile.
    assert threads <= before[0]
    assert files <= before[1]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{ayrshare.api_url}/user", timeout=5)


def test_it_ends_when_the_test_fails() -> None:
    with pytest.raises(AssertionError), FakeAyrshare() as ayrshare:
        raise AssertionError

    with pytest.raises(requests.ConnectionError):
        requests.get(ayrshare.url, timeout=5)
    with pytest.raises(TransportError, match="The fake has ended"):
        ayrshare.create_profile()


def test_one_may_be_entered_again() -> None:
    fake = FakeAyrshare(domain="acme")

    with fake as first:
        first.create_profile("Bakery")
    with fake as second:
        second.create_profile("Bakery")

    assert first.api_key != second.api_key


def test_it_may_be_a_server_that_is_up() -> None:
    with running_app(Config(control_token="let-me-in")) as url:
        with FakeAyrshare(url=url, token="let-me-in") as ayrshare:
            headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
            requests.get("https://api.ayrshare.com/api/user", headers=headers, timeout=5)
            assert ayrshare.url == url
            assert len(ayrshare.requests) == 1
        with pytest.raises(CallRefused, match="needs the header X-Fakeayr-Control-Token"):
            FakeAyrshare(url=url).__enter__()
    with pytest.raises(TransportError, match="Connection refused"):
        FakeAyrshare(url=url, token="let-me-in").__enter__()


def test_a_burst_of_connections_finds_place_at_once() -> None:
    """Else some would wait a second, until they try again."""
    with running_app() as url, ExitStack() as connections:
        address = ("127.0.0.1", urlsplit(url).port)
        burst = [connections.enter_context(socket.socket()) for _ in range(100)]
        for connection in burst:
            connection.setblocking(False)
            connection.connect_ex(address)
        assert [connection.getpeername() for connection in burst] == [address] * len(burst)
