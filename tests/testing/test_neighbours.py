"""The fixture beside what else people run tests with: clocks, files, sockets, forks, mocks."""

import base64
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

import pytest
import urllib3

from fakeayr.testing import Account
from fakeayr.testing.libraries import _lead_urlopen
from fakeayr.testing.wire import Responder
from tests.support.media import image, video

pytestmark = pytest.mark.processes
pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

DOCS: Final = Path(__file__).parents[2] / "docs"
GUIDE: Final = (DOCS / "other-tools.md").read_text("utf-8")
EXAMPLES: Final = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
HEAD: Final = """
import os, sys, time
import pytest, requests

API = "https://api.ayrshare.com/api"

def user(ayrshare, base=API):
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    return requests.get(base + "/user", headers=headers, timeout=20)
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests in a process of their own, with these plugins only; a warning is an error."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(source: str, *options: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makepyfile(HEAD + source)
        named = [part for name in ("fakeayr", *plugins) for part in ("-p", name)]
        return pytester.runpytest_subprocess("-W", "error", *named, *options, timeout=120)

    return run


def test_every_example_of_the_page_is_green(pytester: pytest.Pytester, run: Run) -> None:
    for number, example in enumerate(EXAMPLES):
        pytester.makepyfile(**{f"test_{number}": example})

    result = run("", plugins=("pytest_httpx", "respx.plugin", "pyfakefs.pytest_plugin"))

    result.assert_outcomes(passed=GUIDE.count("def test_"))


# Clocks.


@pytest.mark.parametrize(
    "stopped",
    [
        'freezegun.freeze_time("{when}")',
        'freezegun.freeze_time("{when}", tick=True)',
        'time_machine.travel("{when}")',
        'time_machine.travel("{when}", tick=False)',
    ],
)
def test_time_may_be_stopped(run: Run, stopped: str) -> None:
    result = run(
        f"""
import datetime, freezegun, time_machine

@pytest.mark.parametrize("when", ["1970-01-02", "2025-01-01", "2040-01-01"])
@pytest.mark.parametrize("looked", ["inside", "outside"])
def test_it(ayrshare, ayrshare_webhook_receiver, when, looked):
    profile = ayrshare.create_profile()
    begun = time.perf_counter()
    with {stopped.replace("{when}", '" + when + "')}:
        profile.link("facebook")
        if looked == "inside":
            assert [sent.state for sent in ayrshare.webhooks] == ["delivered"]
            assert len(ayrshare_webhook_receiver.wait()) == 1
        assert user(ayrshare).status_code == 200
        assert user(ayrshare, ayrshare.api_url).status_code == 200
        midnight = datetime.datetime.fromisoformat(when + "T00:00:00+00:00").timestamp()
        assert 0 <= ayrshare.clock.now - midnight < 60
        ayrshare.open(profile.linking_url()).allow("tiktok")
    assert {{sent.state for sent in ayrshare.webhooks}} == {{"delivered"}}
    assert user(ayrshare, ayrshare.api_url).status_code == 200
    assert time.perf_counter() - begun < 30
""",
        plugins=("pytest_httpserver.pytest_plugin",),
    )

    result.assert_outcomes(passed=6)


def test_functions_of_time_may_be_replaced(run: Run) -> None:
    result = run(
        """
def test_it(ayrshare, ayrshare_webhook_receiver, monkeypatch):
    profile = ayrshare.create_profile()
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, lambda: 0.0)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    profile.link("facebook")
    assert [sent.state for sent in ayrshare.webhooks] == ["delivered"]
    assert len(ayrshare_webhook_receiver.wait()) == 1
    with pytest.raises(AssertionError, match="1 of 2 webhooks arrived"):
        ayrshare_webhook_receiver.wait(2, seconds=0.1)
    assert user(ayrshare, ayrshare.api_url).status_code == 200
""",
        plugins=("pytest_httpserver.pytest_plugin",),
    )

    result.assert_outcomes(passed=1)


def test_a_fake_may_start_and_end_while_time_stands_still(run: Run) -> None:
    result = run(
        """
from freezegun import freeze_time
from fakeayr import FakeAyrshare

@freeze_time("2001-02-03")
def test_it():
    for _ in range(2):
        with FakeAyrshare() as ayrshare:
            ayrshare.create_profile().link("facebook")
            assert user(ayrshare, ayrshare.api_url).status_code == 200
            assert int(ayrshare.clock.now) == int(time.time())

