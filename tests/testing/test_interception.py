"""Calls to Ayrshare's own host names in this process reach the fake, and nothing else changes."""

import asyncio
import contextlib
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpcore
import httpx
import pytest
import requests
import trio
import urllib3

from fakeayr import FakeAyrshare
from fakeayr.client import hosts
from fakeayr.client.transport import HttpTransport, TransportError
from fakeayr.testing import Account
from fakeayr.testing.interception import InterceptionCounts, RealAyrshareRefused, intercept
from tests.support.http_libraries import LIBRARIES, Call, LibraryResponse

API = "https://api.ayrshare.com/api"


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Call:
    """One library after the other."""
    return LIBRARIES[request.param]


@pytest.fixture
def headers(ayrshare: Account) -> dict[str, str]:
    """What authorizes a call."""
    return {"Authorization": f"Bearer {ayrshare.api_key}"}


class _Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = f"{self.command} {self.path} {self.headers['Host']} ".encode() + body
        self.send_response(201)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_request(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A server that has nothing to do with Ayrshare."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


# What is answered.


@pytest.mark.parametrize("host", ["api.ayrshare.com", "app.ayrshare.com", "API.Ayrshare.com"])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_api_answers(
    library: Call, ayrshare: Account, headers: dict[str, str], scheme: str, host: str
) -> None:
    answer = library("GET", f"{scheme}://{host}/api/user", headers)

    assert answer.status == 200
    assert answer.content_type == "application/json; charset=utf-8"
    assert json.loads(answer.body)["refId"] == ayrshare.ref_id


def test_a_body_arrives(library: Call, ayrshare: Account, headers: dict[str, str]) -> None:
    body = json.dumps({"title": "Bäckerei"}).encode()

    answer = library(
        "POST", f"{API}/profiles", {**headers, "Content-Type": "application/json"}, body
    )

    assert answer.status == 200
    ayrshare.assert_called("POST", "/profiles", title="Bäckerei")


def test_an_error_is_an_answer(library: Call, ayrshare: Account) -> None:
    answer = library("GET", f"{API}/user", {"Authorization": "Bearer nobody"})

    assert (answer.status, json.loads(answer.body)["code"]) == (403, 102)


def test_a_query_and_a_port_arrive(
    library: Call, ayrshare: Account, headers: dict[str, str]
) -> None:
    address = "https://api.ayrshare.com:443/api/profiles?title=https://shop.example/?a=%C3%A4"

    assert library("GET", address, headers).status == 200
    assert ayrshare.requests[0].query == {"title": "https://shop.example/?a=ä"}


def test_the_linking_page_opens(library: Call, ayrshare: Account) -> None:
    made = requests.post(
        f"{API}/profiles/generateJWT",
        json={
            "domain": ayrshare.domain,
            "privateKey": ayrshare.private_key,
            "profileKey": ayrshare.create_profile("Mia's Bakery").key,
        },
        headers={"Authorization": f"Bearer {ayrshare.api_key}"},
        timeout=5,
    )
    url = made.json()["url"]
    assert url.startswith("https://profile.ayrshare.com?domain=")

    answer = library("GET", url)

    assert answer.status in {200, 302}
    assert ayrshare.open(url).networks


def test_a_head_has_no_body(library: Call, ayrshare: Account, headers: dict[str, str]) -> None:
    assert library("HEAD", f"{API}/user", headers).body == b""


# How faults look.


@contextlib.contextmanager
def _reported() -> Iterator[list[str]]:
    outcome: list[str] = []
    try:
        yield outcome
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
        outcome.append(type(error).__qualname__)
    except (httpx.HTTPError, aiohttp.ClientError) as error:
        outcome.append(type(error).__qualname__)


def outcome(call: Callable[[], LibraryResponse]) -> str:
    """How a call ends for the application that makes it."""
    with _reported() as told:
        answer = call()
        told.append(f"{answer.status} {answer.content_type} {answer.body!r}")
    return told[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 503},
        {"kind": "rate-limit"},
        {"kind": "reset"},
        {"kind": "reset", "when": "after"},
        {"kind": "truncated"},
        {"kind": "malformed"},
        {"kind": "html"},
        {"kind": "latency", "seconds": 4},
        {"kind": "latency", "seconds": 4, "when": "after"},
    ],
    ids=lambda fault: " ".join(map(str, fault.values())),
)
def test_a_fault_looks_as_it_does_over_a_real_connection(
    library: Call, ayrshare: Account, headers: dict[str, str], fault: dict[str, Any]
) -> None:
    ayrshare.fault(**fault, times=None, path="/hook/webhook")
    patience = 1 if fault["kind"] == "latency" else 20

    def told(base: str) -> str:
        return outcome(lambda: library("GET", f"{base}/hook/webhook", headers, timeout=patience))

    assert told(API) == told(ayrshare.api_url)
    assert all(call.fault for call in ayrshare.requests)


