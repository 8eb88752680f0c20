"""GET /_fakeayr/requests: what was called and answered, in order, without its secrets."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.journal import Entry
from fakeayr.domain.ports import Store, StoreUnreachable
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import development
from fakeayr.web.config import Config
from fakeayr.web.recorder import Recorder
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import START, ManualClock
from tests.support.linking import opened

REDACTED = "[redacted]"
LOOK_UP = "Remove it, or look up in the reference how this endpoint names it."


@pytest.fixture
def profile_key(account: Account, profile_key: str) -> str:
    """The key of a User Profile, created before the journal is looked at."""
    account.delete("/_fakeayr/requests")
    return profile_key


def only_entry(account: Account) -> dict[str, Any]:
    """The one entry of a journal."""
    (entry,) = account.requests()
    return entry


def advice_of(account: Account) -> list[dict[str, str]]:
    """What the latest entry of a journal advises."""
    advice: list[dict[str, str]] = account.requests()[-1].get("advice", [])
    return advice


def told(account: Account) -> list[tuple[str, str, str]]:
    """Name, place and what to do of the latest entry's advice."""
    return [(piece["name"], piece["place"], piece["do"]) for piece in advice_of(account)]


def has_a_part_of(secret: str, text: str) -> bool:
    """Whether 16 characters of a secret, or more, stand anywhere in a text."""
    plain = "".join(secret.split())
    searched = "".join(text.replace("\\n", "").replace("\\r", "").split())
    return any(plain[start : start + 16] in searched for start in range(len(plain) - 15))


# What an entry tells.


def test_an_entry_tells_the_request_and_its_answer(account: Account) -> None:
    account.post("/api/profiles", json={"title": "Bakery", "tags": ["a", "b"]})
    entry = only_entry(account)
    ref_id = entry["refId"]
    assert entry.pop("id") > 0
    assert entry == {
        "time": START,
        "method": "POST",
        "path": "/api/profiles",
        "refId": ref_id,
        "body": {"title": "Bakery", "tags": ["a", "b"]},
        "status": 200,
        "answer": {
            "status": "success",
            "title": "Bakery",
            "refId": ref_id,
            "profileKey": REDACTED,
            "messagingActive": False,
        },
    }


def test_an_entry_tells_the_query(account: Account) -> None:
    account.get("/api/profiles?title=Bakery&limit=10")
    assert only_entry(account)["query"] == {"title": "Bakery", "limit": "10"}


def test_entries_stand_in_the_order_of_the_calls(account: Account) -> None:
    for number in range(10):
        account.post("/api/profiles", json={"title": f"Shop {number}"})
    entries = account.requests()
    assert [entry["body"]["title"] for entry in entries] == [f"Shop {n}" for n in range(10)]
    assert [entry["id"] for entry in entries] == sorted(entry["id"] for entry in entries)


def test_an_entry_names_the_profile_that_the_call_was_for(account: Account) -> None:
    profile = account.create_profile()
    account.delete("/_fakeayr/requests")
    key = profile["profileKey"]
    account.get("/api/user", profile_key=key)
    account.generate_jwt(key)
    account.delete("/api/profiles/social", json={"platform": "gmb", "profileKey": key})
    account.get("/api/user")
    ref_ids = [entry.get("refId") for entry in account.requests()]
    assert ref_ids == [profile["refId"]] * 3 + [account.ref_id]


def test_time_is_the_accounts(account: Account, clock: ManualClock) -> None:
    account.post("/_fakeayr/clock", json={"advance": 60})
    clock.advance(seconds=1)
    account.get("/api/user")
    assert only_entry(account)["time"] == START + 61


def test_refusals_are_kept_with_what_was_sent(account: Account) -> None:
    account.post("/api/profiles", json={"title": 1})
    entry = only_entry(account)
    assert (entry["status"], entry["answer"]["code"]) == (400, 101)
    assert entry["body"] == {"title": 1}


def test_a_body_that_could_not_be_read_is_absent(account: Account) -> None:
    account.post("/api/profiles", data="{", content_type="application/json")
    assert "body" not in only_entry(account)


