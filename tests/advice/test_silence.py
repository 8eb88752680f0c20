"""Correct use yields no advice: the documentation's flows, and what the official SDKs send."""

from typing import Any, Final

import pytest

from fakeayr.domain.clock import iso_seconds
from tests.support.accounts import Account
from tests.support.advice import names
from tests.support.clock import START
from tests.support.receivers import Receiver
from tests.support.visitor import Visitor


def advice_of(account: Account) -> list[str]:
    """The names of all advice, hints among them."""
    return names(account.get("/_fakeayr/advice").get_json())


def test_the_flow_of_the_documentation(
    account: Account, visitor: Visitor, receiver: Receiver
) -> None:
    webhook = {"action": "social", "url": receiver.url, "secret": "a secret of ours"}
    account.post("/api/hook/webhook", json=webhook)
    key = account.create_profile("Ann's Shop")["profileKey"]
    account.get("/api/profiles", query_string={"title": "Ann's Shop"})
    made = account.generate_jwt(key, redirect="https://shop.example/", expiresIn=30)
    visitor.opens(made.get_json()["url"])
    visitor.links("facebook")
    account.get("/_fakeayr/webhooks?wait=15")
    account.get("/api/user", profile_key=key)
    body: dict[str, Any] = {"post": "Hello", "platforms": ["facebook"]}
    account.post("/api/post", json=body, profile_key=key)
    later = {"scheduleDate": iso_seconds(START + 86_400), "mediaUrls": ["https://a.example/a.jpg"]}
    account.post("/api/post", json=body | {"post": "Later"} | later, profile_key=key)
    account.get("/api/history", profile_key=key)
    account.patch("/api/profiles", json={"displayTitle": "Ann"}, profile_key=key)
    account.delete("/api/profiles/social", json={"platform": "facebook"}, profile_key=key)
    account.delete("/api/profiles", profile_key=key)
    assert all(entry["status"] < 400 for entry in account.requests())
    assert advice_of(account) == []


def test_the_flow_of_link_sessions(newer: Account, visitor: Visitor) -> None:
    key = newer.create_profile("Ann's Shop")["profileKey"]
    wish = {"allowedSocial": ["x", "facebook"], "redirect": "https://shop.example/"}
    made = newer.post("/api/profiles/link-sessions", json=wish, profile_key=key).get_json()
    visitor.opens(made["url"])
    visitor.links("facebook")
    newer.get(f"/api/profiles/link-sessions/{made['sessionId']}", profile_key=key)
    newer.get("/api/user", profile_key=key)
    assert advice_of(newer) == []


SDKS: Final = {
    "pypi": {
        "create": ("POST", "/api/profiles/create-profile"),
        "delete": ("DELETE", "/api/profiles/delete-profile"),
    },
    "npm": {
        "create": ("POST", "/api/profiles/profile"),
        "delete": ("DELETE", "/api/profiles/profile"),
    },
}


@pytest.mark.parametrize("source", SDKS)
@pytest.mark.parametrize("host", ["api.ayrshare.com", "app.ayrshare.com"])
def test_what_the_official_sdks_send(account: Account, source: str, host: str) -> None:
    base: dict[str, Any] = {"base_url": f"https://{host}"}

    def call(name: str, **fields: Any) -> Any:
        method, path = SDKS[source][name]
        return account.call(method, path, json={**fields, "source": source}, **base).get_json()

    key = call("create", title="Ann")["profileKey"]
    account.get("/api/profiles", query_string={"title": "Ann", "source": source}, **base)
    changed = {"profileKey": key, "title": "Ann B.", "source": source}
    account.put("/api/profiles/profile", json=changed, **base)
    body = {"domain": account.domain, "privateKey": account.private_key, "profileKey": key}
    account.post("/api/profiles/generateJWT", json=body | {"source": source}, **base)
    account.get("/api/user", query_string={"source": source, "profileKey": key}, **base)
    account.delete(
        "/api/profiles/social",
        json={"profileKey": key, "platform": "facebook", "source": source},
        **base,
    )
    call("delete", profileKey=key)
    assert all(entry["status"] < 400 for entry in account.requests())
    assert advice_of(account) == []
