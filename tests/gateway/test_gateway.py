"""The gateway itself: a proxy and a TLS port that lead Ayrshare's host names to a fake."""

import asyncio
import errno
import http.client
import os
import re
import resource
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from fakeayr.gateway import owners, tunnel, variables
from fakeayr.gateway import requests as request_reading
from fakeayr.gateway.authority import Authority
from fakeayr.gateway.opening import open_gateway
from fakeayr.gateway.tunnel import Ports, Routes, run_tunnel
from fakeayr.web import development
from tests.support.apps import running_app
from tests.support.servers import Served, development_headers, run, serving

USER = "https://api.ayrshare.com/api/user"


class _Seen(BaseHTTPRequestHandler):
    """Answers with the request as it came."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = f"{self.requestline}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.do_GET()

    def log_request(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of another server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Seen)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def fake() -> Iterator[tuple[str, int]]:
    """Where a fake listens."""
    with running_app() as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Signs for the vendor's hosts."""
    return Authority()


@pytest.fixture
def gateway(fake: tuple[str, int], authority: Authority) -> Iterator[Ports]:
    """A gateway to the fake."""
    with run_tunnel(authority, Routes(fake=fake)) as ports:
        yield ports


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path) -> str:
    """The authority's certificate, as a file."""
    authority.write_certificate(tmp_path / "authority.pem")
    return str(tmp_path / "authority.pem")


def asked(port: int, request: str) -> str:
    """What a proxy answers to raw bytes; the whole connection until it is closed."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65_536), b"")).decode()


# The proxy.


def test_the_proxy_leads_to_the_fake(gateway: Ports, trusted: str) -> None:
    proxies = dict.fromkeys(("http", "https"), f"http://127.0.0.1:{gateway.proxy}")
    with requests.Session() as session:
        session.headers.update(development_headers())
        session.trust_env, session.verify = False, trusted
        session.proxies.update(proxies)
        answers = [session.get(url, timeout=10) for url in (USER, USER, USER.replace("s", "", 1))]

    assert [answer.json()["title"] for answer in answers] == ["Primary Profile"] * 3


@pytest.mark.parametrize("target", ["/api/user", "api.ayrshare.com", "http://[", "*"])
def test_a_proxy_must_be_told_where_to(gateway: Ports, target: str) -> None:
    answer = asked(gateway.proxy, f"GET {target} HTTP/1.1\n\n")

    assert answer.startswith("HTTP/1.1 400 fakeayr's proxy needs a whole URL.\r\n")


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT www.ayrshare.com:443 HTTP/1.1",
        "CONNECT ayrshare.com. HTTP/1.1",
        "GET http://WWW.AYRSHARE.COM/ HTTP/1.1",
    ],
)
def test_the_proxy_keeps_clients_from_the_real_ayrshare(gateway: Ports, request_line: str) -> None:
    answer = asked(gateway.proxy, f"{request_line}\n\n")

    assert answer.startswith("HTTP/1.1 403 fakeayr keeps you from the real ")


def test_hosts_that_only_sound_like_ayrshare_are_others(gateway: Ports) -> None:
    answer = asked(gateway.proxy, "CONNECT notayrshare.com.invalid:443 HTTP/1.1\n\n")

    assert answer.startswith("HTTP/1.1 502 notayrshare.com.invalid cannot be reached: ")


def test_an_endless_head_is_cut_off(gateway: Ports) -> None:
    answer = asked(gateway.proxy, f"GET http://x.example/ HTTP/1.1\nX: {'x' * 70_000}\n\n")

    assert answer.startswith("HTTP/1.1 431 The request's head is too long.\r\n")


def test_other_servers_get_requests_in_their_own_form(gateway: Ports, elsewhere: int) -> None:
    answer = asked(
        gateway.proxy,
        f"POST http://127.0.0.1:{elsewhere}?a=http://b HTTP/1.1\nHost: 127.0.0.1:{elsewhere}\n"
        "Proxy-Connection: keep-alive\nConnection: keep-alive\nX-Own: yes\nContent-Length: 0\n\n",
    )

    head, _, seen = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert seen.splitlines() == [
        "POST /?a=http://b HTTP/1.1",
        f"Host: 127.0.0.1:{elsewhere}",
        "X-Own: yes",
        "Content-Length: 0",
        "Connection: close",
        "",
    ]


@pytest.mark.parametrize(
    ("request_line", "closing"),
    [
        ("CONNECT other.example:443 HTTP/1.1", []),
        ("GET http://other.example/ HTTP/1.1", ["Connection: close"]),
    ],
)
def test_the_users_own_proxy_is_asked_for_other_hosts(
    fake: tuple[str, int],
    authority: Authority,
    elsewhere: int,
    request_line: str,
    closing: list[str],
) -> None:
    own = variables.read_proxies(
        {
            "http_proxy": f"http://mia:s%40fe@127.0.0.1:{elsewhere}",
            "HTTPS_PROXY": f"mia:s%40fe@127.0.0.1:{elsewhere}",
        }
    )
    with run_tunnel(authority, Routes(fake=fake, proxies=own)) as ports:
        answer = asked(ports.proxy, f"{request_line}\nHost: other.example\n\n")

    seen = answer.partition("\r\n\r\n")[2].splitlines()
    assert seen == [
        request_line,
        "Host: other.example",
        "Proxy-Authorization: Basic bWlhOnNAZmU=",
        *closing,
        "",
    ]


class _Recorded:
    """A server that keeps every byte it gets, says what it is told, and closes nothing."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.got = b""
        self._done = threading.Thread(target=self._serve)
        self._done.start()

    def _serve(self) -> None:
        # The gateway may hang up at any time.
        with suppress(OSError), self._listening, self._listening.accept()[0] as client:
            client.settimeout(10)
            while data := client.recv(65_536):
                self.got += data
                if self._answer and b"\r\n\r\n" in self.got:
                    client.sendall(self._answer)
                    self._answer = b""

    def whole(self) -> str:
        """All that came until the other side was done."""
        self._done.join(10)
        return self.got.decode()


