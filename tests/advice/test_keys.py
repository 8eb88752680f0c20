"""Advice on API keys, profile keys and their headers."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.support.accounts import Account, OpenAccount
from tests.support.advice import names

SENT: Final[dict[str, Callable[[Account, str], str]]] = {
    "profile-key-undefined": lambda account, key: "undefined",
    "profile-key-empty": lambda account, key: "",
    "profile-key-unexpanded-variable": lambda account, key: "${PROFILE_KEY}",
    "profile-key-is-api-key": lambda account, key: account.api_key,
    "profile-key-is-private-key": lambda account, key: account.private_key.replace("\n", " "),
    "profile-key-is-ref-id": lambda account, key: account.ref_id,
    "profile-key-is-title": lambda account, key: "Mia's Bakery",
    "profile-key-mangled": lambda account, key: f'"{key}"',
    "profile-key-of-real-ayrshare": lambda account, key: "A1B2C3D4-E5F6G7H8-I9J0K1L2-M3N4O5P6",
    "profile-key-unknown": lambda account, key: "Z9Z9Z9Z-Z9Z9Z9Z-Z9Z9Z9Z-Z9Z9Z9Z",
}


@pytest.mark.parametrize("name", SENT)
def test_what_stands_in_a_profile_keys_place_is_named(account: Account, name: str) -> None:
    key = account.create_profile("Mia's Bakery")["profileKey"]
    response = account.get("/api/user", profile_key=SENT[name](account, key))
    (advice,) = account.requests()[-1]["advice"]
    assert (advice["name"], advice["place"]) == (name, "header Profile-Key")
    assert response.get_json()["details"] == f"{advice['seen']} {advice['do']}"


@pytest.mark.parametrize("word", ["null", "None", "NaN", "[object Object]", "undefined "])
def test_other_words_for_nothing_are_known(account: Account, word: str) -> None:
    account.get("/api/user", profile_key=word)
    assert names(account.requests()[-1]) == ["profile-key-undefined"]


@pytest.mark.parametrize(
    ("mangle", "what"),
    [
        (str.lower, "lower case"),
        (lambda key: key.replace("-", ""), "lost hyphens"),
        (lambda key: f"Bearer {key}", "the word Bearer before it"),
    ],
)
def test_a_mangled_profile_key_is_known(
    account: Account, profile_key: str, mangle: Callable[[str], str], what: str
) -> None:
    account.get("/api/user", profile_key=mangle(profile_key))
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "profile-key-mangled"
    assert advice["seen"].endswith(f"but for {what}.")


def test_keys_of_other_accounts_are_named(open_account: OpenAccount) -> None:
    account, other = open_account(), open_account()
    account.get("/api/user", profile_key=other.create_profile()["profileKey"])
    assert names(account.requests()[-1]) == ["profile-key-of-other-account"]
    account.get("/api/user", profile_key=other.api_key)
    assert names(account.requests()[-1]) == ["profile-key-is-other-api-key"]


def test_a_deleted_profiles_key_is_named(account: Account, profile_key: str) -> None:
    account.delete("/api/profiles", profile_key=profile_key)
    account.get("/api/user", profile_key=profile_key)
    assert names(account.requests()[-1]) == ["profile-key-of-deleted-profile"]


def test_the_place_of_a_wrong_key_is_told(account: Account) -> None:
    account.get("/api/user", query_string={"profileKey": "undefined"})
    assert account.requests()[-1]["advice"][0]["place"] == "query profileKey"
    account.post(
        "/api/hook/webhook",
        json={"action": "social", "url": "https://a.example/", "profileKey": "undefined"},
    )
    assert account.requests()[-1]["advice"][0]["place"] == "/profileKey"


def test_header_and_body_that_name_different_profiles_are_told(account: Account) -> None:
    ann, ben = (account.create_profile(title)["profileKey"] for title in ("Ann", "Ben"))
    body = {"action": "social", "url": "https://a.example/", "profileKey": ben}
    account.post("/api/hook/webhook", json=body, profile_key=ann)
    assert names(account.requests()[-1]) == ["profile-keys-differ"]
    account.post("/api/hook/webhook", json=body | {"profileKey": ann}, profile_key=ann)
    assert names(account.requests()[-1]) == []


def test_a_profile_key_in_the_header_alone_does_not_reach_generate_jwt(
    account: Account, profile_key: str
) -> None:
    body = {"domain": account.domain, "privateKey": account.private_key}
    account.post("/api/profiles/generateJWT", json=body, profile_key=profile_key)
    assert names(account.requests()[-1]) == ["profile-key-not-in-body"]


@pytest.mark.parametrize("name", ["ProfileKey", "X-Profile-Key"])
def test_misnamed_headers_are_told(account: Account, profile_key: str, name: str) -> None:
    account.get("/api/user", headers={name: profile_key})
    assert names(account.requests()[-1]) == ["profile-header-misnamed"]
    account.get("/api/user", headers={name: profile_key}, profile_key=profile_key)
    assert names(account.requests()[-1]) == []


def test_one_tenants_key_with_anothers_title_is_told(account: Account) -> None:
    ann = account.create_profile("Ann")["profileKey"]
    account.create_profile("Ben")
    account.patch("/api/profiles", json={"title": "Ben"}, profile_key=ann)
    assert names(account.requests()[-1]) == ["profile-title-of-other"]


def test_one_tenants_key_with_anothers_link_session_is_told(account: Account) -> None:
    ann, ben = (account.create_profile(title)["profileKey"] for title in ("Ann", "Ben"))
    made = account.post("/api/profiles/link-sessions", json={}, profile_key=ann)
    path = f"/api/profiles/link-sessions/{made.get_json()['sessionId']}"
    account.get(path, profile_key=ben)
    assert names(account.requests()[-1]) == ["profile-session-of-other"]
    account.get(path, profile_key=ann)
    assert names(account.requests()[-1]) == []


BEARERS: Final[dict[str, dict[str, str]]] = {
    "key-api-missing": {},
    "key-api-in-other-header": {"X-API-Key": "A1B2C3D-E4F5G6H-I7J8K9L-M0N1O2P"},
    "key-api-without-bearer": {"Authorization": "A1B2C3D-E4F5G6H-I7J8K9L-M0N1O2P"},
    "key-api-undefined": {"Authorization": "Bearer undefined"},
    "key-api-of-real-ayrshare": {"Authorization": "Bearer A1B2C3D4-E5F6G7H8-I9J0K1L2-M3N4O5P6"},
    "key-api-unknown": {"Authorization": "Bearer Z9Z9Z9Z-Z9Z9Z9Z-Z9Z9Z9Z-Z9Z9Z9Z"},
}


@pytest.mark.parametrize("name", BEARERS)
def test_what_stands_in_the_api_keys_place_is_named(dev: Account, name: str) -> None:
    response = dev.client.get("/api/user", headers=BEARERS[name])
    entry: dict[str, Any] = dev.requests()[-1]
    assert names(entry) == [name]
    advice = entry["advice"][0]
    assert response.get_json()["details"] == f"{advice['seen']} {advice['do']}"


def test_a_profile_key_in_the_api_keys_place_is_named(dev: Account, profile_key: str) -> None:
    dev.client.get("/api/user", headers={"Authorization": f"Bearer {profile_key}"})
    assert names(dev.requests()[-1]) == ["key-api-is-profile-key"]
