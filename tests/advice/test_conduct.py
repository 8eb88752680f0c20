"""Advice on what programs do over several calls, and on receivers of webhooks."""

from collections.abc import Iterable
from typing import Any

import pytest

from fakeayr.domain.advice import conduct
from fakeayr.domain.advice.conduct import Numbered
from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.notifications import outbox
from fakeayr.domain.notifications.outbox import Outgoing
from fakeayr.store.sqlite import SqliteStore
from tests.support.accounts import Account
from tests.support.advice import names
from tests.support.receivers import Receiver


def advice_of(account: Account) -> list[dict[str, Any]]:
    """The account's advice."""
    advice: list[dict[str, Any]] = account.get("/_fakeayr/advice").get_json()["advice"]
    return advice


def names_of(account: Account) -> list[str]:
    """The names of the account's advice."""
    return names(account.get("/_fakeayr/advice").get_json())


def advance(account: Account, seconds: float) -> None:
    """Moves the account's clock."""
    account.post("/_fakeayr/clock", json={"advance": seconds})


def link(account: Account, profile_key: str, *networks: str) -> None:
    """Links networks to a profile."""
    for network in networks:
        body = {"profileKey": profile_key, "platform": network}
        assert account.post("/_fakeayr/links", json=body).status_code < 300


def test_polling_for_a_link_is_told(account: Account, profile_key: str) -> None:
    for _ in range(6):
        account.get("/api/user", profile_key=profile_key)
        advance(account, 5)
    (advice,) = advice_of(account)
    assert advice["name"] == "conduct-polls-unlinked"
    assert advice["seen"].startswith("6 times in a row GET /user")
    assert advice["requests"] == [entry["id"] for entry in account.requests()[-6:]]


def test_polling_what_is_linked_is_told(account: Account, profile_key: str) -> None:
    link(account, profile_key, "facebook")
    for _ in range(9):
        account.get("/api/user", profile_key=profile_key)
    assert names_of(account) == []
    account.get("/api/user", profile_key=profile_key)
    assert names_of(account) == ["conduct-polling"]


def test_looking_now_and_then_is_no_polling(account: Account, profile_key: str) -> None:
    for _ in range(10):
        account.get("/api/user", profile_key=profile_key)
        account.generate_jwt(profile_key)
    assert names_of(account) == []


def test_polling_the_history_is_told(account: Account, profile_key: str) -> None:
    for _ in range(10):
        account.get("/api/history", profile_key=profile_key)
    assert "conduct-polling" in names_of(account)


def test_a_refused_call_that_is_made_again_is_told_once(account: Account, profile_key: str) -> None:
    for _ in range(4):
        account.post("/api/profiles", json={"title": "Mia's Bakery"})
    (advice,) = advice_of(account)
    assert advice["name"] == "conduct-hopeless-retry"
    assert "refused with 400 4 times" in advice["seen"]


def test_a_call_that_is_repaired_is_no_retry(account: Account, profile_key: str) -> None:
    for title in ("Mia's Bakery", "Mia's Bakery", "Mia's Bakery 2"):
        account.post("/api/profiles", json={"title": title})
    assert names_of(account) == []


def test_ignoring_429_is_told(account: Account, profile_key: str) -> None:
    account.post("/_fakeayr/faults", json={"kind": "rate-limit", "times": 4})
    for _ in range(4):
        account.get("/api/user", profile_key=profile_key)
    assert names_of(account) == ["conduct-ignores-429"]


def test_waiting_after_429_is_not(account: Account, profile_key: str) -> None:
    account.post("/_fakeayr/faults", json={"kind": "rate-limit", "times": 4})
    for _ in range(5):
        account.get("/api/user", profile_key=profile_key)
        advance(account, 60)
    assert names_of(account) == []


def test_an_error_with_200_that_is_taken_for_success_is_told(
    account: Account, profile_key: str
) -> None:
    settings = {"settings": {"invalidDomainStatus": 200}}
    account.patch("/_fakeayr/accounts", json=settings)
    response = account.generate_jwt(profile_key, domain="wrong.example")
    assert (response.status_code, response.get_json()["status"]) == (200, "error")
    account.get("/api/post/undefined", profile_key=profile_key)
    assert "conduct-ignores-error-status" in names_of(account)


def test_an_error_with_200_that_is_noticed_is_not(account: Account, profile_key: str) -> None:
    account.patch("/_fakeayr/accounts", json={"settings": {"invalidDomainStatus": 200}})
    account.generate_jwt(profile_key, domain="wrong.example")
    account.generate_jwt(profile_key)
    assert names_of(account) == []


def test_profiles_that_come_and_go_are_told(account: Account) -> None:
    for number in range(5):
        key = account.create_profile(f"Job {number}")["profileKey"]
        account.delete("/api/profiles", profile_key=key)
    (advice,) = advice_of(account)
    assert (advice["name"], len(advice["requests"])) == ("conduct-profile-churn", 5)


def test_profiles_that_stay_are_not(account: Account) -> None:
    keys = [account.create_profile(f"Shop {number}")["profileKey"] for number in range(8)]
    account.delete("/api/profiles", profile_key=keys[0])
    assert names_of(account) == []


def test_older_paths_are_told_unless_an_sdk_calls_them(account: Account) -> None:
    path = "/api/profiles/create-profile"
    account.post(path, json={"title": "Ann", "source": "pypi"})
    assert names_of(account) == []
    account.post(path, json={"title": "Ben"})
    (advice,) = advice_of(account)
    assert (advice["name"], advice["do"]) == ("conduct-legacy-path", "Call POST /profiles.")


