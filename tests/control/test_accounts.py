"""Accounts: opening, describing, changing and closing them, and how they are kept apart."""

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask.testing import FlaskClient

from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.accounts import Settings
from fakeayr.domain.linking import private_keys as key_tools
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys

KEY = r"[A-Z0-9]{7}(-[A-Z0-9]{7}){3}"
REF_ID = r"[0-9a-f]{40}"


class OneKey:
    """Hands out the same key, to an app with one account."""

    def __init__(self, pem: str) -> None:
        self._pem = pem

    def take(self, bits: int) -> str:
        """The key, whatever size is asked for."""
        assert key_tools.bits_of(self._pem) == bits
        return self._pem


def described(account: Account) -> dict[str, Any]:
    """What GET /_fakeayr/accounts answers."""
    answer: dict[str, Any] = account.get("/_fakeayr/accounts").get_json()
    return answer


# Opening.


def test_an_account_is_opened_with_all_that_an_integrator_needs(client: FlaskClient) -> None:
    response = client.post("/_fakeayr/accounts", json={})
    account = response.get_json()
    assert response.status_code == 201
    assert re.fullmatch(KEY, account["apiKey"])
    assert re.fullmatch(REF_ID, account["refId"])
    assert account["domain"].endswith(".example")
    assert account["privateKey"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert account["privateKey"].endswith("-----END RSA PRIVATE KEY-----\n")
    assert (account["plan"], account["maxPack"], account["keyBits"]) == ("business", True, 1024)


def test_an_order_may_be_empty(client: FlaskClient) -> None:
    assert client.post("/_fakeayr/accounts").status_code == 201


def test_an_account_is_what_was_ordered(open_account: OpenAccount) -> None:
    account = open_account(
        domain="acme.example",
        plan="launch",
        maxPack=False,
        keyBits=2048,
        email="owner@acme.example",
        settings={"invalidDomainStatus": 200},
    )
    answer = described(account)
    assert answer["domain"] == "acme.example"
    assert (answer["plan"], answer["maxPack"], answer["keyBits"]) == ("launch", False, 2048)
    assert answer["email"] == "owner@acme.example"
    assert answer["settings"]["invalidDomainStatus"] == 200


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_keys_come_in_three_sizes(new_app: NewApp, clock: ManualClock, bits: int) -> None:
    app = new_app(clock=clock, keys=OneKey(key_tools.generate(bits)))
    account = Account.open(app.test_client(), {"keyBits": bits})
    key = load_pem_private_key(account.private_key.encode(), None)
    assert getattr(key, "key_size", None) == bits
    assert described(account)["keyBits"] == bits
    profile_key = account.create_profile()["profileKey"]
    assert account.generate_jwt(profile_key, verify=True).status_code == 200


def test_no_two_accounts_share_anything(open_account: OpenAccount) -> None:
    opened = [open_account() for _ in range(5)]
    for name in ("api_key", "domain", "private_key", "ref_id"):
        assert len({getattr(account, name) for account in opened}) == 5


def test_two_accounts_may_be_given_the_same_domain(open_account: OpenAccount) -> None:
    for account in (open_account(domain="acme"), open_account(domain="acme")):
        profile_key = account.create_profile()["profileKey"]
        assert account.generate_jwt(profile_key, verify=True).status_code == 200


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ({"plan": "gold"}, "plan"),
        ({"plan": 1}, "plan"),
        ({"maxPack": "yes"}, "maxPack"),
        ({"keyBits": 512}, "keyBits"),
        ({"keyBits": "1024"}, "keyBits"),
        ({"domain": 1}, "domain"),
        ({"email": []}, "email"),
        ({"settings": {"rateLimit": 1}}, "settings.rateLimit"),
        ({"settings": {"profileVisibilityDelay": -1}}, "settings.profileVisibilityDelay"),
        ({"settings": {"invalidProfileKeyStatus": 500}}, "settings.invalidProfileKeyStatus"),
        ({"settings": []}, "settings"),
    ],
)
def test_an_order_that_cannot_be_filled_is_refused_by_name(
    client: FlaskClient, order: dict[str, Any], name: str
) -> None:
    response = client.post("/_fakeayr/accounts", json=order)
    error = response.get_json()
    assert (response.status_code, error["code"]) == (400, 101)
    assert error["details"].startswith(name)


@pytest.mark.parametrize("order", [{"Plan": "free"}, {"settings": {"ratelimit": True}}], ids=str)
def test_a_misspelt_order_is_refused_instead_of_ignored(
    client: FlaskClient, order: dict[str, Any]
) -> None:
    response = client.post("/_fakeayr/accounts", json=order)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert "unknown field" in response.get_json()["details"]


