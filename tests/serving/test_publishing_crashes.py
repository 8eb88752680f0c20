"""`kill -9` while posts are published: each is published once, whoever publishes it."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from fakeayr.client.api import CallRefused
from fakeayr.client.transport import TransportError
from tests.support.postgres import Postgres
from tests.support.receivers import closed_port
from tests.support.servers import Served, eventually, serving, start
from tests.support.writers import Client

pytestmark = pytest.mark.slow

POSTS: Final = 300
KILLS: Final = 4
NETWORKS: Final = ("bluesky", "facebook", "twitter")  # Without a quota.
HOUR: Final = 3_600
Start = Callable[[], Served]


class Campaign:
    """Scheduled posts of a new account.

    Args:
        served: The server that takes them.
        dates: When they are due, in seconds from now; they take turns.
    """

    def __init__(self, served: Served, *dates: float) -> None:
        self.ids: set[str] = set()
        with closing(Client.with_new_account(served.port)) as client:
            self._account = client.account
            for network in NETWORKS:
                client.call("POST", "/_fakeayr/links", {"platform": network})
            hook = {"action": "scheduled", "url": f"http://127.0.0.1:{closed_port()}"}
            client.call("POST", "/api/hook/webhook", hook)
            now = client.call("GET", "/_fakeayr/clock")["now"]
            for number in range(POSTS):
                due = datetime.fromtimestamp(now + dates[number % len(dates)], UTC)
                body = {
                    "post": f"Post {number}",
                    "platforms": NETWORKS,
                    "scheduleDate": due.isoformat(),
                }
                self.ids.add(client.call("POST", "/api/post", body)["id"])

    def client(self, served: Served) -> Client:
        """A client of the account; the caller closes it."""
        return Client(served.port, self._account)

    def advance(self, served: Served) -> threading.Thread:
        """Lets an hour pass, in a thread, until the server is done or gone."""

        def call() -> None:
            with suppress(TransportError, CallRefused), closing(self.client(served)) as client:
                client.call("POST", "/_fakeayr/clock", {"advance": HOUR})

        thread = threading.Thread(target=call)
        thread.start()
        return thread

    def posts(self, served: Served) -> list[dict[str, Any]]:
        """All posts, as the tester sees them."""
        with closing(self.client(served)) as client:
            found: list[dict[str, Any]] = client.call("GET", "/_fakeayr/posts")["posts"]
            return found

    def count_published(self, served: Served) -> int:
        """How many posts have been published."""
        return sum(post["status"] == "success" for post in self.posts(served))

    def check_each_is_published_once(self, served: Served) -> None:
        """Fails unless every post stands on every network, and one webhook reports just that.

        A post that was published twice would have new ids, which one of the webhooks did not
        report.
        """
        eventually(lambda: self.count_published(served) == POSTS)
        post_ids = {post["id"]: post["postIds"] for post in self.posts(served)}
        assert post_ids.keys() == self.ids
        for published in post_ids.values():
            assert [one["platform"] for one in published] == list(NETWORKS)
        with closing(self.client(served)) as client:
            webhooks = client.call("GET", "/_fakeayr/webhooks")["webhooks"]
        payloads = [json.loads(webhook["body"]) for webhook in webhooks]
        assert len(payloads) == POSTS
        assert {payload["id"]: payload["postIds"] for payload in payloads} == post_ids


@pytest.fixture
def state(tmp_path: Path) -> str:
    """The state file of the servers of a test."""
    return str(tmp_path / "state.sqlite")


@pytest.fixture
def start_server(tmp_path: Path, state: str) -> Iterator[Start]:
    """Starts servers with two workers, one after the other, on one file."""
    started: list[Served] = []

    def begin() -> Served:
        served = start("--state", state, "--workers", "2", folder=tmp_path)
        started.append(served)
        return served

    yield begin
    for served in started:
        if served.process.poll() is None:
            served.kill()


def test_a_server_that_is_killed_again_and_again_publishes_each_post_once(
    start_server: Start, state: str
) -> None:
    served = start_server()
    in_the_middle = 0
    for _ in range(KILLS):
        campaign = Campaign(served, HOUR - 1)
        before = count_published(state)
        advancing = campaign.advance(served)
        eventually(partial(has_published_more, state, before))
        served.kill()
        advancing.join()
        in_the_middle += count_published(state) < before + POSTS
        served = start_server()
        campaign.check_each_is_published_once(served)
    assert in_the_middle > 0


def has_published_more(state: str, before: int) -> bool:
    """Whether more posts of a state file than `before` have been published."""
    return count_published(state) > before


def count_published(state: str) -> int:
    """How many posts of a state file have been published."""
    with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT count(*) FROM posts WHERE status = 'success'")
        return int(found.fetchone()[0])


def test_a_worker_that_is_killed_loses_and_doubles_no_post(start_server: Start) -> None:
    served = start_server()
    campaign = Campaign(served, HOUR - 1)
    advancing = campaign.advance(served)
    eventually(lambda: campaign.count_published(served) > 0)
    served.kill_worker()
    advancing.join()
    campaign.check_each_is_published_once(served)


@pytest.fixture
def pair(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """A server that may be killed, and one that stays, on one database."""
    url = postgres.new_database()
    (tmp_path / "dies").mkdir()
    with serving("--state", url, folder=tmp_path) as stays:
        dies = start("--state", url, "--workers", "2", folder=tmp_path / "dies")
        yield dies, stays
        if dies.process.poll() is None:
            dies.kill()


def test_of_two_servers_one_goes_on_with_what_the_killed_one_has_begun(
    pair: tuple[Served, Served],
) -> None:
    dies, stays = pair
    campaign = Campaign(dies, HOUR - 1)
    advancing = campaign.advance(dies)
    eventually(lambda: campaign.count_published(stays) > 0)
    dies.kill()
    advancing.join()
    campaign.check_each_is_published_once(stays)


def test_whoever_moves_the_clock_gets_an_answer_when_all_is_published_whoever_did_it(
    pair: tuple[Served, Served],
) -> None:
    one, other = pair
    campaign = Campaign(one, *range(60, HOUR, 60))
    campaign.advance(other).join()
    assert campaign.count_published(one) == campaign.count_published(other) == POSTS
    campaign.check_each_is_published_once(one)