def test_what_comes_too_late_for_the_client_takes_effect(
    library: Call, ayrshare: Account, headers: dict[str, str]
) -> None:
    ayrshare.slow(60, path="/profiles")
    body, headers = b'{"title": "Bakery"}', {**headers, "Content-Type": "application/json"}

    begun = time.monotonic()
    told = outcome(lambda: library("POST", f"{API}/profiles", headers, body, timeout=0.1))

    assert "Timeout" in told
    assert time.monotonic() - begun < 30


def test_urllib3_retries_as_it_is_told(ayrshare: Account, headers: dict[str, str]) -> None:
    ayrshare.fail_next(503, path="/user")
    ayrshare.rate_limit(path="/user")
    session = requests.Session()
    retries = urllib3.Retry(3, status_forcelist=[429, 503])
    session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retries))

    with session:
        assert session.get(f"{API}/user", headers=headers).status_code == 200

    assert [call.status for call in ayrshare.requests] == [503, 429, 200]


def test_urllib3_gives_up_as_it_is_told(ayrshare: Account, headers: dict[str, str]) -> None:
    ayrshare.fault("reset", times=None)
    with (
        urllib3.PoolManager(retries=urllib3.Retry(2)) as pool,
        pytest.raises(urllib3.exceptions.MaxRetryError),
    ):
        pool.request("GET", f"{API}/user", headers=headers)

    assert len(ayrshare.requests) == 3


def test_latency_does_not_hold_up_the_event_loop(
    ayrshare: Account, headers: dict[str, str]
) -> None:
    ayrshare.slow(60, path="/user")

    async def both() -> int:
        async with httpx.AsyncClient(headers=headers) as client:
            slow = asyncio.create_task(client.get(f"{API}/user", timeout=60))
            while not ayrshare.faults[0].hits:
                await asyncio.sleep(0)
            quick = await client.get(f"{API}/profiles")
            slow.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await slow
            return quick.status_code

    assert asyncio.run(both()) == 200


def test_a_slow_answer_can_be_given_up(ayrshare: Account, headers: dict[str, str]) -> None:
    ayrshare.slow(60, path="/user")

    async def impatient() -> None:
        async with httpx.AsyncClient(headers=headers) as client, asyncio.timeout(0.1):
            await client.get(f"{API}/user", timeout=None)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())


# Bodies that come and go in pieces.


def pieces() -> Iterator[bytes]:
    """A body of unknown length."""
    yield b'{"title": '
    yield b'"Bakery"}'


def _with_requests(headers: dict[str, str], body: Any) -> int:
    return requests.post(f"{API}/profiles", data=body, headers=headers, timeout=5).status_code


def _with_urllib3(headers: dict[str, str], body: Any) -> int:
    return urllib3.request("POST", f"{API}/profiles", body=body, headers=headers).status


def _with_httpx(headers: dict[str, str], body: Any) -> int:
    return httpx.post(f"{API}/profiles", content=body, headers=headers).status_code


