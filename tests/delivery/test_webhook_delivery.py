"""Deliveries of webhooks: what they say, how they get there, and whom they reach."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import trustme
from flask import Flask

from fakeayr import __version__
from fakeayr.delivery import addresses
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.receivers import (
    Receiver,
    advance,
    cause,
    deliveries,
    raw_receiver,
    read_request,
    register,
    statuses,
)

CREATED: Final = "2022-11-02T01:03:42Z"


# What a delivery says.


def test_a_link_is_told_exactly_so(account: Account, receiver: Receiver) -> None:
    profile = account.create_profile("Mia's Bakery")
    receiver.register(account)
    account.link("instagram", profile["profileKey"], displayName="Mia bakes")
    (delivery,) = deliveries(account)
    assert receiver.payloads == [
        {
            "action": "social",
            "code": 200,
            "created": CREATED,
            "displayName": "Mia bakes",
            "hookId": delivery["hookId"],
            "platform": "instagram",
            "refId": profile["refId"],
            "source": "user",
            "title": "Mia's Bakery",
            "type": "link",
            "url": receiver.url,
        }
    ]
    assert len(delivery["hookId"]) == 20


def test_the_title_is_the_profiles_whatever_its_page_shows(
    account: Account, receiver: Receiver
) -> None:
    key = account.create_profile("Mia's Bakery", displayTitle="Connect")["profileKey"]
    receiver.register(account)
    account.link("facebook", key)
    assert len(deliveries(account)) == 1
    assert receiver.payloads[0]["title"] == "Mia's Bakery"


def test_an_unlink_is_told_exactly_so(account: Account, receiver: Receiver) -> None:
    account.link("facebook", pageName="Mia's Page", displayName="Mia's Page")
    receiver.register(account)
    advance(account, 60)
    account.delete("/api/profiles/social", json={"platform": "facebook"})
    (delivery,) = deliveries(account)
    assert receiver.payloads == [
        {
            "action": "social",
            "code": 200,
            "created": "2022-11-02T01:04:42Z",
            "displayName": "Mia's Page",
            "hookId": delivery["hookId"],
            "platform": "facebook",
            "refId": account.ref_id,
            "source": "user",
            "title": "Primary Profile",
            "type": "unlink",
            "url": receiver.url,
        }
    ]


def test_an_unlink_without_a_browser_is_a_persons(account: Account, receiver: Receiver) -> None:
    account.link("facebook")
    receiver.register(account)
    account.delete("/_fakeayr/links", json={"platform": "facebook"})
    assert len(deliveries(account)) == 1
    assert (receiver.payloads[0]["type"], receiver.payloads[0]["source"]) == ("unlink", "user")


def test_a_refresh_is_told_exactly_so(account: Account, receiver: Receiver) -> None:
    account.link("linkedin", displayName="Mia")
    receiver.register(account)
    cause(account, "near-expiry", platform="linkedin")
    (delivery,) = deliveries(account)
    assert receiver.payloads == [
        {
            "action": "social",
            "code": 200,
            "created": CREATED,
            "displayName": "Mia",
            "hookId": delivery["hookId"],
            "platform": "linkedin",
            "refId": account.ref_id,
            "refreshBy": "2022-11-17T01:03:42Z",
            "source": "system",
            "title": "Primary Profile",
            "type": "refresh",
            "url": receiver.url,
        }
    ]


def test_what_the_network_did_has_details_and_the_system_as_its_source(
    account: Account, receiver: Receiver
) -> None:
    account.link("instagram")
    receiver.register(account)
    cause(account, "revoke", platform="instagram")
    assert len(deliveries(account)) == 1
    (payload,) = receiver.payloads
    assert payload["type"] == "unlink"
    assert payload["source"] == "system"
    assert payload["details"] == {"status": "error", "code": 349, "message": "Account locked"}


def test_a_nameless_account_has_no_display_name_in_it(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("facebook", displayName="")
    assert len(deliveries(account)) == 1
    assert "displayName" not in receiver.payloads[0]


def test_a_suspension_is_told_once(account: Account, receiver: Receiver) -> None:
    profile = account.create_profile("Mia's Bakery")
    receiver.register(account, "suspended")
    cause(account, "suspend", profileKey=profile["profileKey"])
    cause(account, "suspend", profileKey=profile["profileKey"])
    cause(account, "unsuspend", profileKey=profile["profileKey"])
    (delivery,) = deliveries(account)
    assert receiver.payloads == [
        {
            "action": "suspended",
            "code": 200,
            "created": CREATED,
            "hookId": delivery["hookId"],
            "refId": profile["refId"],
            "title": "Mia's Bakery",
            "url": receiver.url,
        }
    ]


def test_a_suspension_is_told_under_its_other_name_too(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    receiver.register(account, "suspended")
    other_receiver.register(account, "accountActivity")
    cause(account, "suspend")
    assert len(deliveries(account)) == 2
    assert receiver.payloads[0]["action"] == "suspended"
    assert other_receiver.payloads[0]["action"] == "accountActivity"


def test_a_delivery_is_json_in_a_post_that_says_which_attempt_it_is(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    (request,) = receiver.requests
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Ayrshare-Delivery-Id"] == delivery["id"]
    assert request.headers["X-Ayrshare-Delivery-Attempt"] == "1"
    assert request.headers["User-Agent"] == f"fakeayr/{__version__}"
    assert request.headers["Host"] == request.url.split("/")[2]


def test_the_address_is_called_with_its_query(account: Account, receiver: Receiver) -> None:
    register(account, f"{receiver.url}?token=a%2Fb&name=M%C3%BCller#top")
    account.link("facebook")
    assert statuses(deliveries(account)[0]) == [200]
    assert receiver.requests[0].args.to_dict() == {"token": "a/b", "name": "Müller"}


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("", "/"),
        ("/", "/"),
        ("?a=b", "/?a=b"),
        ("/hooks", "/hooks"),
        ("//hooks?a#b", "//hooks?a"),
        ("/hooks/%C3%BC;x=1", "/hooks/%C3%BC;x=1"),
    ],
)
def test_the_target_is_the_path_and_query_as_they_were_registered(
    account: Account, address: str, target: str
) -> None:
    lines: list[str] = []

    def noting(connection: socket.socket) -> None:
        lines.append(connection.recv(65_536).decode().partition("\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with raw_receiver(noting) as url:
        register(account, url.removesuffix("/webhook") + address)
        account.link("facebook")
        assert statuses(deliveries(account)[0]) == [200]
    assert lines == [f"POST {target} HTTP/1.1"]


def test_credentials_in_the_address_stay_out_of_the_host_header(
    account: Account, receiver: Receiver
) -> None:
    register(account, receiver.url.replace("://", "://mia:hush@"))
    account.link("facebook")
    assert statuses(deliveries(account)[0]) == [200]
    assert receiver.requests[0].headers["Host"] == receiver.url.split("/")[2]


# How it gets there.


Called = list[tuple[str, int]]


@contextlib.contextmanager
def led_to(monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[Called]:
    """Leads every delivery to a receiver; answers which hosts and ports they meant to call."""
    called: Called = []
    port = int(url.rpartition(":")[2].partition("/")[0])

    def connected(host: str, named: int, deadline: float) -> socket.socket:
        called.append((host, named))
        return addresses.connect("127.0.0.1", port, deadline)

    with monkeypatch.context() as patched:
        patched.setattr("fakeayr.delivery.http.connect", connected)
        yield called


@contextlib.contextmanager
def tls_receiver(name: str) -> Iterator[str]:
    """The URL of a receiver that answers 200 over TLS, with a certificate that nobody trusts."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(name).configure_cert(context)

    def answering(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            read_request(wrapped)
            wrapped.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with raw_receiver(answering) as url:
        yield url.replace("http:", "https:")


@pytest.mark.parametrize(
    ("address", "called", "named"),
    [
        ("http://localhost/hooks", ("localhost", 80), "localhost"),
        ("http://localhost:8080/hooks", ("localhost", 8080), "localhost:8080"),
        ("http://[::1]/hooks", ("::1", 80), "[::1]"),
        ("http://[::1]:8080/hooks", ("::1", 8080), "[::1]:8080"),
        ("https://app.example/hooks", ("app.example", 443), None),
        ("https://app.example:8443/hooks", ("app.example", 8443), None),
    ],
)
def test_it_goes_to_the_host_and_port_of_the_address(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    *,
    address: str,
    called: tuple[str, int],
    named: str | None,
) -> None:
    heads: list[str] = []

    def noting(connection: socket.socket) -> None:
        heads.append(connection.recv(65_536).decode("latin-1").lower())
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    register(account, address)
    with raw_receiver(noting) as url, led_to(monkeypatch, url) as calls:
        account.link("facebook")
        assert len(deliveries(account)[0]["attempts"]) == 1
    assert calls == [called]
    if named is not None:
        assert f"\r\nhost: {named}\r\n" in heads[0]


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named any more"])
def test_a_host_is_called_over_plain_http_only_while_the_server_names_it(
    new_app: NewApp, dev: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, named: bool
) -> None:
    """A state file may hold webhooks of a server that named it."""
    naming = Config(webhook_hosts=frozenset({"app"}))
    with closing(create_app(naming, store=SqliteStore(tmp_path / "state"))) as earlier:
        register(replace(dev, client=earlier.test_client()), "http://app:3000/hooks")
    app = new_app(naming if named else None, store=SqliteStore(tmp_path / "state"))
    account = replace(dev, client=app.test_client())

    def answering(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with raw_receiver(answering) as url, led_to(monkeypatch, url) as calls:
        account.link("facebook")
        (attempt,) = deliveries(account)[0]["attempts"]
    if named:
        assert (calls, attempt["status"]) == ([("app", 3000)], 200)
    else:
        assert (calls, attempt["error"]) == ([], "No --webhook-host names app any more.")


def test_a_receiver_on_this_machine_may_have_any_certificate(account: Account) -> None:
    with tls_receiver("somebody-else.example") as url:
        register(account, url)
        account.link("facebook")
        assert statuses(deliveries(account)[0]) == [200]


def test_any_other_receiver_needs_a_certificate_that_is_trusted(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(account, "https://app.example/hooks")
    with tls_receiver("app.example") as url, led_to(monkeypatch, url):
        account.link("facebook")
        (attempt,) = deliveries(account)[0]["attempts"]
    assert "certificate verify failed" in attempt["error"]


# Whom it reaches.


def test_a_profiles_own_webhook_goes_before_the_primary_profiles(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    bakery, florist = (account.create_profile(title)["profileKey"] for title in ("Mia", "Flo"))
    receiver.register(account)
    other_receiver.register(account, profile_key=bakery)
    for key in (bakery, florist, None):
        account.link("facebook", key)
    assert len(deliveries(account)) == 3
    assert [payload["title"] for payload in other_receiver.payloads] == ["Mia"]
    assert [payload["title"] for payload in receiver.payloads] == ["Flo", "Primary Profile"]


def test_another_action_of_the_profile_does_not_hide_the_primary_profiles_webhook(
    account: Account, receiver: Receiver, other_receiver: Receiver
) -> None:
    key = account.create_profile()["profileKey"]
    receiver.register(account, "social")
    other_receiver.register(account, "messages", profile_key=key)
    account.link("facebook", key)
    assert len(deliveries(account)) == 1
    assert len(receiver.requests) == 1
    assert other_receiver.requests == []


def test_without_a_webhook_nothing_leaves(account: Account, receiver: Receiver) -> None:
    receiver.register(account, "messages")
    account.link("facebook")
    assert deliveries(account) == []


def test_after_its_removal_a_webhook_hears_nothing_more(
    account: Account, receiver: Receiver
) -> None:
    receiver.register(account)
    account.link("facebook")
    account.delete("/api/hook/webhook", json={"action": "social"})
    account.link("twitter")
    assert len(deliveries(account)) == 1


def test_unlinking_what_is_not_linked_is_no_news(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.delete("/api/profiles/social", json={"platform": "facebook"})
    assert deliveries(account) == []


def test_linking_anew_is_news(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    account.link("facebook")
    account.link("facebook")
    first, second = deliveries(account)
    assert first["hookId"] != second["hookId"]
    assert [payload["type"] for payload in receiver.payloads] == ["link", "link"]


def test_one_receiver_hears_of_events_in_their_order(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    networks = ["facebook", "linkedin", "pinterest", "reddit", "threads", "tiktok", "youtube"]
    for network in networks:
        account.link(network)
    assert len(deliveries(account)) == len(networks)
    assert [payload["platform"] for payload in receiver.payloads] == networks


# Servers that strangers can reach.


EXPOSED: Final = [
    Config(listens_to_network=True, control_token="t"),
    Config(public_url="https://fake.example", control_token="t"),
]


def trusted_account(app: Flask) -> Account:
    """A new account, whose calls carry the control token."""
    client = app.test_client()
    client.environ_base["HTTP_X_FAKEAYR_CONTROL_TOKEN"] = "t"
    return Account.open(client, {})


@pytest.mark.parametrize("config", EXPOSED, ids=["address", "public URL"])
def test_strangers_make_an_exposed_server_send_nothing(
    new_app: NewApp, receiver: Receiver, config: Config
) -> None:
    account = replace(trusted_account(new_app(config)), api_key=development.API_KEY)
    hook = {"action": "social", "url": "http://127.0.0.1:9/x?y"}
    assert account.post("/api/hook/webhook", json=hook).status_code == 400
    hook["url"] = receiver.url.replace("http:", "https:")
    assert account.post("/api/hook/webhook", json=hook).status_code == 200
    account.link("facebook")
    (delivery,) = deliveries(account)
    assert (delivery["state"], delivery["attempts"]) == ("kept", [])
    assert receiver.requests == []


@pytest.mark.parametrize("config", EXPOSED, ids=["address", "public URL"])
def test_whoever_has_the_token_may_open_the_way_to_this_machine(
    new_app: NewApp, receiver: Receiver, config: Config
) -> None:
    account = trusted_account(new_app(config))
    hook = {"action": "social", "url": receiver.url}
    assert account.post("/api/hook/webhook", json=hook).status_code == 400
    account.patch("/_fakeayr/accounts", json={"settings": {"webhookLoopbackHttp": True}})
    receiver.register(account)
    account.link("facebook")
    (delivery,) = deliveries(account)
    assert statuses(delivery) == [200]


# The limit of time is the whole attempt's.


def test_all_addresses_of_a_name_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float | None] = []

    class Silent(socket.socket):
        def connect(self, address: object) -> None:
            tried.append(self.gettimeout())
            raise TimeoutError

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{n}", 443)) for n in range(6)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(TimeoutError):
        addresses.connect("six.example", 443, time.monotonic() + 3)
    assert len(tried) == 6
    assert tried[0] == pytest.approx(0.5, abs=0.1)
    assert all(seconds is not None and seconds <= 3 for seconds in tried)


def test_looking_a_name_up_counts_into_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [] if ended.wait(30) else None)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        addresses.connect("slow.example", 443, began + 0.2)
    assert time.monotonic() - began < 5
    ended.set()


@pytest.mark.parametrize("name", ["localhost", "app.localhost", "A.LocalHost."])
def test_names_of_this_machine_are_not_looked_up(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: list[object] = []
    look_up = socket.getaddrinfo

    def note(host: str, *arguments: object, **options: object) -> object:
        asked.append(host)
        return look_up(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", note)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        addresses.connect(name, port, time.monotonic() + 5).close()
    assert asked == ["127.0.0.1", "::1"]
