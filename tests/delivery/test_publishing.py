"""Who publishes what is due: accounts in turn, beside webhooks, also when something fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Final

import pytest
from flask import Flask

from fakeayr.ayrshare.plans import Plan
from fakeayr.delivery.courier import Courier, Sender
from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications.outbox import Attempt, Channel, Outgoing
from fakeayr.domain.ports import StoreUnreachable
from fakeayr.domain.posting.posts import Post, PostStatus
from fakeayr.domain.posting.requests import PostRequest
from fakeayr.store.sqlite import SqliteStore
from tests.support import accounts
from tests.support.apps import NewApp
from tests.support.clock import START, ManualClock
from tests.support.receivers import Receiver, deliveries
from tests.support.servers import WAIT_SECONDS, eventually

BATCH: Final = 10


class Publisher:
    """Publishes the posts of a store, and remembers whose turn it was.

    Attributes:
        store: The store.
        turns: The accounts that had a turn.
        fails: What happens to the accounts that cannot publish.
    """

    def __init__(self) -> None:
        self.store = SqliteStore()
        self.turns: list[str] = []
        self.fails: dict[str, list[Exception]] = {}

    def schedule(self, account: str, count: int, due: float = START) -> None:
        """Adds posts."""
        request = PostRequest(platforms=["facebook"])
        self.store.save_posts(
            (
                Post(
                    id=f"{account}-{number}",
                    account=account,
                    profile_key=account,
                    ref_id="R",
                    created=due,
                    request=request,
                    status=PostStatus.PENDING,
                ),
                due,
            )
            for number in range(count)
        )

    def publish(self, account: str) -> bool:
        """Publishes a few posts of an account."""
        self.turns.append(account)
        if self.fails.get(account):
            raise self.fails[account].pop()
        due = self.store.due_posts(account, START, BATCH)
        self.store.save_posts((post, None) for post in due)
        return bool(due)

    def is_done(self) -> bool:
        """Whether no post is due."""
        return self.store.next_wake() is None


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher with a store of its own."""
    made = Publisher()
    with closing(made.store):
        yield made


@pytest.fixture
def new_courier(publisher: Publisher) -> Iterator[Callable[..., Courier]]:
    """Makes couriers that publish with `publisher`."""
    made: list[Courier] = []

    def make(senders: dict[Channel, Sender] | None = None) -> Courier:
        courier = Courier(publisher.store, ManualClock(), senders or {})
        courier.publish_with(publisher.publish)
        made.append(courier)
        return courier

    yield make
    for courier in made:
        courier.close()


def test_an_account_with_many_posts_delays_no_other(
    publisher: Publisher, new_courier: Callable[..., Courier]
) -> None:
    publisher.schedule("A", 50 * BATCH, due=START - 60)
    publisher.schedule("B", 1)
    publisher.schedule("C", 1, due=START + 60)
    new_courier().wake()
    eventually(lambda: publisher.turns.count("A") > 50)
    assert "B" in publisher.turns[:2]
    assert "C" not in publisher.turns


