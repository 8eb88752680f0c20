"""Every documented refusal: its HTTP status, code, action and message, and which one goes first."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.ayrshare.endpoints import ELSEWHERE
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.advice import names
from tests.support.apps import NewApp

PARAMETERS = (
    "Missing or incorrect parameters. Please verify with the docs. "
    "https://docs.ayrshare.com/rest-api/endpoints"
)
PROFILE_KEY = "The Profile Key is invalid. Please verify correct Profile Key is being used."
JWT = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. "
)
EMAIL = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}


def body_of(account: Account, profile_key: str, **changes: Any) -> dict[str, Any]:
    """A good body of generateJWT, with changes."""
    body = {
        "domain": account.domain,
        "privateKey": account.private_key,
        "profileKey": profile_key,
    }
    return body | changes


def check(response: TestResponse, status: int, action: str, code: int, message: str) -> None:
    """Compares an error with what is documented, to the character."""
    error = response.get_json()
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    error.pop("details", None)
    assert error == {"action": action, "status": "error", "code": code, "message": message}


# 102: who calls.

WITHOUT_A_KEY: dict[str, dict[str, str]] = {
    "no header": {},
    "an empty header": {"Authorization": ""},
    "no scheme": {"Authorization": "AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE"},
    "another scheme": {"Authorization": "Basic QUozUEdXMTo="},
    "no key": {"Authorization": "Bearer "},
    "an unknown key": {"Authorization": "Bearer AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE"},
    "two keys": {"Authorization": "Bearer a b"},
    "not ASCII": {"Authorization": "Bearer \u00e9\u00ff"},
}


@pytest.mark.parametrize("headers", WITHOUT_A_KEY.values(), ids=WITHOUT_A_KEY)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/profiles/generateJWT"),
        ("POST", "/api/profiles"),
        ("GET", "/api/profiles"),
        ("PATCH", "/api/profiles"),
        ("DELETE", "/api/profiles"),
        ("DELETE", "/api/profiles/social"),
        ("GET", "/api/user"),
    ],
)
def test_102_without_a_valid_api_key(
    client: FlaskClient, method: str, path: str, headers: dict[str, str]
) -> None:
    response = client.open(path, method=method, headers=headers)
    check(response, 403, "authorization", 102, "API Key not valid.")


def test_102_for_a_profile_key_in_place_of_the_api_key(
    client: FlaskClient, profile_key: str
) -> None:
    response = client.get("/api/user", headers={"Authorization": f"Bearer {profile_key}"})
    check(response, 403, "authorization", 102, "API Key not valid.")
    assert response.get_json()["details"] == (
        "The Authorization header holds the key of a User Profile. "
        "Send the API key as Authorization: Bearer, and the profile key as Profile-Key."
    )


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("headers", WITHOUT_A_KEY.values(), ids=WITHOUT_A_KEY)
def test_the_status_of_102_is_a_setting_of_the_development_account(
    dev: Account, client: FlaskClient, status: int, headers: dict[str, str]
) -> None:
    dev.change(settings={"invalidApiKeyStatus": status})
    for path in ("/api/user", "/_fakeayr/accounts"):
        response = client.get(path, headers=headers)
        check(response, status, "authorization", 102, "API Key not valid.")


def test_the_status_of_102_for_a_profile_key_is_its_accounts(open_account: OpenAccount) -> None:
    account = open_account(settings={"invalidApiKeyStatus": 401})
    key = account.create_profile()["profileKey"]
    response = account.client.get("/api/user", headers={"Authorization": f"Bearer {key}"})
    check(response, 401, "authorization", 102, "API Key not valid.")


def test_the_scheme_may_be_spelled_in_any_case(account: Account) -> None:
    response = account.client.get(
        "/api/user", headers={"Authorization": f"bearer {account.api_key}"}
    )
    assert response.status_code == 200


def test_102_as_soon_as_the_account_is_closed(account: Account) -> None:
    account.delete("/_fakeayr/accounts")
    check(account.get("/api/user"), 403, "authorization", 102, "API Key not valid.")


# 101: what cannot be read.

UNREADABLE: dict[str, dict[str, Any]] = {
    "no body": {},
    "not JSON": {"data": "domain: acme", "content_type": "application/json"},
    "half of it": {"data": '{"domain": "acme"', "content_type": "application/json"},
    "not UTF-8": {"data": b'{"domain": "\xff"}', "content_type": "application/json"},
    "a lone surrogate": {"data": r'{"domain": "\ud800"}', "content_type": "application/json"},
    "NaN": {"data": '{"expiresIn": NaN}', "content_type": "application/json"},
    "a list": {"json": []},
    "a text": {"json": "acme"},
    "a number": {"json": 1},
    "true": {"json": True},
    "nested too deeply": {
        "data": '{"a":' * 70 + "1" + "}" * 70,
        "content_type": "application/json",
    },
    "another content type": {"data": "<domain>acme</domain>", "content_type": "application/xml"},
    "compressed": {
        "data": b"\x1f\x8b",
        "content_type": "application/json",
        "headers": {"Content-Encoding": "gzip"},
    },
    "JSON that claims to be a form": {
        "data": '{"domain": "acme"}',
        "content_type": "application/x-www-form-urlencoded",
    },
}


@pytest.mark.parametrize("sent", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("path", ["/api/profiles/generateJWT", "/api/profiles"])
def test_101_for_a_body_that_is_no_json_object(
    account: Account, path: str, sent: dict[str, Any]
) -> None:
    check(account.post(path, **sent), 400, "request", 101, PARAMETERS)


@pytest.mark.parametrize("name", ["domain", "privateKey", "profileKey"])
@pytest.mark.parametrize("how", ["missing", "null"])
def test_101_names_the_required_field_that_is_missing(
    account: Account, profile_key: str, name: str, how: str
) -> None:
    body = body_of(account, profile_key, **{name: None})
    if how == "missing":
        del body[name]
    response = account.post("/api/profiles/generateJWT", json=body)
    check(response, 400, "request", 101, PARAMETERS)
    assert response.get_json()["details"] == f"{name} is required."


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("domain", [1, True, [], {}]),
        ("privateKey", [1, True, ["-----BEGIN"], {}]),
        ("profileKey", [1, True, [], {}]),
        ("logout", ["true", 1, [], {}]),
        ("verify", ["true", 1, [], {}]),
        ("base64", ["true", 1, [], {}]),
        ("redirect", [1, True, [], {}]),
        ("allowedSocial", ["facebook", 1, True, {}, [1], [None]]),
        ("expiresIn", ["30", True, [], {}]),
        ("expireIn", ["30", True, [], {}]),
        ("email", ["mia@bakery.example", 1, True, []]),
        ("twitterApiKey", [1, True, [], {}]),
        ("twitterApiSecret", [1, True, [], {}]),
    ],
)
def test_101_names_the_field_of_the_wrong_type(
    account: Account, profile_key: str, name: str, values: list[Any]
) -> None:
    for value in values:
        response = account.generate_jwt(profile_key, **{name: value})
        check(response, 400, "request", 101, PARAMETERS)
        assert response.get_json()["details"].startswith(name)


# 144: the profile key.

INVALID_KEYS: dict[str, Callable[[Account, Account], str]] = {
    "empty": lambda account, other: "",
    "unknown": lambda account, other: "8J468PK-J39MYWD-HXJKVR2-PQ20PRS",
    "undefined": lambda account, other: "undefined",
    "the API key": lambda account, other: account.api_key,
    "another account's API key": lambda account, other: other.api_key,
    "another account's profile": lambda account, other: other.create_profile()["profileKey"],
}


@pytest.mark.parametrize("key", INVALID_KEYS.values(), ids=INVALID_KEYS)
def test_144_for_a_profile_key_that_names_no_profile_of_the_account(
    open_account: OpenAccount, key: Callable[[Account, Account], str]
) -> None:
    account, other = open_account(), open_account()
    invalid = key(account, other)
    calls = (
        account.generate_jwt(invalid),
        account.patch("/api/profiles", json={"profileKey": invalid, "title": "New"}),
        account.delete("/api/profiles", json={"profileKey": invalid}),
        account.delete("/api/profiles/social", json={"profileKey": invalid, "platform": "gmb"}),
        account.get("/api/user", profile_key=invalid),
        account.get("/api/user", query_string={"profileKey": invalid}),
        account.patch("/api/profiles", json={"title": "New"}, profile_key=invalid),
        account.delete("/api/profiles", profile_key=invalid),
        account.delete("/api/profiles/social", json={"platform": "gmb"}, profile_key=invalid),
    )
    for response in calls:
        check(response, 403, "profile", 144, PROFILE_KEY)


def test_144_tells_who_confuses_the_two_keys(account: Account) -> None:
    confused = account.generate_jwt(account.api_key).get_json()
    mistyped = account.generate_jwt("8J468PK-J39MYWD-HXJKVR2-PQ20PRS").get_json()
    assert confused["details"].startswith("profileKey holds the API key of this account. Send ")
    assert mistyped["details"].startswith("profileKey holds 31 characters that are the key of no ")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/profiles"), ("GET", "/api/profiles"), ("POST", "/api/profiles/generateJWT")],
)
def test_144_for_an_empty_header_even_where_no_profile_key_is_needed(
    account: Account, profile_key: str, method: str, path: str
) -> None:
    body = {**body_of(account, profile_key), "title": "New"} if method == "POST" else None
    response = account.call(method, path, json=body, profile_key="")
    check(response, 403, "profile", 144, PROFILE_KEY)


def test_an_empty_header_may_count_as_absent(open_account: OpenAccount) -> None:
    account = open_account(settings={"emptyProfileKey": "absent"})
    key = account.create_profile()["profileKey"]
    user = account.get("/api/user", profile_key="")
    assert user.get_json()["title"] == "Primary Profile"
    body = {"profileKey": key, "title": "Flo"}
    assert account.patch("/api/profiles", json=body, profile_key="").status_code == 200
    listed = account.get("/api/profiles", profile_key="").get_json()["profiles"]
    assert [profile["title"] for profile in listed] == ["Flo"]
    check(
        account.post("/api/profiles/link-sessions", json={}, profile_key=""),
        400,
        "request",
        101,
        PARAMETERS,
    )
    check(account.generate_jwt(""), 403, "profile", 144, PROFILE_KEY)
    check(account.patch("/api/profiles", json={"profileKey": ""}), 403, "profile", 144, PROFILE_KEY)


def test_144_for_the_key_of_a_deleted_profile(account: Account, profile_key: str) -> None:
    account.delete("/api/profiles", profile_key=profile_key)
    check(account.generate_jwt(profile_key), 403, "profile", 144, PROFILE_KEY)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_the_status_of_144_is_a_setting(open_account: OpenAccount, status: int) -> None:
    account = open_account(settings={"invalidProfileKeyStatus": status})
    check(account.get("/api/user", profile_key="x"), status, "profile", 144, PROFILE_KEY)


# 146: titles.


def test_146_for_a_title_in_use(account: Account, profile_key: str) -> None:
    response = account.post("/api/profiles", json={"title": "Mia's Bakery"})
    check(response, 400, "create profile", 146, "Profile title already exists.")


# 188, 434: domain and X credentials.

DOMAIN = (
    "Error generating JWT. The domain is not valid. "
    "Please use the exact domain given during onboarding."
)


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda domain: "", lambda domain: f"https://{domain}", lambda domain: f"{domain} "],
    ids=["upper case", "empty", "a URL", "a space behind it"],
)
def test_188_for_another_domain_than_the_accounts(
    account: Account, profile_key: str, change: Callable[[str], str]
) -> None:
    response = account.generate_jwt(profile_key, domain=change(account.domain))
    check(response, 400, "JWT", 188, DOMAIN)


@pytest.mark.parametrize("status", [200, 400])
def test_the_status_of_188_is_a_setting(open_account: OpenAccount, status: int) -> None:
    account = open_account(settings={"invalidDomainStatus": status})
    profile_key = account.create_profile()["profileKey"]
    response = account.generate_jwt(profile_key, domain="other.example")
    check(response, status, "JWT", 188, DOMAIN)


X_KEY, X_SECRET = "X-Twitter-OAuth1-Api-Key", "X-Twitter-OAuth1-Api-Secret"


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({X_KEY: "k"}, {}),
        ({X_SECRET: "s"}, {}),
        ({X_KEY: "k", X_SECRET: ""}, {}),
        ({}, {"twitterApiKey": "k"}),
        ({}, {"twitterApiSecret": "s"}),
        ({}, {"twitterApiKey": "k", "twitterApiSecret": ""}),
        ({}, {"twitterApiKey": "k", "twitterApiSecret": None}),
    ],
)
def test_188_for_half_of_the_x_credentials(
    account: Account, profile_key: str, headers: dict[str, str], fields: dict[str, Any]
) -> None:
    body = body_of(account, profile_key, **fields)
    response = account.post("/api/profiles/generateJWT", json=body, headers=headers)
    message = "Both twitterApiKey and twitterApiSecret are required. You provided only one."
    check(response, 400, "JWT", 188, message)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({X_KEY: "k", X_SECRET: "s"}, {"twitterApiKey": "k", "twitterApiSecret": "s"}),
        ({X_KEY: "k"}, {"twitterApiKey": "k"}),
        ({X_KEY: "k"}, {"twitterApiSecret": "s"}),
        ({X_SECRET: "s"}, {"twitterApiKey": "k", "twitterApiSecret": "s"}),
    ],
)
def test_434_for_x_credentials_in_headers_and_body(
    account: Account, profile_key: str, headers: dict[str, str], fields: dict[str, Any]
) -> None:
    body = body_of(account, profile_key, **fields)
    response = account.post("/api/profiles/generateJWT", json=body, headers=headers)
    message = (
        "X/Twitter API credentials were provided in both the request headers and the request "
        "body. Please use the headers only. "
        "See https://www.ayrshare.com/docs/apis/profiles/generate-jwt"
    )
    check(response, 400, "JWT", 434, message)


# 189: the expiry. (The private key has a file of its own.)


@pytest.mark.parametrize("spelling", ["expiresIn", "expireIn"])
@pytest.mark.parametrize("minutes", [0, 0.5, 0.999, -5, 2_880.5, 2_881, 10**9, 1e300, 10**100])
def test_189_for_an_expiry_out_of_range(
    account: Account, profile_key: str, spelling: str, minutes: float
) -> None:
    response = account.generate_jwt(profile_key, **{spelling: minutes})
    message = f"{JWT}Error: expiresIn must be between 1 and 2880 minutes"
    check(response, 400, "JWT", 189, message)


# 333: the e-mail.

EMAIL_NOT_SENT = (
    "The Connect Accounts email could not be sent. Please verify that all email fields are present."
)


@pytest.mark.parametrize("name", list(EMAIL))
@pytest.mark.parametrize("how", ["missing", "null", "empty"])
def test_333_names_the_email_field_that_is_missing(
    account: Account, profile_key: str, name: str, how: str
) -> None:
    email: dict[str, Any] = EMAIL | {name: None if how == "null" else ""}
    if how == "missing":
        del email[name]
    response = account.generate_jwt(profile_key, email=email)
    check(response, 400, "email", 333, EMAIL_NOT_SENT)
    assert f"email.{name} is missing" in response.get_json()["details"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("to", ["mia", "mia@", "@bakery.example", "a b@c.example", "a@b@c", 1, ["a@b.example"]]),
        ("contactEmail", ["help", 1, {}]),
        ("company", [" ", 1, []]),
        ("termsUrl", ["acme.example/terms", "javascript:alert(1)", "https://", 1]),
        ("privacyUrl", ["/privacy", "ftp://acme.example", 1]),
        ("expiresIn", [0, 0.5, 2_881, "60", True, [], 10**300]),
    ],
)
def test_333_names_the_email_field_that_cannot_be_used(
    account: Account, profile_key: str, name: str, values: list[Any]
) -> None:
    for value in values:
        response = account.generate_jwt(profile_key, email=EMAIL | {name: value})
        check(response, 400, "email", 333, EMAIL_NOT_SENT)
        assert f"email.{name}" in response.get_json()["details"]


# 9403: the plan.


@pytest.mark.parametrize("plan", ["free", "premium"])
def test_9403_for_profiles_on_a_plan_without_them(open_account: OpenAccount, plan: str) -> None:
    account = open_account(plan=plan)
    calls = (
        account.generate_jwt("x"),
        account.post("/api/profiles", json={"title": "New"}),
        account.get("/api/profiles"),
        account.patch("/api/profiles", json={"title": "New"}),
        account.delete("/api/profiles", json={"title": "New"}),
    )
    for response in calls:
        message = "This feature is not available on your plan."
        check(response, 403, "authorization", 9403, message)
        assert response.get_json()["details"] == f"The plan is {plan}."


@pytest.mark.parametrize(
    "fields", [{"expiresIn": 30}, {"expireIn": 30}, {"email": EMAIL}], ids=list
)
def test_9403_for_what_needs_the_max_pack(
    open_account: OpenAccount, fields: dict[str, Any]
) -> None:
    account = open_account(maxPack=False)
    response = account.generate_jwt(account.create_profile()["profileKey"], **fields)
    message = "The Max Pack is required for this feature."
    check(response, 403, "authorization", 9403, message)


# 9404, 9405, 9413: the request itself.

FAR: Final = "No such path. See /docs for the paths that this server has."


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("/api/profile", "No such path. The nearest one is /api/profiles."),
        ("/api/hook/webhooks", "No such path. The nearest one is /api/hook/webhook."),
        ("/api/posts", "No such path. The nearest one is /api/post."),
        ("/api/mcp", FAR),
        ("/api/webhooks/social", FAR),
        ("/api/me", FAR),
        ("/api/delete/aBcDeFgHiJkLmNoPqRsT", FAR),
        ("/api/analytics/post/1", "No such path. The nearest one is /api/analytics/post."),
        (
            "/api/profiles/generatejwt",
            "No such path. The nearest one is /api/profiles/generateJWT.",
        ),
        ("/api/users", "No such path. The nearest one is /api/user."),
        ("/api//user", "No such path. The nearest one is /api/user."),
    ],
)
def test_9404_names_the_nearest_path_if_one_is_near(
    account: Account, path: str, details: str
) -> None:
    response = account.post(path, json={})
    check(response, 404, "request", 9404, "This endpoint does not exist")
    assert response.get_json()["details"] == details


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("/wp-login.php", FAR),
        ("/user", "No such path. The nearest one is /api/user."),
        ("/apiary", FAR),
        ("/_fakeayr/account", "No such path. The nearest one is /_fakeayr/accounts."),
        ("/_fakeayr/user", FAR),
    ],
)
def test_9404_reads_otherwise_outside_of_the_api(account: Account, path: str, details: str) -> None:
    response = account.get(path)
    check(response, 404, "request", 9404, "Not found.")
    assert response.get_json()["details"] == details


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_9404_lists_what_there_is(account: Account, path: str) -> None:
    response = account.get(path)
    check(response, 404, "request", 9404, "This endpoint does not exist")
    details = response.get_json()["details"]
    assert details.startswith("This server has /api/analytics/post, /api/analytics/social, ")
    assert "/api/profiles/generateJWT, " in details
    assert "/_fakeayr" not in details


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/generateJWT", "/api/profiles/generateJWT"),
        ("/api/generateJWT/", "/api/profiles/generateJWT"),
        ("/api/webhooks", "/api/hook/webhook"),
    ],
)
def test_9404_for_a_path_that_public_code_calls_names_the_right_one(
    account: Account, path: str, meant: str
) -> None:
    response = account.post(path, json={})
    check(response, 404, "request", 9404, "This endpoint does not exist")
    assert response.get_json()["details"] == f"Ayrshare has no {path}. Call {meant}."
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "conduct-wrong-path"
    assert f"{advice['seen']} {advice['do']}" == response.get_json()["details"]


def test_advice_on_a_path_is_kept_for_callers_without_a_key_too(dev: Account) -> None:
    dev.client.post("/api/generateJWT", json={})
    (entry,) = dev.requests()
    assert names(entry) == ["conduct-wrong-path"]


# 501: endpoints of Ayrshare that the fake lacks.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path.replace("<id>", "aBcDeFgHiJkLmNoPqRsT"))
        for path, methods in ELSEWHERE.items()
        for method in methods
    ],
)
def test_501_for_an_endpoint_that_the_fake_lacks(account: Account, method: str, path: str) -> None:
    response = account.call(method, f"/api{path}")
    message = f"fakeayr, a fake of Ayrshare, does not have this endpoint yet: /api{path}"
    check(response, 501, "request", 9501, message)
    assert account.requests()[-1]["status"] == 501


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/comments"),
        ("POST", "/api/comments/reply/aBcDeFgHiJkLmNoPqRsT"),
        ("POST", "/api/messages/instagram"),
        ("POST", "/api/shorten"),
        ("GET", "/api/analytics/links"),
        ("HEAD", "/api/feed"),
        ("POST", "/api/post/copy"),
        ("POST", "/api/links/"),
    ],
)
def test_501_whoever_asks_and_in_older_spellings(
    client: FlaskClient, method: str, path: str
) -> None:
    assert client.open(path, method=method).status_code == 501


def test_501_shows_no_key_that_stands_in_the_path(client: FlaskClient, profile_key: str) -> None:
    assert profile_key not in client.get(f"/api/comments/{profile_key}").text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/analytics/social", {"POST"}),
        ("POST", "/api/comments/like", {"GET", "HEAD", "DELETE"}),
        ("GET", "/api/post", {"POST", "PATCH", "PUT", "DELETE"}),
        ("OPTIONS", "/api/post", {"POST", "PATCH", "PUT", "DELETE"}),
    ],
)
def test_405_for_a_method_that_an_endpoint_of_ayrshare_does_not_have(
    account: Account, method: str, path: str, allowed: set[str]
) -> None:
    response = account.call(method, path)
    check(response, 405, "request", 9405, "Method not allowed.")
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_9404_for_a_title_that_no_profile_has(account: Account) -> None:
    response = account.delete("/api/profiles", json={"title": "Nobody's"})
    message = "Not found. No User Profile has this title."
    check(response, 404, "delete profile", 9404, message)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/profiles/generateJWT", {"POST"}),
        ("POST", "/api/user", {"GET", "HEAD"}),
        ("OPTIONS", "/api/user", {"GET", "HEAD"}),
        ("POST", "/api/profiles/social", {"DELETE"}),
        ("PROPFIND", "/api/profiles", {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"}),
    ],
)
def test_9405_tells_the_methods_of_the_path(
    account: Account, method: str, path: str, allowed: set[str]
) -> None:
    response = account.call(method, path)
    check(response, 405, "request", 9405, "Method not allowed.")
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_9413_for_a_body_over_the_limit(account: Account) -> None:
    response = account.post("/api/profiles", json={"title": "x" * (1024 * 1024)})
    check(response, 413, "request", 9413, "Request body too large.")
    assert account.get("/api/profiles").get_json()["count"] == 0


def test_the_body_limit_is_an_option(new_app: NewApp) -> None:
    account = Account.open(new_app(Config(body_limit_bytes=200)).test_client(), {})
    assert account.post("/api/profiles", json={"title": "x" * 100}).status_code == 200
    response = account.post("/api/profiles", json={"title": "x" * 200})
    check(response, 413, "request", 9413, "Request body too large.")


# Which error goes first in generateJWT.


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with a call of generateJWT, and the code that tells of it.

    Attributes:
        name: What is wrong.
        code: The error's code.
        says: A part of its message.
        body: What it changes in the body.
        headers: What it changes in the headers.
        account: What it changes in the account.
    """

    name: str
    code: int
    says: str
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)


