"""Calls of a fake's API, the same in this process and over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask

from fakeayr.client.api import ApiClient, CallRefused
from fakeayr.client.transport import HttpTransport, Transport, TransportError, WsgiTransport
from fakeayr.errors import FakeayrError


@pytest.fixture(params=["in process", "given host", "any host"])
def api(app: Flask, server_url: str, request: pytest.FixtureRequest) -> Iterator[ApiClient]:
    """A client of the fake, before it has an account."""
    transports: dict[str, Transport] = {
        "in process": WsgiTransport(app.wsgi_app),
        "given host": HttpTransport(server_url),
        "any host": HttpTransport(),
    }
    with closing(transports[request.param]) as transport:
        yield ApiClient(transport, f"{server_url}/")


def test_an_account_is_opened_and_called_for(api: ApiClient) -> None:
    assert api.is_fake()
    credentials = api.open_account(plan="launch")
    account = api.with_key(credentials.api_key)
    profile = account.call("POST", "/api/profiles", {"title": "Bakery"})
    account.link("facebook", profile["profileKey"])
    user = account.call("GET", "/api/user", profile_key=profile["profileKey"])
    assert user["activeSocialAccounts"] == ["facebook"]
    assert account.call("GET", "/_fakeayr/requests")["requests"] == []


def test_an_applications_calls_are_journaled(api: ApiClient) -> None:
    key = api.open_account().api_key
    application = ApiClient(api.transport, api.url, api_key=key, toolkit_calls=False)
    application.call("GET", "/api/user")
    (entry,) = application.call("GET", "/_fakeayr/requests")["requests"]
    assert entry["path"] == "/api/user"


def test_a_refused_call_says_why(api: ApiClient) -> None:
    with pytest.raises(CallRefused, match=r"^GET /api/user returned 403, code 102: ") as caught:
        api.with_key("nobody").call("GET", "/api/user")
    assert isinstance(caught.value, FakeayrError)
    assert isinstance(caught.value, AssertionError)
    assert (caught.value.status, caught.value.code) == (403, 102)


@pytest.mark.parametrize("body", [b"<html>", b'{"status": "ok"}', b"7", b'["version"]'])
def test_another_server_is_no_fake(body: bytes) -> None:
    def serve(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    assert not ApiClient(WsgiTransport(serve), "http://elsewhere.example").is_fake()


def test_a_response_that_breaks_off_is_none(app: Flask, server_url: str) -> None:
    with closing(HttpTransport(server_url)) as transport:
        api = ApiClient(transport, server_url)
        api = ApiClient(
            transport, server_url, api_key=api.open_account().api_key, toolkit_calls=False
        )
        api.call("POST", "/_fakeayr/faults", {"kind": "truncated"})
        with pytest.raises(TransportError, match=r"^GET /api/user: the response broke off"):
            api.call("GET", "/api/user")
