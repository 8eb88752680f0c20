"""Runs a private PostgreSQL in a temporary folder, with a socket in that folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.support.servers import WAIT_SECONDS, eventually

PASSWORD: Final = "not-to-be-shown-7c1f"
_USER: Final = "fakeayr"
_AS_ROOT: Final = "postgres"
"""The user that runs the server if the tests run as root, which PostgreSQL refuses."""
_CLEAR: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "DROP SCHEMA IF EXISTS fakeayr CASCADE",
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
"""Makes a database as if it were new."""


class Postgres:
    """A PostgreSQL server; use `running`.

    Args:
        folder: The server's folder, which belongs to the user that runs it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._idle: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        subprocess.run(
            [
                *_list_setpriv_words(),
                _binary("initdb"),
                f"--pgdata={folder / 'data'}",
                f"--username={_USER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )

    def url(self, database: str, *, password: str = PASSWORD) -> str:
        """Returns the URL of a database."""
        return f"postgresql://{_USER}:{password}@/{database}?host={quote(str(self._folder), '')}"

    def new_database(self, *, encoding: str = "UTF8") -> str:
        """Creates an empty database and returns its URL."""
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LOCALE 'C'").format(
                    sql.Identifier(name), sql.Literal(encoding)
                )
            )
        return self.url(name)

    @contextmanager
    def lend_database(self) -> Iterator[str]:
        """Yields the URL of an empty database, which another test gets empty afterwards.

        Creating one takes a tenth of a second, and hundreds of them take a gigabyte.
        """
        url = self._idle.pop() if self._idle else self.new_database()
        yield url
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in _CLEAR:
                connection.execute(statement)
        self._idle.append(url)

    def start(self) -> None:
        """Starts the server and waits until it responds. It always ends with the tests."""
        with (self._folder / "log").open("ab") as log:
            self._process = self._launch(log)
        eventually(self._is_ready)

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *_list_setpriv_words(),
                *(
                    "setpriv",
                    "--pdeathsig=QUIT",
                ),  # A second command, since changing the user clears it.
                _binary("postgres"),
                *("-D", str(self._folder / "data")),
                *("-k", str(self._folder)),
                *("-c", "listen_addresses="),
                *("-c", "fsync=off"),
                *("-c", "max_connections=200"),
                *("-c", "logging_collector=off"),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Stops the server and breaks its connections, as a restart of the machine does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT_SECONDS)

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            assert self._process is not None
            assert self._process.poll() is None, (self._folder / "log").read_text()
            return False
        return True


@contextmanager
def running() -> Iterator[Postgres]:
    """Runs a server while the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="fakeayr-postgres-", dir="/tmp"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, _AS_ROOT, _AS_ROOT)
        postgres = Postgres(folder)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(folder)


def _list_setpriv_words() -> list[str]:
    """Returns the words before a command that run it as another user than root."""
    if os.getuid() != 0:
        return []
    entry = pwd.getpwnam(_AS_ROOT)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def _binary(name: str) -> str:
    """Returns the path of a program of the newest PostgreSQL. Debian's are not on the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3])
    )
    path = str(found[-1]) if found else shutil.which(name)
    assert path, f"{name} is missing: install PostgreSQL (Debian: apt-get install postgresql)."
    return path
