"""Several `fakeayr serve` on one PostgreSQL: whichever a call reaches, the answer is the same."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
import requests

from fakeayr.ayrshare.networks import NETWORKS
from tests.support.postgres import PASSWORD, Postgres
from tests.support.receivers import Receiver, closed_port
from tests.support.servers import Served, eventually, run, serving, start

Pair = tuple[Served, Served]
LIMIT: Final = 300
"""Requests in five minutes."""


@pytest.fixture(scope="module")
def pair(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers on one database; the second one has two workers."""
    url = postgres.new_database()
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    with (
        serving("--state", url, folder=one) as first,
        serving("--workers", "2", folder=other, environment={"FAKEAYR_STATE": url}) as second,
    ):
        yield first, second


@dataclass(frozen=True)
class Caller:
    """Calls servers on behalf of an account."""

    api_key: str
    domain: str
    private_key: str

    @classmethod
    def opened(cls, server: Served, **order: Any) -> "Caller":
        """Opens an account on a server."""
        answer = requests.post(f"{server.url}/_fakeayr/accounts", json=order)
        assert answer.status_code == 201, answer.text
        account = answer.json()
        return cls(account["apiKey"], account["domain"], account["privateKey"])

    def call(
        self, server: Served, method: str, path: str, body: Any = None, key: str | None = None
    ) -> requests.Response:
        """Makes a call; `key` goes into the `Profile-Key` header."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        if key is not None:
            headers["Profile-Key"] = key
        return requests.request(
            method, f"{server.url}{path}", json=body, headers=headers, timeout=30
        )

    def done(self, *call: Any) -> dict[str, Any]:
        """Makes a call that succeeds, and answers its body."""
        answer = self.call(*call)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def create(self, server: Served, title: str) -> str:
        """Creates a profile; answers its key."""
        return str(self.done(server, "POST", "/api/profiles", {"title": title})["profileKey"])

    def generate_jwt(self, server: Served, key: str) -> requests.Response:
        """Asks for a linking URL."""
        body = {"domain": self.domain, "privateKey": self.private_key, "profileKey": key}
        return self.call(server, "POST", "/api/profiles/generateJWT", body)

    def titles(self, server: Served, *, limit: int = 5000) -> list[str]:
        """The titles of all profiles, page by page."""
        found: list[str] = []
        cursor = ""
        while True:
            page = self.done(server, "GET", f"/api/profiles?limit={limit}{cursor}")
            found += [profile["title"] for profile in page["profiles"]]
            if not page["pagination"]["hasMore"]:
                return found
            cursor = f"&cursor={page['pagination']['nextCursor']}"

    def linked(self, server: Served, key: str) -> list[str]:
        """The networks that GET /user names."""
        answer = self.done(server, "GET", "/api/user", None, key)
        return list(answer.get("activeSocialAccounts", []))


# What one has acknowledged, the other knows.


def test_a_profile_of_one_gets_its_linking_url_from_the_other_at_once(pair: Pair) -> None:
    one, other = pair
    caller = Caller.opened(one)
    for number, (writer, reader) in enumerate([(one, other), (other, one)] * 10):
        key = caller.create(writer, f"P{number}")
        answer = caller.generate_jwt(reader, key)
        assert answer.status_code == 200, answer.text
        assert caller.done(writer, "DELETE", "/api/profiles", None, key)["status"] == "success"
        assert caller.generate_jwt(reader, key).json()["code"] == 144


def test_an_account_changes_for_both_at_once(pair: Pair) -> None:
    one, other = pair
    caller = Caller.opened(one)
    for status in (400, 401, 403) * 3:
        settings = {"settings": {"invalidProfileKeyStatus": status}}
        caller.done(one, "PATCH", "/_fakeayr/accounts", settings)
        assert caller.call(other, "GET", "/api/user", None, "NOBODY").status_code == status
    caller.done(other, "POST", "/_fakeayr/clock", {"advance": 400})
    assert caller.done(one, "GET", "/_fakeayr/clock")["offset"] == 400
    caller.done(other, "DELETE", "/_fakeayr/accounts")
    assert caller.call(one, "GET", "/api/user").status_code == 403


def test_a_browser_that_came_through_one_goes_on_through_the_other(pair: Pair) -> None:
    one, other = pair
    caller = Caller.opened(one)
    url = caller.generate_jwt(one, caller.create(other, "Mia's Bakery")).json()["url"]
    with requests.Session() as browser:
        browser.headers["Host"] = "fake.localhost"  # A balancer's, through which it sees both.
        opened = browser.get(url)
        assert opened.status_code == 200
        assert "Bakery" in opened.text
        again = browser.get(f"{other.url}/")
        assert again.status_code == 200
        assert "Bakery" in again.text


def test_links_made_through_both_are_all_there(pair: Pair) -> None:
    caller = Caller.opened(pair[0])
    key = caller.create(pair[0], "P")

    def link(number: int, platform: str) -> None:
        order = {"platform": platform, "profileKey": key}
        caller.done(pair[number % 2], "POST", "/_fakeayr/links", order)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(link, itertools.count(), NETWORKS))
    assert caller.linked(pair[0], key) == caller.linked(pair[1], key) == list(NETWORKS)


def test_of_several_who_create_one_title_one_succeeds(pair: Pair) -> None:
    caller = Caller.opened(pair[0])

    def create(number: int) -> tuple[int, int | None]:
        body = {"title": f"T{number // 8}"}
        answer = caller.call(pair[number % 2], "POST", "/api/profiles", body)
        return answer.status_code, answer.json().get("code")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(80)))
    assert answers.count((200, None)) == 10
    assert answers.count((400, 146)) == 70
    assert sorted(caller.titles(pair[1])) == sorted(f"T{number}" for number in range(10))


def test_a_list_is_paged_through_both(pair: Pair) -> None:
    caller = Caller.opened(pair[0])
    titles = [f"P{number}" for number in range(12)]
    for number, title in enumerate(titles):
        caller.create(pair[number % 2], title)
    assert caller.titles(pair[0], limit=5) == caller.titles(pair[1], limit=5) == titles
    first = caller.done(pair[0], "GET", "/api/profiles?limit=5")
    cursor = first["pagination"]["nextCursor"]
    second = caller.done(pair[1], "GET", f"/api/profiles?limit=5&cursor={cursor}")
    assert [profile["title"] for profile in second["profiles"]] == titles[5:10]


def test_the_rate_limit_counts_what_came_through_both(pair: Pair) -> None:
    caller = Caller.opened(pair[0], settings={"rateLimit": True})

    def count(number: int) -> tuple[int, int]:
        answer = caller.call(pair[number % 2], "GET", "/api/user")
        return int(answer.headers["x-ratelimit-count"]), answer.status_code

    with ThreadPoolExecutor(4) as pool:
        counted = sorted(pool.map(count, range(LIMIT + 10)))
    assert counted == [(number, 200 if number <= LIMIT else 429) for number in range(1, LIMIT + 11)]


def test_the_journal_holds_what_came_through_both(pair: Pair) -> None:
    caller = Caller.opened(pair[0])

    def call(number: int) -> None:
        caller.call(pair[number % 2], "GET", f"/api/user?n={number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(60)))
    for reader in pair:
        entries = caller.done(reader, "GET", "/_fakeayr/requests")["requests"]
        assert sorted(int(entry["query"]["n"]) for entry in entries) == list(range(60))
        assert [entry["id"] for entry in entries] == list(range(1, 61))


def test_a_webhook_is_delivered_once_by_one_of_them(pair: Pair, receiver: Receiver) -> None:
    caller = Caller.opened(pair[0])
    caller.done(pair[0], "POST", "/api/hook/webhook", {"action": "social", "url": receiver.url})
    for number, platform in enumerate(NETWORKS):
        caller.done(pair[number % 2], "POST", "/_fakeayr/links", {"platform": platform})
    for server in pair:
        found = caller.done(server, "GET", "/_fakeayr/webhooks?wait=10")["webhooks"]
        assert [len(webhook["attempts"]) for webhook in found] == [1] * len(NETWORKS)
        assert {webhook["state"] for webhook in found} == {"delivered"}
    assert [payload["platform"] for payload in receiver.payloads] == list(NETWORKS)


# What ends in the middle.


@contextmanager
def one_that_dies(
    postgres: Postgres, folder: Path
) -> Iterator[tuple[Served, Callable[[], Served], Callable[[str], None]]]:
    """A server to be killed, a way to start one beside it, and a way into their database."""
    url = postgres.new_database()
    (folder / "dies").mkdir()
    with ExitStack() as survivors:
        dying = start("--state", url, "--workers", "2", folder=folder / "dies")

        def survive() -> Served:
            return survivors.enter_context(serving("--state", url, folder=folder))

        def statement(text: str) -> None:
            with psycopg.connect(url) as connection:
                connection.execute("SET search_path = fakeayr")
                connection.execute(text.encode())

        try:
            yield dying, survive, statement
        finally:
            if dying.process.poll() is None:
                dying.kill()


def test_what_a_killed_server_has_acknowledged_the_other_one_has(
    postgres: Postgres, tmp_path: Path
) -> None:
    with one_that_dies(postgres, tmp_path) as (dying, survive, _):
        survivor = survive()
        caller = Caller.opened(dying)
        acknowledged: list[tuple[str, str]] = []
        enough = threading.Event()

        def sign_up(thread: int) -> None:
            for number in itertools.count():
                title = f"P{thread}-{number}"
                try:
                    key = caller.create(dying, title)
                    order = {"platform": "facebook", "profileKey": key}
                    caller.done(dying, "POST", "/_fakeayr/links", order)
                except requests.RequestException:
                    return
                acknowledged.append((title, key))
                if len(acknowledged) >= 60:
                    enough.set()

        with ThreadPoolExecutor(4) as pool:
            for thread in range(4):
                pool.submit(sign_up, thread)
            assert enough.wait(60)
            dying.kill()
        assert {title for title, _ in acknowledged} <= set(caller.titles(survivor))
        for _, key in acknowledged:
            assert caller.linked(survivor, key) == ["facebook"]
        caller.create(survivor, "Afterwards")  # No lock is left behind.


def test_what_a_killed_server_was_sending_the_other_one_sends_unasked(
    postgres: Postgres, tmp_path: Path, receiver: Receiver
) -> None:
    with one_that_dies(postgres, tmp_path) as (dying, survive, statement):
        caller = Caller.opened(dying)
        hook = {"action": "social", "url": receiver.url}
        caller.done(dying, "POST", "/api/hook/webhook", hook)
        receiver.gate.clear()
        for platform in ("facebook", "gmb"):
            caller.done(dying, "POST", "/_fakeayr/links", {"platform": platform})
        receiver.wait(1)
        survivor = survive()  # Only now: it would have sent them, too.
        dying.kill()
        receiver.gate.set()
        statement("UPDATE outbox SET leased_until = 1")  # As if its minute were over.
        receiver.wait(3)
        found = caller.done(survivor, "GET", "/_fakeayr/webhooks?wait=10")["webhooks"]
        assert [webhook["state"] for webhook in found] == ["delivered"] * 2
        names = [payload["platform"] for payload in receiver.payloads]
        assert names == ["facebook", "facebook", "gmb"]


def test_a_database_that_restarts_costs_no_more_than_the_calls_meanwhile(
    postgres_to_stop: Postgres, tmp_path: Path, receiver: Receiver
) -> None:
    served = start("--state", postgres_to_stop.new_database(), folder=tmp_path)
    try:
        caller = Caller.opened(served)
        key = caller.create(served, "Before")
        hook = {"action": "social", "url": receiver.url}
        caller.done(served, "POST", "/api/hook/webhook", hook)
        receiver.gate.clear()
        caller.done(served, "POST", "/_fakeayr/links", {"platform": "facebook"})
        receiver.wait(1)
        postgres_to_stop.stop()
        try:
            receiver.gate.set()  # It answers while the delivery cannot be noted.
            for method, path in (("GET", "/api/user"), ("GET", "/_fakeayr/requests")):
                answer = caller.call(served, method, path)
                assert answer.status_code == 503
                error = answer.json()
                assert (error["status"], error["code"]) == ("error", 9503)
                assert error["details"] == "The database of the fake does not respond; try again."
            served.kill_worker()
            complaints = served.complains("A worker waits for the database.")
        finally:
            postgres_to_stop.start()
        eventually(lambda: answers(caller, served))
        assert caller.titles(served) == ["Before"]
        assert caller.generate_jwt(served, key).status_code == 200
    finally:
        served.process.terminate()
        ended = served.end()
    assert ended.returncode == 0
    complaints += ended.stderr
    assert "Traceback" not in complaints
    assert PASSWORD not in complaints + ended.stdout


def test_a_delivery_during_a_restart_of_the_database_is_noted_afterwards(
    postgres_to_stop: Postgres, tmp_path: Path, receiver: Receiver
) -> None:
    served = start("--state", postgres_to_stop.new_database(), folder=tmp_path)
    try:
        caller = Caller.opened(served)
        hook = {"action": "social", "url": receiver.url}
        caller.done(served, "POST", "/api/hook/webhook", hook)
        receiver.gate.clear()
        caller.done(served, "POST", "/_fakeayr/links", {"platform": "facebook"})
        receiver.wait(1)
        postgres_to_stop.stop()
        receiver.gate.set()
        postgres_to_stop.start()
        (webhook,) = caller.done(served, "GET", "/_fakeayr/webhooks?wait=20")["webhooks"]
        assert webhook["state"] == "delivered"
        assert len(webhook["attempts"]) == len(receiver.requests) == 1
        entries = caller.done(served, "GET", "/_fakeayr/requests")["requests"]
        assert [entry["path"] for entry in entries] == ["/api/hook/webhook"]
    finally:
        served.process.terminate()
        ended = served.end()
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr


def answers(caller: Caller, served: Served) -> bool:
    """Whether a server answers calls as it should."""
    try:
        return caller.call(served, "GET", "/api/user").status_code == 200
    except requests.ConnectionError:
        return False


# Databases that cannot be used.


def wrong_password(postgres: Postgres) -> str:
    return postgres.url("postgres", password="wrong-" + PASSWORD)


def nobody_there(_: Postgres) -> str:
    return f"postgresql://u:{PASSWORD}@127.0.0.1:{closed_port()}/d"


def no_such_database(postgres: Postgres) -> str:
    return postgres.url("nowhere")


def another_scheme(_: Postgres) -> str:
    return f"mysql://u:{PASSWORD}@127.0.0.1/d"


def unescaped(_: Postgres) -> str:
    return f"postgresql://u:@{PASSWORD}@127.0.0.1/d"


@pytest.mark.parametrize(
    ("make", "code", "reason"),
    [
        (wrong_password, 1, "password authentication failed"),
        (nobody_there, 1, "Connection refused"),
        (no_such_database, 1, 'database "nowhere" does not exist'),
        (another_scheme, 2, "a URL that begins with postgresql://"),
        (unescaped, 2, "The database URL is malformed"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_sentence(
    make: Callable[[Postgres], str], code: int, reason: str, postgres: Postgres, tmp_path: Path
) -> None:
    ended = run("serve", "--port", "0", "--state", make(postgres), folder=tmp_path)
    assert ended.returncode == code
    assert reason in ended.stderr
    assert ended.stderr.startswith("Error: ")
    assert len(ended.stderr.splitlines()) == 1
    assert PASSWORD not in ended.stdout + ended.stderr
