"""States of other versions: older ones are brought up to date, newer ones refused.

`states/` keeps a state of each version that was released, which all later ones must open.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from fakeayr.domain.ports import Store, StoreUnusable
from fakeayr.domain.profiles import ProfileFilter
from fakeayr.serving.create_app import create_app
from fakeayr.store import migrations
from fakeayr.store.migrations import POSTGRES, SQLITE, read_migrations
from fakeayr.store.opening import open_store
from fakeayr.web import development
from tests.store.states.make import (
    DECLARED,
    EMAIL,
    FILE,
    NETWORKS,
    RECEIVER,
    REDIRECT,
    TITLES,
)
from tests.support.accounts import Account
from tests.support.clock import START, ManualClock
from tests.support.receivers import deliveries

STATES: Final = Path(__file__).parent / "states"
VERSIONS: Final = sorted(int(path.stem.partition("-")[2]) for path in STATES.glob("*.sqlite"))
NEWEST: Final = max(read_migrations(SQLITE))
WITH_MEDIA: Final = 3
"""The first version that keeps media."""

NEXT: Final = "ALTER TABLE records ADD COLUMN seen INTEGER NOT NULL DEFAULT 7;"
"""What a later version may do."""
BROKEN: Final = f"{NEXT}\nINSERT INTO nowhere VALUES (1);"

Prepare = Callable[[int], str]
"""Makes a state of an old version: a file's path, or a URL."""


@pytest.fixture(
    params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.outside("postgres", "setpriv"))]
)
def prepare(request: pytest.FixtureRequest, tmp_path: Path) -> Prepare:
    """A state of a version, in either database."""

    def prepare(version: int) -> str:
        if request.param == SQLITE:
            return shutil.copyfile(STATES / f"version-{version}.sqlite", str(tmp_path / "state"))
        url: str = request.getfixturevalue("database")
        with psycopg.connect(url) as connection:
            connection.execute((STATES / f"version-{version}.sql").read_bytes())
        return url

    return prepare


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Adds a migration to those that there are; returns its number."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(str(migrations.FOLDER)), folder)

    def add(script: str) -> int:
        number = max(read_migrations(SQLITE)) + 1
        (folder / f"{number:04}_test.sql").write_text(script)
        monkeypatch.setattr(migrations, "FOLDER", folder)
        return number

    return add


def rows(state: str, statement: str) -> list[Any]:
    """What a statement finds, past the store."""
    if "://" in state:
        with psycopg.connect(state, options="-c search_path=fakeayr") as connection:
            return connection.execute(statement.encode()).fetchall()
    with closing(sqlite3.connect(state)) as database:
        return database.execute(statement).fetchall()


def version_of(state: str) -> int:
    """The version of a state's schema."""
    statement = "SELECT number FROM schema_version" if "://" in state else "PRAGMA user_version"
    ((version,),) = rows(state, statement)
    return int(version)


def schema_of(state: str) -> list[Any]:
    """The tables, columns and indexes of a state."""
    if "://" not in state:
        return rows(state, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name"
        " FROM information_schema.columns WHERE table_schema = 'fakeayr' ORDER BY 1, 2"
    )
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'fakeayr' ORDER BY 1"
    return rows(state, columns) + rows(state, indexes)


