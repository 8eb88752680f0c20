"""The stores: SQLite in memory, in a file and in one file for several processes; PostgreSQL."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final
from unittest.mock import patch

import msgspec
import psycopg
import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.plans import Plan
from fakeayr.domain.accounts import Account
from fakeayr.domain.linking import private_keys
from fakeayr.domain.media.facts import MediaFacts, MediaKind
from fakeayr.domain.media.uploads import PIECE_BYTES, Upload, pieces
from fakeayr.domain.notifications.outbox import Channel, Outgoing
from fakeayr.domain.ports import StoreUnusable
from fakeayr.domain.posting.posts import (
    Post,
    PostFilter,
    PostStatus,
    Publication,
    PublicationStatus,
)
from fakeayr.domain.posting.published import PublishedFilter
from fakeayr.domain.posting.requests import PostRequest
from fakeayr.domain.profiles import Link, Profile, ProfileFilter
from fakeayr.store.postgres.store import PostgresStore
from fakeayr.store.sql import records
from fakeayr.store.sqlite import SqliteStore
from tests.support.clock import START

POSTGRES: Final = pytest.param("postgres", marks=pytest.mark.outside("postgres"))
AnyStore = SqliteStore | PostgresStore
TITLE_TAKEN: Final = (sqlite3.IntegrityError, psycopg.IntegrityError)


@pytest.fixture(scope="module")
def pem() -> str:
    """Some private key."""
    return private_keys.generate(1024)


@pytest.fixture
def acme(pem: str) -> Account:
    """An account that no store knows yet."""
    return Account(
        api_key="ACME",
        domain="acme.example",
        private_key=pem,
        plan=Plan.BUSINESS,
        max_pack=True,
        ref_id="a" * 40,
        email="owner@acme.example",
        created=START,
    )


@pytest.fixture(params=["memory", "file", POSTGRES])
def store(request: pytest.FixtureRequest, tmp_path: Path, acme: Account) -> Iterator[AnyStore]:
    """A store with the account Acme: in memory, in a file and in PostgreSQL."""
    made: AnyStore
    if request.param == "postgres":
        made = PostgresStore(request.getfixturevalue("database"))
    else:
        made = SqliteStore() if request.param == "memory" else SqliteStore(tmp_path / "state")
    made.save_account(acme)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a state file can be."""
    return tmp_path / "state"


def profile(key: str = "BAKERY", account: str = "ACME", **fields: Any) -> Profile:
    """A User Profile."""
    made: dict[str, Any] = {"ref_id": key.lower(), "title": key.title(), "created": START}
    return Profile(key=key, account=account, **made | fields)


def everything(**wanted: Any) -> ProfileFilter:
    """A filter for all profiles, or for those that are wanted."""
    return ProfileFilter(**{"created_until": START, "limit": 5_000} | wanted)


def found(store: AnyStore, **wanted: Any) -> list[str]:
    """The keys of Acme's profiles that a filter lets through."""
    return [one.key for _, one in store.profiles("ACME", everything(**wanted))]


# Accounts and profiles.


def test_what_was_saved_is_found(store: AnyStore, acme: Account) -> None:
    store.save_profile(profile())
    assert store.account("ACME") == acme
    assert store.profile("BAKERY") == profile()
    assert store.profile_titled("ACME", "Bakery") == profile()


def test_what_was_not_saved_is_not_found(store: AnyStore) -> None:
    assert store.account("NOBODY") is None
    assert store.profile("NOBODY") is None
    assert store.profile_titled("ACME", "Nobody") is None
    assert store.profile_titled("NOBODY", "Bakery") is None


def test_what_is_saved_again_is_replaced(store: AnyStore, acme: Account) -> None:
    store.save_profile(profile())
    store.profile("BAKERY")
    store.save_profile(profile(title="New"))
    store.save_account(msgspec.structs.replace(acme, plan=Plan.FREE))
    assert store.profile("BAKERY") == profile(title="New")
    assert store.profile_titled("ACME", "New") is not None
    assert store.profile_titled("ACME", "Bakery") is None
    assert (known := store.account("ACME")) is not None
    assert known.plan is Plan.FREE


def test_a_title_is_unique_in_its_account(store: AnyStore) -> None:
    store.save_profile(profile("A", title="Bakery"))
    with pytest.raises(TITLE_TAKEN):
        store.save_profile(profile("B", title="Bakery"))
    store.save_profile(profile("C", title="Bakery", account="OTHER"))
    assert found(store) == ["A"]