@freeze_time("2001-02-03")
def test_calls_with_a_wrong_key_are_shown(ayrshare):
    requests.get(API + "/user", headers={"Authorization": "Bearer wrong"})
    assert False
"""
    )

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["GET /api/user -> 403*(not with the test's API key)"])


def test_no_wait_of_the_toolkit_asks_a_clock_that_tests_replace() -> None:
    package = Path(__file__).parents[2] / "fakeayr"
    own_processes = {"serve.py", "worker.py", "system_clock.py", "real_time.py"}
    found = [
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if not {"contract", "loadtests", "gateway"} & set(file.relative_to(package).parts)
        and file.name not in own_processes
        and re.search(r"^(import time|from time import)\b", file.read_text(), re.MULTILINE)
    ]
    assert found == []


# Files.


def test_files_may_be_faked(run: Run) -> None:
    result = run(
        """
import certifi

def test_first(fs, ayrshare, monkeypatch):
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    fs.add_real_file(certifi.where())
    profile = ayrshare.create_profile()
    ayrshare.open(profile.linking_url()).allow("facebook")
    assert user(ayrshare).status_code == 200
    assert b"openapi: 3" in requests.get(ayrshare.url + "/openapi.yaml").content

def test_then(ayrshare):
    ayrshare.open(ayrshare.create_profile().linking_url()).allow("facebook")
    assert user(ayrshare, ayrshare.api_url).status_code == 200

def test_the_other_way_round(ayrshare, fs):
    import httpx
    profile = ayrshare.create_profile()
    ayrshare.open(profile.linking_url()).allow("facebook")
    assert ayrshare.webhooks == []

def test_without(): pass
""",
        "--ayrshare-journal=journal.jsonl",
        plugins=("pyfakefs.pytest_plugin",),
    )

    result.assert_outcomes(passed=4)
    assert len(Path("journal.jsonl").read_text().splitlines()) >= 6


def test_files_are_measured_while_others_are_faked(run: Run) -> None:
    """Pillow and MediaInfo load with the first file, and so perhaps in such a test."""
    result = run(
        f"""
import json, urllib.request

VIDEO = {base64.b64encode(video()).decode()!r}
IMAGE = {base64.b64encode(image(kind="WEBP")).decode()!r}

def upload(ayrshare, content_type, data):
    body = json.dumps({{"file": f"data:{{content_type}};base64,{{data}}"}}).encode()
    key = f"Bearer {{ayrshare.api_key}}"
    headers = {{"Authorization": key, "Content-Type": "application/json"}}
    call = urllib.request.Request("https://api.ayrshare.com/api/upload", body, headers)
    return json.load(urllib.request.urlopen(call))

def test_first(fs, ayrshare):
    upload(ayrshare, "video/mp4", VIDEO)
    upload(ayrshare, "image/webp", IMAGE)
    assert [one.width for one in ayrshare.uploads] == [1080, 30]

def test_then(ayrshare, fs):
    test_first(fs, ayrshare)
""",
        plugins=("pyfakefs.pytest_plugin",),
    )

    result.assert_outcomes(passed=2)


# Sockets.

WITHOUT_SOCKETS: Final = """
def test_calls(ayrshare):
    profile = ayrshare.create_profile()
    ayrshare.open(profile.linking_url()).allow("facebook")
    assert profile.linked == ["facebook"]
    assert user(ayrshare).status_code == 200
    ayrshare.register_webhook("social", "http://127.0.0.1:9/")
    begun = time.perf_counter()
    profile.link("tiktok")
    assert ayrshare.webhooks
    assert time.perf_counter() - begun < 10
"""


def test_sockets_may_be_forbidden(run: Run) -> None:
    result = run(WITHOUT_SOCKETS, "--disable-socket", plugins=("pytest_socket",))
    result.assert_outcomes(passed=1)


def test_a_test_that_needs_a_socket_is_told_what_to_write(run: Run) -> None:
    needing = "def test_it(ayrshare): user(ayrshare, ayrshare.api_url)"
    forbidden = run(needing, "--disable-socket", plugins=("pytest_socket",))
    allowed = run(needing, "--allow-hosts=127.0.0.1", plugins=("pytest_socket",))

    forbidden.assert_outcomes(failed=1)
    forbidden.stdout.fnmatch_lines(["*run pytest with --allow-hosts=127.0.0.1.*"])
    allowed.assert_outcomes(passed=1)


def test_the_fixture_opens_no_socket_before_it_is_needed(run: Run) -> None:
    result = run(
        """
