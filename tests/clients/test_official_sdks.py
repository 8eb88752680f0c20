"""Ayrshare's own client packages, unmodified, walk through the life of a profile.

Each calls its own methods; the journal shows what went over the wire. The PyPI package lets its
base address be set. Those from npm do not, so a preload leads their calls here.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import jwt
import pytest
import requests
from ayrshare.ayrshare import SocialPost

from tests.support.accounts import Account
from tests.support.clock import START
from tests.support.publishing import choose_analytics, live_id, publish

NODE: Final = Path(__file__).parent / "node"


def _npm(package: str) -> Any:
    return pytest.param(f"npm-{package}", marks=pytest.mark.outside("node"))


KNOW_HEADERS: Final = (
    "pypi-social-post-api",
    _npm("social-media-api-import"),
    _npm("social-media-api-require"),
)
"""The packages that can send `Profile-Key` and the credentials of an own X app."""


class Call(Protocol):
    """Calls a method of an SDK by its name."""

    def __call__(self, method: str, *arguments: Any) -> Any:
        """Answers what the method does."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sdk:
    """One of the packages.

    Attributes:
        call: Calls its methods with the account's API key.
        account: The account.
        source: What it puts into every body and query.
        path: Where it creates, changes and deletes profiles, by verb.
        register_webhook: Its spelling of the method.
        set_x_app: Its name of the method that sets an own X app.
    """

    call: Call
    account: Account
    source: str
    path: dict[str, str]
    register_webhook: str = "registerWebhook"
    set_x_app: str = "setTwitterByo"

    def create_profile(self, title: str = "Mia's Bakery") -> str:
        """Creates a profile and answers its key."""
        created = self.call("createProfile", {"title": title})
        assert created["status"] == "success"
        return str(created["profileKey"])

    def sent(self) -> dict[str, Any]:
        """The latest request, as the journal has it."""
        return self.account.requests()[-1]


@pytest.fixture(
    params=[*KNOW_HEADERS, _npm("social-post-api-require")],
)
def sdk(
    request: pytest.FixtureRequest,
    account: Account,
    server_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sdk]:
    """Each package in turn, pointed at the fake."""
    registry, _, package = request.param.partition("-")
    if registry == "pypi":
        monkeypatch.setattr("ayrshare.ayrshare.base", f"{server_url}/api/")
        client = SocialPost(account.api_key)
        yield Sdk(
            call=lambda method, *arguments: getattr(client, method)(*arguments),
            account=account,
            source="pypi",
            path={
                "POST": "/api/profiles/create-profile",
                "PUT": "/api/profiles/profile",
                "DELETE": "/api/profiles/delete-profile",
            },
            set_x_app="set_twitter_byo",
        )
        return
    name, _, how = package.rpartition("-")
    with ExitStack() as running:
        yield Sdk(
            call=running.enter_context(node(name, how, account.api_key, server_url)),
            account=account,
            source="npm",
            path=dict.fromkeys(("POST", "PUT", "DELETE"), "/api/profiles/profile"),
            register_webhook=("registerWebook" if name == "social-post-api" else "registerWebhook"),
        )