@pytest.fixture
def shop() -> _Recorded:
    """Another server, which would keep its connections open."""
    return _Recorded(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nshop")


SECRET = f"Authorization: Bearer {development.API_KEY}"
FOR_AYRSHARE = (
    f"GET http://api.ayrshare.com/api/user HTTP/1.1\nHost: api.ayrshare.com\n{SECRET}\n\n"
)


@pytest.mark.parametrize(
    "second", [FOR_AYRSHARE, "GET http://www.ayrshare.com/ HTTP/1.1\nHost: x\n\n"]
)
@pytest.mark.parametrize(
    "first",
    [
        "GET http://shop.example/ HTTP/1.1\nHost: shop.example\n\n",
        "POST http://shop.example/ HTTP/1.1\nHost: shop.example\nContent-Length: 4\n\nbody",
        "POST http://shop.example/ HTTP/1.1\nHost: shop.example\n"
        "Transfer-Encoding: chunked\n\n4\nbody\n0\n\n",
        "POST http://shop.example/ HTTP/1.1\nHost: shop.example\nContent-Length: 9\n"
        "Transfer-Encoding: chunked\n\n4\nbody\n0\n\n",
        "POST http://shop.example/ HTTP/1.1\nHost: shop.example\nConnection: content-length\n"
        "Content-Length: 4\n\nbody",
    ],
    ids=["no body", "length", "chunks", "both", "hidden length"],
)
def test_what_follows_a_request_to_the_users_proxy_does_not_get_there(
    fake: tuple[str, int], authority: Authority, shop: _Recorded, first: str, second: str
) -> None:
    own = variables.read_proxies({"http_proxy": f"http://127.0.0.1:{shop.port}"})
    with run_tunnel(authority, Routes(fake=fake, proxies=own)) as ports:
        answer = asked(ports.proxy, first + second)

    assert answer.count("HTTP/1.1 ") == 1
    assert "\r\nConnection: close\r\n" in answer
    assert answer.endswith("\r\n\r\nshop")
    got = shop.whole()
    assert got.count(" HTTP/1.1\r\n") == 1
    assert "ayrshare" not in got
    assert "\r\nConnection: close\r\n" in got


def test_a_tunnel_that_the_users_proxy_refuses_is_the_end_of_a_connection(
    fake: tuple[str, int], authority: Authority
) -> None:
    """What would come next is a request to the proxy again."""
    refusing = _Recorded(
        b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno"
    )
    own = variables.read_proxies({"https_proxy": f"http://127.0.0.1:{refusing.port}"})
    with run_tunnel(authority, Routes(fake=fake, proxies=own)) as ports:
        again = "CONNECT api.ayrshare.com:443 HTTP/1.1\n\n"
        answer = asked(ports.proxy, f"CONNECT shop.example:443 HTTP/1.1\n\n{again}")

    assert answer == (
        "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\nno"
    )
    assert refusing.whole() == "CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n"


def test_what_follows_a_request_to_ayrshare_does_not_get_to_the_fake(gateway: Ports) -> None:
    answer = asked(gateway.proxy, f"{FOR_AYRSHARE}GET http://shop.example/ HTTP/1.1\nHost: x\n\n")

    assert answer.count("HTTP/1.1 ") == 1
    assert "Primary Profile" in answer


@pytest.mark.parametrize("with_proxy", [True, False])
def test_a_session_gets_each_answer_from_where_it_was_meant(
    fake: tuple[str, int], authority: Authority, elsewhere: int, with_proxy: bool
) -> None:
    own = {"http_proxy": f"http://127.0.0.1:{elsewhere}"} if with_proxy else {}
    other = "http://shop.example/a" if with_proxy else f"http://127.0.0.1:{elsewhere}/a"
    routes = Routes(fake=fake, proxies=variables.read_proxies(own))
    with run_tunnel(authority, routes) as ports, requests.Session() as session:
        session.trust_env = False
        session.proxies.update({"http": f"http://127.0.0.1:{ports.proxy}"})
        session.headers.update(development_headers())
        urls = [other, USER.replace("s", "", 1), other, "http://www.ayrshare.com/"]
        answers = [session.get(url, timeout=10) for url in urls]

    assert answers[0].text == answers[2].text
    assert answers[0].text.startswith(f"GET {other if with_proxy else '/a'} HTTP/1.1\n")
    assert answers[1].json()["title"] == "Primary Profile"
    assert answers[3].status_code == 403


def test_the_target_says_which_host_is_meant(gateway: Ports, shop: _Recorded) -> None:
    asked(
        gateway.proxy,
        f"GET http://127.0.0.1:{shop.port}/?a#b HTTP/1.1\nHost: api.ayrshare.com\n"
        "Proxy-Authorization: Basic eA==\nX-Mine: 1\nConnection: x-mine\n\n",
    )

    assert shop.whole() == (
        f"GET /?a HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nConnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    "target",
    [
        "http://www%2eayrshare.com/",
        "http://www.ayrshare.com\\@shop.example/",
        "http://shop.example\\.ayrshare.com/",
        "https://shop.example/",
        "ftp://shop.example/",
        "http://shop.example:99999/",
    ],
)
def test_a_target_that_could_be_read_otherwise_is_refused(
    fake: tuple[str, int], authority: Authority, target: str
) -> None:
    own = variables.read_proxies({"http_proxy": "http://127.0.0.1:9"})
    with run_tunnel(authority, Routes(fake=fake, proxies=own)) as ports:
        answer = asked(ports.proxy, f"GET {target} HTTP/1.1\nHost: shop.example\n\n")

    assert answer.startswith("HTTP/1.1 400 fakeayr's proxy needs ")


@pytest.mark.parametrize(
    "request_text",
    [
        "GET http://shop.example/ HTTP/1.1\nHost: a\nHost: b\n\n",
        "GET http://shop.example/ HTTP/1.1\nNo Field\n\n",
        "PRI * HTTP/2.0\n\nSM\n\n",
        "\x16\x03\x01\n\n",
    ],
)
def test_what_is_no_request_is_refused(gateway: Ports, request_text: str) -> None:
    assert asked(gateway.proxy, request_text).startswith("HTTP/1.1 400 fakeayr's proxy ")


def test_a_broken_body_is_refused(gateway: Ports) -> None:
    waiting = _Recorded(b"")
    answer = asked(
        gateway.proxy,
        f"POST http://127.0.0.1:{waiting.port}/ HTTP/1.1\nHost: x\n"
        "Transfer-Encoding: chunked\n\nno number\n",
    )

    assert answer.startswith("HTTP/1.1 400 The request's body is broken: ")
    assert waiting.whole().endswith("\r\n\r\n")


def test_a_name_that_is_none_is_an_unreachable_host(gateway: Ports) -> None:
    answer = asked(gateway.proxy, f"CONNECT {'a' * 64}.example:443 HTTP/1.1\n\n")

    assert f"{'a' * 64}.example cannot be reached: " in answer


@pytest.mark.parametrize("given", [True, False])
def test_the_users_name_at_a_proxy_is_for_the_users_own_programs(
    fake: tuple[str, int],
    authority: Authority,
    elsewhere: int,
    monkeypatch: pytest.MonkeyPatch,
    given: bool,
) -> None:
    user = os.getuid()
    if not given:
        monkeypatch.setattr(os, "getuid", lambda: user + 1)
    own = variables.read_proxies({"http_proxy": f"http://mia:safe@127.0.0.1:{elsewhere}"})
    with run_tunnel(authority, Routes(fake=fake, proxies=own)) as ports:
        answer = asked(ports.proxy, "GET http://shop.example/ HTTP/1.1\n\n")

    assert ("Proxy-Authorization: Basic bWlhOnNhZmU=" in answer) is given


def test_where_owners_are_unknown_everybody_is_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(owners, "_CONNECTIONS", tmp_path / "none")

    assert owners.is_our_users(("127.0.0.1", 1), ("127.0.0.1", 2))


# Clients that are slow, silent or many.


def test_silent_clients_hold_nobody_up(gateway: Ports, trusted: str) -> None:
    with ExitStack() as silent:
        for port in [gateway.proxy, gateway.tls] * 50:
            client = silent.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            if port == gateway.proxy:
                client.sendall(b"CONNECT api.ayrshare.com:443 HTTP/1.1\r\n\r\n"[: len(USER)])
        answer = requests.get(
            USER,
            headers=development_headers(),
            proxies={"https": f"http://127.0.0.1:{gateway.proxy}"},
            verify=trusted,
            timeout=5,
        )

    assert answer.status_code == 200


@pytest.fixture
def impatient(
    fake: tuple[str, int], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ports]:
    """A gateway that waits for nobody."""
    monkeypatch.setattr(request_reading, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(tunnel, "HEAD_SECONDS", 0.1)
    with run_tunnel(authority, Routes(fake=fake)) as ports:
        yield ports


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET http://shop.example/ HTTP/1.1\r\n", b"HTTP/1.1 408 "),
        (b"CONNECT api.ayrshare.com:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 "),
        (b"CONNECT api.ayrshare.com:443 HTTP/1.1\r\n\r\n\x16\x03\x01", b"HTTP/1.1 200 "),
    ],
    ids=["nothing", "half a head", "no handshake", "half a handshake"],
)
def test_who_does_not_go_on_is_cut_off(impatient: Ports, sent: bytes, answer: bytes) -> None:
    with socket.create_connection(("127.0.0.1", impatient.proxy), 10) as client:
        client.sendall(sent)
        got = b"".join(iter(lambda: client.recv(65_536), b""))

    assert got.startswith(answer)


