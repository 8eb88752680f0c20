"""/api/hook/webhook: registering webhooks, listing and removing them, and rotating the secret."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from fakeayr.ayrshare.webhooks import ACTIONS
from fakeayr.web.config import Config
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.key_source import BorrowedKeys
from tests.support.receivers import Receiver, advance, deliveries

PATH = "/api/hook/webhook"
URL = "https://app.example.com/hooks"
DAY = 86_400
REGISTERED_AT = "2022-11-02T01:03:42Z"


def register(account: Account, url: str = URL, action: str = "social", **more: Any) -> TestResponse:
    """Registers a webhook; `profile_key` goes into the header, everything else into the body."""
    profile_key = more.pop("profile_key", None)
    return account.post(PATH, json={"action": action, "url": url, **more}, profile_key=profile_key)


def registered(account: Account, profile_key: str | None = None) -> dict[str, Any]:
    """A profile's webhooks by action."""
    answer: dict[str, Any] = account.get(PATH, profile_key=profile_key).get_json()
    assert answer.pop("status") == "success"
    return {name: url for name, url in answer.items() if not name.lower().endswith("updated")}


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The details of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.get_json()["code"] == code
    return str(answer.get_json().get("details"))


# Registering.


def test_plain_http_to_elsewhere_is_told_from_what_is_no_url(account: Account) -> None:
    for url, details in (
        (
            "http://app.example/hooks",
            "http:// is let through to this machine, and to hosts that fakeayr serve "
            "--webhook-host names.",
        ),
        ("127.0.0.1:5000/hooks", None),
    ):
        body = {"action": "social", "url": url}
        answer = account.post("/api/hook/webhook", json=body)
        assert answer.status_code == 400
        assert answer.get_json().get("details") == details


def test_registering_answers_what_was_registered_for_which_profile(account: Account) -> None:
    assert register(account).get_json() == {
        "status": "success",
        "action": "social",
        "url": URL,
        "refId": account.ref_id,
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_can_be_registered(account: Account, action: str) -> None:
    assert register(account, action=action).status_code == 200
    assert registered(account) == {action: URL}


def test_an_unknown_action_is_refused_and_the_known_ones_are_named(account: Account) -> None:
    assert "social" in refused(register(account, action="sozial"), 400, 9400)
    assert registered(account) == {}


def test_each_action_has_a_url_of_its_own(account: Account) -> None:
    register(account, f"{URL}/1", "social")
    register(account, f"{URL}/2", "messages")
    assert registered(account) == {"messages": f"{URL}/2", "social": f"{URL}/1"}


def test_registering_again_replaces(account: Account) -> None:
    register(account, f"{URL}/1")
    register(account, f"{URL}/2")
    assert registered(account) == {"social": f"{URL}/2"}


def test_the_url_is_not_called_to_verify_it(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    assert deliveries(account) == []
    assert receiver.requests == []


@pytest.mark.parametrize("missing", ["action", "url"])
def test_action_and_url_are_required(account: Account, missing: str) -> None:
    body = {name: value for name, value in [("action", "social"), ("url", URL)] if name != missing}
    assert missing in refused(account.post(PATH, json=body), 400, 101)


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.com/hooks",
        "http://10.0.0.7/hooks",
        "http://localhost.example.com/hooks",
        "http://127.0.0.1.example.com/hooks",
        "ftp://app.example.com/hooks",
        "app.example.com/hooks",
        "//app.example.com/hooks",
        "https://",
        "https:///hooks",
        "https://app.example.com/ho oks",
        "https://app.example.com/häken",
        "https://app.example.com:99999/hooks",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
    ],
)
def test_the_url_must_be_https(account: Account, url: str) -> None:
    refused(register(account, url), 400, 9400)
    assert registered(account) == {}


@pytest.fixture
def compose(new_app: NewApp, keys: BorrowedKeys) -> Account:
    """An account of a server that was started with `--webhook-host`, twice."""
    config = Config(webhook_hosts=frozenset({"app", "host.docker.internal"}))
    return Account.open(new_app(config, keys=keys).test_client(), {})


