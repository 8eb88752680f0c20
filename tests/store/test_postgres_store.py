"""The store on PostgreSQL: what several servers do at once, and databases that cannot be used.

What all stores have in common is tested in `test_store`.
"""

import re
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any, ClassVar, Final
from unittest.mock import patch

import msgspec
import psycopg
import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.accounts import Account
from fakeayr.domain.journal import JOURNAL, Entry
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import StoreUnreachable, StoreUnusable
from fakeayr.domain.posting.posts import PostFilter, PostStatus
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.store.opening import open_store
from fakeayr.store.postgres.store import PostgresStore
from fakeayr.web.recorder import Recorder
from tests.support.clock import START
from tests.support.postgres import PASSWORD, Postgres
from tests.support.servers import eventually

PROFILE: Final = Profile(key="BAKERY", account="ACME", ref_id="R", title="0", created=START)


@pytest.fixture
def stores(database: str) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    """Two stores on one database, as two servers have them."""
    with opened(database) as one, opened(database) as other:
        yield one, other


@pytest.fixture
def store(stores: tuple[PostgresStore, PostgresStore]) -> PostgresStore:
    """One of them."""
    return stores[0]


@pytest.fixture
def acme() -> Account:
    """An account."""
    return Account(
        api_key="ACME",
        domain="acme.example",
        private_key="",
        plan=Plan.BUSINESS,
        max_pack=True,
        ref_id="a" * 40,
        email="owner@acme.example",
        created=START,
    )


@contextmanager
def opened(url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(url)
    try:
        yield store
    finally:
        store.close()


def webhook(number: int, lane: str = "https://a.example/") -> Outgoing:
    return Outgoing(
        id=f"D{number:03}",
        account="ACME",
        channel=Channel.WEBHOOK,
        ref_id="R",
        created=START,
        content={"url": lane},
    )


def titled(profile: Profile | None) -> str:
    assert profile is not None
    return profile.title


# Several servers.


def test_many_stores_may_be_the_first_on_a_database(database: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: PostgresStore(database), range(16)))
    stores[0].save_profile(PROFILE)
    assert [store.profile("BAKERY") for store in stores] == [PROFILE] * 16
    for store in stores:
        store.close()