def test_null_means_that_a_part_of_the_order_is_absent(client: FlaskClient) -> None:
    order = dict.fromkeys(("domain", "plan", "maxPack", "keyBits", "email", "settings"))
    assert client.post("/_fakeayr/accounts", json=order).get_json()["plan"] == "business"


def test_the_servers_settings_hold_where_an_account_has_none_of_its_own(
    new_app: NewApp,
    clock: ManualClock,
) -> None:
    app = new_app(Config(settings=Settings(rate_limit=True)), clock=clock)
    inherited = Account.open(app.test_client(), {"settings": {"enforceProfileLimit": True}})
    own = Account.open(app.test_client(), {"settings": {"rateLimit": False}})
    assert described(inherited)["settings"]["rateLimit"] is True
    assert described(own)["settings"]["rateLimit"] is False


# Describing.


def test_an_accounts_description_has_its_public_key_but_no_secrets(account: Account) -> None:
    response = account.get("/_fakeayr/accounts")
    answer = response.get_json()
    assert answer["publicKey"] == key_tools.public_pem(account.private_key)
    assert "privateKey" not in answer
    assert "apiKey" not in answer
    assert account.api_key not in response.text


def test_without_a_known_api_key_nothing_is_described(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer unknown"}):
        response = client.get("/_fakeayr/accounts", headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (403, 102)


# Changing.


@pytest.mark.parametrize("plan", list(Plan))
def test_the_plan_can_be_changed(account: Account, plan: Plan) -> None:
    account.change(plan=plan)
    assert described(account)["plan"] == plan


def test_a_change_takes_effect_with_the_next_call(account: Account) -> None:
    profile_key = account.create_profile()["profileKey"]
    account.change(plan="premium")
    assert account.generate_jwt(profile_key).status_code == 403
    account.change(plan="business", maxPack=False)
    assert account.generate_jwt(profile_key).status_code == 200
    assert account.generate_jwt(profile_key, expiresIn=30).status_code == 403


def test_a_change_of_settings_names_only_those_to_change(account: Account) -> None:
    account.change(settings={"rateLimit": True})
    account.change(settings={"invalidDomainStatus": 200})
    settings = described(account)["settings"]
    assert (settings["rateLimit"], settings["invalidDomainStatus"]) == (True, 200)


def test_an_empty_change_changes_nothing(account: Account) -> None:
    before = described(account)
    account.change()
    account.change(plan=None, maxPack=None, settings=None)
    assert described(account) == before


def test_a_change_leaves_the_clock_alone(account: Account) -> None:
    account.post("/_fakeayr/clock", json={"advance": 60})
    account.change(plan="enterprise")
    assert account.get("/_fakeayr/clock").get_json()["offset"] == 60


@pytest.mark.parametrize(
    "change",
    [
        {"plan": "gold"},
        {"maxPack": 1},
        {"settings": {"rateLimit": "on"}},
        {"settings": {"unknown": True}},
        {"settings": []},
        {"domain": "other.example"},
        {"apiKey": "AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE"},
    ],
    ids=str,
)
def test_a_change_that_is_none_is_refused(account: Account, change: dict[str, Any]) -> None:
    before = described(account)
    response = account.patch("/_fakeayr/accounts", json=change)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert described(account) == before


# Closing.


def test_a_closed_account_is_gone_with_all_below_it(account: Account) -> None:
    profile_key = account.create_profile()["profileKey"]
    account.link("facebook", profile_key)
    response = account.delete("/_fakeayr/accounts")
    assert response.get_json() == {"status": "success", "refId": account.ref_id}
    assert account.get("/api/user").get_json()["code"] == 102
    assert account.get("/_fakeayr/requests").get_json()["code"] == 102
    assert account.delete("/_fakeayr/accounts").get_json()["code"] == 102


def test_a_closed_accounts_profile_keys_are_nobodys(open_account: OpenAccount) -> None:
    closed, other = open_account(), open_account()
    profile_key = closed.create_profile()["profileKey"]
    closed.delete("/_fakeayr/accounts")
    assert other.get("/api/user", profile_key=profile_key).get_json()["code"] == 144


def test_a_closed_account_gives_its_key_back_once(
    client: FlaskClient, keys: BorrowedKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[str] = []
    monkeypatch.setattr(keys, "give_back", given_back.append)
    account = Account.open(client, {})
    account.delete("/_fakeayr/accounts")
    account.delete("/_fakeayr/accounts")
    assert given_back == [account.private_key]


def test_a_closed_accounts_key_is_not_soon_another_ones(new_app: NewApp) -> None:
    client = new_app().test_client()
    keys = []
    for _ in range(12):  # More than are made ahead.
        account = Account.open(client, {})
        keys.append(account.private_key)
        account.delete("/_fakeayr/accounts")
    assert len(set(keys)) == len(keys)


def test_the_development_account_cannot_be_closed(dev: Account) -> None:
    response = dev.delete("/_fakeayr/accounts")
    assert (response.status_code, response.get_json()["code"]) == (403, 9403)
    assert dev.get("/api/user").status_code == 200


# Kept apart.


def test_accounts_do_not_see_each_others_profiles(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    profile = first.create_profile("Bakery")
    assert second.get("/api/profiles").get_json()["count"] == 0
    found = second.get("/api/profiles", query_string={"profileKeys": profile["profileKey"]})
    assert found.get_json()["count"] == 0
    found = second.get("/api/profiles", query_string={"refId": profile["refId"]})
    assert found.get_json()["count"] == 0


def test_accounts_cannot_act_for_each_others_profiles(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    profile_key = first.create_profile("Bakery")["profileKey"]
    first.link("facebook", profile_key)
    for response in (
        second.get("/api/user", profile_key=profile_key),
        second.generate_jwt(profile_key),
        second.patch("/api/profiles", json={"title": "Stolen"}, profile_key=profile_key),
        second.delete("/api/profiles", profile_key=profile_key),
        second.delete(
            "/api/profiles/social", json={"platform": "facebook"}, profile_key=profile_key
        ),
        second.post("/_fakeayr/links", json={"platform": "gmb", "profileKey": profile_key}),
    ):
        assert response.get_json()["code"] == 144
    user = first.get("/api/user", profile_key=profile_key).get_json()
    assert (user["title"], user["activeSocialAccounts"]) == ("Bakery", ["facebook"])


def test_accounts_cannot_delete_each_others_profiles_by_title(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    first.create_profile("Bakery")
    assert second.delete("/api/profiles", json={"title": "Bakery"}).status_code == 404
    assert first.get("/api/profiles").get_json()["count"] == 1


def test_accounts_have_journals_of_their_own(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    first.get("/api/user")
    assert len(first.requests()) == 1
    assert second.requests() == []


def test_closing_one_account_leaves_the_others(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    second.create_profile("Bakery")
    first.delete("/_fakeayr/accounts")
    assert second.get("/api/profiles").get_json()["count"] == 1


# The development account.


def test_the_development_account_is_the_same_at_every_start(new_app: NewApp) -> None:
    first, second = (new_app().test_client() for _ in range(2))
    headers = {"Authorization": "Bearer FAKEAYR-DEVAPIK-0000000-0000001"}
    answers = [
        client.get("/_fakeayr/accounts", headers=headers).get_json() for client in (first, second)
    ]
    assert answers[0] == answers[1]
    assert (answers[0]["domain"], answers[0]["plan"]) == ("acme", "business")
    assert (answers[0]["maxPack"], answers[0]["keyBits"]) == (True, 1024)


def test_the_development_account_has_one_profile_with_a_known_key(dev: Account) -> None:
    (profile,) = dev.get("/api/profiles").get_json()["profiles"]
    user = dev.get("/api/user", profile_key="FAKEAYR-DEVPROF-0000000-0000001").get_json()
    assert user["refId"] == profile["refId"]
    response = dev.generate_jwt("FAKEAYR-DEVPROF-0000000-0000001", verify=True)
    assert response.status_code == 200


def test_the_development_accounts_plan_is_an_option(new_app: NewApp) -> None:
    app = new_app(Config(plan=Plan.LAUNCH, max_pack=False))
    headers = {"Authorization": "Bearer FAKEAYR-DEVAPIK-0000000-0000001"}
    answer = app.test_client().get("/_fakeayr/accounts", headers=headers).get_json()
    assert (answer["plan"], answer["maxPack"]) == ("launch", False)


@pytest.mark.parametrize(
    ("change", "details"),
    [
        (
            {"plan": "gold"},
            "plan: Invalid enum value 'gold'. "
            "Choose one of free, premium, launch, business, enterprise.",
        ),
        (
            {"settings": {"emptyProfileKey": "x"}},
            "settings.emptyProfileKey: Invalid enum value 'x'. Choose one of absent, refused.",
        ),
        (
            {"settings": {"webhookSignature": "base64"}},
            "settings: Object contains unknown field `webhookSignature`. "
            "Did you mean webhookTimeout?",
        ),
        (
            {"max_pack": True},
            "Object contains unknown field `max_pack`. Did you mean maxPack?",
        ),
        (
            {"settings": {"rate_limit": True}},
            "settings: Object contains unknown field `rate_limit`. Did you mean rateLimit?",
        ),
        ({"settings": {"zzz": 1}}, "settings: Object contains unknown field `zzz`."),
    ],
    ids=str,
)
def test_a_wrong_name_is_told_with_what_there_is(
    account: Account, change: dict[str, object], details: str
) -> None:
    answer = account.patch("/_fakeayr/accounts", json=change)
    assert (answer.status_code, answer.get_json()["details"]) == (400, details)