def test_the_tls_port_cuts_silent_clients_off_too(impatient: Ports, trusted: str) -> None:
    context = ssl.create_default_context(cafile=trusted)
    with socket.create_connection(("127.0.0.1", impatient.tls), 10) as silent:
        assert silent.recv(1) == b""
    with (
        socket.create_connection(("127.0.0.1", impatient.tls), 10) as raw,
        context.wrap_socket(raw, server_hostname="api.ayrshare.com") as client,
    ):
        assert client.recv(1) == b""


def test_a_full_gateway_says_so(fake: tuple[str, int], authority: Authority) -> None:
    with run_tunnel(authority, Routes(fake=fake), most=2) as ports, ExitStack() as held:
        for _ in range(2):
            held.enter_context(socket.create_connection(("127.0.0.1", ports.proxy), 10))
        answer = asked(ports.proxy, FOR_AYRSHARE)
        with socket.create_connection(("127.0.0.1", ports.tls), 10) as client:
            assert client.recv(1) == b""

    assert answer.startswith("HTTP/1.1 503 fakeayr's gateway has 2 connections open ")


def test_the_client_that_is_silent_longest_makes_room(
    fake: tuple[str, int], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "_SILENT_SECONDS", 0)
    with run_tunnel(authority, Routes(fake=fake), most=2) as ports, ExitStack() as held:
        first, second = (
            held.enter_context(socket.create_connection(("127.0.0.1", ports.proxy), 10))
            for _ in range(2)
        )
        assert "Primary Profile" in asked(ports.proxy, FOR_AYRSHARE)
        assert first.recv(1) == b""
        second.sendall(FOR_AYRSHARE.replace("\n", "\r\n").encode())
        assert second.recv(15) == b"HTTP/1.1 200 OK"


