"""Who may use the control surface: the person at this machine, and nobody's web page."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.web.config import Config
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys

TOKEN = "X-Fakeayr-Control-Token"
CALLS = [
    ("POST", "/_fakeayr/accounts"),
    ("GET", "/_fakeayr/accounts"),
    ("PATCH", "/_fakeayr/accounts"),
    ("DELETE", "/_fakeayr/accounts"),
    ("GET", "/_fakeayr/requests"),
    ("DELETE", "/_fakeayr/requests"),
    ("POST", "/_fakeayr/links"),
    ("DELETE", "/_fakeayr/links"),
]


def is_refused(response: TestResponse) -> bool:
    """Whether the guard refused a call, in the shape that it does."""
    error = response.get_json()
    refused = response.status_code == 403
    assert refused == (error.get("message") == "This control call is not allowed.")
    return refused


def open_with(client: FlaskClient, **headers: str) -> TestResponse:
    """Opens an account with these headers, whose underscores are dashes."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/_fakeayr/accounts", json={}, headers=sent)


@pytest.fixture
def public(new_app: NewApp, clock: ManualClock, keys: BorrowedKeys) -> FlaskClient:
    """A client of a server that browsers reach under a public URL."""
    config = Config(public_url="https://fake.example:8443/")
    return new_app(config, clock=clock, keys=keys).test_client()


# DNS rebinding: the Host must be this machine's.


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8189",
        "LOCALHOST:8189",
        "fakeayr.localhost:8189",
        "127.0.0.1:8189",
        "127.1.2.3",
        "[::1]:8189",
    ],
)
def test_loopback_hosts_are_this_machines(client: FlaskClient, host: str) -> None:
    assert open_with(client, Host=host).status_code == 201


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8189",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "localhost@evil.example",
        "evil.example#localhost",
        "evil.example/localhost",
        "notlocalhost",
        "192.168.1.2:8189",
        "0.0.0.0:8189",
        "[fe80::1]:8189",
        "[::1",
        "api.ayrshare.com",
    ],
)
def test_any_other_host_may_be_a_rebound_name(client: FlaskClient, host: str) -> None:
    assert is_refused(open_with(client, Host=host))


def test_the_public_urls_host_is_the_servers_own(public: FlaskClient) -> None:
    assert open_with(public, Host="fake.example:8443").status_code == 201
    assert open_with(public, Host="FAKE.example").status_code == 201
    assert open_with(public, Host="localhost").status_code == 201
    for host in ("evil.example", "evil-fake.example", "evil.fake.example", "fake.example.evil"):
        assert is_refused(open_with(public, Host=host))


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_control_call_is_guarded_before_anything_else(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method, headers={"Host": "evil.example"})
    assert is_refused(response)


def test_the_api_answers_under_any_host(client: FlaskClient) -> None:
    response = client.get("/api/user", headers={"Host": "evil.example"})
    assert response.get_json()["code"] == 102


# Cross-site requests: a browser tells where it comes from.


@pytest.mark.parametrize("origin", ["http://localhost:8189"])
def test_a_page_of_the_server_itself_may_call(client: FlaskClient, origin: str) -> None:
    assert open_with(client, Host="localhost:8189", Origin=origin).status_code == 201


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:3000",
        "https://localhost:8189",
        "http://localhost:8189.evil.example",
        "http://127.0.0.1:8189",
        "null",
        "",
    ],
)
def test_a_page_of_another_origin_may_not(client: FlaskClient, origin: str) -> None:
    assert is_refused(open_with(client, Host="localhost:8189", Origin=origin))


def test_a_page_under_the_public_url_may_call(public: FlaskClient) -> None:
    origin = "https://fake.example:8443"
    assert open_with(public, Host="fake.example:8443", Origin=origin).status_code == 201
    assert open_with(public, Host="127.0.0.1:8189", Origin=origin).status_code == 201
    assert is_refused(open_with(public, Host="fake.example", Origin="https://fake.example:9"))


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_a_browser_that_was_led_here_by_its_user_may_call(client: FlaskClient, site: str) -> None:
    assert open_with(client, Sec_Fetch_Site=site).status_code == 201


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "anything"])
def test_a_browser_that_was_led_here_by_another_site_may_not(
    client: FlaskClient, site: str
) -> None:
    assert is_refused(open_with(client, Sec_Fetch_Site=site))


def test_a_refused_call_has_no_effect(client: FlaskClient) -> None:
    account = client.post("/_fakeayr/accounts", json={}).get_json()
    headers = {"Authorization": f"Bearer {account['apiKey']}"}
    response = client.delete(
        "/_fakeayr/accounts", headers=headers | {"Origin": "https://evil.example"}
    )
    assert is_refused(response)
    assert client.get("/api/user", headers=headers).status_code == 200


# The control token, for servers that others can reach.


@pytest.fixture
def protected(new_app: NewApp, clock: ManualClock, keys: BorrowedKeys) -> FlaskClient:
    """A client of a server with a control token."""
    return new_app(Config(control_token="s3cr€t"), clock=clock, keys=keys).test_client()


def sent(token: str) -> str:
    """A token as a client sends it: HTTP headers are bytes, and these are UTF-8."""
    return token.encode().decode("latin-1")


def test_with_the_control_token_calls_are_accepted(protected: FlaskClient) -> None:
    response = protected.post("/_fakeayr/accounts", json={}, headers={TOKEN: sent("s3cr€t")})
    assert response.status_code == 201


@pytest.mark.parametrize("token", [None, "", "s3cr", "S3CR€T", "s3cr€t2", "é"])
def test_without_the_control_token_they_are_refused(
    protected: FlaskClient, token: str | None
) -> None:
    headers = {} if token is None else {TOKEN: sent(token)}
    response = protected.post("/_fakeayr/accounts", json={}, headers=headers)
    assert is_refused(response)
    assert response.get_json()["details"] == f"It needs the header {TOKEN}."


def test_the_control_token_does_not_replace_the_other_checks(protected: FlaskClient) -> None:
    headers = {TOKEN: sent("s3cr€t"), "Host": "evil.example"}
    assert is_refused(protected.post("/_fakeayr/accounts", json={}, headers=headers))


def test_the_api_needs_no_control_token(protected: FlaskClient) -> None:
    headers = {"Authorization": "Bearer FAKEAYR-DEVAPIK-0000000-0000001"}
    assert protected.get("/api/user", headers=headers).status_code == 200


# What needs no guard.


def test_health_tells_anyone_that_the_server_answers(protected: FlaskClient) -> None:
    response = protected.get("/_fakeayr/health", headers={"Host": "evil.example"})
    assert response.status_code == 200
    assert response.get_json()["status"] == "ok"