@contextmanager
def node(package: str, how: str, api_key: str, server_url: str) -> Iterator[Call]:
    """A client of an npm package, in a Node process that lives as long as the test."""
    process = subprocess.Popen(
        ["node", "--require", "./redirect.cjs", "sdk.mjs", package, how, api_key],
        cwd=NODE,
        env={**os.environ, "FAKEAYR_URL": server_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def call(method: str, *arguments: Any) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        print(
            json.dumps({"method": method, "arguments": arguments}),
            file=process.stdin,
            flush=True,
        )
        return json.loads(process.stdout.readline())

    with process:
        yield call
    assert process.returncode == 0


def test_creates_a_profile(sdk: Sdk) -> None:
    created = sdk.call("createProfile", {"title": "Mia's Bakery"})

    assert created["status"] == "success"
    assert created["title"] == "Mia's Bakery"
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("POST", sdk.path["POST"])
    assert sent["body"] == {"title": "Mia's Bakery", "source": sdk.source}


def test_generates_a_linking_url(sdk: Sdk, server_url: str) -> None:
    profile_key = sdk.create_profile()

    made = sdk.call(
        "generateJWT",
        {
            "domain": sdk.account.domain,
            "privateKey": sdk.account.private_key,
            "profileKey": profile_key,
            "allowedSocial": ["bluesky", "youtube"],
        },
    )

    assert made["status"] == "success"
    assert made["title"] == "Mia's Bakery"
    claims = jwt.decode(made["token"], options={"verify_signature": False})
    assert (claims["apiKey"], claims["profileKey"]) == (sdk.account.api_key, profile_key)
    assert claims["exp"] == START + 5 * 60
    page = requests.get(made["url"])
    assert page.status_code == 200
    assert "Bluesky" in page.text
    sent = next(entry for entry in sdk.account.requests() if "JWT" in entry["path"])
    assert (sent["method"], sent["path"]) == ("POST", "/api/profiles/generateJWT")
    assert sent["body"]["source"] == sdk.source
    assert made["url"].startswith(server_url)


def test_lists_profiles(sdk: Sdk) -> None:
    wanted, _ = sdk.create_profile("Mia's Bakery"), sdk.create_profile("Luigi's Garage")

    listed = sdk.call("getProfiles", {"profileKeys": [wanted]})

    assert [profile["title"] for profile in listed["profiles"]] == ["Mia's Bakery"]
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("GET", "/api/profiles")
    assert sent["query"] == {"profileKeys[0]": "[redacted]", "source": sdk.source}


def test_changes_a_profile(sdk: Sdk) -> None:
    profile_key = sdk.create_profile()

    changed = sdk.call("updateProfile", {"profileKey": profile_key, "title": "Mia & Sons"})

    assert changed["status"] == "success"
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("PUT", sdk.path["PUT"])
    listed = sdk.call("getProfiles", {})
    assert [profile["title"] for profile in listed["profiles"]] == ["Mia & Sons"]


def test_shows_linked_accounts(sdk: Sdk) -> None:
    sdk.account.link("instagram")

    user = sdk.call("user", {"instagramDetails": True})

    assert user["activeSocialAccounts"] == ["instagram"]
    assert "usedQuota" in user["displayNames"][0]
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("GET", "/api/user")
    assert sent["query"]["source"] == sdk.source


def test_unlinks_a_network(sdk: Sdk) -> None:
    profile_key = sdk.create_profile()
    sdk.account.link("twitter", profile_key)

    unlinked = sdk.call("unlinkSocial", {"profileKey": profile_key, "platform": "twitter"})

    assert (unlinked["status"], unlinked["platform"]) == ("success", "twitter")
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("DELETE", "/api/profiles/social")
    assert sent["body"]["source"] == sdk.source
    user = sdk.account.get("/api/user", profile_key=profile_key).get_json()
    assert "activeSocialAccounts" not in user


def test_deletes_a_profile(sdk: Sdk) -> None:
    profile_key = sdk.create_profile()

    deleted = sdk.call("deleteProfile", {"profileKey": profile_key})

    assert deleted["status"] == "success"
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("DELETE", sdk.path["DELETE"])
    assert sdk.call("getProfiles", {})["profiles"] == []


def test_registers_lists_and_removes_a_webhook(sdk: Sdk) -> None:
    webhook = {"action": "social", "url": "https://shop.example/hooks"}

    registered = sdk.call(sdk.register_webhook, dict(webhook))
    assert (registered["status"], registered["url"]) == ("success", webhook["url"])
    assert sdk.sent()["method"] == "POST"
    assert sdk.call("listWebhooks", {})["social"] == webhook["url"]
    assert sdk.sent()["method"] == "GET"
    removed = sdk.call("unregisterWebhook", {"action": "social"})
    assert (removed["status"], removed["action"]) == ("success", "social")
    sent = sdk.sent()
    assert (sent["method"], sent["path"]) == ("DELETE", "/api/hook/webhook")
    assert "social" not in sdk.call("listWebhooks", {})


def test_hands_on_what_ayrshare_refuses(sdk: Sdk) -> None:
    sdk.create_profile("Mia's Bakery")

    refused = sdk.call("createProfile", {"title": "Mia's Bakery"})

    assert (refused["status"], refused["code"]) == ("error", 146)
    assert refused["message"] == "Profile title already exists."


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_acts_for_the_profile_of_its_header(sdk: Sdk) -> None:
    profile_key = sdk.create_profile()
    sdk.account.link("pinterest", profile_key)

    sdk.call("setProfileKey", profile_key)

    assert sdk.call("user", {})["activeSocialAccounts"] == ["pinterest"]


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_carries_the_credentials_of_an_own_x_app_in_headers(sdk: Sdk) -> None:
    linking = {
        "domain": sdk.account.domain,
        "privateKey": sdk.account.private_key,
        "profileKey": sdk.create_profile(),
    }
    sdk.call(sdk.set_x_app, "consumer-key", "consumer-secret")

    made = sdk.call("generateJWT", dict(linking))
    refused = sdk.call("generateJWT", linking | {"twitterApiKey": "consumer-key"})

    assert made["status"] == "success"
    assert "consumer" not in made["url"]
    assert refused["code"] == 434


def test_reads_analytics(sdk: Sdk) -> None:
    sdk.account.link("threads")
    choose_analytics(sdk.account, "threads", id="1", values={"likes": 12})

    question = {"id": "1", "platforms": ["threads"], "searchPlatformId": True}
    post = sdk.call("analyticsPost", question)
    social = sdk.call("analyticsSocial", {"platforms": ["threads"]})

    assert post["threads"]["analytics"]["likes"] == 12
    assert social["threads"]["analytics"]["followersCount"] > 0
    assert not any("advice" in entry for entry in sdk.account.requests()[-2:])


@pytest.mark.parametrize("name", ["id", "platform"])
def test_lists_what_is_on_a_network(sdk: Sdk, name: str) -> None:
    if (sdk.source, name) == ("pypi", "platform"):
        name = "id"  # The package of PyPI knows no other.
    sdk.account.link("threads")
    post = publish(sdk.account, "threads")

    found = sdk.call("history", {name: "threads"})

    assert [row["id"] for row in found["posts"]] == [live_id(sdk.account, post, "threads")]
    assert "advice" not in sdk.sent()