def test_without_descriptors_it_says_so_once(
    fake: tuple[str, int], authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = tunnel._Gateway(authority, Routes(fake=fake), 1)
    loop = asyncio.new_event_loop()
    for _ in range(100):
        gateway.complain(loop, {"exception": OSError(errno.EMFILE, "Too many open files")})
    loop.close()

    assert [record.getMessage() for record in caplog.records] == [
        "fakeayr's gateway cannot take new connections (Too many open files): raise the limit with "
        "ulimit -n, or keep fewer open."
    ]


@pytest.mark.parametrize(
    ("files", "most"), [(64, 1), (1024, 160), (1 << 20, 2048), (resource.RLIM_INFINITY, 2048)]
)
def test_it_takes_as_many_as_there_are_descriptors_for(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))

    assert tunnel._count_connections() == most


# The authority.


def test_the_authority_can_deceive_about_no_other_host(
    authority: Authority, trusted: str, tmp_path: Path
) -> None:
    """Not even if its key leaked: what it signs for others is not taken."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority._authority.issue_cert("shop.example", "127.0.0.1").configure_cert(server)
    client = ssl.create_default_context(cafile=trusted)
    left, right = socket.socketpair()
    with left, right:
        left.settimeout(10)

        def serve() -> None:
            with suppress(OSError), server.wrap_socket(right, server_side=True):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ssl.SSLCertVerificationError, match="subtree violation"):
            client.wrap_socket(left, server_hostname="shop.example")
        thread.join()


def test_the_authority_signs_for_no_other_and_not_for_long(trusted: str) -> None:
    certificate = x509.load_pem_x509_certificate(Path(trusted).read_bytes())

    basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    names = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert (basic.ca, basic.path_length) == (True, 0)
    assert names.critical
    assert [it.value for it in names.value.permitted_subtrees or ()] == [
        "api.ayrshare.com",
        "app.ayrshare.com",
        "profile.ayrshare.com",
        "images.ayrshare.com",
        "media.ayrshare.com",
    ]
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lifetime == timedelta(days=31)


# The TLS port.


@pytest.mark.parametrize("port", [443, 80])
def test_a_tunnel_may_be_spoken_in_without_tls(gateway: Ports, port: int) -> None:
    request = FOR_AYRSHARE.replace("http://api.ayrshare.com", "").replace(
        "\n\n", "\nConnection: close\n\n"
    )

    answer = asked(gateway.proxy, f"CONNECT api.ayrshare.com:{port} HTTP/1.1\n\n{request}")

    assert answer.startswith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert "Primary Profile" in answer


def test_a_client_need_not_wait_for_its_tunnel(gateway: Ports, trusted: str) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=trusted)
    tls = context.wrap_bio(incoming, outgoing, server_hostname="api.ayrshare.com")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    with socket.create_connection(("127.0.0.1", gateway.proxy), 10) as client:
        client.sendall(b"CONNECT api.ayrshare.com:443 HTTP/1.1\r\n\r\n" + outgoing.read())
        established = b"HTTP/1.1 200 Connection established\r\n\r\n"
        assert client.recv(len(established), socket.MSG_WAITALL) == established
        assert client.recv(1) == b"\x16"


def test_the_tls_port_answers_as_ayrshare(gateway: Ports, trusted: str) -> None:
    context = ssl.create_default_context(cafile=trusted)
    for host in ("api.ayrshare.com", "app.ayrshare.com", "profile.ayrshare.com"):
        raw = socket.create_connection(("127.0.0.1", gateway.tls), 10)
        with context.wrap_socket(raw, server_hostname=host) as client:
            client.sendall(f"GET /_fakeayr/health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


def test_it_is_trusted_for_no_other_host(gateway: Ports, trusted: str) -> None:
    context = ssl.create_default_context(cafile=trusted)
    with (
        socket.create_connection(("127.0.0.1", gateway.tls), 10) as raw,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        context.wrap_socket(raw, server_hostname="x.example")


def test_a_connection_may_be_used_again_and_again(gateway: Ports, trusted: str) -> None:
    context = ssl.create_default_context(cafile=trusted)
    connection = http.client.HTTPSConnection("127.0.0.1", gateway.tls, context=context)
    context.check_hostname = False
    for _ in range(3):
        connection.request("GET", "/api/user", headers=development_headers())
        assert connection.getresponse().read().startswith(b'{"')
    connection.close()


# Beginning and ending.


def test_a_port_that_is_taken_is_an_error(fake: tuple[str, int], authority: Authority) -> None:
    with (
        pytest.raises(OSError, match="address already in use"),
        run_tunnel(authority, Routes(fake=fake), tls_port=fake[1]),
    ):
        pass


def test_open_connections_do_not_hold_up_the_end(
    fake: tuple[str, int], authority: Authority
) -> None:
    with run_tunnel(authority, Routes(fake=fake)) as ports:
        idle = socket.create_connection(("127.0.0.1", ports.proxy), 10)
        waiting = socket.create_connection(("127.0.0.1", ports.tls), 10)
    with idle, waiting:
        assert (idle.recv(1), waiting.recv(1)) == (b"", b"")

    names = {thread.name for thread in threading.enumerate()}
    assert "fakeayr-gateway" not in names


def test_a_fake_that_is_gone_is_a_closed_connection(authority: Authority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with run_tunnel(authority, Routes(fake=taken.getsockname())) as ports:
            assert asked(ports.proxy, f"GET {USER.replace('s', '', 1)} HTTP/1.1\n\n") == ""


# The variables.


@pytest.fixture
def written(gateway: Ports, authority: Authority, tmp_path: Path) -> dict[str, str]:
    """The variables of a user who has some of them already."""
    (tmp_path / "trusted.pem").write_text("what the user trusts\n")
    known = {
        "NO_PROXY": "db, .Example.com,*.ayrshare.com,com",
        "no_proxy": "*,db,api.ayrshare.com:443",
        "NODE_OPTIONS": "--no-warnings",
        "JAVA_TOOL_OPTIONS": "-Xmx1g",
        "PHP_INI_SCAN_DIR": "/etc/php",
        "SSL_CERT_FILE": str(tmp_path / "trusted.pem"),
    }
    with pytest.MonkeyPatch.context() as patch:
        # It is no certificate, which Java's format would insist on.
        patch.setattr(Authority, "write_java_truststore", lambda *_: None)
        return variables.write_files(tmp_path, authority, gateway, fake_port=1234, known=known)


def test_what_the_user_has_set_is_kept(written: dict[str, str], tmp_path: Path) -> None:
    assert written["NODE_OPTIONS"].startswith("--no-warnings --require ")
    assert written["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttp.proxyHost=127.0.0.1 ")
    assert written["PHP_INI_SCAN_DIR"] == f"/etc/php:{tmp_path}/php"
    assert written["no_proxy"] == written["NO_PROXY"] == "db,.Example.com,localhost,127.0.0.1,::1"
    bundle = Path(written["SSL_CERT_FILE"]).read_text()
    assert bundle.startswith("what the user trusts\n\n-----BEGIN CERTIFICATE-----\n")


def own_file(folder: Path, name: str) -> str:
    """The path of a file with a certificate of the user's own, which says its name."""
    path = folder / f"{name}.pem"
    path.write_bytes(f"# {name}\n".encode() + trustme.CA().cert_pem.bytes())
    return str(path)