import threading

def test_it(ayrshare):
    ayrshare.create_profile().link("facebook")
    assert user(ayrshare).status_code == 200
    assert "fakeayr-server" not in [thread.name for thread in threading.enumerate()]
    assert user(ayrshare, ayrshare.api_url).status_code == 200
    assert "fakeayr-server" in [thread.name for thread in threading.enumerate()]
"""
    )
    result.assert_outcomes(passed=1)


# Other processes.

FORKS: Final = """
import multiprocessing, threading
import warnings

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

def create(key, title):
    headers = {"Authorization": "Bearer " + key}
    answer = requests.post(API + "/profiles", json={"title": title}, headers=headers, timeout=20)
    return answer.status_code

def test_a_forked_child_reaches_the_account(ayrshare):
    child = os.fork()
    if child == 0:
        os._exit(create(ayrshare.api_key, "Bakery") == 200)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    ayrshare.assert_called("POST", "/profiles", title="Bakery", times=1)

def test_a_pool_reaches_the_account(ayrshare):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        calls = [(ayrshare.api_key, f"Shop {number}") for number in range(6)]
        assert pool.starmap(create, calls) == [200] * 6
    assert len(ayrshare.assert_called("POST", "/profiles")) == 6

def test_a_fork_in_the_middle_of_calls(ayrshare):
    user(ayrshare)  # Requests loads netrc now; a child of a fork meanwhile would wait for ever.
    going = threading.Event()
    def call():
        while not going.is_set():
            user(ayrshare)
    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(12):
            child = os.fork()
            if child == 0:
                os._exit(create(ayrshare.api_key, f"Shop {number}") == 200)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    finally:
        going.set()
        for thread in threads:
            thread.join()
    assert len(ayrshare.assert_called("POST", "/profiles")) == 12

def test_a_child_may_use_the_account_itself(ayrshare):
    profile = ayrshare.create_profile("Bakery")
    child = os.fork()
    if child == 0:
        profile.link("facebook")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert profile.linked == ["facebook"]

def test_a_child_that_leaves_the_block_ends_nothing():
    from fakeayr import FakeAyrshare
    child = None
    try:
        with FakeAyrshare() as ayrshare:
            child = os.fork()
            if child == 0:
                raise KeyboardInterrupt
            os.waitpid(child, 0)
            assert user(ayrshare).status_code == 200
    finally:
        if child == 0:
            os._exit(0)
"""


def test_forked_children_reach_the_account(run: Run) -> None:
    run(FORKS).assert_outcomes(passed=5)


def test_a_forked_child_is_refused_in_words_where_sockets_are_forbidden(run: Run) -> None:
    result = run(
        """
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

def test_it(ayrshare):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            user(ayrshare)
        except Exception as error:
            os.write(writing, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert b"forked from the one with the fake Ayrshare" in os.read(reading, 1000)
    os.close(reading), os.close(writing)
""",
        "--disable-socket",
        plugins=("pytest_socket",),
    )
    result.assert_outcomes(passed=1)


# gevent.


def test_gevent_may_have_patched_everything() -> None:
    program = """
from gevent import monkey
monkey.patch_all()
import gevent, requests, socket
from fakeayr import FakeAyrshare
from fakeayr.testing import RealAyrshareRefused

with FakeAyrshare() as ayrshare:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    def get(base):
        return requests.get(base + "/user", headers=headers, timeout=20).status_code
    jobs = [gevent.spawn(get, base) for base in ("https://api.ayrshare.com/api", ayrshare.api_url)]
    gevent.joinall(jobs, raise_error=True)
    print(*(job.value for job in jobs))
    ayrshare.register_webhook("social", "http://127.0.0.1:9/")
    ayrshare.create_profile().link("facebook")
    print(len(ayrshare.webhooks[0].attempts))
    try:
        socket.create_connection(("api.ayrshare.com", 443))
    except RealAyrshareRefused:
        print("refused")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ran.stdout.split(), ran.stderr) == (["200", "200", "1", "refused"], "")


# What resolves names by itself.