def test_the_primary_profile_is_found_by_key_alone(store: AnyStore) -> None:
    store.save_profile(profile("ACME", title="Primary Profile", primary=True))
    assert store.profile("ACME") is not None
    assert store.profile_titled("ACME", "Primary Profile") is None
    assert found(store) == []
    assert store.count_profiles("ACME") == 0


@pytest.mark.parametrize(
    "title",
    ["", "a\0b", "\0", "😀", "e\u0301", "é", "\u202e", "'", '"', "%", "\n", "x" * 100_000],
    ids=ascii,
)
def test_any_title_is_kept_as_it_is(store: AnyStore, title: str) -> None:
    store.save_profile(profile(title=title))
    assert found(store, title=title) == ["BAKERY"]
    titled = store.profile_titled("ACME", title)
    assert titled is not None
    assert titled.title == title


def test_titles_that_only_look_alike_differ(store: AnyStore) -> None:
    for number, title in enumerate(("e\u0301", "\u00e9", "a", "A", "a ", "a\0", "a\0b")):
        store.save_profile(profile(f"P{number}", title=title))
    assert store.count_profiles("ACME") == 7
    assert found(store, title="a") == ["P2"]
    assert found(store, title="a\0") == ["P5"]


def test_details_of_any_size_are_kept(store: AnyStore) -> None:
    details = {"big": 10**300, "small": -(2**70), "deep": {"a": [None, 1.5, "x"]}}
    linked = Link(platform="facebook", created=START, details=details)
    store.save_profile(profile(links={"facebook": linked}))
    known = store.profile("BAKERY")
    assert known is not None
    assert known.links["facebook"].details == details


def test_profiles_are_listed_in_order_of_creation(store: AnyStore) -> None:
    for key in ("Z", "A", "M"):
        store.save_profile(profile(key))
    store.save_profile(profile("Z", title="Changed"))
    assert found(store) == ["Z", "A", "M"]


def test_a_list_goes_on_behind_a_position(store: AnyStore) -> None:
    for key in "ABCD":
        store.save_profile(profile(key))
    (_, (position, second)) = store.profiles("ACME", everything(limit=2))
    assert second.key == "B"
    store.delete_profile("B")
    assert found(store, after=position) == ["C", "D"]


def test_a_position_is_never_used_again(store: AnyStore) -> None:
    store.save_profile(profile("A"))
    ((position, _),) = store.profiles("ACME", everything())
    store.delete_profile("A")
    store.save_profile(profile("B"))
    assert found(store, after=position) == ["B"]


def test_a_list_is_filtered(store: AnyStore) -> None:
    def links(*networks: str, own_app: bool = False) -> dict[str, Link]:
        return {
            name: Link(platform=name, created=START, details={}, own_app=own_app)
            for name in networks
        }

    store.save_profile(profile("BARE"))
    store.save_profile(profile("ONE", links=links("facebook")))
    store.save_profile(profile("TWO", links=links("facebook", "gmb")))
    store.save_profile(profile("OWN", links=links("twitter", own_app=True)))
    store.save_profile(profile("LATE", created=START + 1))
    store.save_profile(profile("FOREIGN", account="OTHER"))
    assert found(store) == ["BARE", "ONE", "TWO", "OWN"]
    assert found(store, title="One") == ["ONE"]
    assert found(store, ref_id="two") == ["TWO"]
    assert found(store, profile_keys=["TWO", "BARE", "FOREIGN", "\0"]) == ["BARE", "TWO"]
    assert found(store, profile_keys=[]) == []
    assert found(store, has_links=True) == ["ONE", "TWO", "OWN"]
    assert found(store, has_links=False) == ["BARE"]
    assert found(store, includes=["facebook"]) == ["ONE", "TWO"]
    assert found(store, includes=["gmb", "facebook"]) == ["TWO"]
    assert found(store, includes=["facebook", 'x"y', ".", "$"]) == []
    assert found(store, own_x_app=True) == ["OWN"]
    assert found(store, own_x_app=False) == ["BARE", "ONE", "TWO"]
    assert found(store, has_links=True, limit=1) == ["ONE"]
    assert found(store, created_until=START + 1, title="Late") == ["LATE"]


