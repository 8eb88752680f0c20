"""Connections to a PostgreSQL database: kept for later calls, and made anew when they broke.

No password leaves this module: not in an error, not in a name.
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
"""Connections of one process; a server has 100 unless it is told otherwise."""
_DEFAULTS: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # Milliseconds until a machine that fell silent is given up.
    "keepalives_idle": 30,
    "fallback_application_name": "fakeayr",
}
"""What a URL may say otherwise."""
_SESSION: Final = (
    "SET search_path = fakeayr; SET lock_timeout = '30s';"
    # A server that lost its network in a transaction must not keep an account locked.
    " SET idle_in_transaction_session_timeout = '30s'"
)
_LOCKS: Final = 0x66616B65
"""Sets our advisory locks apart from those of other programs that use the database."""
_GONE: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
"""What the database or the way to it is to blame for, and not a statement."""


class Connections:
    """Connections to one database: a thread that calls has one of them meanwhile.

    Args:
        url: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, or what else libpq understands.

    Attributes:
        name: What begins a sentence about the database: its name, and where it is.

    Raises:
        StoreUnusable: The URL cannot be read.
    """

    def __init__(self, url: str) -> None:
        self._parameters = read_url(url)
        self._password = str(self._parameters.get("password") or "")
        self.name = _name(self._parameters)
        self._idle: deque[psycopg.Connection] = deque()
        self._turns = threading.BoundedSemaphore(_MOST)
        self._thread = threading.local()
        self._closed = False

    @contextmanager
    def taken(self) -> Iterator[psycopg.Connection]:
        """A connection, on which each statement is a transaction; inside `transaction` its own.

        Raises:
            StoreUnreachable: The database does not answer, or what was under way broke off.
            StoreClosed: `close` was called.
        """
        own: psycopg.Connection | None = getattr(self._thread, "connection", None)
        if own is not None:
            yield own
            return
        with self._turns:
            connection = self._kept() or self.opened()
            try:
                yield connection
            except _GONE as failure:
                connection.close()
                raise StoreUnreachable(self._told(failure), _trouble(failure)) from None
            finally:
                if connection.info.transaction_status is pq.TransactionStatus.IDLE:
                    self._idle.append(connection)
                else:  # Interrupted, or broken.
                    connection.close()
                if self._closed:
                    self._close_idle()

    @contextmanager
    def transaction(self, lock: str | None = None) -> Iterator[psycopg.Connection]:
        """A connection in a transaction; in the outer one if this thread has one under way.

        Args:
            lock: What no other transaction may lock meanwhile, if anything. The lock comes before
                all reads, so that they see what its last owner wrote.

        Raises:
            StoreUnreachable: See `taken`.
        """
        nested = getattr(self._thread, "connection", None) is not None
        with self.taken() as connection:
            if nested:
                yield connection
                return
            with connection.transaction():
                if lock is not None:
                    connection.execute(
                        "SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _number(lock))
                    )
                self._thread.connection = connection
                try:
                    yield connection
                finally:
                    self._thread.connection = None

    def opened(self) -> psycopg.Connection:
        """A new connection, which the caller keeps and closes.

        Raises:
            StoreUnreachable: The database does not answer.
            StoreClosed: `close` was called.
        """
        if self._closed:
            raise StoreClosed
        try:
            connection = psycopg.connect(**self._parameters, autocommit=True)
        except psycopg.Error as failure:
            raise StoreUnreachable(self._told(failure)) from None
        connection.adapters.register_dumper(str, _TextDumper)
        try:
            connection.execute(_SESSION)
        except psycopg.Error as failure:
            connection.close()
            raise StoreUnreachable(self._told(failure)) from None
        return connection

    def close(self) -> None:
        """Closes the connections: those in use as soon as they no longer are."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while (connection := self._last()) is not None:
            connection.close()

    def _last(self) -> psycopg.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # Another thread may have been faster.
            return None

    def _kept(self) -> psycopg.Connection | None:
        """The connection that was used last, unless the database has closed it since."""
        while (connection := self._last()) is not None:
            waiting = select.poll()
            waiting.register(connection.fileno(), select.POLLIN)
            if not waiting.poll(0):  # Nothing is to be read from one that only waits for us.
                return connection
            connection.close()
        return None

    def _told(self, failure: psycopg.Error) -> str:
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
    """What libpq reads in a URL. Its own errors may quote a password, ours do not.

    Raises:
        StoreUnusable: It cannot be read.
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
            "The URL of the database cannot be read: it must look like "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters written as "
            "percent and two digits."
        )
    return {**_DEFAULTS, **given}


def _trouble(failure: psycopg.Error) -> str | None:
    return "its disk is full" if isinstance(failure, psycopg.errors.DiskFull) else None


def _name(parameters: dict[str, Any]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr")
    port = f":{parameters['port']}" if parameters.get("port") and "," not in str(host) else ""
    database = f" {parameters['dbname']}" if parameters.get("dbname") else ""
    return f"The database{database}" + (f" at {host}{port}" if host else "")


def _number(lock: str) -> int:
    """A lock's number, a signed integer of 32 bits; two with one number only wait needlessly."""
    return zlib.crc32(lock.encode()) - 2**31
