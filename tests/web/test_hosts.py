"""Under which names a server may be called: no page of a stranger may take it for its own."""

import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.apps import NewApp, running_app

PATHS = [
    "/api/user",
    "/api/unknown",
    "/",
    "/?jwt=x",
    "/docs",
    "/openapi.yaml",
    "/_page/static/page.css",
]
OWN = [
    "localhost",
    "LocalHost:8189",
    "localhost.",
    "fakeayr.localhost:1",
    "127.0.0.1:8189",
    "127.9.9.9",
    "[::1]:8189",
    "[::ffff:127.0.0.1]",
    "api.ayrshare.com",
    "app.ayrshare.com:443",
    "Profile.Ayrshare.com.",
]
FOREIGN = [
    "evil.example",
    "evil.example:8189",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "notlocalhost",
    "localhost..",
    "www.ayrshare.com",
    "api.ayrshare.com.evil.example",
    "evil@localhost",
    "localhost@evil.example",
    "localhost,evil.example",
    "localhost evil.example",
    "localhost/",
    "localhost:port",
    "localhost:65536",
    "localhost#",
    "localhost\xe9",
    "192.168.1.2:8189",
    "169.254.169.254",
    "0.0.0.0:8189",
    "[::]",
    "[fe80::1]",
    "[::1",
    "",
]
AUTHORIZED = {"Authorization": f"Bearer {development.API_KEY}"}


def get(client: FlaskClient, path: str, host: str) -> int:
    """The status under a Host; a refusal has Ayrshare's shape."""
    answer = client.get(path, headers={**AUTHORIZED, "Host": host})
    if answer.status_code == 421:
        assert answer.get_json()["code"] == 9421
        assert "--public-url" in answer.get_json()["details"]
    return answer.status_code


@pytest.mark.parametrize("host", OWN)
def test_the_servers_own_names_are_served(client: FlaskClient, host: str) -> None:
    assert get(client, "/api/user", host) == 200
    assert get(client, "/docs", host) == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_nothing_is_served_under_another_name(client: FlaskClient, host: str) -> None:
    assert {get(client, path, host) for path in PATHS} == {421}


def test_a_refused_call_has_no_effect(client: FlaskClient) -> None:
    hook = {"action": "social", "url": "http://127.0.0.1:9/"}
    headers = {**AUTHORIZED, "Host": "evil.example:8189"}
    refused = client.post("/api/hook/webhook", json=hook, headers=headers)
    assert refused.status_code == 421
    known = client.get("/api/hook/webhook", headers=AUTHORIZED).get_json()
    assert "social" not in known


def test_the_public_urls_name_is_served(new_app: NewApp) -> None:
    client = new_app(Config(public_url="https://Fake.example:8443")).test_client()
    served = ["fake.example", "FAKE.example:8443", "fake.example.", "localhost", "api.ayrshare.com"]
    assert {get(client, "/api/user", host) for host in served} == {200}
    foreign = ["evil.example", "evil.fake.example", "fake.example.evil", "evil-fake.example"]
    assert {get(client, "/api/user", host) for host in foreign} == {421}


def test_a_server_on_a_network_may_have_any_name(new_app: NewApp) -> None:
    config = Config(listens_to_network=True, control_token="t")
    client = new_app(config).test_client()
    assert {get(client, "/api/user", host) for host in ("10.0.0.2:8189", "fake")} == {200}


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server in a thread."""
    with running_app() as url:
        yield int(url.rpartition(":")[2])


def status_of(port: int, *lines: str) -> int:
    """The status of a response to a request as it is written."""
    head = "\r\n".join([*lines, f"Authorization: {AUTHORIZED['Authorization']}", "", ""])
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(head.encode("latin-1"))
        return int(connection.recv(12).split()[1])


def test_a_target_in_absolute_form_counts_more_than_the_host(port: int) -> None:
    for target, host, status in (
        ("http://evil.example/api/user", "localhost", 421),
        ("http://localhost/api/user", "evil.example", 200),
        ("https://api.ayrshare.com/api/user", "api.ayrshare.com", 200),
    ):
        assert status_of(port, f"GET {target} HTTP/1.1", f"Host: {host}") == status


def test_a_request_without_a_host_comes_from_no_browser(port: int) -> None:
    assert status_of(port, "GET /api/user HTTP/1.0") == 200