def test_closing_an_account_takes_all_that_hangs_below_it(store: AnyStore) -> None:
    for account in ("ACME", "OTHER"):
        store.save_profile(profile(f"{account}-P", account=account))
        store.save_record("kind", account, account, b"x")
        store.count_window("requests", profile(f"{account}-P", account=account), START, 60)
        store.add_usage("2022-11", [(f"{account}-P", 1, START)])
    store.append_log("journal", 10, [("ACME", b"{}")])
    store.delete_account("ACME")
    assert store.account("ACME") is None
    assert store.profile("ACME-P") is None
    assert store.record("kind", "ACME") is None
    assert store.log("journal", "ACME") == []
    assert store.usage("2022-11", "ACME", "ACME-P").calls == 0
    assert store.profile("OTHER-P") is not None
    assert store.record("kind", "OTHER") == b"x"
    assert store.usage("2022-11", "OTHER", "OTHER-P").calls == 1


def test_a_deleted_profile_leaves_no_counts_behind(store: AnyStore) -> None:
    store.save_profile(profile())
    store.add_usage("2022-11", [("BAKERY", 3, START)])
    store.count_window("requests", profile(), START, 60)
    store.delete_profile("BAKERY")
    store.save_profile(profile())
    assert store.usage("2022-11", "ACME", "BAKERY").calls == 0
    assert store.count_window("requests", profile(), START, 60) == 1


# Transactions.


class Failure(Exception):
    """What goes wrong in a transaction."""


@contextmanager
def failing_transaction(store: AnyStore) -> Iterator[None]:
    """A transaction that goes wrong when all its statements have been made."""
    with suppress(Failure), store.transaction("ACME"):
        yield
        raise Failure


def test_a_transaction_takes_effect_as_a_whole_or_not_at_all(store: AnyStore) -> None:
    store.save_profile(profile("A", title="Before"))
    with failing_transaction(store):
        store.save_profile(profile("A", title="After"))
        store.save_profile(profile("B"))
        assert found(store) == ["A", "B"]
    assert found(store) == ["A"]
    assert store.profile("A") == profile("A", title="Before")


def test_inside_a_transaction_its_own_writes_are_seen(store: AnyStore, acme: Account) -> None:
    with store.transaction("ACME"):
        store.save_account(msgspec.structs.replace(acme, plan=Plan.FREE))
        inside = store.account("ACME")
    assert inside is not None
    assert inside.plan is Plan.FREE


def test_what_was_rolled_back_is_not_remembered(store: AnyStore, acme: Account) -> None:
    with failing_transaction(store):
        store.save_account(msgspec.structs.replace(acme, plan=Plan.FREE))
        store.save_profile(profile())
        store.account("ACME")
        store.profile("BAKERY")
    assert store.account("ACME") == acme
    assert store.profile("BAKERY") is None


def test_a_transaction_in_a_transaction_is_a_part_of_it(store: AnyStore) -> None:
    with failing_transaction(store):
        with store.transaction("ACME"):
            store.save_profile(profile("A"))
        store.save_profile(profile("B"))
    assert found(store) == []


def test_after_a_failed_transaction_the_next_one_works(store: AnyStore) -> None:
    store.save_profile(profile("A", title="Bakery"))
    with pytest.raises(TITLE_TAKEN), store.transaction("ACME"):
        store.save_profile(profile("B", title="Bakery"))
    with store.transaction("ACME"):
        store.save_profile(profile("C"))
    assert found(store) == ["A", "C"]


def test_threads_share_a_store(store: AnyStore) -> None:
    store.save_profile(profile(title="0"))

    def increment(_: int) -> None:
        with store.transaction("ACME"):
            known = store.profile("BAKERY")
            assert known is not None
            store.save_profile(msgspec.structs.replace(known, title=str(int(known.title) + 1)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(200)))
    known = store.profile("BAKERY")
    assert known is not None
    assert known.title == "200"


def test_other_threads_never_see_half_of_a_transaction(store: AnyStore) -> None:
    store.save_profile(profile("A", title="1"))
    inside, seen = threading.Event(), []

    def read() -> None:
        inside.wait()
        known = store.profile("A")
        seen.append(None if known is None else known.title)

    reader = threading.Thread(target=read)
    reader.start()
    with failing_transaction(store):
        store.save_profile(profile("A", title="2"))
        inside.set()
        reader.join(timeout=0.05)
    reader.join()
    assert seen == ["1"]


# Logs and counters.