_ALL_TRUSTED = [
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"),
    *("PIP_CERT", "NODE_EXTRA_CA_CERTS", "DENO_CERT", "PERL_LWP_SSL_CA_FILE", "CARGO_HTTP_CAINFO"),
    *("npm_config_cafile", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "HTTPLIB2_CA_CERTS"),
]


@pytest.mark.parametrize(
    "names",
    [
        *([name] for name in _ALL_TRUSTED),
        *([first, second] for first, second in pairwise(_ALL_TRUSTED)),
        _ALL_TRUSTED,
    ],
    ids="+".join,
)
def test_whom_the_user_trusts_stays_trusted(
    gateway: Ports, authority: Authority, tmp_path: Path, names: list[str]
) -> None:
    known = {name: own_file(tmp_path, name) for name in names}

    written = variables.write_files(tmp_path, authority, gateway, fake_port=1, known=known)

    ours = authority._authority.cert_pem.bytes().decode()
    for name in names:
        bundle = Path(written[name]).read_text()
        assert ours in bundle
        assert Path(known[name]).read_text() in bundle
    for name in names:  # Other programs of the same run trust them, too.
        assert Path(known[name]).read_text() in Path(written["SSL_CERT_FILE"]).read_text()


def test_certificates_in_folders_and_in_wgets_settings_stay_trusted(
    gateway: Ports, authority: Authority, tmp_path: Path
) -> None:
    many, home = tmp_path / "many", tmp_path / "home"
    many.mkdir()
    home.mkdir()
    first, second = (Path(own_file(many, name)) for name in ("first", "second"))
    third = Path(own_file(tmp_path, "third"))
    own = f"timeout = 7\nhttps_proxy = http://old.example\nca_certificate = {third}"
    (home / ".wgetrc").write_text(own)
    known = {"HOME": str(home), "SSL_CERT_DIR": f"/nonexistent:{many}", "PIP_CERT": "/nonexistent"}

    written = variables.write_files(tmp_path, authority, gateway, fake_port=1, known=known)

    bundle = Path(written["SSL_CERT_FILE"]).read_text()
    assert all(it.read_text() in bundle for it in (first, second, third))
    assert Path(written["WGETRC"]).read_text() == (
        f"{own}\nca_certificate = {tmp_path}/bundle.pem\nuse_proxy = on\n"
        f"http_proxy = http://127.0.0.1:{gateway.proxy}\n"
        f"https_proxy = http://127.0.0.1:{gateway.proxy}\n"
    )


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_what_is_no_certificate_keeps_nobody_from_starting(
    gateway: Ports, authority: Authority, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.pem"
    odd.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")

    written = variables.write_files(
        tmp_path, authority, gateway, fake_port=1, known={"SSL_CERT_FILE": str(odd)}
    )

    store = pkcs12.load_pkcs12((tmp_path / "truststore.p12").read_bytes(), None)
    assert odd.read_text() in Path(written["SSL_CERT_FILE"]).read_text()
    assert "fakeayr" in str(store.additional_certs[-1].certificate.subject)


def test_what_all_the_languages_look_at_is_set(written: dict[str, str], gateway: Ports) -> None:
    proxy = f"http://127.0.0.1:{gateway.proxy}"
    bundle = written["SSL_CERT_FILE"]

    assert {
        written[name] for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
    } == {proxy}
    assert {written[name] for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")} == {bundle}
    assert written["NODE_EXTRA_CA_CERTS"] == written["DENO_CERT"]
    assert (written["FAKEAYR_PORT"], written["FAKEAYR_TLS_PORT"]) == ("1234", str(gateway.tls))


def test_without_certificates_on_this_machine_the_authority_is_the_only_one(
    gateway: Ports, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variables, "_BUNDLES", ())
    nowhere = ssl.get_default_verify_paths()._replace(cafile="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)

    written = variables.write_files(tmp_path, authority, gateway, fake_port=1, known={})

    assert Path(written["SSL_CERT_FILE"]).read_text().count("BEGIN CERTIFICATE") == 1
    assert written["NODE_OPTIONS"].startswith("--require ")


def test_a_path_with_a_space_is_quoted_for_node(
    gateway: Ports, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preload = tmp_path / "my folder" / "preload.cjs"
    monkeypatch.setattr(variables, "_PRELOAD", preload)

    written = variables.write_files(tmp_path, authority, gateway, fake_port=1, known={})

    assert written["NODE_OPTIONS"] == f'--require "{preload}"'


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://proxy.example", "http://", ""])
def test_proxies_of_other_kinds_are_not_asked(proxy: str) -> None:
    assert variables.read_proxies({"HTTPS_PROXY": proxy}) == {}


def test_opening_cleans_up(fake: tuple[str, int]) -> None:
    with open_gateway("http://{}:{}".format(*fake)) as (exported, ports):
        folder = Path(exported["SSL_CERT_FILE"]).parent
        assert exported["FAKEAYR_TLS_PORT"] == str(ports.tls)
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


# fakeayr serve --tls


def told(served: Served) -> tuple[str, list[str]]:
    """What `serve --tls` prints for a shell, and for /etc/hosts."""
    _, _, about_tls = served.greeting.partition("Ayrshare's own host names")
    lines = about_tls.splitlines(keepends=True)
    exports = "".join(line for line in lines if line.startswith("export "))
    return exports, [line for line in lines if line.startswith("127.0.0.1 ")]


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--host", "::1")])
@pytest.mark.outside("bash", "curl")
def test_a_server_answers_as_ayrshare_too(tmp_path: Path, options: tuple[str, ...]) -> None:
    with serving("--tls", *options, folder=tmp_path) as served:
        exports, hosts = told(served)
        command = f"""
            {exports}
            curl -sS -H 'Authorization: Bearer {development.API_KEY}' {USER}
        """
        shell = ["bash", "-eu", "-c", command]
        answer = subprocess.run(shell, capture_output=True, text=True, check=True).stdout

    assert '"title":"Primary Profile"' in answer
    assert hosts == [
        "127.0.0.1 api.ayrshare.com\n",
        "127.0.0.1 app.ayrshare.com\n",
        "127.0.0.1 profile.ayrshare.com\n",
        "127.0.0.1 images.ayrshare.com\n",
        "127.0.0.1 media.ayrshare.com\n",
    ]


@pytest.mark.outside("curl")
def test_the_tls_port_can_be_chosen(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with serving("--tls", "--tls-port", port, folder=tmp_path) as served:
        exports, _ = told(served)
        authority = re.search(r"NODE_EXTRA_CA_CERTS=(\S+)", exports)
        assert authority is not None
        curl = [
            *("curl", "-sS", "--cacert", authority[1]),
            *("--resolve", f"api.ayrshare.com:{port}:127.0.0.1"),
            *("-H", f"Authorization: Bearer {development.API_KEY}"),
            f"https://api.ayrshare.com:{port}/api/user",
        ]
        answer = subprocess.run(curl, capture_output=True, text=True, check=True).stdout

    assert '"title":"Primary Profile"' in answer


def test_a_taken_tls_port_gets_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = run("serve", "--port", "0", "--tls", "--tls-port", port, folder=tmp_path)

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr == (
        f"Error: Cannot listen for TLS on port {port}: Address already in use. "
        "Choose another with --tls-port (0 picks a free port).\n"
    )