def backups(folder: Path) -> dict[str, bytes]:
    """The backups in a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*.backup-*")}


# Versions that were released.


def test_each_version_has_a_state_that_is_kept() -> None:
    assert list(range(1, NEWEST + 1)) == VERSIONS
    assert [int(path.stem.partition("-")[2]) for path in sorted(STATES.glob("*.sql"))] == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_state_of_each_version_holds_is_still_there(version: int, prepare: Prepare) -> None:
    state = prepare(version)
    with closing(open_store(state)) as store:
        account = the_account(state, store)
        listed = account.get("/api/profiles").get_json()["profiles"]
        assert tuple(entry["title"] for entry in listed) == TITLES
        assert [sorted(one.get("activeSocialAccounts", [])) for one in listed] == [
            sorted(NETWORKS),
            [],
            [],
        ]
        assert [entry["path"] for entry in account.requests()] == [
            *["/api/profiles"] * len(TITLES),
            "/api/hook/webhook",
            "/api/profiles/generateJWT",
            "/api/profiles",
        ]
        hooks = deliveries(account)
        assert [one["url"] for one in hooks] == [RECEIVER] * len(NETWORKS)
        assert [len(one["attempts"]) for one in hooks] == [1] * len(NETWORKS)
        (mail,) = account.get("/_fakeayr/emails").get_json()["emails"]
        assert mail["to"] == EMAIL["to"]
        inspected = account.post("/_fakeayr/inspect", json={"url": mail["url"]}).get_json()
        assert inspected["valid"]
        assert inspected["profile"]["title"] == TITLES[1]
        (short,) = parse_qs(urlsplit(mail["url"]).query)["redirect"]
        assert account.get(urlsplit(short).path).location == REDIRECT
        ((position, first), *_) = store.profiles(
            account.api_key, ProfileFilter(created_until=START, limit=9)
        )
        assert store.usage("2022-11", account.api_key, first.key).calls == 2
        if version >= WITH_MEDIA:
            media = account.get("/_fakeayr/media").get_json()
            assert [one["url"] for one in media["declared"]] == [DECLARED]
            (upload,) = media["uploads"]
            assert account.client.get(urlsplit(upload["url"]).path).data == FILE
        added = account.create_profile("New")["profileKey"]
        ((after, found),) = store.profiles(
            account.api_key, ProfileFilter(created_until=START, limit=9, profile_keys=[added])
        )
        assert (first.title, found.title) == (TITLES[0], "New")
        assert after > position


OLD_SESSION: Final = (
    '{"id":"aaaaaaaaaaaaaaaaaaaa","account":"%s","profile_key":"%s","digest":"%s","expires":%s,'
    '"origin":"https://app.example"%s}'
)
"""A link session as version 1 kept it, under an id that was part of its token."""


@pytest.mark.parametrize(
    ("more", "state", "uses"),
    [
        ("", "pending", 0),
        (f',"opened":{START - 60}', "active", 1),
        (f',"opened":{START - 60},"revoked":{START - 30}', "revoked", 1),
    ],
)
def test_link_sessions_of_version_1_keep_their_urls(
    prepare: Prepare, more: str, state: str, uses: int
) -> None:
    place = prepare(1)
    (api_key, key), *_ = rows(
        place, f"SELECT account, key FROM profiles WHERE title = {_title(place, TITLES[0])}"
    )
    token = "ayr_ls_" + "a" * 40
    digest = hashlib.sha256(token.encode()).hexdigest()
    document = OLD_SESSION % (api_key, key, digest, START + 200, more)
    change(
        place,
        "INSERT INTO records (kind, id, account, document) VALUES ('link-session',"
        f" 'aaaaaaaaaaaaaaaaaaaa', '{api_key}', {_bytes(place, document)})",
    )
    with closing(open_store(place)) as store:
        account = the_account(place, store)
        shown = account.get(f"/api/profiles/link-sessions/{digest}", profile_key=key).get_json()
        assert (shown["state"], shown["useCount"]) == (state, uses)
        assert shown["createdAt"] == "2022-11-02T01:02:02.000Z"
        assert shown["expiresAt"] == "2022-11-02T01:07:02.000Z"
        assert shown.get("firstUsedAt") == ("2022-11-02T01:02:42.000Z" if uses else None)
        page = account.client.get(f"/?session={token}")
        assert page.status_code == (401 if state == "revoked" else 200)


@pytest.mark.parametrize("form", ["hex", "base64"])
def test_a_setting_that_is_gone_is_forgotten(prepare: Prepare, form: str) -> None:
    place = prepare(1)
    ((before,),) = rows(
        place, f"SELECT document FROM accounts WHERE api_key <> '{development.API_KEY}'"
    )
    was = '"webhookSignature":"hex"'
    assert was in bytes(before).decode()
    document = bytes(before).decode().replace(was, f'"webhookSignature":"{form}"')
    change(
        place,
        f"UPDATE accounts SET document = {_bytes(place, document)}"
        f" WHERE api_key <> '{development.API_KEY}'",
    )
    with closing(open_store(place)) as store:
        settings = the_account(place, store).get("/_fakeayr/accounts").get_json()["settings"]
    assert settings["rateLimit"] is True
    assert "webhookSignature" not in settings


def change(state: str, statement: str) -> None:
    """Changes a state, past the store."""
    if "://" in state:
        with psycopg.connect(state, options="-c search_path=fakeayr") as connection:
            connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(state)) as database, database:
        database.execute(statement)


def _bytes(state: str, text: str) -> str:
    """Bytes as either database writes them."""
    return f"'\\x{text.encode().hex()}'" if "://" in state else f"X'{text.encode().hex()}'"


def _title(state: str, title: str) -> str:
    """A title as either database keeps it: PostgreSQL its digest."""
    if "://" in state:
        return f"'\\x{hashlib.sha256(title.encode()).hexdigest()}'"
    return "'" + title.replace("'", "''") + "'"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_state_that_was_brought_up_to_date_is_like_a_new_one(
    version: int, prepare: Prepare, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    state = prepare(version)
    open_store(state).close()
    new = str(tmp_path / "new")
    if "://" in state:
        new = request.getfixturevalue("postgres").new_database()
    open_store(new).close()
    assert schema_of(state) == schema_of(new)
    assert version_of(state) == version_of(new) == NEWEST


def the_account(state: str, store: Store) -> Account:
    """The account of a kept state beside the development account."""
    ((api_key,),) = rows(
        state, f"SELECT api_key FROM accounts WHERE api_key <> '{development.API_KEY}'"
    )
    known = store.account(api_key)
    assert known is not None
    return Account(
        api_key=api_key,
        domain=known.domain,
        private_key=known.private_key,
        ref_id=known.ref_id,
        plan=known.plan,
        max_pack=known.max_pack,
        client=create_app(store=store, clock=ManualClock()).test_client(),
    )


# The next version.


def test_an_older_state_is_brought_up_to_date(
    prepare: Prepare, add_migration: Callable[[str], int]
) -> None:
    state = prepare(NEWEST)
    before = rows(state, "SELECT * FROM records")
    number = add_migration(NEXT)
    for _ in range(2):  # It is done once.
        open_store(state).close()
        assert version_of(state) == number
        assert rows(state, "SELECT * FROM records") == [(*row, 7) for row in before]


@pytest.mark.outside("postgres", "setpriv")
def test_a_new_state_gets_every_migration(
    request: pytest.FixtureRequest, add_migration: Callable[[str], int], tmp_path: Path
) -> None:
    number = add_migration(NEXT)
    for state in (str(tmp_path / "state"), str(request.getfixturevalue("database"))):
        open_store(state).close()
        assert version_of(state) == number
        assert rows(state, "SELECT seen FROM records") == []
    assert backups(tmp_path) == {}


def test_of_many_that_start_at_once_one_migrates(
    prepare: Prepare, add_migration: Callable[[str], int], tmp_path: Path
) -> None:
    state = prepare(NEWEST)
    number = add_migration(NEXT)  # It would fail if it were done twice.
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(state), range(8)))
    for store in stores:
        store.close()
    assert version_of(state) == number
    assert len(backups(tmp_path)) == (0 if "://" in state else 1)


def test_a_migration_that_breaks_off_leaves_the_older_version(
    prepare: Prepare, add_migration: Callable[[str], int]
) -> None:
    state = prepare(NEWEST)
    before = schema_of(state), rows(state, "SELECT * FROM records")
    add_migration(BROKEN)
    with pytest.raises(StoreUnusable, match=r"cannot be used: .*nowhere"):
        open_store(state)
    assert (schema_of(state), rows(state, "SELECT * FROM records")) == before
    assert version_of(state) == NEWEST


def test_a_newer_state_is_refused_and_left_as_it_is(
    prepare: Prepare, add_migration: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = prepare(NEWEST)
    folder = migrations.FOLDER
    number = add_migration(NEXT)
    open_store(state).close()
    monkeypatch.setattr(migrations, "FOLDER", folder)
    before = schema_of(state)
    with pytest.raises(
        StoreUnusable,
        match=re.escape(
            f"was written by a newer version of fakeayr (its schema is {number}, this one knows"
            f" {NEWEST}); upgrade fakeayr, or use another one."
        ),
    ) as refusal:
        open_store(state)
    assert str(refusal.value).count(".") == 1 + state.count(".") * (state in str(refusal.value))
    assert version_of(state) == number
    assert schema_of(state) == before


# Backups.


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A state file of the newest version."""
    file = tmp_path / "state"
    shutil.copyfile(STATES / f"version-{NEWEST}.sqlite", file)
    return file