def test_a_log_keeps_its_order_and_numbers(store: AnyStore) -> None:
    store.append_log("journal", 10, [("ACME", b"1"), ("ACME", b"2")])
    store.append_log("journal", 10, [("ACME", b"3")])
    entries = store.log("journal", "ACME")
    assert [document for _, document in entries] == [b"1", b"2", b"3"]
    assert [number for number, _ in entries] == sorted(number for number, _ in entries)


def test_a_log_keeps_the_latest_entries_of_each_account(store: AnyStore, acme: Account) -> None:
    store.save_account(msgspec.structs.replace(acme, api_key="OTHER"))
    store.append_log("journal", 3, [("OTHER", b"{}")])
    store.append_log("journal", 3, [("ACME", str(number).encode()) for number in range(10)])
    store.append_log("other", 3, [("ACME", b"{}")])
    assert [document for _, document in store.log("journal", "ACME")] == [b"7", b"8", b"9"]
    assert [document for _, document in store.log("journal", "OTHER")] == [b"{}"]
    assert [document for _, document in store.log("other", "ACME")] == [b"{}"]


def test_entries_of_nobody_are_dropped(store: AnyStore, acme: Account) -> None:
    store.append_log("journal", 10, [("NOBODY", b"{}"), ("ACME", b"{}")])
    assert store.log("journal", "NOBODY") == []
    store.save_account(msgspec.structs.replace(acme, api_key="NOBODY"))
    assert store.log("journal", "NOBODY") == []
    assert len(store.log("journal", "ACME")) == 1


def test_a_tally_counts_of_each_kind_up_to_a_limit(
    store: AnyStore, acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_account(msgspec.structs.replace(acme, api_key="OTHER"))
    store.append_log("journal", 10, [("ACME", b"{}"), ("ACME", b"{}"), ("OTHER", b"{}")])
    store.append_log("other", 10, [("ACME", b"{}")])
    for number in range(5):
        published_post(store, number)
    for channel, many in ((Channel.WEBHOOK, 2), (Channel.EMAIL, 1)):
        for number in range(many):
            item = Outgoing(
                id=f"{channel}{number}",
                account="ACME",
                channel=channel,
                ref_id="bakery",
                created=START,
                content={"url": "http://shop.example/"},
            )
            store.add_outgoing([(item, START)], 10)
    assert store.tally("ACME", "journal")[1:] == (2, 5, 2, 1)
    assert store.tally("OTHER", "journal")[1:] == (1, 0, 0, 0)
    monkeypatch.setattr(records, "MOST_COUNTED", 3)
    assert store.tally("ACME", "journal")[1:] == (2, 3, 2, 1)


def test_a_log_can_be_emptied(store: AnyStore) -> None:
    store.append_log("journal", 10, [("ACME", b"{}")])
    store.clear_log("journal", "ACME")
    assert store.log("journal", "ACME") == []


def test_a_window_begins_with_its_first_event(store: AnyStore) -> None:
    counts = [store.count_window("w", profile(), START + now, 60) for now in (0, 30, 59.9, 60, 61)]
    assert counts == [1, 2, 3, 1, 2]


def test_a_window_survives_small_steps_back_but_not_large_ones(store: AnyStore) -> None:
    counts = [store.count_window("w", profile(), START + now, 60) for now in (0, -1, -60, -59)]
    assert counts == [1, 2, 1, 2]


def test_windows_are_counted_apart_by_profile_and_name(store: AnyStore) -> None:
    assert store.count_window("a", profile("A"), START, 60) == 1
    assert store.count_window("b", profile("A"), START, 60) == 1
    assert store.count_window("a", profile("B"), START, 60) == 1
    assert store.count_window("a", profile("A"), START, 60) == 2


def test_usage_adds_up_by_month(store: AnyStore) -> None:
    store.save_profile(profile())
    store.add_usage("2022-11", [("BAKERY", 2, START), ("NOBODY", 1, START)])
    store.add_usage("2022-11", [("BAKERY", 3, START + 5)])
    usage = store.usage("2022-11", "ACME", "BAKERY")
    assert (usage.calls, usage.last_call) == (5, START + 5)
    assert store.usage("2022-12", "ACME", "BAKERY").calls == 0


def test_small_documents_are_kept_and_replaced(store: AnyStore) -> None:
    store.save_record("kind", "1", "ACME", b"a")
    store.save_record("kind", "1", "ACME", b"b")
    assert store.record("kind", "1") == b"b"
    assert store.record("other", "1") is None
    store.delete_record("kind", "1")
    assert store.record("kind", "1") is None


# Files.


def test_a_file_outlives_its_store(file: Path, acme: Account) -> None:
    first = SqliteStore(file)
    first.save_account(acme)
    first.save_profile(profile())
    first.close()
    second = SqliteStore(file)
    assert second.account("ACME") == acme
    assert found(second) == ["BAKERY"]
    second.close()


def test_what_was_written_survives_a_store_that_was_never_closed(file: Path, acme: Account) -> None:
    first = SqliteStore(file)
    first.save_account(acme)
    second = SqliteStore(file)
    assert second.account("ACME") == acme
    first.close()
    second.close()


def test_two_stores_on_one_file_see_each_others_writes(file: Path, acme: Account) -> None:
    first, second = SqliteStore(file), SqliteStore(file)
    first.save_account(acme)
    assert second.account("ACME") == acme
    second.save_account(msgspec.structs.replace(acme, plan=Plan.FREE))
    known = first.account("ACME")
    assert known is not None
    assert known.plan is Plan.FREE
    first.save_profile(profile())
    assert second.profile("BAKERY") == profile()
    second.delete_profile("BAKERY")
    assert first.profile("BAKERY") is None
    second.delete_account("ACME")
    assert first.account("ACME") is None
    first.close()
    second.close()


def test_two_stores_on_one_file_take_turns(file: Path) -> None:
    stores = [SqliteStore(file), SqliteStore(file)]
    stores[0].save_profile(profile(title="0"))

    def increment(number: int) -> None:
        store = stores[number % 2]
        with store.transaction("ACME"):
            known = store.profile("BAKERY")
            assert known is not None
            store.save_profile(msgspec.structs.replace(known, title=str(int(known.title) + 1)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(increment, range(100)))
    titles = {known.title for store in stores if (known := store.profile("BAKERY"))}
    assert titles == {"100"}
    for store in stores:
        store.close()


def test_many_stores_may_be_the_first_on_a_file(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: SqliteStore(file), range(16)))
    stores[0].save_profile(profile())
    assert all(store.profile("BAKERY") for store in stores)
    for store in stores:
        store.close()


def test_a_new_file_is_its_owners_alone(file: Path) -> None:
    before = os.umask(0)
    try:
        store = SqliteStore(file)
        store.save_profile(profile())
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}