IN_ORDER = [
    Fault(name="authorization", code=102, says="API Key", headers={"Authorization": "Bearer x"}),
    Fault(name="plan", code=9403, says="your plan", account={"plan": "premium"}),
    Fault(name="body shape", code=101, says="parameters", body={"verify": "yes"}),
    Fault(
        name="X credentials twice",
        code=434,
        says="both the request headers",
        headers={X_KEY: "k"},
        body={"twitterApiKey": "k"},
    ),
    Fault(name="half an X app", code=188, says="only one", body={"twitterApiSecret": "s"}),
    Fault(name="domain", code=188, says="domain is not valid", body={"domain": "other.example"}),
    Fault(name="profile key", code=144, says="Profile Key", body={"profileKey": "undefined"}),
    Fault(name="expiry", code=189, says="between 1 and 2880", body={"expiresIn": 0}),
    Fault(
        name="Max Pack",
        code=9403,
        says="Max Pack",
        account={"maxPack": False},
        body={"expiresIn": 30},
    ),
    Fault(name="e-mail", code=333, says="email fields", body={"email": EMAIL | {"company": ""}}),
    Fault(name="key", code=189, says="no start line", body={"privateKey": "private.key"}),
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(*pair, id=f"{pair[0].name} before {pair[1].name}")
        for pair in itertools.combinations(IN_ORDER, 2)
    ],
)
def test_of_two_faults_the_earlier_one_is_answered(
    account: Account, profile_key: str, first: Fault, second: Fault
) -> None:
    account.change(**second.account | first.account)
    body = body_of(account, profile_key, **second.body | first.body)
    headers = second.headers | first.headers
    error = account.post("/api/profiles/generateJWT", json=body, headers=headers).get_json()
    assert error["code"] == first.code
    assert first.says in error["message"]


def test_with_everything_wrong_the_first_fault_is_answered(
    account: Account, profile_key: str
) -> None:
    body = body_of(account, profile_key)
    headers: dict[str, str] = {}
    for fault in reversed(IN_ORDER):
        account.change(**fault.account)
        body |= fault.body
        headers |= fault.headers
    response = account.post("/api/profiles/generateJWT", json=body, headers=headers)
    check(response, 403, "authorization", 102, "API Key not valid.")


# A refusal leaves nothing behind.


def test_a_refused_request_changes_nothing(account: Account) -> None:
    before = json.loads(account.get("/api/profiles").text)["profiles"]
    account.post("/api/profiles", json={"title": "New", "team": True})
    account.post("/api/profiles", json={"title": "New", "tags": "none"})
    account.post("/api/profiles", data='{"title": "New"', content_type="application/json")
    assert json.loads(account.get("/api/profiles").text)["profiles"] == before == []