def test_what_one_wrote_the_other_reads_at_once(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    writer, reader = stores
    for title in map(str, range(50)):
        writer.save_profile(msgspec.structs.replace(PROFILE, title=title))
        assert titled(reader.profile("BAKERY")) == title
    writer.delete_profile("BAKERY")
    assert reader.profile("BAKERY") is None


def test_transactions_of_an_account_take_turns(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    stores[0].save_profile(PROFILE)

    def increment(number: int) -> None:
        store = stores[number % 2]
        with store.transaction("ACME"):
            title = int(titled(store.profile("BAKERY"))) + 1
            store.save_profile(msgspec.structs.replace(PROFILE, title=str(title)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(200)))
    assert titled(stores[0].profile("BAKERY")) == "200"


def test_transactions_of_different_accounts_do_not_wait_for_each_other(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    with one.transaction("ACME"), ThreadPoolExecutor(1) as pool:
        one.save_profile(PROFILE)

        def save() -> None:
            with other.transaction("OTHER"):
                other.save_profile(msgspec.structs.replace(PROFILE, key="OTHER", account="OTHER"))

        pool.submit(save).result(timeout=10)
        assert other.profile("BAKERY") is None
    assert other.profile("BAKERY") == PROFILE


def test_positions_follow_the_order_in_which_profiles_can_be_seen(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    """Else a reader who goes on behind the last position would miss one."""

    def create(number: int) -> None:
        store = stores[number % 2]
        with store.transaction("ACME"):
            store.save_profile(
                Profile(
                    key=f"K{number}",
                    account="ACME",
                    ref_id=f"R{number}",
                    title=f"T{number}",
                    created=START,
                )
            )

    seen: list[str] = []
    wanted = ProfileFilter(created_until=START, limit=3)
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(create, number) for number in range(100)]
        while len(seen) < 100:
            working = not all(future.done() for future in made)
            page = stores[0].profiles("ACME", wanted)
            seen += [profile.key for _, profile in page]
            if page:
                wanted = ProfileFilter(created_until=START, limit=3, after=page[-1][0])
            assert page or working, f"only {len(seen)} of 100 were seen"
    assert len(set(seen)) == 100


# The journal.


def test_a_reader_waits_for_what_another_server_will_write(
    stores: tuple[PostgresStore, PostgresStore],
    acme: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fakeayr.web.recorder.INTERVAL_SECONDS", 0.5)
    stores[0].save_account(acme)
    writer, reader = (Recorder(store) for store in stores)
    entry = Entry(time=START, method="GET", path="/", status=200)
    for written in range(1, 3):
        writer.record("ACME", "ACME", entry)
        reader.settle()
        assert len(stores[1].log(JOURNAL, "ACME")) == written


def test_a_reader_does_not_wait_for_what_is_announced_later_or_by_the_dead(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    written = one.announce_entries()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.await_entries)
        eventually(lambda: waits(one))
        one.announce_entries()
        assert not waiting.done()
        written()
        waiting.result(timeout=10)
        waiting = pool.submit(other.await_entries)
        eventually(lambda: waits(one))
        one.close()  # As the end of its process does.
        waiting.result(timeout=10)


def waits(store: PostgresStore) -> bool:
    """Whether somebody waits for a lock."""
    with store._connections.borrow() as connection:
        return connection.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall() != []


def test_an_announcement_survives_a_restart_before_it(
    stores: tuple[PostgresStore, PostgresStore], postgres: Postgres
) -> None:
    one, other = stores
    one.announce_entries()
    postgres.stop()
    one.announce_entries()()  # Nobody hears it, and nothing fails.
    postgres.start()
    written = one.announce_entries()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.await_entries)
        eventually(lambda: waits(one))
        written()
        waiting.result(timeout=10)


# The outbox.


def test_each_item_is_taken_once_and_in_the_order_of_its_lane(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    for number in range(60):
        stores[0].add_outgoing([(webhook(number, f"https://{number % 4}.example/"), START)], 1000)
    taken: list[Outgoing] = []
    under_way: list[str] = []
    lock = threading.Lock()

    def deliver(number: int) -> None:
        store = stores[number % 2]
        while store.next_wake() is not None:
            for item in store.lease_due(START, 60, 3):
                with lock:
                    taken.append(item)
                    assert item.lane not in under_way
                    under_way.append(item.lane)
                with lock:
                    under_way.remove(item.lane)
                store.save_outgoing(item, None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(deliver, range(6)))
    assert len(taken) == 60
    for lane in {item.lane for item in taken}:
        ids = [item.id for item in taken if item.lane == lane]
        assert ids == sorted(ids)
        assert len(set(ids)) == 15


def test_a_lease_holds_whatever_the_clock_of_another_server_says(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    holder, ahead = stores
    holder.add_outgoing([(webhook(1), START)], 10)
    assert holder.lease_due(START, 60, 10) != []
    assert ahead.lease_due(START + 3600, 60, 10) == []
    assert ahead.lease("D001", START + 3600, 60) is None


def test_what_is_not_given_back_can_be_taken_when_the_lease_is_over(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    died, other = stores
    died.add_outgoing([(webhook(1), START)], 10)
    died.add_outgoing([(webhook(2), START)], 10)
    assert died.lease_due(START, 0, 10) != []
    assert [item.id for item in other.lease_due(START, 60, 10)] == ["D001"]
    assert other.lease_due(START, 60, 10) == []
    assert other.lease("D001", START, 60) is None


def test_an_account_keeps_its_latest_finished_items(store: PostgresStore) -> None:
    store.add_outgoing([(webhook(0), START)], 3)
    for number in range(1, 10):
        store.add_outgoing([(webhook(number), None)], 3)
    ids = [item.id for item in store.outgoing("ACME", Channel.WEBHOOK)]
    assert ids == ["D000", "D007", "D008", "D009"]


# Cost.


def test_every_look_up_among_many_profiles_uses_an_index(
    store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans are made before anything is known of the table's contents, and afterwards."""
    store.save_profile(PROFILE)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO fakeayr.profiles (key, account, is_primary, title, ref_id, created,"
            " expires, networks, own_x_app, document)"
            " SELECT 'K' || n, 'ACME', false, sha256(n::text::bytea), 'R' || n, %s,"
            " CASE WHEN n %% 1000 = 0 THEN n END,"
            " CASE WHEN n %% 1000 = 0 THEN '{facebook}' ELSE '{}'::text[] END, false, document"
            " FROM generate_series(1, 30000) AS n, fakeayr.profiles",
            (START,),
        )
        asked = statements_of(store, monkeypatch)
        for analyzed in (False, True):
            if analyzed:
                connection.execute("VACUUM ANALYZE fakeayr.profiles")
            connection.execute("SET search_path = fakeayr")
            for statement, values in asked:
                plan = connection.execute(f"EXPLAIN {statement}", values, prepare=False)
                lines = "\n".join(line for (line,) in plan)
                assert "Seq Scan" not in lines, f"{statement}\n{lines}"
                assert "Index" in lines, f"{statement}\n{lines}"


def statements_of(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, tuple[Any, ...]]]:
    """The statements by which a store looks up and lists profiles, with their values."""
    made: list[tuple[str, tuple[Any, ...]]] = []
    execute = psycopg.Connection.execute

    def noting(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        made.append((query, tuple(params or ())))
        return execute(self, query, params, **how)

    def page(**wanted: Any) -> None:
        store.profiles("ACME", ProfileFilter(**{"created_until": START, "limit": 20} | wanted))

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "execute", noting)
        store.profile("K7")
        store.profile_titled("ACME", "7")
        store.count_profiles("ACME")
        page()
        page(after=15_000)
        page(title="7")
        page(ref_id="R7")
        page(profile_keys=["K7", "K8"])
        page(has_links=True)
        page(includes=["facebook"], after=15_000)
        page(expiring_by=5_000.0)
    return made


# Connections.


def test_a_database_that_restarts_is_found_again(store: PostgresStore, postgres: Postgres) -> None:
    store.save_profile(PROFILE)
    postgres.stop()
    try:
        for _ in range(3):
            with pytest.raises(StoreUnreachable, match="cannot be used") as failure:
                store.profile("BAKERY")
            assert PASSWORD not in str(failure.value)
    finally:
        postgres.start()
    assert store.profile("BAKERY") == PROFILE


def test_a_restart_that_nobody_noticed_fails_no_call(
    store: PostgresStore, postgres: Postgres
) -> None:
    store.save_profile(PROFILE)
    with store.transaction("ACME"), ThreadPoolExecutor(1) as pool:
        pool.submit(store.profile, "BAKERY").result()  # Now it has two connections.
    postgres.stop()
    postgres.start()
    with store.transaction("ACME"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(store.profile, "BAKERY").result() == PROFILE
        assert store.profile("BAKERY") == PROFILE


def test_a_transaction_that_is_cut_off_has_changed_nothing(
    store: PostgresStore, database: str
) -> None:
    def change_and_be_cut_off() -> None:
        with store.transaction("ACME"), psycopg.connect(database) as other:
            store.save_profile(msgspec.structs.replace(PROFILE, title="1"))
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            store.profile("BAKERY")

    store.save_profile(PROFILE)
    with pytest.raises(StoreUnreachable):
        change_and_be_cut_off()
    assert titled(store.profile("BAKERY")) == "0"


def test_threads_that_come_and_go_leave_no_connections_behind(
    store: PostgresStore, database: str
) -> None:
    for _ in range(40):
        thread = threading.Thread(target=store.profile, args=("BAKERY",))
        thread.start()
        thread.join()
    with psycopg.connect(database) as connection:
        open_now = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone()
    assert open_now == (3,)  # Both stores' and this one.


# Databases that cannot be used.


def test_a_schema_of_another_program_is_left_alone(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE SCHEMA fakeayr CREATE TABLE accounts (name TEXT)")
    with pytest.raises(StoreUnusable, match="a schema fakeayr that belongs to another program"):
        PostgresStore(database)


def test_tables_of_other_programs_in_the_database_are_not_touched(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")
    with opened(database) as store:
        store.save_profile(PROFILE)
        assert store.profile("BAKERY") == PROFILE
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT * FROM accounts").fetchall() == []


def test_a_database_that_cannot_hold_every_character_is_refused(postgres: Postgres) -> None:
    with pytest.raises(StoreUnusable, match="has the encoding LATIN1; use one with UTF8"):
        PostgresStore(postgres.new_database(encoding="LATIN1"))


def test_a_user_who_may_not_write_is_refused(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'known-to-all'")
    url = database.replace(f"fakeayr:{PASSWORD}", "reader:known-to-all")
    with pytest.raises(StoreUnusable, match="permission denied") as refusal:
        PostgresStore(url)
    assert "known-to-all" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@ss-word@h/d",
        "postgresql://u:ss-word/x@h/d",
        "postgresql://u:ss-word?x@h/d",
        "postgresql://u:ss-word",
        "postgresql://u:%zzss-word@h/d",
        "postgresql://h/d?pass=ss-word",
    ],
)
def test_a_url_that_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(StoreUnusable, match=r"^The database URL is malformed") as refusal:
        PostgresStore(url)
    assert "ss-word" not in str(refusal.value)


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fakeayr.store.postgres.connections", None)
    with pytest.raises(StoreUnusable, match=r"pip install 'psycopg\[binary\]'"):
        open_store("postgresql://127.0.0.1/x")


# Plans.


class Explaining(PostgresStore):
    """A store that notes how PostgreSQL finds a page."""

    plans: ClassVar[list[str]] = []

    def _read_page(self, statement: str, *values: Any) -> list[Any]:
        with self._connections.borrow() as connection:
            rows = connection.execute(f"EXPLAIN {statement}".replace("?", "%s"), values)
            self.plans.append("\n".join(line for (line,) in rows))
        return super()._read_page(statement, *values)


MANY_POSTS: Final = """
INSERT INTO posts (id, account, profile_key, created, status, is_scheduled, networks, document)
SELECT 'P' || number, 'ACME', 'BAKERY' || number %% 2, number,
    (ARRAY['error', 'pending', 'success', 'success', 'success'])[1 + number %% 5], number %% 3 = 0,
    ARRAY[(%s::text[])[1 + number %% 13]], '\\x7b7d'
FROM generate_series(1, 20000) AS number;
"""


def test_history_is_found_in_an_index_in_its_order(database: str) -> None:
    filters: dict[str, dict[str, Any]] = {
        "post_dates": {},
        "post_statuses": {"statuses": frozenset({PostStatus.ERROR})},
        "post_types": {"scheduled": False},
        "post_type_statuses": {"scheduled": True, "statuses": frozenset({PostStatus.PENDING})},
        "post_repeats": {"auto_repost_id": ""},
        **{f"posts_on_{network}": {"platforms": [network]} for network in NETWORKS},
    }
    with closing(Explaining(database)) as store:
        with store._connections.borrow() as connection:
            connection.execute(MANY_POSTS, [list(NETWORKS)])
            connection.execute("ANALYZE posts")
        for wanted in filters.values():
            with suppress(msgspec.ValidationError):  # The documents are empty.
                store.posts("ACME", PostFilter(limit=10, profile_key="BAKERY0", since=0, **wanted))
    outer, inner = zip(*(plan.splitlines()[:2] for plan in store.plans), strict=True)
    assert all(line.startswith("Limit") for line in outer)
    used = re.findall(r"Index Scan Backward using (\w+) on posts ", "\n".join(inner))
    assert used == list(filters)


def test_accounts_are_listed_from_an_index(store: PostgresStore, database: str) -> None:
    with patch.object(store, "_read", return_value=[]) as read:
        store.accounts(10)
    statement, *values = read.call_args.args
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET search_path = fakeayr")
        connection.execute(
            "INSERT INTO accounts SELECT 'A' || number, '', number"
            " FROM generate_series(1, 2000) AS number"
        )
        connection.execute("ANALYZE accounts")
        explained = connection.execute(f"EXPLAIN {statement}".replace("?", "%s"), values)
        plan = "\n".join(line for (line,) in explained)
    assert "Index Scan Backward using account_dates" in plan
