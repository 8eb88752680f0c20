"""Running an app in threads of the present process, for tests."""

import contextlib
import errno
import io
import logging
import math
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, Final
from wsgiref.types import WSGIApplication

from cheroot import wsgi
from cheroot.makefile import MakeFile, StreamReader
from cheroot.server import ChunkedRFile

from fakeayr.serving.limit import (
    BODY_WITHIN_SECONDS,
    MOST_DISCARDED_BYTES,
    ConcurrencyLimit,
    base_url,
)

_THREADS: Final = 16
"""Threads to begin with; as many more are started whenever all are busy."""
_MOST_THREADS: Final = 256
_AT_ONCE: Final = 4
_WAITING: Final = 128
"""Connections that may wait to be taken: whoever finds no place tries again only a second later."""
_HEAD_WITHIN_SECONDS: Final = 10
"""How long a client may take to send a request's line and headers, once it has begun."""
_LARGEST_HEAD_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_OUT_OF_FILES: Final = (errno.EMFILE, errno.ENFILE)
_OUT_OF_FILES_PAUSE_SECONDS: Final = 0.1
_REPEATED_AFTER_SECONDS: Final = 60

_log = logging.getLogger("fakeayr")


@contextlib.contextmanager
def run_in_thread(app: WSGIApplication, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves an app from a thread and answers its URL; port 0 picks a free one."""
    limited = ConcurrencyLimit(app, at_once=_AT_ONCE)
    server = _ThreadServer(
        (host, port), limited, numthreads=_THREADS, max=_MOST_THREADS, request_queue_size=_WAITING
    )
    ready: Future[None] = Future()

    def run() -> None:
        try:
            server.prepare()
        except BaseException as error:
            ready.set_exception(error)
        else:
            ready.set_result(None)
            server.serve()

    # The threads that a daemon starts are daemons too: they hold up no process that forgets them.
    thread = threading.Thread(target=run, name="fakeayr-server", daemon=True)
    thread.start()
    ready.result()
    try:
        yield base_url(host, server.bind_addr[1])
    finally:
        limited.stop_waiting()
        server.stop()
        thread.join()


class _TimedInput(socket.SocketIO):
    """What a client sends; all of it must be there at one instant, however slowly it drips."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection, "rb")
        self._connection = connection
        self._until = math.inf

    def end_within(self, seconds: float) -> None:
        """Sets the instant for whatever is read from now on."""
        self._until = time.monotonic() + seconds

    def readinto(self, buffer: Any) -> int | None:
        """See `io.RawIOBase.readinto`.

        Raises:
            TimeoutError: Nothing more has come in time.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return super().readinto(buffer)


class _Reader(StreamReader):
    def __init__(self, source: _TimedInput, size: int) -> None:
        super(StreamReader, self).__init__(source, size)
        self.bytes_read = 0


class _BoundedLines:
    """The source of a body in chunks, whose lines and chunks cannot be of any size."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readline(self) -> bytes:
        """Reads a line.

        Raises:
            ValueError: It is too long.
        """
        line: bytes = self._source.readline(_LARGEST_HEAD_BYTES)
        if len(line) == _LARGEST_HEAD_BYTES:
            raise ValueError("A line of a chunked body is too long.")
        return line

    def read(self, size: int) -> bytes:
        """Reads so many bytes.

        Raises:
            ValueError: They are too many, or do not come.
        """
        if size > MOST_DISCARDED_BYTES:
            raise ValueError("A chunk is too large.")
        data: bytes = self._source.read(size)
        if len(data) < size:
            raise ValueError("A chunk is shorter than it claims to be.")
        return data

    def close(self) -> None:
        """Leaves the connection open, for the response."""


class _Request(wsgi.Server.ConnectionClass.RequestHandlerClass):  # type: ignore[misc]
    """A request whose target may be in absolute form, as clients of a proxy send it."""

    def __init__(self, server: Any, connection: Any) -> None:
        super().__init__(server, connection, proxy_mode=True)

    def read_request_line(self) -> bool:
        try:
            return bool(super().read_request_line())
        except ValueError:  # For instance the half of an IPv6 address.
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False

    def read_request_headers(self) -> bool:
        is_read = bool(super().read_request_headers())
        if is_read and self.authority:  # The Host does not count beside it (RFC 9112).
            self.inheaders[b"Host"] = self.authority
        return is_read


class _Connection(wsgi.Server.ConnectionClass):  # type: ignore[misc]
    RequestHandlerClass = _Request

    def close(self) -> None:
        """Closes the writer, too, or Python 3.13 complains of what a client did not take."""
        super().close()
        with contextlib.suppress(OSError):
            self.wfile.close()

    def __init__(self, server: Any, connection: Any, makefile: Any = MakeFile) -> None:
        self.begun = False
        self.input = _TimedInput(connection)

        def make(connection: socket.socket, mode: str, size: int) -> Any:
            reads = "r" in mode
            return _Reader(self.input, size) if reads else makefile(connection, mode, size)

        super().__init__(server, connection, make)

    def communicate(self) -> Any:
        self.server.grow_if_busy()
        self.input.end_within(_HEAD_WITHIN_SECONDS)
        return super().communicate()


class _Gateway(wsgi.Gateway_10):
    """Reads a request's body before it calls the app."""

    def respond(self) -> None:
        try:
            body = self._read_body()
        except TimeoutError:
            self._refuse("408 Request Timeout")
        except (OSError, ValueError):
            self._refuse("400 Bad Request")
        else:
            self.env["wsgi.input"] = io.BytesIO(body)
            super().respond()

    def _read_body(self) -> bytes:
        """The whole body, or enough of it for the app to see that it is too large.

        Raises:
            TimeoutError: It does not come in time.
            ValueError: Its chunks are malformed.
        """
        request, connection = self.req, self.req.conn
        source = request.rfile
        if request.chunked_read:
            source = ChunkedRFile(_BoundedLines(connection.rfile), 0)
        connection.input.end_within(BODY_WITHIN_SECONDS)
        body = bytearray()
        try:
            while chunk := source.read(_CHUNK_BYTES):
                body += chunk
                if len(body) > MOST_DISCARDED_BYTES:
                    request.close_connection = True
                    break
        finally:
            connection.socket.settimeout(request.server.timeout)
        return bytes(body)

    def _refuse(self, status: str) -> None:
        self.req.close_connection = True
        self.req.ready = False  # No headers of the app's are sent.
        self.req.simple_response(status)


class _ThreadServer(wsgi.Server):
    ConnectionClass = _Connection
    expiration_interval = 0.05  # Seconds; so long may `stop` take.
    max_request_header_size = _LARGEST_HEAD_BYTES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.gateway = _Gateway
        self._growth = threading.Lock()
        self._growing = False
        self._started = _THREADS
        self._complained_at = -math.inf

    def process_conn(self, connection: Any) -> None:
        """Gives a connection to a thread; a new one only when its client has sent something."""
        if connection.begun:
            super().process_conn(connection)
        else:
            connection.begun = True
            self.put_conn(connection)

    def grow_if_busy(self) -> None:
        """Starts more threads if none is idle, so that slow clients hold up no other."""
        with self._growth:
            if self._growing or not self._must_grow():
                return
            self._growing = True
        threading.Thread(target=self._grow, name="fakeayr-grow", daemon=True).start()

    def _must_grow(self) -> bool:
        return not self.requests.idle and self._started < _MOST_THREADS

    def _grow(self) -> None:
        while True:
            with self._growth:
                if not self._must_grow():
                    self._growing = False
                    return
            self.requests.grow(_THREADS)
            self._started += _THREADS

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Reports what went wrong; that there are no more files, once a minute."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError) or error.errno not in _OUT_OF_FILES:
            super().error_log(msg, level, traceback)
            return
        if time.monotonic() - self._complained_at > _REPEATED_AFTER_SECONDS:
            self._complained_at = time.monotonic()
            _log.warning("New clients wait: no more files can be opened. Raise `ulimit -n`.")
        time.sleep(_OUT_OF_FILES_PAUSE_SECONDS)