def test_what_cannot_be_led_is_refused(run: Run) -> None:
    result = run(
        """
import asyncio
import curl_cffi
import gevent.socket
import pycurl
import uvloop
from fakeayr.testing import RealAyrshareRefused

def with_pycurl():
    curl = pycurl.Curl()
    curl.setopt(curl.URL, API)

async def open_stream():
    await asyncio.open_connection("api.ayrshare.com", 443)

def with_uvloop():
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(open_stream())

@pytest.mark.parametrize("reach", [
    with_pycurl,
    with_uvloop,
    lambda: curl_cffi.get(API + "/user"),
    lambda: gevent.socket.getaddrinfo("api.ayrshare.com", 443),
    lambda: gevent.socket.create_connection(("api.ayrshare.com", 443)),
])
def test_it(ayrshare, reach):
    with pytest.raises(RealAyrshareRefused, match="give any other client the fixture's api_url"):
        reach()
"""
    )
    result.assert_outcomes(passed=5)


# Tools that replace the same places.


def test_an_undo_that_fails_skips_no_other(run: Run) -> None:
    result = run(
        """
import urllib3
from fakeayr import FakeAyrshare

def test_it(monkeypatch):
    before = urllib3.HTTPConnectionPool.urlopen
    with FakeAyrshare():
        sys.meta_path[:] = [it for it in sys.meta_path if type(it).__name__ != "_WhenLoaded"]
    assert urllib3.HTTPConnectionPool.urlopen is before

def test_a_tool_that_ends_later_leaves_nothing_behind():
    before = urllib3.HTTPConnectionPool.urlopen
    with FakeAyrshare():
        found = urllib3.HTTPConnectionPool.urlopen
        urllib3.HTTPConnectionPool.urlopen = lambda *a, **b: found(*a, **b)
    urllib3.HTTPConnectionPool.urlopen = found
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/", timeout=5)
    urllib3.HTTPConnectionPool.urlopen = before
"""
    )
    result.assert_outcomes(passed=2)


def test_an_unknown_version_of_a_library_is_named(run: Run) -> None:
    result = run(
        """
import aiohttp, asyncio
from fakeayr import FakeAyrshare
from fakeayr.testing import RealAyrshareRefused

def test_it(monkeypatch):
    monkeypatch.delattr(aiohttp, "BaseConnector")
    async def get():
        async with aiohttp.ClientSession() as session, session.get(API):
            pass
    with FakeAyrshare() as ayrshare:
        assert user(ayrshare).status_code == 200
        with pytest.raises(RealAyrshareRefused, match="This version of aiohttp is unknown"):
            asyncio.run(get())
"""
    )
    result.assert_outcomes(passed=1)


def test_other_signatures_are_led_to_the_server(ayrshare: Account) -> None:
    """As urllib3-future has them, which replaces urllib3 and so cannot be installed beside it."""

    class Pool(urllib3.HTTPConnectionPool):
        def urlopen(  # type: ignore[override]
            self,
            method: str,
            url: str,
            body: bytes | None = None,
            headers: dict[str, str] | None = None,
            *args: object,
            multiplexed: bool = False,
            **named: object,
        ) -> urllib3.BaseHTTPResponse:
            assert multiplexed
            return super().urlopen(method, url, body, headers)

    class Fake:
        server_url = ayrshare.url

        def answers(self, host: str | None, library: str) -> bool:
            return host == "api.ayrshare.com"

    led = _lead_urlopen(Pool, cast(Responder, Fake()))
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    for arguments, named in (((None, headers), {}), ((), {"headers": headers})):
        pool = Pool("api.ayrshare.com")
        answer = led(pool, "GET", "/api/user?a=1", *arguments, multiplexed=True, **named)
        assert answer.status == 200
    assert [request.query for request in ayrshare.requests] == [{"a": "1"}, {"a": "1"}]


# Where a module is missing.


def test_the_plugin_loads_where_there_is_no_posix(run: Run) -> None:
    result = run(
        """
def test_it(): pass
def test_with_it(ayrshare): assert ayrshare.create_profile().linked == []
""",
        "--ayrshare-journal=journal.jsonl",
        plugins=("no_posix",),
    )
    result.assert_outcomes(passed=2)


@pytest.fixture(autouse=True)
def no_posix(pytester: pytest.Pytester) -> None:
    """A plugin that hides what only POSIX has."""
    pytester.makepyfile(
        no_posix="""
import sys
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
"""
    )
