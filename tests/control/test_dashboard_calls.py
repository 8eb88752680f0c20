"""What the dashboard reads: keys, profiles, signatures and e-mails; and how a browser is let in."""

import json

import pytest
from flask.testing import FlaskClient

from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys
from tests.support.receivers import Receiver, deliveries

SECRET = "s3cr-t"
TOKEN = {"X-Fakeayr-Control-Token": SECRET}
EMAIL = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "<script>alert(1)</script> ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}


@pytest.fixture
def guarded(new_app: NewApp, clock: ManualClock, keys: BorrowedKeys) -> FlaskClient:
    """A client of a server with a control token."""
    return new_app(Config(control_token=SECRET), clock=clock, keys=keys).test_client()


def test_the_development_accounts_keys_come_first(
    client: FlaskClient, clock: ManualClock, open_account: OpenAccount
) -> None:
    accounts = []
    for _ in range(2):
        clock.advance(minutes=1)
        accounts.append(open_account(plan="launch"))
    told = client.get("/_fakeayr/credentials").get_json()
    assert told["baseUrl"] == "http://localhost/api"
    keys = [one["apiKey"] for one in told["accounts"]]
    assert keys == [development.API_KEY, accounts[1].api_key, accounts[0].api_key]
    assert told["accounts"][1]["privateKey"] == accounts[1].private_key


@pytest.mark.parametrize(
    "config", [Config(listens_to_network=True), Config(public_url="https://fake.example")]
)
def test_strangers_are_told_no_keys_but_those_that_everybody_knows(
    new_app: NewApp, clock: ManualClock, keys: BorrowedKeys, config: Config
) -> None:
    client = new_app(config, clock=clock, keys=keys).test_client()
    Account.open(client, {})
    told = client.get("/_fakeayr/credentials").get_json()
    assert [one["apiKey"] for one in told["accounts"]] == [development.API_KEY]


def test_profiles_are_listed_with_their_keys_and_links(account: Account) -> None:
    key = account.create_profile("Ann")["profileKey"]
    account.create_profile("Ben")
    account.link("facebook", key, displayName="Ann bakes")
    hook = {"action": "social", "url": "http://localhost/hook", "secret": "s"}
    account.post("/api/hook/webhook", json=hook, profile_key=key)
    page = account.get("/_fakeayr/profiles?limit=2").get_json()
    primary, ann = page["profiles"]
    assert (primary["primary"], primary["profileKey"]) == (True, account.api_key)
    assert (ann["title"], ann["profileKey"], ann["signed"]) == ("Ann", key, True)
    assert ann["webhooks"] == {"social": "http://localhost/hook"}
    assert [(one["platform"], one["displayName"]) for one in ann["links"]] == [
        ("facebook", "Ann bakes")
    ]


def test_which_accounts_are_used(
    client: FlaskClient, clock: ManualClock, open_account: OpenAccount
) -> None:
    used, ahead, idle = (open_account(plan="launch") for _ in range(3))
    ahead.post("/_fakeayr/clock", json={"advance": 86_400})
    ahead.get("/api/user")
    clock.advance(seconds=5)
    used.get("/api/user")
    used.get("/api/user")
    told = client.get("/_fakeayr/activity").get_json()["accounts"]
    counts = {one["refId"]: (one["requests"], one["lastCall"]) for one in told}
    assert [one["refId"] for one in told[:2]] == [used.ref_id, ahead.ref_id]
    assert counts[used.ref_id] == (2, clock.now())
    assert counts[ahead.ref_id] == (1, clock.now() - 5)
    assert counts[idle.ref_id] == (0, None)
    assert "apiKey" not in told[0]


def test_a_linking_url_is_made_for_any_profile(
    account: Account, newer: Account, client: FlaskClient
) -> None:
    for one, parameter in ((account, "jwt="), (newer, "session=")):
        key = one.create_profile("Ann")["profileKey"]
        url = one.post("/_fakeayr/linking-page", json={"profileKey": key}).get_json()["url"]
        assert parameter in url
        assert "Ann" in client.get(url).text
    wrong = account.post("/_fakeayr/linking-page", json={"profileKey": newer.api_key})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, 144)


def test_the_signature_of_a_delivery_is_told_and_its_secret_is_not(
    account: Account, receiver: Receiver
) -> None:
    hook = {"action": "social", "url": receiver.url, "secret": "correct-horse"}
    account.post("/api/hook/webhook", json=hook)
    account.link("facebook")
    (delivery,) = deliveries(account)
    answer = account.get(f"/_fakeayr/webhooks/{delivery['id']}/headers")
    told = answer.get_json()
    name = "X-Authorization-Content-SHA256"
    assert told["headers"][name] == receiver.requests[0].headers[name]
    assert told["bytes"] == len(receiver.requests[0].get_data())
    assert told["secrets"] == [13]
    assert "correct-horse" not in answer.text
    assert account.get("/_fakeayr/webhooks/unknown/headers").status_code == 404


def test_the_latest_of_an_outbox_are_listed(account: Account) -> None:
    hook = {"action": "social", "url": "http://localhost/hook"}
    account.post("/api/hook/webhook", json=hook)
    for network in ("facebook", "instagram", "linkedin"):
        account.link(network)
    listed = account.get("/_fakeayr/webhooks?limit=2").get_json()["webhooks"]
    platforms = [json.loads(one["body"])["platform"] for one in listed]
    assert platforms == ["instagram", "linkedin"]
    assert len(account.get("/_fakeayr/webhooks?limit=9").get_json()["webhooks"]) == 3
    for wrong in ("0", "1.5", "many", "10001"):
        for path in ("webhooks", "emails"):
            assert account.get(f"/_fakeayr/{path}?limit={wrong}").status_code == 400


def test_an_email_is_shown_where_it_can_do_nothing(account: Account, client: FlaskClient) -> None:
    key = account.create_profile("Ann")["profileKey"]
    account.generate_jwt(key, email=EMAIL)
    (email,) = account.get("/_fakeayr/emails").get_json()["emails"]
    page = client.get(f"/_fakeayr/emails/{email['id']}/html")
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:"} <= set(policy)
    assert "<script" not in page.text
    assert client.get("/_fakeayr/emails/unknown/html").status_code == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.get(f"/_fakeayr/emails/{email['id']}/html", headers=foreign).status_code == 403


def test_a_cookie_stands_for_the_control_token(guarded: FlaskClient) -> None:
    path = "/_fakeayr/credentials"
    assert guarded.get(path).status_code == 403
    assert guarded.post("/_fakeayr/session").status_code == 403
    kept = guarded.post("/_fakeayr/session", headers=TOKEN).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/_fakeayr/"} <= set(kept.split("; "))
    assert SECRET not in kept
    assert guarded.get(path).status_code == 200
    foreign = {"Sec-Fetch-Site": "same-site"}
    assert guarded.get(path, headers=foreign).status_code == 403
    guarded.set_cookie("fakeayr-control", "é" + SECRET, path="/_fakeayr/")
    assert guarded.get(path).status_code == 403


def test_without_a_control_token_there_is_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.post("/_fakeayr/session").headers