def _with_urllib(headers: dict[str, str], body: Any) -> int:
    request = urllib.request.Request(f"{API}/profiles", body, headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return int(answer.status)


def _with_aiohttp(headers: dict[str, str], body: Any) -> int:
    async def post() -> int:
        async def in_pieces() -> AsyncIterator[bytes]:
            for piece in body:
                yield piece

        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(f"{API}/profiles", data=in_pieces()) as answer,
        ):
            return answer.status

    return asyncio.run(post())


@pytest.mark.parametrize(
    "post", [_with_requests, _with_urllib3, _with_httpx, _with_urllib, _with_aiohttp]
)
@pytest.mark.parametrize("kind", ["generator", "file"])
def test_a_body_may_come_in_pieces(
    ayrshare: Account,
    headers: dict[str, str],
    tmp_path: Path,
    post: Callable[[dict[str, str], Any], int],
    kind: str,
) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(b"".join(pieces()))
    headers["Content-Type"] = "application/json"

    with file.open("rb") as opened:
        assert post(headers, pieces() if kind == "generator" else opened) == 200

    ayrshare.assert_called("POST", "/profiles", title="Bakery")


@pytest.mark.parametrize("body", ['{"title": "Bakery"}', bytearray(b'{"title": "Bakery"}')])
def test_urllib3_takes_texts_and_byte_arrays_too(
    ayrshare: Account, headers: dict[str, str], body: Any
) -> None:
    headers["Content-Type"] = "application/json"

    assert _with_urllib3(headers, body) == 200
    ayrshare.assert_called("POST", "/profiles", title="Bakery")


def test_an_answer_may_be_read_in_pieces(ayrshare: Account, headers: dict[str, str]) -> None:
    url = f"{API}/hook/webhook"
    whole = requests.get(url, headers=headers, timeout=5).content

    with requests.get(url, headers=headers, stream=True, timeout=5) as answer:
        assert b"".join(answer.iter_content(7)) == whole
    with httpx.stream("GET", url, headers=headers) as streamed:
        assert b"".join(streamed.iter_bytes(7)) == whole
    with urllib3.request("GET", url, headers=headers, preload_content=False) as raw:
        assert b"".join(raw.stream(7)) == whole


# What is refused.

OTHERS = [
    "https://dashboard.ayrshare.com/",
    "https://ayrshare.com/",
    "http://www.Ayrshare.com./",
    "https://api.ayrshare.com.:8443/",
]


@pytest.mark.parametrize("url", OTHERS)
def test_other_hosts_of_ayrshare_are_refused(library: Call, ayrshare: Account, url: str) -> None:
    with pytest.raises(RealAyrshareRefused, match="tried to reach the real Ayrshare at"):
        library("GET", url)


@pytest.mark.parametrize(
    "reach",
    [
        lambda: http.client.HTTPSConnection("api.ayrshare.com").request("GET", "/"),
        lambda: socket.create_connection(("api.ayrshare.com", 443)),
        lambda: asyncio.run(asyncio.open_connection("api.ayrshare.com", 443)),
        lambda: trio.run(trio.open_tcp_stream, "api.ayrshare.com", 443),
        lambda: socket.getaddrinfo(b"api.ayrshare.com", 443),
        lambda: socket.getaddrinfo("api\u3002ayrshare\uff0ecom", 443),
        lambda: socket.gethostbyname("api.ayrshare.com"),
        lambda: socket.gethostbyname_ex("API.AYRSHARE.COM"),
    ],
    ids=[
        "http.client",
        "socket",
        "asyncio",
        "trio",
        "bytes",
        "unicode",
        "gethostbyname",
        "gethostbyname_ex",
    ],
)
def test_what_is_not_intercepted_is_refused(ayrshare: Account, reach: Callable[[], Any]) -> None:
    with pytest.raises(RealAyrshareRefused, match="give any other client the fixture's api_url"):
        reach()


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_sockets_that_look_names_up_themselves_are_refused(ayrshare: Account, connect: str) -> None:
    with socket.socket() as raw, pytest.raises(RealAyrshareRefused):
        getattr(raw, connect)(("api.ayrshare.com", 443))


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("ayrshare.com", True),
        ("a.b.AYRSHARE.com.", True),
        (b"api.ayrshare.com", True),
        ("\uff41yrshare.com", True),
        ("notayrshare.com", False),
        ("ayrshare.com.example", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("", False),
        (None, False),
        ("b\u00fccher.example", False),
        ("\u3002" * 3, False),
    ],
)
def test_hosts_of_ayrshare_are_known_however_they_are_spelt(host: object, refused: bool) -> None:
    assert hosts.is_ayrshare(host) is refused