def test_the_older_host_is_told_unless_an_sdk_calls_it(account: Account) -> None:
    host = {"base_url": "https://app.ayrshare.com"}
    account.get("/api/user", query_string={"source": "npm"}, **host)
    assert names_of(account) == []
    account.get("/api/user", **host)
    assert names_of(account) == ["conduct-legacy-host"]
    account.get("/api/user", base_url="https://api.ayrshare.com")
    assert advice_of(account)[0]["count"] == 1


def test_a_whole_post_that_is_sent_again_is_told(account: Account, profile_key: str) -> None:
    link(account, profile_key, "facebook", "reddit")
    order = {"outcome": "fail", "platform": "reddit"}
    assert account.post("/_fakeayr/publications", json=order).status_code < 300
    body: dict[str, Any] = {"post": "Hello", "platforms": ["facebook", "reddit"]}
    body |= {"redditOptions": {"title": "Hello", "subreddit": "r/test"}}
    account.post("/api/post", json=body, profile_key=profile_key)
    account.post("/api/post", json=body | {"platforms": ["reddit"]}, profile_key=profile_key)
    assert names_of(account) == []
    account.post("/api/post", json=body, profile_key=profile_key)
    (advice,) = advice_of(account)
    assert advice["name"] == "conduct-reposts-whole-post"
    assert "sent again to facebook," in advice["seen"]


@pytest.mark.parametrize("flag", ["verify", "logout"])
def test_a_flag_that_is_always_on_is_told(account: Account, profile_key: str, flag: str) -> None:
    for _ in range(3):
        account.generate_jwt(profile_key, **{flag: True})
    assert names_of(account) == [f"conduct-{flag}-always"]
    account.generate_jwt(profile_key)
    assert names_of(account) == []


def test_cleared_conduct_does_not_come_back(account: Account, profile_key: str) -> None:
    for _ in range(3):
        account.generate_jwt(profile_key, verify=True)
    account.delete("/_fakeayr/advice")
    assert names_of(account) == []


def test_a_rule_that_fails_changes_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(journal: object) -> Iterable[tuple[Piece, list[Numbered]]]:
        raise ZeroDivisionError

    monkeypatch.setattr(conduct, "RULES", (fail, *conduct.RULES))
    for _ in range(3):
        account.post("/api/profiles", json={})
    assert "conduct-hopeless-retry" in names_of(account)
    assert "a fault of fakeayr" in caplog.text


def deliver(account: Account, profile_key: str, receiver: Receiver, **webhook: str) -> None:
    """Registers a webhook and makes one delivery."""
    body = {"action": "social", "url": receiver.url, **webhook}
    assert account.post("/api/hook/webhook", json=body).status_code == 200
    link(account, profile_key, "facebook")
    account.get("/_fakeayr/webhooks?wait=15")


@pytest.mark.parametrize(
    ("status", "name"),
    [(302, "webhook-redirects"), (400, "webhook-fails"), (500, "webhook-fails")],
)
def test_a_receiver_that_does_not_take_deliveries_is_told(
    account: Account, profile_key: str, receiver: Receiver, status: int, name: str
) -> None:
    receiver.answers.append(status)
    deliver(account, profile_key, receiver, secret="a secret of ours")
    (advice,) = advice_of(account)
    assert advice["name"] == name
    assert f"returned {status}." in advice["seen"]


def test_a_receiver_that_takes_deliveries_yields_none(
    account: Account, profile_key: str, receiver: Receiver
) -> None:
    deliver(account, profile_key, receiver, secret="a secret of ours")
    assert names_of(account) == []


def test_a_webhook_without_a_secret_is_told(
    account: Account, profile_key: str, receiver: Receiver
) -> None:
    deliver(account, profile_key, receiver)
    assert names_of(account) == ["webhook-without-secret"]


def test_a_receiver_that_is_not_there_is_told(account: Account, profile_key: str) -> None:
    body = {"action": "social", "url": "http://127.0.0.1:1/hook", "secret": "a secret of ours"}
    account.post("/api/hook/webhook", json=body)
    link(account, profile_key, "facebook")
    account.get("/_fakeayr/webhooks?wait=15")
    assert names_of(account) == ["webhook-unreachable"]


def test_attempts_are_counted_once_each_however_few_deliveries_are_kept(
    account: Account, profile_key: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_all(*_: object, **__: object) -> list[Outgoing]:
        raise AssertionError("An outbox may hold a hundred thousand items that wait.")

    monkeypatch.setattr(outbox, "KEPT", 1)
    receiver.answers += [400] * 4
    deliver(account, profile_key, receiver)
    for network in ("linkedin", "reddit", "threads", "youtube"):
        link(account, profile_key, network)
        account.get("/_fakeayr/webhooks?wait=15")
    monkeypatch.setattr(SqliteStore, "outgoing", read_all)
    counts = {advice["name"]: advice["count"] for advice in advice_of(account)}
    assert counts == {"webhook-fails": 4, "webhook-without-secret": 5}
    account.delete("/_fakeayr/advice")
    assert names_of(account) == []


def test_a_webhook_on_http_is_told(account: Account) -> None:
    body = {"action": "social", "url": "http://shop.example/hook"}
    account.post("/api/hook/webhook", json=body)
    assert names(account.requests()[-1]) == ["webhook-http"]