@pytest.mark.parametrize(
    "url",
    [
        "http://app:3000/hooks",
        "http://App/hooks",
        "http://host.docker.internal:8000/hooks",
    ],
)
def test_plain_http_to_a_host_that_the_server_names_is_let_through(
    compose: Account, url: str
) -> None:
    assert register(compose, url).status_code == 200
    assert registered(compose) == {"social": url}


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example/hooks",
        "http://db:3000/hooks",
        "http://10.0.0.7/hooks",
        "http://app@db/hooks",
        "http://db/?app",
        "http://xapp/hooks",
        "ftp://app/hooks",
    ],
)
def test_no_other_host_is_let_through_with_it(compose: Account, url: str) -> None:
    refused(register(compose, url), 400, 9400)
    assert registered(compose) == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/hooks",
        "http://shop.localhost:3000/hooks",
        "http://127.0.0.1:3000/hooks",
        "http://127.8.9.10/hooks",
        "http://[::1]:3000/hooks",
    ],
)
def test_plain_http_to_this_machine_is_let_through_unless_a_setting_says_otherwise(
    open_account: OpenAccount, url: str
) -> None:
    assert register(open_account(), url).status_code == 200
    strict = open_account(settings={"webhookLoopbackHttp": False})
    refused(register(strict, url), 400, 9400)
    assert register(strict, url.replace("http:", "https:")).status_code == 200


# Listing and removing.


def test_there_are_none_to_begin_with(account: Account) -> None:
    assert account.get(PATH).get_json() == {"status": "success"}


def test_the_list_says_when_it_was_changed_last(account: Account) -> None:
    register(account)
    assert account.get(PATH).get_json() == {
        "status": "success",
        "social": URL,
        "socialUpdated": REGISTERED_AT,
        "updated": REGISTERED_AT,
    }


def test_each_action_says_when_it_was_registered(account: Account) -> None:
    register(account)
    advance(account, 60)
    register(account, action="feed")
    assert account.get(PATH).get_json() == {
        "status": "success",
        "social": URL,
        "socialUpdated": REGISTERED_AT,
        "feed": URL,
        "feedUpdated": "2022-11-02T01:04:42Z",
        "updated": "2022-11-02T01:04:42Z",
    }
    advance(account, 60)
    register(account)
    account.delete(PATH, json={"action": "feed"})
    assert account.get(PATH).get_json() == {
        "status": "success",
        "social": URL,
        "socialUpdated": "2022-11-02T01:05:42Z",
        "updated": "2022-11-02T01:05:42Z",
    }


def test_neither_a_rotation_nor_another_action_changes_an_actions_date(account: Account) -> None:
    register(account)
    advance(account, 60)
    account.post(f"{PATH}/secret", json={"secret": "first"})
    assert account.get(PATH).get_json()["socialUpdated"] == REGISTERED_AT


def test_the_time_of_the_change_is_the_accounts(account: Account) -> None:
    advance(account, 60)
    register(account)
    assert account.get(PATH).get_json()["updated"] == "2022-11-02T01:04:42Z"


def test_removing_is_a_change_too(account: Account) -> None:
    register(account)
    advance(account, 60)
    account.delete(PATH, json={"action": "social"})
    assert account.get(PATH).get_json() == {"status": "success", "updated": "2022-11-02T01:04:42Z"}


def test_a_removed_webhook_is_gone_and_the_others_stay(account: Account) -> None:
    register(account)
    register(account, action="feed")
    answer = account.delete(PATH, json={"action": "social"})
    assert answer.get_json() == {"status": "success", "action": "social"}
    assert registered(account) == {"feed": URL}


def test_removing_succeeds_too_where_none_was_registered(account: Account) -> None:
    answer = account.delete(PATH, json={"action": "social"})
    assert answer.get_json() == {"status": "success", "action": "social"}


def test_removing_an_unknown_action_is_refused(account: Account) -> None:
    refused(account.delete(PATH, json={"action": "sozial"}), 400, 9400)


# Whose.


def test_a_profile_has_webhooks_of_its_own(account: Account) -> None:
    bakery, florist = (account.create_profile(title) for title in ("Bakery", "Florist"))
    answer = register(account, profile_key=bakery["profileKey"]).get_json()
    assert answer["refId"] == bakery["refId"]
    assert registered(account, bakery["profileKey"]) == {"social": URL}
    assert registered(account, florist["profileKey"]) == {}
    assert registered(account) == {}