# What is left alone.


def test_everything_else_is_reached_as_ever(
    library: Call, ayrshare: Account, elsewhere: str
) -> None:
    answer = library("POST", f"{elsewhere}/api/user?host=api.ayrshare.com", {}, b"hello")

    assert answer.status == 201
    host = elsewhere.removeprefix("http://")
    assert answer.body == f"POST /api/user?host=api.ayrshare.com {host} hello".encode()
    assert ayrshare.requests == []


def test_a_redirect_leads_out_of_the_fake(ayrshare: Account, elsewhere: str) -> None:
    url = ayrshare.create_profile().linking_url(redirect=f"{elsewhere}/done")
    short = parse_qs(urlsplit(url).query)["redirect"][0].replace(
        ayrshare.url, "https://profile.ayrshare.com"
    )

    with pytest.raises(requests.exceptions.HTTPError, match="501"):  # It knows POST only.
        requests.get(short, timeout=5).raise_for_status()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_not_asked(
    library: Call,
    ayrshare: Account,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert library("GET", f"{API}/user", headers).status == 200
    assert library("GET", f"{API.replace('https', 'http')}/user", headers).status == 200
    with pytest.raises(RealAyrshareRefused):
        library("GET", "https://dashboard.ayrshare.com/")


def test_aiohttp_does_not_ask_a_proxy_that_it_is_given(
    ayrshare: Account, headers: dict[str, str]
) -> None:
    async def get() -> int:
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{API}/user", proxy="http://127.0.0.1:9") as answer,
        ):
            assert str(answer.url) == f"{API}/user"
            return answer.status

    assert asyncio.run(get()) == 200


# When it begins and ends.


def entries() -> dict[str, object]:
    """What stands at every place that the interception replaces."""
    places: list[tuple[Any, str]] = [
        (urllib3.HTTPConnectionPool, "urlopen"),
        (httpcore.ConnectionPool, "handle_request"),
        (httpcore.AsyncConnectionPool, "handle_async_request"),
        (aiohttp.BaseConnector, "connect"),
        (urllib.request.HTTPHandler, "http_open"),
        (urllib.request.HTTPSHandler, "https_open"),
        (socket, "getaddrinfo"),
        (socket, "gethostbyname"),
        (socket, "gethostbyname_ex"),
        (socket.socket, "connect"),
        (socket.socket, "connect_ex"),
    ]
    return {f"{owner.__name__}.{name}": vars(owner).get(name) for owner, name in places}


def test_everything_is_put_back() -> None:
    before, finders = entries(), list(sys.meta_path)

    with FakeAyrshare():
        during = entries()
    after = entries()

    assert [name for name in before if before[name] is during[name]] == []
    assert [name for name in before if before[name] is not after[name]] == []
    assert sys.meta_path == finders


def test_nothing_is_replaced_on_request() -> None:
    before = entries()

    with FakeAyrshare(intercept=False):
        assert entries() == before


