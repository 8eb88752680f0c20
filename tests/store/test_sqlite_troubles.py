"""A SQLite database in trouble: its disk full, the file damaged or locked, the store closed."""

import gc
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from fakeayr.client.environ import OUTSIDE_CONTRACT
from fakeayr.domain.journal import JOURNAL
from fakeayr.domain.ports import StoreClosed, StoreUnreachable
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.serving.create_app import create_app
from fakeayr.store import sqlite
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import development
from fakeayr.web.context import context
from tests.support.clock import START

PROFILE: Final = Profile(key="BAKERY", account="ACME", ref_id="R", title="Bakery", created=START)
OTHER: Final = Profile(key="BARBER", account="ACME", ref_id="S", title="Barber", created=START)
EVERYTHING: Final = ProfileFilter(created_until=START, limit=5_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a state file can be."""
    return tmp_path / "state"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    """A store with a profile, in a file."""
    with closing(SqliteStore(file)) as store:
        store.save_profile(PROFILE)
        yield store


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program has a transaction under way."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def write(store: SqliteStore) -> None:
    store.save_record("kind", "1", "ACME", b"x")


def transact(store: SqliteStore) -> None:
    with store.transaction("ACME"):
        store.save_profile(OTHER)


def append(store: SqliteStore) -> None:
    store.append_log("journal", 10, [("ACME", b"{}")])


Change = Callable[[SqliteStore], None]
WRITES: Final[list[Change]] = [write, transact, append]


# Locked.


@pytest.mark.parametrize("change", WRITES)
def test_a_file_that_stays_locked_is_named(
    change: Change,
    store: SqliteStore,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.05)
    with (
        locked(file),
        pytest.raises(
            StoreUnreachable,
            match=rf"^The state file {file} cannot be used: another program .* locked \(.*\)\.$",
        ),
    ):
        change(store)
    change(store)


@pytest.mark.parametrize("change", WRITES)
def test_who_waits_for_a_lock_lets_others_read(
    change: Change,
    store: SqliteStore,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = threading.Event()
    pause = threading.Event().wait

    def sleep(seconds: float) -> None:
        waits.set()
        pause(seconds)

    monkeypatch.setattr("fakeayr.store.sqlite.real_time.sleep", sleep)
    with ThreadPoolExecutor(2) as pool:
        with locked(file):
            changing = pool.submit(change, store)
            assert waits.wait(10)
            reading = pool.submit(store.profile_titled, "ACME", "Bakery")
            assert reading.result(timeout=1) == PROFILE
            assert not changing.done()
        changing.result(timeout=10)


def test_reads_do_not_wait_for_a_transaction_of_another_thread(store: SqliteStore) -> None:
    renamed = replace(PROFILE, title="Renamed")
    with ThreadPoolExecutor(1) as pool:
        with store.transaction():
            store.save_profile(renamed)
            assert store.profile("BAKERY") == store.profile_titled("ACME", "Renamed") == renamed
            reading = pool.submit(lambda: [store.profile("BAKERY"), store.count_profiles("ACME")])
            assert reading.result(timeout=10) == [PROFILE, 1]
        assert pool.submit(store.profile, "BAKERY").result(timeout=10) == renamed


def test_a_second_store_in_the_process_leaves_the_locks_of_the_first(
    store: SqliteStore, file: Path
) -> None:
    SqliteStore(file).close()
    assert count_profiles_elsewhere(file) == 1
    store.save_profile(OTHER)
    assert count_profiles_elsewhere(file) == 2


def count_profiles_elsewhere(file: Path) -> int:
    """Another process reads the file, and cleans up behind it if it believes itself alone."""
    program = (
        f"import sqlite3; database = sqlite3.connect({str(file)!r});"
        " print(*database.execute('SELECT count(*) FROM profiles').fetchone()); database.close()"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    return int(run.stdout)


def test_what_a_store_calls_reading_changes_nothing(store: SqliteStore, file: Path) -> None:
    with pytest.raises(StoreUnreachable, match="readonly"):
        store._read("DELETE FROM profiles")
    assert store.count_profiles("ACME") == 1


# Full.


@contextmanager
def full(store: SqliteStore) -> Iterator[None]:
    """The disk has no place left."""
    ((pages,),) = store._run("PRAGMA page_count")
    store._run(f"PRAGMA max_page_count = {pages}")
    yield
    store._run("PRAGMA max_page_count = 1000000")


def test_a_full_disk_is_named_and_changes_nothing(store: SqliteStore, file: Path) -> None:
    def change_much() -> None:
        with store.transaction("ACME"):
            store.save_profile(OTHER)
            store.save_record("kind", "1", "ACME", b"x" * 1_000_000)

    with full(store), pytest.raises(StoreUnreachable, match=f"{file} cannot .* its disk is full"):
        change_much()
    assert store.profile("BARBER") is None
    transact(store)
    assert store.profile("BARBER") == OTHER


def test_calls_get_503_while_the_disk_is_full_and_the_journal_waits(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Authorization": f"Bearer {development.API_KEY}"}
    with closing(SqliteStore(file)) as store:
        app = create_app(store=store)
        client = app.test_client()
        with full(store):
            # More than the free places of the file hold.
            body = {"title": "x" * 20_000}
            for _ in range(3):
                refused = client.post(
                    "/api/profiles",
                    json=body,
                    headers=headers,
                    environ_overrides={OUTSIDE_CONTRACT: True},  # Ayrshare has no disk to fill.
                )
                assert (refused.status_code, refused.get_json()["code"]) == (503, 9503)
                assert refused.get_json()["details"] == (
                    "The database of the fake cannot be used: its disk is full."
                )
            assert client.get("/api/user", headers=headers).status_code == 200
        assert client.post("/api/profiles", json=body, headers=headers).status_code == 200
        with app.app_context():
            context().recorder.write()
        entries = [json.loads(document) for _, document in store.log(JOURNAL, development.API_KEY)]
    assert [(one["path"], one["status"]) for one in entries] == [
        *[("/api/profiles", 503)] * 3,
        ("/api/user", 200),
        ("/api/profiles", 200),
    ]
    assert caplog.text.count("POST /api/profiles failed. The state file") == 1
    assert "its disk is full" in caplog.text
    assert "Traceback" not in caplog.text


# Damaged.


def test_a_damaged_file_is_named(file: Path) -> None:
    SqliteStore(file).close()
    intact = file.stat().st_size
    with closing(SqliteStore(file)) as store, store.transaction():
        for number in range(400):
            store.save_profile(
                Profile(key=f"K{number}", account="ACME", ref_id="R", title=f"T{number}", created=1)
            )
    content = file.read_bytes()
    file.write_bytes(content[:intact] + b"\xff" * (len(content) - intact))
    with (
        closing(SqliteStore(file)) as store,
        pytest.raises(StoreUnreachable, match=rf"{file} cannot be used: it is damaged \("),
    ):
        store.profiles("ACME", EVERYTHING)


# Closed.


@pytest.mark.parametrize("change", WRITES)
def test_a_closed_store_says_so(change: Change, store: SqliteStore) -> None:
    store.close()
    with pytest.raises(StoreClosed):
        change(store)
    with pytest.raises(StoreClosed):
        store.profile_titled("ACME", "Bakery")
    store.close()


@pytest.mark.parametrize("end", [SqliteStore.close, lambda store: None], ids=["closed", "dropped"])
def test_a_store_that_ends_closes_its_database(end: Change, file: Path) -> None:
    store = SqliteStore(file)
    databases = [store._writer.database, store._reader.database]
    end(store)
    del store
    gc.collect()
    for database in databases:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            database.execute("SELECT 1")