def test_an_account_whose_posts_fall_due_meanwhile_gets_its_turn(
    publisher: Publisher, new_courier: Callable[..., Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.delivery.courier._TURN_SECONDS", 0.0)
    publisher.schedule("A", 1)
    publish = publisher.publish

    def without_end(account: str) -> bool:
        publish(account)
        if account == "A":
            publisher.schedule("A", 1)
        if len(publisher.turns) == 1:
            publisher.schedule("B", 1)
        return account == "A"

    publisher.publish = without_end  # type: ignore[method-assign]
    new_courier().wake()
    eventually(lambda: "B" in publisher.turns)


def test_one_account_that_cannot_publish_stops_no_other(
    publisher: Publisher, new_courier: Callable[..., Courier], caplog: pytest.LogCaptureFixture
) -> None:
    publisher.schedule("A", 1)
    publisher.schedule("B", 1)
    publisher.fails["A"] = [ValueError("a mistake of ours")]
    new_courier().wake()
    eventually(publisher.is_done)
    assert publisher.turns[:2] == ["A", "B"]
    assert [record.message for record in caplog.records] == ["Posts could not be published."]


def test_a_store_that_comes_back_is_used_again(
    publisher: Publisher, new_courier: Callable[..., Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.delivery.courier._LONGEST_PAUSE_SECONDS", 0.01)
    publisher.schedule("A", 1)
    publisher.fails["A"] = [StoreUnreachable("gone"), StoreUnreachable("still gone")]
    new_courier().wake()
    eventually(publisher.is_done)


def test_webhooks_leave_while_posts_are_published(
    publisher: Publisher, new_courier: Callable[..., Courier]
) -> None:
    """Publishing without end, and a receiver that gets one webhook after the other."""
    publisher.publish = lambda account: True  # type: ignore[method-assign]
    publisher.schedule("A", 1)
    sent: list[str] = []

    def send(_account: Any, outgoing: Outgoing, now: float) -> Attempt:
        sent.append(outgoing.id)
        return Attempt(time=now, status=200)

    publisher.store.save_account(
        Account(
            api_key="A",
            domain="a.example",
            private_key="",
            plan=Plan.BUSINESS,
            max_pack=True,
            ref_id="R",
            email="a@a.example",
            created=START,
        )
    )
    items = [
        Outgoing(
            id=number,
            account="A",
            channel=Channel.WEBHOOK,
            ref_id="R",
            created=START,
            content={"url": "https://a.example"},
        )
        for number in "012"
    ]
    publisher.store.add_outgoing([(item, START) for item in items], 10)
    new_courier({Channel.WEBHOOK: send}).wake()
    eventually(lambda: sent == ["0", "1", "2"])


def test_a_courier_that_is_closed_ends_in_the_middle(
    publisher: Publisher, new_courier: Callable[..., Courier]
) -> None:
    begun = threading.Event()

    def without_end(account: str) -> bool:
        begun.set()
        return True

    publisher.publish = without_end  # type: ignore[method-assign]
    publisher.schedule("A", 1)
    courier = new_courier()
    courier.wake()
    assert begun.wait(WAIT_SECONDS)
    courier.close()
    names = {thread.name for thread in threading.enumerate()}
    assert "fakeayr-courier" not in names


# With an account, through the API.


class Breaking(SqliteStore):
    """A store whose disk is full while webhooks are added to the outbox."""

    full = False
    failures = 0

    def add_outgoing(self, *arguments: Any) -> None:
        if self.full:
            self.failures += 1
            raise StoreUnreachable("full", "its disk is full")
        super().add_outgoing(*arguments)


def call(account: accounts.Account, method: str, path: str, json: Any = None) -> Any:
    """Makes a call that succeeds."""
    answer = account.call(method, path, json=json)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def schedule(account: accounts.Account, count: int) -> None:
    """Schedules posts that are due in a minute."""
    for network in ("facebook", "linkedin"):
        account.link(network)
    for number in range(count):
        body = {
            "post": f"Post {number}",
            "platforms": ["facebook", "linkedin"],
            "scheduleDate": "2022-11-02T01:05:00Z",
        }
        call(account, "POST", "/api/post", body)


def test_a_post_and_its_webhook_are_kept_together_or_not_at_all(
    new_app: NewApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeayr.delivery.courier._LONGEST_PAUSE_SECONDS", 0.01)
    store, clock = Breaking(), ManualClock()
    app = new_app(store=store, clock=clock)
    account = accounts.Account.open(app.test_client(), {})
    receiver.register(account, "scheduled")
    schedule(account, 3)
    store.full = True
    clock.advance(minutes=5)
    eventually(lambda: store.failures > 1)
    statuses = [post["status"] for post in posts_of(account)]
    assert statuses == ["pending"] * 3
    store.full = False
    eventually(lambda: {post["status"] for post in posts_of(account)} == {"success"})
    receiver.wait(3)
    reported = [payload["id"] for payload in receiver.payloads]
    assert sorted(reported) == sorted(post["id"] for post in posts_of(account))


def posts_of(account: accounts.Account) -> list[dict[str, Any]]:
    """The posts as the tester sees them."""
    found: list[dict[str, Any]] = call(account, "GET", "/_fakeayr/posts")["posts"]
    return found


def test_what_is_due_when_an_account_is_closed_is_never_published(
    app: Flask, account: accounts.Account, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.register(account, "scheduled")
    schedule(account, 30)
    clock.advance(minutes=5)
    assert account.delete("/_fakeayr/accounts").status_code == 200
    other = accounts.Account.open(app.test_client(), {})
    schedule(other, 1)
    eventually(lambda: posts_of(other)[0]["status"] == "success")
    assert len(deliveries(other)) == 0