def test_unknown_paths_and_wrong_methods_are_kept_for_the_caller(account: Account) -> None:
    account.get("/api/profile")
    account.put("/api/user")
    assert [(entry["path"], entry["status"]) for entry in account.requests()] == [
        ("/api/profile", 404),
        ("/api/user", 405),
    ]


def test_opened_links_are_kept(app: Flask, account: Account, profile_key: str) -> None:
    opened(app, account.generate_jwt(profile_key).get_json()["url"])
    entry = account.requests()[1]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/", 200)
    assert entry["query"] == {"domain": account.domain, "jwt": REDACTED}


def test_links_that_cannot_be_opened_are_kept(
    app: Flask, account: Account, profile_key: str, clock: ManualClock
) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    clock.advance(minutes=5)
    opened(app, url)
    assert account.requests()[1]["status"] == 401


def test_a_compressed_answer_is_kept_as_it_was_before(dev: Account, new_app: NewApp) -> None:
    compressing = replace(dev, client=new_app(Config(compress=True)).test_client())
    for number in range(10):
        compressing.create_profile(f"Profile {number}")
    answer = compressing.get("/api/profiles", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert compressing.requests()[-1]["answer"]["count"] == 11


def test_control_calls_and_the_documentation_are_not_kept(account: Account) -> None:
    account.get("/_fakeayr/accounts")
    account.get("/_fakeayr/health")
    account.get("/openapi.yaml")
    account.get("/docs/")
    assert account.requests() == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer unknown"}], ids=str)
def test_calls_without_a_valid_api_key_are_the_development_accounts(
    client: FlaskClient, dev: Account, headers: dict[str, str]
) -> None:
    client.get("/api/user", headers=headers)
    entry = only_entry(dev)
    assert (entry["path"], entry["status"]) == ("/api/user", 403)


def test_a_journal_can_be_emptied(account: Account) -> None:
    account.get("/api/user")
    assert account.delete("/_fakeayr/requests").get_json() == {"status": "success"}
    assert account.requests() == []


def test_emptying_one_journal_leaves_the_others(open_account: OpenAccount) -> None:
    first, second = open_account(), open_account()
    for account in (first, second):
        account.get("/api/user")
    first.delete("/_fakeayr/requests")
    assert len(second.requests()) == 1


# Bounds.


def test_an_account_keeps_its_latest_1000_entries(app: Flask, open_account: OpenAccount) -> None:
    busy, calm = open_account(), open_account()
    calm.get("/api/user")
    recorder = app.extensions["fakeayr"].recorder
    for number in range(1_005):
        entry = Entry(time=START, method="GET", path=f"/api/{number}", status=200)
        recorder.record(busy.api_key, busy.api_key, entry)
    paths = [entry["path"] for entry in busy.requests()]
    assert paths == [f"/api/{number}" for number in range(5, 1_005)]
    assert len(calm.requests()) == 1


def test_long_texts_are_cut(account: Account) -> None:
    account.post("/api/profiles", json={"title": "words " * 1_000})
    title = only_entry(account)["body"]["title"]
    assert title.startswith("words words ")
    assert title.endswith("… (6000 characters)")
    assert len(title) < 2_100


def test_long_lists_are_cut(account: Account) -> None:
    account.post("/api/profiles", json={"title": "Bakery", "tags": ["tag"] * 1_000})
    assert only_entry(account)["body"]["tags"] == ["tag"] * 100


def test_an_entry_too_large_to_keep_is_kept_without_its_bodies(account: Account) -> None:
    tags = [f"{number} " * 500 for number in range(100)]
    account.post("/api/profiles", json={"title": "Bakery", "tags": tags})
    entry = only_entry(account)
    assert (entry["path"], entry["status"]) == ("/api/profiles", 200)
    assert "body" not in entry
    assert entry["shortened"] is True


def test_numbers_of_any_size_are_kept(account: Account) -> None:
    account.post("/api/profiles", json={"title": "Bakery", "n": 10**300, "m": -(2**64)})
    body = only_entry(account)["body"]
    assert (body["n"], body["m"]) == (10**300, -(2**64))


# Secrets.


def test_no_key_of_a_request_or_its_answer_is_kept(account: Account, profile_key: str) -> None:
    account.generate_jwt(profile_key)
    entry = only_entry(account)
    assert entry["body"] == {
        "domain": account.domain,
        "privateKey": REDACTED,
        "profileKey": REDACTED,
    }
    assert entry["answer"]["token"] == REDACTED
    assert entry["answer"]["url"] == f"http://localhost?domain={account.domain}&jwt={REDACTED}"


def test_no_key_that_was_sent_line_by_line_is_kept(account: Account, profile_key: str) -> None:
    lines = account.private_key.splitlines()
    account.post("/api/profiles", json={"title": "Bakery", "pem": lines, "tags": ["a", "b"]})
    assert only_entry(account)["body"] == {"title": "Bakery", "pem": REDACTED, "tags": ["a", "b"]}


def test_a_list_with_a_linking_url_shows_the_rest(account: Account, profile_key: str) -> None:
    url = account.generate_jwt(profile_key).get_json()["url"]
    account.post("/api/profiles", json={"title": "Bakery", "tags": [url, "facebook"]})
    tags = account.requests()[-1]["body"]["tags"]
    assert tags == [f"http://localhost?domain={account.domain}&jwt={REDACTED}", "facebook"]


def test_headers_are_not_kept(account: Account, profile_key: str) -> None:
    body = {"domain": account.domain, "privateKey": "x", "profileKey": profile_key}
    headers = {
        "X-Twitter-OAuth1-Api-Key": "consumer-key-1",
        "X-Twitter-OAuth1-Api-Secret": "consumer-secret-1",
        "Cookie": "session=chocolate",
    }
    account.post("/api/profiles/generateJWT", json=body, headers=headers)
    account.get("/api/user", profile_key=profile_key)
    kept = json.dumps(account.requests())
    for secret in (account.api_key, profile_key, "consumer", "chocolate"):
        assert secret not in kept


@pytest.mark.parametrize(
    "name",
    [
        "privateKey",
        "privateKeyBase64",
        "private_key",
        "PRIVATE-KEY",
        "profileKey",
        "profileKeys",
        "apiKey",
        "twitterApiKey",
        "twitterApiSecret",
        "twitterConsumerKey",
        "X-Twitter-OAuth1-Api-Secret",
        "secret",
        "clientSecret",
        "token",
        "accessToken",
        "jwt",
        "password",
        "Authorization",
        "key",
    ],
)
@pytest.mark.parametrize("value", ["chocolate", ["chocolate"], {"a": "chocolate"}], ids=str)
def test_whatever_stands_under_a_secrets_name_is_redacted(
    account: Account, name: str, value: Any
) -> None:
    account.post("/api/profiles", json={"title": "Bakery", "deep": [{name: value}], name: value})
    assert only_entry(account)["body"] == {
        "title": "Bakery",
        "deep": [{name: REDACTED}],
        name: REDACTED,
    }


@pytest.mark.parametrize("missing", ["", None])
def test_that_a_secret_is_missing_is_told(account: Account, missing: str | None) -> None:
    account.generate_jwt("", privateKey=missing)
    body = only_entry(account)["body"]
    assert (body["profileKey"], body["privateKey"]) == ("", missing)


KEY_TEXTS: dict[str, Callable[[str], str]] = {
    "as it is": lambda pem: pem,
    "in quotes": lambda pem: f'"{pem}"',
    "a backslash and an n for every newline": lambda pem: pem.replace("\n", "\\n"),
    "newlines lost": lambda pem: pem.replace("\n", ""),
    "spaces for newlines": lambda pem: pem.replace("\n", " "),
    "Windows line ends": lambda pem: pem.replace("\n", "\r\n"),
    "URL-encoded": lambda pem: quote(pem, safe=""),
    "base64": lambda pem: base64.b64encode(pem.encode()).decode(),
    "base64 with line breaks": lambda pem: base64.encodebytes(pem.encode()).decode(),
    "base64 of a text before it": lambda pem: base64.b64encode(f"x{pem}".encode()).decode(),
    "without its armour": lambda pem: "\n".join(pem.splitlines()[1:-1]),
    "without its armour and newlines": lambda pem: "".join(pem.splitlines()[1:-1]),
    "its first half": lambda pem: pem[: len(pem) // 2],
    "its second half": lambda pem: pem[len(pem) // 2 :],
    "behind a long text": lambda pem: "word " * 1_000 + pem,
    "across the cut": lambda pem: "word " * 390 + pem,
}


@pytest.mark.parametrize("written", KEY_TEXTS.values(), ids=KEY_TEXTS)
@pytest.mark.parametrize(
    "place",
    [
        lambda text: {"title": text},
        lambda text: {"notes": text},
        lambda text: {"tags": ["a", text]},
        lambda text: {"a": {"b": [{"c": text}]}},
        lambda text: {text: "x"},
        lambda text: {"allowedSocial": [text], "disableSocial": [text]},
    ],
    ids=["a field", "an unknown field", "a list", "a nested field", "a name", "a network"],
)
def test_no_part_of_a_private_key_is_kept_wherever_it_is_sent(
    account: Account, written: Callable[[str], str], place: Callable[[str], dict[str, Any]]
) -> None:
    body = {"title": "Bakery"} | place(written(account.private_key))
    account.post("/api/profiles", json=body)
    kept = json.dumps(account.requests(), ensure_ascii=False)
    encoded = base64.b64encode(account.private_key.encode()).decode()
    assert "/api/profiles" in kept
    assert not has_a_part_of("".join(account.private_key.splitlines()[1:-1]), kept)
    assert not has_a_part_of(encoded, kept)


def test_no_part_of_a_private_key_is_kept_from_a_form(account: Account) -> None:
    account.post(
        "/api/profiles",
        data=f"title=Bakery&{account.private_key}",
        content_type="application/x-www-form-urlencoded",
    )
    kept = json.dumps(account.requests())
    assert "Bakery" in kept
    assert not has_a_part_of("".join(account.private_key.splitlines()[1:-1]), kept)


@pytest.mark.parametrize(
    "place",
    [
        lambda account, key: account.get(f"/api/user/{key}"),
        lambda account, key: account.get(f"/api/profiles{key}"),
        lambda account, key: account.get("/api/user", query_string={"profileKey": key}),
        lambda account, key: account.get("/api/profiles", query_string={"profileKeys[0]": key}),
        lambda account, key: account.get("/api/profiles", query_string={"title": f"x{key}x"}),
        lambda account, key: account.get("/api/profiles", query_string={key: "x"}),
        lambda account, key: account.post("/api/profiles", json={"title": f"Shop {key}"}),
        lambda account, key: account.post("/api/profiles", json={"title": "x" * 1_990 + key}),
        lambda account, key: account.post("/api/profiles", json={"title": "A", key: "x"}),
        lambda account, key: account.post("/api/profiles", json={"title": "A", "x" * 50 + key: 1}),
        lambda account, key: account.generate_jwt("x", allowedSocial=["x" * 30 + key]),
        lambda account, key: account.generate_jwt("x", domain=key),
    ],
)
def test_no_part_of_a_profile_key_is_kept_wherever_it_is_sent(
    account: Account, profile_key: str, place: Callable[[Account, str], object]
) -> None:
    place(account, profile_key)
    entry = json.dumps(only_entry(account))
    assert not has_a_part_of(profile_key, entry)


def test_no_part_of_a_token_is_kept(account: Account, profile_key: str) -> None:
    token = account.generate_jwt(profile_key).get_json()["token"]
    account.delete("/_fakeayr/requests")
    account.get(f"/api/{token}")
    account.get("/api/profiles", query_string={"title": f"see {token}"})
    account.post("/api/profiles", json={"title": f"Bearer {token}"})
    kept = json.dumps(account.requests())
    assert len(account.requests()) == 3
    assert not has_a_part_of(token, kept)


# Advice.


def test_a_good_call_gives_no_advice(account: Account, profile_key: str) -> None:
    account.generate_jwt(profile_key, expiresIn=30, allowedSocial=["twitter"])
    assert "advice" not in only_entry(account)


def test_a_misspelt_field_is_named_with_the_right_spelling(
    account: Account, profile_key: str
) -> None:
    account.generate_jwt(profile_key, redirectUrl="https://acme.example", autoLink=True)
    assert told(account) == [
        ("field-unknown", "/autoLink", LOOK_UP),
        ("field-misspelt", "/redirectUrl", "Did you mean redirect?"),
    ]
    assert advice_of(account)[1] == {
        "name": "field-misspelt",
        "sureness": "likely",
        "headline": "The field redirectUrl is misspelt",
        "place": "/redirectUrl",
        "seen": "Ayrshare does not know the field redirectUrl.",
        "so": "Ayrshare ignores it.",
        "do": "Did you mean redirect?",
        "fact": "reported: fields that an endpoint does not have are ignored",
        "docs": "docs/advice.md#field-misspelt",
    }


def test_a_misspelt_filter_is_named_too(account: Account) -> None:
    account.get("/api/profiles", query_string={"refid": "x"})
    assert told(account) == [("field-misspelt", "query refid", "Did you mean refId?")]


def test_the_sdks_own_field_is_no_mistake(account: Account) -> None:
    account.get("/api/profiles", query_string={"source": "pypi"})
    account.post("/api/profiles", json={"title": "Bakery", "source": "npm"})
    assert all("advice" not in entry for entry in account.requests())


def test_an_expiry_that_looks_like_seconds_is_asked_about(
    account: Account, profile_key: str
) -> None:
    account.generate_jwt(profile_key, expiresIn=300)
    (advice,) = advice_of(account)
    assert (advice["name"], advice["place"]) == ("field-expiry-in-seconds", "/expiresIn")
    assert advice["seen"] == "expiresIn 300 counts minutes: that is 5 hours."
    assert advice["do"] == "Send 5 if you meant 5 minutes."


def test_an_unknown_network_is_named_with_the_nearest_one(
    account: Account, profile_key: str
) -> None:
    account.generate_jwt(profile_key, allowedSocial=["Facebook", "x", "myspace"])
    place = "/allowedSocial"
    assert told(account) == [
        ("field-network-misspelt", place, "Did you mean facebook?"),
        ("field-network-misspelt", place, "Did you mean twitter?"),
        ("field-network-unknown", place, f"Choose of {', '.join(NETWORKS)}."),
    ]
    assert "allowedSocial names x, which is no network." in advice_of(account)[1]["seen"]


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        (
            lambda account: {"domain": f"https://{account.domain}"},
            "field-domain-url",
        ),
        (
            lambda account: {"domain": account.domain.upper()},
            "field-domain-spelling",
        ),
        (
            lambda account: {"profileKey": account.api_key},
            "profile-key-is-api-key",
        ),
        (
            lambda account: {"profileKey": account.private_key},
            "profile-key-is-private-key",
        ),
        (
            lambda account: {"privateKey": account.private_key.replace("\n", "\r\n")},
            "key-crlf",
        ),
        (
            lambda account: {"privateKey": account.private_key[:400]},
            "key-end-missing",
        ),
    ],
    ids=["a URL", "upper case", "the API key", "the private key", "line ends", "a damaged key"],
)
def test_what_integrators_confuse_is_named(
    account: Account,
    profile_key: str,
    changes: Callable[[Account], dict[str, Any]],
    advice: str,
) -> None:
    body = {"profileKey": profile_key} | changes(account)
    account.generate_jwt(body.pop("profileKey"), **body)
    assert [piece["name"] for piece in advice_of(account)] == [advice]


def test_advice_has_an_end(account: Account) -> None:
    body = {f"field{number}": number for number in range(500)}
    account.post("/api/profiles", json={"title": "Bakery", **body})
    assert len(advice_of(account)) == 10


# The recorder, which writes beside the requests.


class Shelf:
    """As much of a store as the recorder needs; the first writes fail if they are to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.paths: list[str] = []
        self.calls: list[tuple[str, str, int]] = []
        self.written = threading.Event()

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """Keeps the paths of the entries."""
        if self.failures:
            self.failures -= 1
            self.written.set()
            raise OSError("no space left on device")
        assert (kind, limit) == ("journal", 1_000)
        self.paths += [json.loads(document)["path"] for _, document in entries]
        self.written.set()

    def announce_entries(self) -> Callable[[], None]:
        """Tells nobody."""
        return lambda: None

    def await_entries(self) -> None:
        """Waits for nobody."""

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """Keeps the counts of the calls."""
        self.calls += [(month, key, count) for key, count, _ in calls]


def recorder_on(shelf: Shelf) -> Recorder:
    """A recorder that writes there."""
    return Recorder(cast(Store, shelf))


def an_entry(path: str, time: float = START) -> Entry:
    """An entry of a call of this path."""
    return Entry(time=time, method="GET", path=path, status=200)


def recorders() -> list[threading.Thread]:
    """The threads that are about to write."""
    return [thread for thread in threading.enumerate() if thread.name == "fakeayr-recorder"]


def let_them_write() -> None:
    """Waits for all of them."""
    for thread in recorders():
        thread.join()


def test_what_is_recorded_is_written_soon_without_being_asked_for() -> None:
    shelf = Shelf()
    recorder_on(shelf).record("ACME", "BAKERY", an_entry("/api/user"))
    assert shelf.written.wait(timeout=30)
    assert shelf.paths == ["/api/user"]


def test_calls_are_counted_by_profile_and_month() -> None:
    shelf = Shelf()
    recorder = recorder_on(shelf)
    for key, time in (("A", START), ("B", START), ("A", START), ("A", START + 40 * 86_400)):
        recorder.record("ACME", key, an_entry("/api/user", time))
    recorder.settle()
    assert sorted(shelf.calls) == [("2022-11", "A", 2), ("2022-11", "B", 1), ("2022-12", "A", 1)]


def test_a_failed_write_is_logged_and_does_not_end_the_journal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf(failures=1)
    recorder = recorder_on(shelf)
    recorder.record("ACME", "BAKERY", an_entry("/api/lost"))
    let_them_write()
    assert "The journal could not be written" in caplog.text
    recorder.record("ACME", "BAKERY", an_entry("/api/kept"))
    let_them_write()
    assert shelf.paths == ["/api/kept"]


def test_what_a_database_refuses_for_a_while_is_written_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fakeayr.web.recorder._RETRY_SECONDS", 0.01)

    class InTrouble(Shelf):
        refusals = 2

        def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
            self.refuse()
            super().append_log(kind, limit, entries)

        def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
            self.refuse()
            super().add_usage(month, calls)

        def refuse(self) -> None:
            self.refusals += 1
            if self.refusals % 3:
                raise StoreUnreachable("The state file cannot be used: its disk is full.")

    shelf = InTrouble()
    recorder = recorder_on(shelf)
    recorder.record("ACME", "A", an_entry("/api/first"))
    recorder.record("ACME", "A", an_entry("/api/second"))
    let_them_write()
    assert shelf.paths == ["/api/first", "/api/second"]
    assert shelf.calls == [("2022-11", "A", 2)]


def test_a_recorder_whose_store_is_closed_ends(caplog: pytest.LogCaptureFixture) -> None:
    store = SqliteStore()
    recorder = Recorder(store)
    store.close()
    recorder.record("ACME", "A", an_entry("/api/user"))
    let_them_write()
    assert caplog.text == ""


def test_a_recorder_without_work_has_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeayr.web.recorder.INTERVAL_SECONDS", 1.0)
    recorder = recorder_on(Shelf())
    let_them_write()
    assert recorders() == []
    for _ in range(100):
        recorder.record("ACME", "BAKERY", an_entry("/api/user"))
    assert len(recorders()) == 1
    let_them_write()
    assert recorders() == []


def test_a_process_that_ends_writes_what_is_waiting(tmp_path: Path) -> None:
    program = (
        "from fakeayr.serving.create_app import create_app\n"
        "from fakeayr.store.sqlite import SqliteStore\n"
        f"app = create_app(store=SqliteStore({str(tmp_path / 'state')!r}))\n"
        "app.test_client().get('/api/user')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    store = SqliteStore(tmp_path / "state")
    (entry,) = store.log("journal", development.API_KEY)
    assert json.loads(entry[1])["path"] == "/api/user"
    store.close()
