"""The gateway itself: a proxy and a TLS port that lead Ayrshare's host names to a fake."""

import http.client
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from fakeayr.gateway import variables
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
    "request_line", ["CONNECT other.example:443 HTTP/1.1", "GET http://other.example/ HTTP/1.1"]
)
def test_the_users_own_proxy_is_asked_for_other_hosts(
    fake: tuple[str, int], authority: Authority, elsewhere: int, request_line: str
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
        "",
    ]


# The TLS port.


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
