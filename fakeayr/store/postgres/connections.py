"""Connections to a PostgreSQL database, which are reused and replaced when they break.

Errors and names from this module contain no password.
"""

import select
import threading
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import StrDumper

from fakeayr.domain.ports import StoreClosed, StoreUnreachable, StoreUnusable

_MOST: Final = 16
"""Most connections of one process. By default, PostgreSQL allows 100 in all."""
_DEFAULTS: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # Milliseconds without acknowledgement.
    "keepalives_idle": 30,
    "fallback_application_name": "fakeayr",
}
"""Parameters that the URL may override."""
_SESSION: Final = (
    "SET search_path = fakeayr; SET lock_timeout = '30s';"
    # A server that loses its network in a transaction must not keep an account locked.
    " SET idle_in_transaction_session_timeout = '30s'"
)
_LOCKS: Final = 0x66616B65
"""The first number of fakeayr's advisory locks, which other programs do not use."""
_GONE: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
"""Errors of the database or the network, not of a statement."""


class Connections:
    """A pool of connections to one database.

    Args:
        url: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, or another form that libpq accepts.

    Attributes:
        name: The database's name and host, to begin a sentence with.

    Raises:
        StoreUnusable: The URL is malformed.
    """

    def __init__(self, url: str) -> None:
        self._parameters = read_url(url)
        self._password = str(self._parameters.get("password") or "")
        self.name = _describe_database(self._parameters)
        self._idle: deque[psycopg.Connection] = deque()
        self._turns = threading.BoundedSemaphore(_MOST)
        self._thread = threading.local()
        self._closed = False

    @contextmanager
    def borrow(self) -> Iterator[psycopg.Connection]:
        """Yields a connection: the one of `transaction` inside it, else one with autocommit.

        Raises:
            StoreUnreachable: The database does not respond, or the connection broke.
            StoreClosed: `close` was called.
        """
        own: psycopg.Connection | None = getattr(self._thread, "connection", None)
        if own is not None:
            yield own
            return
        with self._turns:
            connection = self._take_idle() or self.open_connection()
            try:
                yield connection
            except _GONE as failure:
                connection.close()
                raise StoreUnreachable(self._describe(failure), _trouble(failure)) from None
            finally:
                if connection.info.transaction_status is pq.TransactionStatus.IDLE:
                    self._idle.append(connection)
                else:  # Interrupted, or broken.
                    connection.close()
                if self._closed:
                    self._close_idle()

    @contextmanager
    def transaction(self, lock: str | None = None) -> Iterator[psycopg.Connection]:
        """Yields a connection in a transaction, which is part of this thread's outer one if any.

        Args:
            lock: A name that only one transaction can lock at a time. It is locked before all
                reads, which therefore see what its last owner wrote.

        Raises:
            StoreUnreachable: See `borrow`.
        """
        nested = getattr(self._thread, "connection", None) is not None
        with self.borrow() as connection:
            if nested:
                yield connection
                return
            with connection.transaction():
                if lock is not None:
                    connection.execute(
                        "SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _hash_lock(lock))
                    )
                self._thread.connection = connection
                try:
                    yield connection
                finally:
                    self._thread.connection = None

    def open_connection(self) -> psycopg.Connection:
        """Opens a connection outside of the pool. The caller closes it.

        Raises:
            StoreUnreachable: The database does not respond.
            StoreClosed: `close` was called.
        """
        if self._closed:
            raise StoreClosed
        try:
            connection = psycopg.connect(**self._parameters, autocommit=True)
        except psycopg.Error as failure:
            raise StoreUnreachable(self._describe(failure)) from None
        connection.adapters.register_dumper(str, _TextDumper)
        try:
            connection.execute(_SESSION)
        except psycopg.Error as failure:
            connection.close()
            raise StoreUnreachable(self._describe(failure)) from None
        return connection

    def close(self) -> None:
        """Closes all connections; those in use are closed when they are given back."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while (connection := self._pop_idle()) is not None:
            connection.close()

    def _pop_idle(self) -> psycopg.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # Another thread may have taken it.
            return None

    def _take_idle(self) -> psycopg.Connection | None:
        """Returns the connection that was used last and is still open, or `None`."""
        while (connection := self._pop_idle()) is not None:
            waiting = select.poll()
            waiting.register(connection.fileno(), select.POLLIN)
            if not waiting.poll(0):  # An idle connection that is readable was closed.
                return connection
            connection.close()
        return None

    def _describe(self, failure: psycopg.Error) -> str:
        reason = str(failure).partition("\n")[0].rstrip(".")
        for before in ("connection failed: ", "connection is bad: "):
            reason = reason.removeprefix(before)
        if self._password:
            reason = reason.replace(self._password, "***")
        return f"{self.name} cannot be used: {reason}."


class _TextDumper(StrDumper):
    r"""Writes U+0000, which TEXT cannot hold, as `\0`, and a backslash as two."""

    def dump(self, obj: str) -> Any:
        if "\\" in obj or "\0" in obj:
            obj = obj.replace("\\", "\\\\").replace("\0", "\\0")
        return super().dump(obj)


def read_url(url: str) -> dict[str, Any]:
    """Returns the connection parameters in a URL.

    Raises:
        StoreUnusable: The URL is malformed. Unlike libpq's errors, the message quotes no password.
    """
    rest = url.partition("://")[2]
    authority = rest.split("/")[0].split("?")[0].split("#")[0]
    try:
        given = conninfo_to_dict(url)
        ports = str(given.get("port") or "").split(",")
        misread = any(port and not port.isdigit() for port in ports)
    except psycopg.Error:
        given, misread = {}, True
    if misread or rest.count("@") > 1 or ("@" in rest and "@" not in authority):
        raise StoreUnusable(
            "The database URL is malformed: it must look like "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters "
            "percent-encoded."
        )
    return {**_DEFAULTS, **given}


def _trouble(failure: psycopg.Error) -> str | None:
    return "its disk is full" if isinstance(failure, psycopg.errors.DiskFull) else None


def _describe_database(parameters: dict[str, Any]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr")
    port = f":{parameters['port']}" if parameters.get("port") and "," not in str(host) else ""
    database = f" {parameters['dbname']}" if parameters.get("dbname") else ""
    return f"The database{database}" + (f" at {host}{port}" if host else "")


def _hash_lock(lock: str) -> int:
    """Returns a lock's number, a signed 32-bit integer. Locks that share one only cost a wait."""
    return zlib.crc32(lock.encode()) - 2**31
