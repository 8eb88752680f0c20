"""Who may use the control surface: the person at this machine, and nobody's web page."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.web.config import Config
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys

TOKEN = "X-Fakeayr-Control-Token"
SECRET = "s3cr-t"
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
    config = Config(public_url="https://fake.example:8443/", control_token=SECRET)
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


@pytest.mark.parametrize("host", ["fake.example:8443", "FAKE.example", "localhost", "evil.example"])
def test_with_the_token_the_host_does_not_count(public: FlaskClient, host: str) -> None:
    assert open_with(public, Host=host, **{TOKEN: SECRET}).status_code == 201
    assert is_refused(open_with(public, Host=host))


def test_a_public_url_alone_opens_nothing_to_others(
    new_app: NewApp, clock: ManualClock, keys: BorrowedKeys
) -> None:
    config = Config(public_url="https://fake.example:8443/")
    client = new_app(config, clock=clock, keys=keys).test_client()
    assert is_refused(open_with(client, Host="fake.example:8443"))
    assert open_with(client, Host="localhost").status_code == 201


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_control_call_is_guarded_before_anything_else(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method, headers={"Host": "evil.example"})
    assert is_refused(response)


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
    token = {TOKEN: SECRET}
    for host in ("fake.example:8443", "127.0.0.1:8189"):
        assert open_with(public, Host=host, Origin=origin, **token).status_code == 201
    other = "https://fake.example:9"
    assert is_refused(open_with(public, Host="fake.example", Origin=other, **token))


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
    return new_app(Config(control_token=SECRET), clock=clock, keys=keys).test_client()


def test_with_the_control_token_calls_are_accepted(protected: FlaskClient) -> None:
    response = protected.post("/_fakeayr/accounts", json={}, headers={TOKEN: SECRET})
    assert response.status_code == 201


@pytest.mark.parametrize("token", [None, "", "s3cr-", "S3CR-T", "s3cr-t2", "\xe9"])
def test_without_the_control_token_they_are_refused(
    protected: FlaskClient, token: str | None
) -> None:
    headers = {} if token is None else {TOKEN: token}
    response = protected.post("/_fakeayr/accounts", json={}, headers=headers)
    assert is_refused(response)
    assert response.get_json()["details"] == f"It needs the header {TOKEN}."


def test_the_control_token_does_not_make_up_for_a_foreign_page(protected: FlaskClient) -> None:
    for name, value in (("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")):
        sent = {TOKEN: SECRET, name: value}
        assert is_refused(protected.post("/_fakeayr/accounts", json={}, headers=sent))


def test_the_api_needs_no_control_token(protected: FlaskClient) -> None:
    headers = {"Authorization": "Bearer FAKEAYR-DEVAPIK-0000000-0000001"}
    assert protected.get("/api/user", headers=headers).status_code == 200


# What needs no guard.


def test_health_tells_anyone_that_the_server_answers(protected: FlaskClient) -> None:
    response = protected.get("/_fakeayr/health", headers={"Host": "evil.example"})
    assert response.status_code == 200
    assert response.get_json()["status"] == "ok"


def test_without_a_token_health_is_told_under_the_servers_own_names_only(
    client: FlaskClient,
) -> None:
    for host, status in (("localhost:8189", 200), ("evil.example", 421)):
        answer = client.get("/_fakeayr/health", headers={"Host": host})
        assert answer.status_code == status
