"""Migrates a SQLite database to the current version of the schema."""

import os
import sqlite3
from contextlib import closing
from functools import cache
from itertools import count
from typing import Final

from fakeayr.domain.ports import StoreUnusable
from fakeayr.store.migrations import SQLITE, describe_newer_version, read_migrations

APPLICATION_ID: Final = 0x66616B65
"""Marks a database as fakeayr's."""

_IDENTITY: Final = (
    "SELECT application_id, user_version, EXISTS (SELECT 1 FROM sqlite_master)"
    " FROM pragma_application_id, pragma_user_version"
)
_NEW: Final = (0, 0, 0)


def bring_up_to_date(database: sqlite3.Connection, path: str, *, in_file: bool) -> None:
    """Creates the schema in an empty database, or migrates an older version of it.

    If several processes try at the same time, one of them does it. An interrupted migration leaves
    the older version. A file is first copied to `FILE.backup-v1`, readable by its owner only.

    Args:
        database: The database, without an open transaction.
        path: The database's path, for errors.
        in_file: Whether the database is in a file.

    Raises:
        StoreUnusable: The database belongs to another program, or to a newer version.
    """
    scripts = read_migrations(SQLITE)
    newest = max(scripts)
    found = _read_version(database, path, newest)  # Before anything is written.
    if in_file:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
    if found == newest:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        found = _read_version(database, path, newest)
        if found and found < newest:
            _back_up(path, found)
        for number, script in scripts.items():
            if number > found:
                for statement in _split(script):
                    database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {newest}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _read_version(database: sqlite3.Connection, path: str, newest: int) -> int:
    (found,) = database.execute(_IDENTITY)
    application, version, filled = found
    if found == _NEW:
        return 0
    if application != APPLICATION_ID or not filled:
        raise StoreUnusable(
            f"The state file {path} belongs to another program; choose another file."
        )
    if version > newest:
        raise StoreUnusable(f"The state file {path} {describe_newer_version(version, newest)}.")
    return int(version)


def _back_up(path: str, version: int) -> None:
    """Copies a file to the same folder; keeps earlier copies."""
    for number in count(1):
        copy = f"{path}.backup-v{version}" + (f"-{number}" if number > 1 else "")
        try:
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            continue
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # So that the copy is one file.
    except BaseException:
        os.unlink(copy)
        raise


@cache
def _split(script: str) -> tuple[str, ...]:
    """Returns a script's statements; `executescript` would commit the open transaction."""
    statements = []
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            statements.append(statement)
            statement = ""
    return tuple(statements)
