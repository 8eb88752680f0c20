"""Posts for tests: making them, and reading what became of them."""

from collections.abc import Iterable
from typing import Any, Final

from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from tests.support.accounts import Account

IMAGE: Final = "https://img.example/bread.jpg"
VIDEO: Final = "https://img.example/bread.mp4"
PLAIN: Final = ("bluesky", "facebook", "gmb", "linkedin", "telegram", "threads", "twitter")
"""Networks that take a text and nothing more."""


def link_all(account: Account, profile_key: str | None = None) -> None:
    """Links every network to the primary profile, or to a User Profile."""
    for network in NETWORKS:
        account.link(network, profile_key)


def submit(
    account: Account,
    *platforms: str,
    post: Any = "Fresh bread",
    profile_key: str | None = None,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> TestResponse:
    """Calls POST /post; `fields` have the names of the wire."""
    body = {"post": post, "platforms": list(platforms), **fields}
    return account.post("/api/post", json=body, profile_key=profile_key, headers=headers)


def made(account: Account, *platforms: str, **fields: Any) -> dict[str, Any]:
    """Makes a post that is taken, and returns the response; that of a User Profile unwrapped."""
    response = submit(account, *platforms, **fields)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.get_json()
    if fields.get("profile_key") is not None:
        (body,) = body["posts"]
    assert body["status"] != "error", body
    return body


def state(account: Account, post_id: str, profile_key: str | None = None) -> dict[str, Any]:
    """What GET /post/:id returns."""
    response = account.get(f"/api/post/{post_id}", profile_key=profile_key)
    assert response.status_code == 200, response.text
    post: dict[str, Any] = response.get_json()
    return post


def codes(body: dict[str, Any]) -> dict[str, int]:
    """The codes in `errors` by network."""
    return {error["platform"]: error["code"] for error in body["errors"]}


def platforms(entries: Iterable[dict[str, Any]]) -> list[str]:
    """The networks of entries, in their order."""
    return [entry["platform"] for entry in entries]


def published(account: Account, network: str) -> list[dict[str, Any]]:
    """What was published on a network, the oldest first."""
    response = account.get("/_fakeayr/posts")
    assert response.status_code == 200, response.text
    return [
        publication
        for post in response.get_json()["posts"]
        for publication in post["published"]
        if publication["platform"] == network
    ]


def decide(account: Account, outcome: str, **order: Any) -> None:
    """Decides how the next publications end."""
    response = account.post("/_fakeayr/publications", json={"outcome": outcome, **order})
    assert response.status_code == 201, response.text


def refusal(response: TestResponse) -> tuple[int, int]:
    """HTTP status and code of a flat refusal."""
    return response.status_code, response.get_json()["code"]