def test_older_clients_send_the_profile_key_in_body_and_query(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    register(account, profileKey=key)
    listed = account.get(PATH, query_string={"profileKey": key}).get_json()
    assert listed["social"] == URL
    assert registered(account) == {}
    account.delete(PATH, json={"action": "social", "profileKey": key})
    assert registered(account, key) == {}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_the_free_plan_has_no_webhooks(open_account: OpenAccount, method: str) -> None:
    account = open_account(plan="free")
    body = {"action": "social", "url": URL}
    refused(account.call(method, PATH, json=body), 403, 9403)


@pytest.mark.parametrize("plan", ["premium", "launch", "business", "enterprise"])
def test_every_other_plan_has_them(open_account: OpenAccount, plan: str) -> None:
    assert register(open_account(plan=plan)).status_code == 200


def test_a_suspended_profile_cannot_register(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": key})
    refused(register(account, profile_key=key), 403, 276)


# Rotating the secret.


def rotate(account: Account, secret: Any, profile_key: str | None = None) -> TestResponse:
    """Sets or rotates a profile's secret."""
    body = {"secret": secret}
    return account.post(f"{PATH}/secret", json=body, profile_key=profile_key)


def test_a_secret_can_be_set_before_any_webhook(account: Account) -> None:
    assert rotate(account, "first").get_json() == {
        "status": "success",
        "action": "webhook",
        "refId": account.ref_id,
    }


def test_a_secret_belongs_to_one_profile(account: Account) -> None:
    profile = account.create_profile()
    rotate(account, "first", profile["profileKey"])
    answer = rotate(account, "second", profile["profileKey"]).get_json()
    assert answer["refId"] == profile["refId"]
    assert rotate(account, "the primary profile's first").status_code == 200
    assert rotate(account, "the primary profile's second").status_code == 200


def test_a_rotation_leaves_a_profiles_urls_as_they_are(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    register(account, f"{URL}/primary")
    register(account, action="feed", profile_key=key)
    rotate(account, "first", key)
    assert registered(account, key) == {"feed": URL}
    assert registered(account) == {"social": f"{URL}/primary"}


def test_a_second_rotation_waits_until_the_first_is_over(account: Account) -> None:
    rotate(account, "first")
    rotate(account, "second")
    refused(rotate(account, "third"), 400, 9400)
    advance(account, DAY - 1)
    refused(rotate(account, "third"), 400, 9400)
    advance(account, 1)
    assert rotate(account, "third").status_code == 200


def test_the_first_secret_is_no_rotation(account: Account) -> None:
    rotate(account, "first")
    assert rotate(account, "second").status_code == 200


@pytest.mark.parametrize("secret", ["", None, 1])
def test_a_secret_is_a_text(account: Account, secret: Any) -> None:
    refused(rotate(account, secret), 400, 101)


# Secrets stay secret.


def test_no_answer_and_no_journal_shows_a_secret(account: Account, receiver: Receiver) -> None:
    key = account.create_profile()["profileKey"]
    receiver.register(account, secret="hush-hush-1")
    receiver.register(account, profile_key=key, secret="hush-hush-2")
    rotate(account, "hush-hush-3")
    rotate(account, 4_711)
    account.link("facebook")
    account.link("facebook", key)
    shown = [
        account.get(path, profile_key=key).text
        for path in (PATH, "/api/user", "/_fakeayr/requests", "/_fakeayr/webhooks?wait=5")
    ]
    assert "hush" not in "".join(shown)
    assert "4711" not in "".join(shown)
    registration = next(entry for entry in account.requests() if entry["path"] == PATH)
    assert registration["body"]["secret"] == "[redacted]"
    assert registration["body"]["url"] == receiver.url


def test_a_secret_sent_as_a_form_is_redacted_too(account: Account) -> None:
    account.post(PATH, data={"action": "social", "url": URL, "secret": "hush"})
    assert account.requests()[-1]["status"] == 200
    assert account.requests()[-1]["body"]["secret"] == "[redacted]"


def test_accounts_share_no_webhooks(
    account: Account, open_account: OpenAccount, receiver: Receiver
) -> None:
    other = open_account()
    receiver.register(account)
    other.link("facebook")
    assert registered(other) == {}
    assert deliveries(other) == deliveries(account) == []