def test_clients_may_be_older_and_live_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def offline(host: str, *arguments: Any, **named: Any) -> Any:
        if host != "127.0.0.1":
            raise socket.gaierror(f"no network in tests: {host}")
        return look_up(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    session, client = requests.Session(), httpx.Client()
    with session, client:
        with FakeAyrshare() as ayrshare:
            headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
            assert session.get(f"{API}/user", headers=headers, timeout=5).status_code == 200
            assert client.get(f"{API}/user", headers=headers).status_code == 200

        with pytest.raises(requests.ConnectionError, match="no network in tests"):
            session.get(f"{API}/user", timeout=5)
        with pytest.raises(httpx.ConnectError, match="no network in tests"):
            client.get(f"{API}/user")


def test_of_two_fakes_the_inner_one_answers() -> None:
    def whose(ayrshare: Account) -> int:
        headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
        return requests.get(f"{API}/user", headers=headers, timeout=5).status_code

    with FakeAyrshare() as outer:
        with FakeAyrshare() as inner:
            assert (whose(outer), whose(inner)) == (403, 200)
        assert (whose(outer), whose(inner)) == (200, 403)


def test_libraries_may_be_loaded_later() -> None:
    program = """
import sys
from fakeayr import FakeAyrshare

with FakeAyrshare() as ayrshare:
    assert not {"urllib3", "httpx", "aiohttp"} & set(sys.modules), "it loads what nobody asked for"
    from tests.support.http_libraries import LIBRARIES
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    for library in LIBRARIES.values():
        print(library("GET", "https://api.ayrshare.com/api/user", headers).status)
"""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.stdout.split(), ran.stderr) == (["200"] * len(LIBRARIES), "")


def test_threads_may_call_at_once(ayrshare: Account, headers: dict[str, str]) -> None:
    def call(number: int) -> int:
        body = {"title": f"Profile {number}"}
        return requests.post(f"{API}/profiles", json=body, headers=headers, timeout=5).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(20))) == [200] * 20

    assert len(ayrshare.assert_called("POST", "/profiles")) == 20


def test_it_tells_in_one_line_what_it_did(ayrshare: Account) -> None:
    tally = InterceptionCounts()
    with (
        contextlib.closing(HttpTransport(ayrshare.url)) as transport,
        intercept(transport, lambda: ayrshare.url, tally),
    ):
        for name in ("requests", "requests", "httpx", "aiohttp", "urllib.request"):
            LIBRARIES[name]("GET", f"{API}/user")
        assert str(tally) == (
            "5 calls to Ayrshare's host names answered by the fake "
            "(aiohttp 1, httpx 1, requests/urllib3 2, urllib.request 1)"
        )
        with pytest.raises(RealAyrshareRefused):
            LIBRARIES["httpx"]("GET", "https://dashboard.ayrshare.com/")
        assert str(tally).endswith("; 1 attempt to reach the real dashboard.ayrshare.com refused")


# The way to a fake that runs elsewhere.


@pytest.fixture
def there(ayrshare: Account) -> Iterator[HttpTransport]:
    """The way to the fixture's server over HTTP."""
    with (
        contextlib.closing(HttpTransport(ayrshare.url)) as transport,
        intercept(transport, lambda: ayrshare.url),
    ):
        yield transport


def test_a_fake_elsewhere_answers_too(
    library: Call, there: HttpTransport, ayrshare: Account, headers: dict[str, str]
) -> None:
    body = b'{"title": "Bakery"}'
    headers["Content-Type"] = "application/json"

    assert library("POST", f"{API}/profiles", headers, body).status == 200
    assert library("GET", f"{API}/user", headers).status == 200
    assert library("HEAD", f"{API}/user", headers).body == b""
    ayrshare.assert_called("POST", "/profiles", title="Bakery")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["reset", "truncated", "latency"])
def test_a_fault_elsewhere_looks_the_same(
    library: Call, there: HttpTransport, ayrshare: Account, headers: dict[str, str], kind: str
) -> None:
    late: dict[str, Any] = {"seconds": 4} if kind == "latency" else {}
    ayrshare.fault(kind, times=None, path="/hook/webhook", **late)
    patience = 1 if late else 20

    def told(base: str) -> str:
        return outcome(lambda: library("GET", f"{base}/hook/webhook", headers, timeout=patience))

    assert told(API) == told(ayrshare.api_url)


def test_a_fake_that_is_gone_looks_like_a_broken_connection(elsewhere: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Nobody listens there.
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TransportError, match="Connection refused"):
            HttpTransport(url).send("GET", f"{API}/user", [], b"")