def test_an_empty_file_will_do(file: Path) -> None:
    file.touch()
    store = SqliteStore(file)
    store.save_profile(profile())
    assert found(store) == ["BAKERY"]
    store.close()


# Files that cannot be used.


def a_text(file: Path) -> None:
    file.write_text("These are my notes, and they are long enough for a header.\n" * 10)


def a_folder(file: Path) -> None:
    file.mkdir()


def another_programs_database(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()


def another_programs_versioned_database(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
        database.execute("PRAGMA user_version = 1")
    database.close()


@pytest.mark.parametrize(
    "make",
    [
        a_text,
        a_folder,
        another_programs_database,
        another_programs_versioned_database,
    ],
)
def test_a_file_that_is_no_state_is_refused_by_name(file: Path, make: Any) -> None:
    make(file)
    with pytest.raises(StoreUnusable, match=f"The state file {file}"):
        SqliteStore(file)


@pytest.mark.parametrize("make", [a_text, another_programs_database])
def test_a_file_that_is_refused_is_left_as_it_was(file: Path, make: Any) -> None:
    make(file)
    before = file.read_bytes()
    with pytest.raises(StoreUnusable):
        SqliteStore(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="No such file or directory"):
        SqliteStore(tmp_path / "nowhere" / "state")


# Media.


def an_upload(name: str = "a", account: str = "ACME", **fields: Any) -> Upload:
    """An uploaded file."""
    made: dict[str, Any] = {
        "owner": "f" * 40,
        "content_type": "image/png",
        "extension": "png",
        "created": START,
        "expires": START + 60,
    }
    return Upload(id=name, account=account, **made | fields)


def test_an_upload_is_kept_in_pieces(store: AnyStore) -> None:
    contents = [bytes(range(256)) * (PIECE_BYTES // 256), b"\0the rest\xff"]
    saved = an_upload(size=sum(map(len, contents)), file_name="a\\b\0.png")
    store.save_upload(saved)
    for number, content in enumerate(contents):
        store.add_upload_piece(saved, number, content)
    assert store.upload("a") == saved
    assert store.upload_piece("a", 1) == contents[1]
    assert list(pieces(store, saved)) == contents
    assert list(pieces(store, saved, 1)) == contents[1:]
    assert store.upload("b") is None
    assert store.upload_piece("a", 2) is store.upload_piece("b", 0) is None


def test_a_changed_upload_replaces_the_one_before_in_its_place(store: AnyStore) -> None:
    for name in ("b", "a", "c"):
        store.save_upload(an_upload(name))
    store.save_upload(an_upload("other", account="OTHER"))
    store.save_upload(an_upload("b", width=5))
    assert store.uploads("ACME") == [an_upload("b", width=5), an_upload("a"), an_upload("c")]


def test_a_deleted_upload_leaves_nothing(store: AnyStore) -> None:
    for name in ("a", "b"):
        store.save_upload(an_upload(name))
        store.add_upload_piece(an_upload(name), 0, b"x")
    store.delete_upload("a")
    store.delete_upload("unknown")
    assert store.uploads("ACME") == [an_upload("b")]
    assert store.upload_piece("a", 0) is None
    assert store.upload_piece("b", 0) == b"x"


def test_an_upload_is_kept_whole_or_not_at_all(store: AnyStore) -> None:
    with suppress(ZeroDivisionError), store.transaction("ACME"):
        store.save_upload(an_upload())
        store.add_upload_piece(an_upload(), 0, b"x")
        _ = 1 / 0
    assert store.upload("a") is None
    assert store.upload_piece("a", 0) is None


def facts(url: str, **fields: Any) -> MediaFacts:
    """What a URL holds."""
    return MediaFacts(url=url, content_type="image/png", kind=MediaKind.IMAGE, **fields)


def test_declared_media_are_found_by_their_url(store: AnyStore) -> None:
    long = "https://cdn.example/" + "\0" * 5_000
    for url in ("b", "a", long):
        store.save_declared("ACME", facts(url))
    store.save_declared("ACME", facts("b", width=7))
    store.save_declared("OTHER", facts("b", width=9))
    assert store.declared("ACME", "b") == facts("b", width=7)
    assert store.declared("ACME", long) == facts(long)
    assert store.declared("ACME", "c") is None
    assert store.all_declared("ACME") == [facts("b", width=7), facts("a"), facts(long)]
    assert store.count_declared("ACME") == 3
    store.clear_declared("ACME")
    assert store.all_declared("ACME") == []
    assert store.declared("OTHER", "b") == facts("b", width=9)


def test_media_go_with_their_account(store: AnyStore) -> None:
    for account in ("ACME", "OTHER"):
        store.save_upload(an_upload(account, account=account))
        store.add_upload_piece(an_upload(account, account=account), 0, b"x")
        store.save_declared(account, facts("b"))
    store.delete_account("ACME")
    assert store.uploads("ACME") == []
    assert store.all_declared("ACME") == []
    assert store.upload("ACME") is None
    assert store.upload_piece("ACME", 0) is None
    assert store.upload_piece("OTHER", 0) == b"x"
    assert store.count_declared("OTHER") == 1


# What is live on the networks.


def published_post(
    store: AnyStore,
    number: int,
    *,
    published: float | None = START,
    status: PublicationStatus = PublicationStatus.SUCCESS,
    network_id: str | None = None,
    profile_key: str = "BAKERY",
) -> Post:
    """Saves Acme's post number so and so, which is on Threads."""
    publication = Publication(
        platform="threads",
        status=status,
        id=f"T{number}" if network_id is None else network_id,
        published=published,
    )
    post = Post(
        id=f"P{number}",
        account="ACME",
        profile_key=profile_key,
        ref_id="bakery",
        created=START,
        request=PostRequest(platforms=["threads"]),
        status=PostStatus.SUCCESS,
        publications=[publication],
    )
    store.save_posts([(post, None)])
    return post


def published(store: AnyStore, **wanted: Any) -> list[str]:
    """The ids of what the bakery has on Threads."""
    fields: dict[str, Any] = {"profile_key": "BAKERY", "platform": "threads", "limit": 100}
    return [post.id for post in store.published(PublishedFilter(**fields | wanted))]


def test_a_post_is_found_by_its_networks_id(store: AnyStore, acme: Account) -> None:
    post = published_post(store, 1)
    assert store.post_published_as("ACME", "threads", "T1") == post
    assert store.post_published_as("ACME", "threads", "P1") is None
    assert store.post_published_as("ACME", "facebook", "T1") is None
    assert store.post_published_as("OTHER", "threads", "T1") is None


@pytest.mark.parametrize("status", ["deleted", "error", "slow"])
def test_what_is_no_longer_live_is_not_found(store: AnyStore, acme: Account, status: str) -> None:
    published_post(store, 1)
    published_post(store, 1, status=PublicationStatus(status))
    assert store.post_published_as("ACME", "threads", "T1") is None
    assert published(store) == []


def test_a_post_is_listed_once_its_network_has_told_the_id(store: AnyStore, acme: Account) -> None:
    published_post(store, 1, network_id="pending")
    published_post(store, 2, network_id="")
    assert published(store) == []
    published_post(store, 1)
    published_post(store, 1)
    assert published(store) == ["P1"]


def test_what_was_published_last_is_listed_first(store: AnyStore, acme: Account) -> None:
    for number, instant in enumerate([START + 5, START, START + 9, START + 5]):
        published_post(store, number, published=instant)
    published_post(store, 7, profile_key="OTHER")
    assert published(store) == ["P2", "P3", "P0", "P1"]
    assert published(store, platform="facebook") == []
    assert published(store, limit=2) == ["P2", "P3"]
    assert published(store, before=(START + 5, "T3")) == ["P0", "P1"]
    assert published(store, since=START + 5, until=START + 5) == ["P3", "P0"]


def test_what_is_live_goes_with_its_profile_and_its_account(store: AnyStore, acme: Account) -> None:
    for key in ("BAKERY", "FLORIST"):
        store.save_profile(profile(key))
    published_post(store, 1)
    published_post(store, 2, profile_key="FLORIST")
    store.delete_profile("BAKERY")
    assert published(store) == []
    assert published(store, profile_key="FLORIST") == ["P2"]
    store.delete_account("ACME")
    assert published(store, profile_key="FLORIST") == []


class Explaining(SqliteStore):
    """A store that notes how SQLite finds a page."""

    plans: ClassVar[list[str]] = []

    def _read_page(self, statement: str, *values: Any) -> list[Any]:
        rows = self._read(f"EXPLAIN QUERY PLAN {statement}", *values)
        self.plans.append("; ".join(row[3] for row in rows))
        return super()._read_page(statement, *values)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "post_dates"),
        ({"statuses": frozenset({PostStatus.ERROR})}, "post_statuses"),
        ({"scheduled": False}, "post_types"),
        ({"scheduled": True, "statuses": frozenset({PostStatus.PENDING})}, "post_type_statuses"),
        ({"auto_repost_id": ""}, "post_repeats"),
        *(({"platforms": [network]}, f"posts_on_{network}") for network in NETWORKS),
    ],
)
def test_history_is_found_in_an_index_in_its_order(wanted: dict[str, Any], index: str) -> None:
    with closing(Explaining()) as store:
        store.posts("ACME", PostFilter(limit=10, profile_key="ACME", since=0.0, **wanted))
        plan = store.plans.pop()
    assert f"USING INDEX {index} (" in plan
    assert "TEMP B-TREE" not in plan


def test_accounts_are_listed_the_latest_first(store: AnyStore, acme: Account) -> None:
    later = msgspec.structs.replace(acme, api_key="LATER", created=START + 1)
    for account in (acme, later):
        store.save_account(account)
    assert [one.api_key for one in store.accounts(10)] == ["LATER", "ACME"]
    assert [one.api_key for one in store.accounts(1)] == ["LATER"]


def test_accounts_are_listed_from_an_index() -> None:
    with closing(SqliteStore()) as store, patch.object(store, "_read", return_value=[]) as read:
        store.accounts(10)
        statement, *values = read.call_args.args
        (plan,) = store._run(f"EXPLAIN QUERY PLAN {statement}", *values)
    assert plan[3] == "SCAN accounts USING INDEX account_dates"


def test_what_leaves_is_found_by_its_id_alone(store: AnyStore, acme: Account) -> None:
    store.save_account(acme)
    email = Outgoing(
        id="E1", account="ACME", channel=Channel.EMAIL, ref_id="a" * 40, created=START, content={}
    )
    store.add_outgoing([(email, None)], 10)
    assert store.find_outgoing(Channel.EMAIL, "E1") == email
    assert store.find_outgoing(Channel.WEBHOOK, "E1") is None
    assert store.find_outgoing(Channel.EMAIL, "E2") is None
