"""The whole linking flow without a browser: with plain forms, and with the control API alone.

A server is started, a person opens the printed URL, links three networks, refuses one, unlinks one
and clicks All Done. What the integrator's backend knows afterwards is looked at from every side.
"""

import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from fakeayr.web import development
from tests.support.receivers import Receiver
from tests.support.servers import Served, development_headers, linking_request, serving

SECRET = "a secret of the integrator's"
HEADERS = development_headers()
OF_PROFILE = HEADERS | {"Profile-Key": development.PROFILE_KEY}
REDIRECT = "https://app.example/linked"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """`fakeayr serve`."""
    with serving(folder=tmp_path) as served:
        yield served


@pytest.fixture
def session(server: Served, session_for: Callable[[str], requests.Session]) -> requests.Session:
    """A session with cookies, whose answers are held against the contract."""
    return session_for(server.url)


class Person:
    """Sends the forms of the page that is seen, by the names of their buttons."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self.page = session.get(url, timeout=10)

    def press(self, name: str, **fields: str) -> None:
        """Presses a button; follows no redirect to other servers."""
        form, button = self._button(name)
        sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        if "name" in button:
            sent[button["name"]] = button["value"]
        sent = {name: html.unescape(value) for name, value in sent.items()}
        action = button.get("formaction") or attributes(form)["action"]
        target = urljoin(self.page.url, html.unescape(action))
        self.page = self._session.post(
            target, data=sent | fields, timeout=10, allow_redirects=False
        )
        while self.page.headers.get("Location", "").startswith("/"):
            target = urljoin(self.page.url, self.page.headers["Location"])
            self._see("GET", target)

    def _see(self, method: str, url: str, fields: dict[str, str] | None = None) -> None:
        self.page = self._session.request(
            method, url, data=fields, timeout=10, allow_redirects=False
        )

    def _button(self, name: str) -> tuple[str, dict[str, str]]:
        """A button's form and attributes, by the name that a screen reader says."""
        for form in re.findall(r"<form\b.*?</form>", self.page.text, re.DOTALL):
            for tag, text in re.findall(r"(<button\b[^>]*>)(.*?)</button>", form, re.DOTALL):
                button = attributes(tag)
                if button.get("aria-label", text.strip()) == name:
                    return form, button
        raise AssertionError(f"no button {name!r} on the page: {self.page.text}")


def attributes(text: str) -> dict[str, str]:
    """The attributes of the first tag in an HTML text."""
    return dict(re.findall(r'([\w-]+)="([^"]*)"', text.partition(">")[0]))


