"""Ayrshare's own client packages, unmodified, walk through the life of a profile.

Each calls its own methods; the journal shows what went over the wire. The PyPI package lets its
base address be set. Those from npm do not, so a preload leads their calls here.
"""

import base64
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import jwt
import pytest
import requests
from ayrshare.ayrshare import SocialPost

from fakeayr.domain.clock import iso_seconds
from tests.support.accounts import Account
from tests.support.clock import START
from tests.support.publishing import choose_analytics, live_id, publish

NODE: Final = Path(__file__).parent / "node"


def _npm(package: str) -> Any:
    return pytest.param(f"npm-{package}", marks=pytest.mark.outside("node"))


PHOTO: Final = "https://images.bakery.example/bread.jpg"
DOT: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQ"
    "AAAABJRU5ErkJggg=="
)
"""A PNG image of one pixel."""

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
        delete_path: Where it deletes posts.
        register_webhook: Its spelling of the method.
        set_x_app: Its name of the method that sets an own X app.
    """

    call: Call
    account: Account
    source: str
    path: dict[str, str]
    delete_path: str = "/api/post"
    register_webhook: str = "registerWebhook"
    set_x_app: str = "setTwitterByo"

    def create_profile(self, title: str = "Mia's Bakery") -> str:
        """Creates a profile and answers its key."""
        created = self.call("createProfile", {"title": title})
        assert created["status"] == "success"
        return str(created["profileKey"])

    def schedule(self) -> dict[str, Any]:
        """Schedules a post for in an hour and answers what was returned."""
        date = iso_seconds(START + 3_600)
        wanted = {"post": "Fresh bread!", "platforms": ["facebook"], "scheduleDate": date}
        scheduled: dict[str, Any] = self.call("post", wanted)
        return scheduled

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self.account.post("/_fakeayr/clock", json={"advance": seconds})

    def status_of(self, post: Mapping[str, Any]) -> str:
        """How far a post has come."""
        return str(self.account.get(f"/api/post/{post['id']}").get_json()["status"])

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
            delete_path="/api/delete",
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


# Posting.


@pytest.fixture
def poster(sdk: Sdk) -> Sdk:
    """A package whose account has linked Bluesky and Facebook."""
    sdk.account.link("bluesky")
    sdk.account.link("facebook")
    return sdk


def test_posts(poster: Sdk) -> None:
    posted = poster.call(
        "post", {"post": "Fresh bread!", "platforms": ["facebook", "bluesky"], "mediaUrls": [PHOTO]}
    )

    assert (posted["status"], posted["errors"]) == ("success", [])
    assert [one["platform"] for one in posted["postIds"]] == ["bluesky", "facebook"]
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("POST", "/api/post")
    assert sent["body"]["source"] == poster.source
    assert "advice" not in sent


def test_hands_on_what_a_network_refuses(poster: Sdk) -> None:
    refused = poster.call("post", {"post": "Fresh bread!", "platforms": ["gmb"]})

    assert (refused["status"], refused["postIds"]) == ("error", [])
    assert (refused["errors"][0]["platform"], refused["errors"][0]["code"]) == ("gmb", 156)


def test_moves_a_scheduled_post(poster: Sdk) -> None:
    scheduled = poster.schedule()

    moved = poster.call(
        "updatePost", {"id": scheduled["id"], "scheduleDate": iso_seconds(START + 7_200)}
    )

    assert scheduled["status"] == "scheduled"
    assert (moved["status"], moved["id"]) == ("success", scheduled["id"])
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("PUT", "/api/post")
    poster.advance(7_199)
    assert poster.status_of(scheduled) == "pending"
    poster.advance(1)
    assert poster.status_of(scheduled) == "success"


def test_approves_a_post(poster: Sdk) -> None:
    waiting = poster.call(
        "post", {"post": "Fresh bread!", "platforms": ["facebook"], "requiresApproval": True}
    )

    assert poster.status_of(waiting) == "awaiting approval"
    poster.call("updatePost", {"id": waiting["id"], "approved": True})
    assert poster.status_of(waiting) == "success"


def test_deletes_a_post(poster: Sdk) -> None:
    posted = poster.call("post", {"post": "Fresh bread!", "platforms": ["facebook"]})

    deleted = poster.call("delete", {"id": posted["id"]})

    assert (deleted["status"], deleted["id"], deleted["code"]) == ("success", posted["id"], 200)
    assert deleted["facebook"]["status"] == "success"
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("DELETE", poster.delete_path)
    assert poster.call("delete", {"id": posted["id"]})["code"] == 383


def test_reads_history(poster: Sdk) -> None:
    posts = [
        poster.call("post", {"post": text, "platforms": ["facebook"]})
        for text in ("Fresh bread!", "Warm rolls!")
    ]

    listed = poster.call("history", {"lastDays": 7, "limit": 1})
    one = poster.call("history", {"id": posts[0]["id"]})

    assert [post["id"] for post in listed["history"]] == [posts[1]["id"]]
    assert (one["id"], one["post"], one["status"]) == (posts[0]["id"], "Fresh bread!", "success")
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("GET", f"/api/history/{posts[0]['id']}")
    assert sent["query"] == {"id": posts[0]["id"], "source": poster.source}


def test_sets_lists_and_deletes_an_auto_schedule(poster: Sdk) -> None:
    schedule = ["13:05Z", "18:06z"]

    made = poster.call("setAutoSchedule", {"schedule": list(schedule), "title": "Bread"})
    posted = poster.call(
        "post",
        {
            "post": "Fresh bread!",
            "platforms": ["facebook"],
            "autoSchedule": {"schedule": True, "title": "Bread"},
        },
    )
    listed = poster.call("listAutoSchedule", {})
    deleted = poster.call("deleteAutoSchedule", {"title": "Bread"})

    assert (made["status"], made["title"], made["schedule"]) == ("success", "Bread", schedule)
    assert posted["status"] == "scheduled"
    assert listed["schedules"]["Bread"]["schedule"] == schedule
    assert deleted["status"] == "success"
    assert [(call["method"], call["path"]) for call in poster.account.requests()[-4:]] == [
        ("POST", "/api/auto-schedule/set"),
        ("POST", "/api/post"),
        ("GET", "/api/auto-schedule/list"),
        ("DELETE", "/api/auto-schedule/delete"),
    ]


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_gets_a_post(poster: Sdk) -> None:
    posted = poster.call("post", {"post": "Fresh bread!", "platforms": ["facebook"]})

    got = poster.call("getPost", {"id": posted["id"]})

    assert (got["id"], got["postIds"]) == (posted["id"], posted["postIds"])
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("GET", f"/api/post/{posted['id']}")


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_retries_a_post(poster: Sdk) -> None:
    order = {"outcome": "fail", "platform": "facebook"}
    poster.account.post("/_fakeayr/publications", json=order)
    failed = poster.call("post", {"post": "Fresh bread!", "platforms": ["facebook"]})

    retried = poster.call("retryPost", {"id": failed["id"]})

    assert failed["status"] == "error"
    assert (retried["status"], retried["id"]) == ("success", failed["id"])
    sent = poster.sent()
    assert (sent["method"], sent["path"]) == ("PUT", "/api/post/retry")
    poster.advance(1)
    assert poster.status_of(failed) == "success"


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_posts_for_the_profile_of_its_header(poster: Sdk) -> None:
    profile_key = poster.create_profile()
    poster.account.link("pinterest", profile_key)
    poster.call("setProfileKey", profile_key)

    posted = poster.call(
        "post", {"post": "Fresh bread!", "platforms": ["pinterest"], "mediaUrls": [PHOTO]}
    )

    assert posted["status"] == "success"
    (result,) = posted["posts"]
    assert (result["profileTitle"], result["postIds"][0]["platform"]) == (
        "Mia's Bakery",
        "pinterest",
    )


# Media.


def test_uploads_an_image_and_posts_it(poster: Sdk) -> None:
    uploaded = poster.call("upload", {"file": DOT, "fileName": "dot.png", "description": "A dot"})
    upload = poster.sent()
    posted = poster.call(
        "post",
        {"post": "Fresh bread!", "platforms": ["facebook"], "mediaUrls": [uploaded["url"]]},
    )

    assert (uploaded["fileName"], uploaded["description"]) == ("dot.png", "A dot")
    assert (upload["method"], upload["path"]) == ("POST", "/api/upload")
    assert posted["status"] == "success"
    assert [one["id"] for one in poster.call("media", {})] == [uploaded["id"]]
    listing = poster.sent()
    assert (listing["method"], listing["path"]) == ("GET", "/api/media")


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_asks_for_an_upload_url(poster: Sdk) -> None:
    given = poster.call("mediaUploadUrl", {"contentType": "png"})

    assert given["contentType"] == "image/png"
    content = base64.b64decode(DOT.partition(",")[2])
    sent = requests.put(given["uploadUrl"], content, headers={"Content-Type": "image/png"})
    assert sent.status_code == 200
    assert requests.get(given["accessUrl"]).content == content


@pytest.mark.parametrize("sdk", KNOW_HEADERS, indirect=True)
def test_looks_at_media(poster: Sdk) -> None:
    url = poster.call("upload", {"file": DOT})["url"]

    assert poster.call("verifyMediaExists", {"mediaUrl": url})["status"] == "success"
    assert poster.call("mediaMeta", {"mediaUrl": url})["width"] == 1
    resized = poster.call("resizeImage", {"mediaUrl": url, "platform": "instagram"})
    assert (resized["status"], resized["platform"]) == ("success", "instagram")
    assert [(call["method"], call["path"]) for call in poster.account.requests()[-3:]] == [
        ("POST", "/api/media/urlExists"),
        ("GET", "/api/media/meta"),
        ("POST", "/api/media/resize"),
    ]


# Analytics.


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