def test_a_file_is_copied_before_it_is_migrated(
    file: Path, add_migration: Callable[[str], int]
) -> None:
    before = rows(str(file), "SELECT * FROM logs"), schema_of(str(file))
    with sqlite3.connect(file) as unfinished:  # What is in the write-ahead log belongs to it.
        unfinished.execute("PRAGMA journal_mode = WAL")
        unfinished.execute("DELETE FROM outbox")
        unfinished.commit()
        add_migration(NEXT)
        umask = os.umask(0)
        try:
            open_store(file).close()
        finally:
            os.umask(umask)
    unfinished.close()
    copy = file.with_name(f"state.backup-v{NEWEST}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert {path.name for path in file.parent.glob("*.backup*")} == {copy.name}
    assert (rows(str(copy), "SELECT * FROM logs"), schema_of(str(copy))) == before
    assert rows(str(copy), "SELECT * FROM outbox") == []
    assert version_of(str(copy)) == NEWEST


def test_an_earlier_backup_is_never_overwritten(
    file: Path, add_migration: Callable[[str], int]
) -> None:
    mine = file.with_name(f"state.backup-v{NEWEST}")
    mine.write_text("mine")
    add_migration(NEXT)
    open_store(file).close()
    assert mine.read_text() == "mine"
    assert version_of(f"{mine}-2") == NEWEST


def test_without_a_backup_there_is_no_migration(
    file: Path, add_migration: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    class Unwritable(sqlite3.Connection):
        backup = fail

    add_migration(NEXT)
    connect = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **o: connect(*a, factory=Unwritable, **o))
        with pytest.raises(StoreUnusable, match="disk is full"):
            open_store(file)
    assert version_of(str(file)) == NEWEST
    assert backups(file.parent) == {}


def test_a_file_of_this_version_is_not_copied(file: Path) -> None:
    open_store(file).close()
    assert backups(file.parent) == {}


def test_a_migration_may_hold_what_looks_like_several_statements(
    file: Path, add_migration: Callable[[str], int]
) -> None:
    add_migration(
        "-- A comment; with a semicolon.\n"
        "CREATE TABLE notes (text TEXT DEFAULT ';');\n"
        "CREATE TRIGGER kept AFTER INSERT ON notes BEGIN\n"
        "  UPDATE notes SET text = 'a;b';\nEND;\n"
        "INSERT INTO notes VALUES ('x');\n-- The end.\n"
    )
    open_store(file).close()
    assert rows(str(file), "SELECT text FROM notes") == [("a;b",)]