def get(server: Served, path: str, headers: dict[str, str] = HEADERS) -> Any:
    """What a GET call answers."""
    answer = requests.get(f"{server.url}{path}", headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(
    server: Served, path: str, body: Any, *, method: str = "POST", headers: Any = HEADERS
) -> Any:
    """What a call with a body answers."""
    answer = requests.request(method, f"{server.url}{path}", json=body, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def register(server: Served, receiver: Receiver) -> None:
    """Registers the integrator's webhook."""
    body = {"action": "social", "url": receiver.url, "secret": SECRET}
    send(server, "/api/hook/webhook", body)


def assert_told(server: Served, receiver: Receiver, changes: list[tuple[str, str]]) -> None:
    """The receiver was told of each change, signed; and the control API says the same."""
    listed = get(server, "/_fakeayr/webhooks?wait=10")["webhooks"]
    arrived = receiver.wait(len(changes))
    told = [(payload["type"], payload["platform"]) for payload in receiver.payloads]
    assert told == changes
    assert {payload["title"] for payload in receiver.payloads} == {"Development Profile"}
    for request in arrived:
        digest = hmac.new(SECRET.encode(), request.get_data(), hashlib.sha256).hexdigest()
        assert request.headers["X-Authorization-Content-SHA256"] == digest
        assert request.headers["X-Authorization-Timestamp"].isdigit()
    assert [json.loads(item["body"]) for item in listed] == receiver.payloads
    assert [item["state"] for item in listed] == ["delivered"] * len(changes)
    assert [attempt["status"] for item in listed for attempt in item["attempts"]] == [200] * len(
        changes
    )


def assert_linked(server: Served, networks: list[str]) -> None:
    """GET /user and GET /profiles show these networks."""
    user = get(server, "/api/user", OF_PROFILE)
    assert user["activeSocialAccounts"] == networks
    assert [entry["platform"] for entry in user["displayNames"]] == networks
    (profile,) = get(server, "/api/profiles")["profiles"]
    assert profile["activeSocialAccounts"] == networks


CHANGES = [("link", "facebook"), ("link", "twitter"), ("link", "telegram"), ("unlink", "twitter")]


def test_the_walk_with_plain_forms(
    server: Served, session: requests.Session, receiver: Receiver
) -> None:
    register(server, receiver)
    url = send(server, "/api/profiles/generateJWT", linking_request(redirect=REDIRECT))["url"]
    assert send(server, "/_fakeayr/inspect", {"url": url})["valid"] is True

    person = Person(session, url)
    for button in ("Link Facebook", "Link X"):
        person.press(button)
        person.press("Allow")
    person.press("Link Telegram")
    person.press("Allow", username="@miasbakery")
    person.press("Link Reddit")
    person.press("Cancel")
    person.press("Unlink X")
    person.press("All Done")

    assert person.page.headers["Location"] == REDIRECT
    assert_linked(server, ["facebook", "telegram"])
    assert_told(server, receiver, CHANGES)
    journal = get(server, "/_fakeayr/requests")["requests"]
    opened = [entry for entry in journal if entry["path"] == "/" and "jwt" in entry["query"]]
    assert [entry["status"] for entry in opened] == [200]
    assert url.partition("jwt=")[2].partition("&")[0] not in json.dumps(journal)


def test_the_walk_with_link_sessions_and_decisions_made_beforehand(
    server: Served, session: requests.Session, receiver: Receiver
) -> None:
    register(server, receiver)
    send(server, "/_fakeayr/accounts", {"age": "link-sessions"}, method="PATCH")
    made = send(server, "/api/profiles/link-sessions", {"redirect": REDIRECT}, headers=OF_PROFILE)
    for network in ("facebook", "twitter", "telegram"):
        send(server, "/_fakeayr/consents", {"outcome": "allow", "platform": network})
    send(server, "/_fakeayr/consents", {"outcome": "cancel", "platform": "reddit"})

    person = Person(session, made["url"])
    for button in ("Link Facebook", "Link X", "Link Telegram", "Link Reddit", "Unlink X"):
        person.press(button)
    person.press("All Done")

    assert person.page.headers["Location"] == REDIRECT
    assert_linked(server, ["facebook", "telegram"])
    assert_told(server, receiver, CHANGES)
    state = get(server, f"/api/profiles/link-sessions/{made['sessionId']}", OF_PROFILE)
    assert (state["state"], state["useCount"]) == ("active", 1)


def test_the_walk_with_the_control_api_alone(server: Served, receiver: Receiver) -> None:
    register(server, receiver)
    url = send(server, "/api/profiles/generateJWT", linking_request())["url"]
    verdict = send(server, "/_fakeayr/inspect", {"url": url})
    assert (verdict["valid"], verdict["profile"]["title"]) == (True, "Development Profile")

    for network in ("facebook", "twitter", "telegram"):
        order = {"platform": network, "profileKey": development.PROFILE_KEY}
        linked = send(server, "/_fakeayr/links", order)
        assert network in linked["activeSocialAccounts"]
    order = {"platform": "twitter", "profileKey": development.PROFILE_KEY}
    unlinked = send(server, "/_fakeayr/links", order, method="DELETE")

    assert unlinked["activeSocialAccounts"] == ["facebook", "telegram"]
    assert_linked(server, ["facebook", "telegram"])
    assert_told(server, receiver, CHANGES)


def test_the_walk_goes_on_without_anybody(server: Served, receiver: Receiver) -> None:
    """What follows later: retries, the end of the URL, and what the system does on its own."""
    receiver.answers = [500, 500]
    register(server, receiver)
    url = send(server, "/api/profiles/generateJWT", linking_request())["url"]
    order = {"platform": "linkedin", "profileKey": development.PROFILE_KEY}
    send(server, "/_fakeayr/links", order)
    send(server, "/_fakeayr/clock", {"advance": 35})
    (delivery,) = get(server, "/_fakeayr/webhooks?wait=10")["webhooks"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 500, 200]
    send(server, "/_fakeayr/clock", {"advance": 265})
    assert send(server, "/_fakeayr/inspect", {"url": url})["reason"] == "expired"
    send(server, "/_fakeayr/events", {"type": "near-expiry", **order})
    send(server, "/_fakeayr/events", {"type": "revoke", **order})
    send(server, f"/_fakeayr/webhooks/{delivery['id']}/resend", None)
    get(server, "/_fakeayr/webhooks?wait=10")
    told = [(payload["type"], payload["source"]) for payload in receiver.payloads[3:]]
    assert sorted(told) == [("link", "user"), ("refresh", "system"), ("unlink", "system")]
