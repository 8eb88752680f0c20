"""Runs an app in threads of the current process, for tests."""

import contextlib
import errno
import io
import logging
import math
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, Final
from wsgiref.types import WSGIApplication, WSGIEnvironment

from cheroot import wsgi
from cheroot.makefile import MakeFile, StreamReader
from cheroot.server import ChunkedRFile

from fakeayr import real_time
from fakeayr.client.environ import UNDERSCORED, header_key
from fakeayr.serving.limit import (
    BODY_WITHIN_SECONDS,
    MOST_DISCARDED_BYTES,
    ConcurrencyLimit,
    base_url,
)

_THREADS: Final = 16
"""Threads at the start. When all are busy, as many more are started."""
_MOST_THREADS: Final = 256
_AT_ONCE: Final = 4
_WAITING: Final = 128
"""Most connections that wait to be accepted; the system retries others only after a second."""
_HEAD_WITHIN_SECONDS: Final = 10
"""Most time that a client may take to send a request's first line and headers."""
_LARGEST_HEAD_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_OUT_OF_FILES: Final = (errno.EMFILE, errno.ENFILE)
_OUT_OF_FILES_PAUSE_SECONDS: Final = 0.1
_REPEATED_AFTER_SECONDS: Final = 60

_log = logging.getLogger("fakeayr")


@contextlib.contextmanager
def run_in_thread(app: WSGIApplication, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves an app from a thread while the block lasts.

    Args:
        app: The WSGI app.
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.

    Yields:
        The server's URL.

    Raises:
        OSError: The address cannot be used.
    """
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

    # A daemon thread starts daemon threads, so a server that is never closed blocks no exit.
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
    """A client's input with one deadline for all of it, however slowly it arrives."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection, "rb")
        self._connection = connection
        self._until = math.inf

    def end_within(self, seconds: float) -> None:
        """Sets the deadline for all following reads, in seconds from now."""
        self._until = real_time.monotonic() + seconds

    def readinto(self, buffer: Any) -> int | None:
        """See `io.RawIOBase.readinto`.

        Raises:
            TimeoutError: The deadline has passed.
        """
        left = self._until - real_time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return super().readinto(buffer)


class _Reader(StreamReader):
    def __init__(self, source: _TimedInput, size: int) -> None:
        super(StreamReader, self).__init__(source, size)
        self.bytes_read = 0


class _BoundedLines:
    """The source of a chunked body, with limits for the sizes of lines and chunks."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readline(self) -> bytes:
        """Reads a line.

        Raises:
            ValueError: The line is too long.
        """
        line: bytes = self._source.readline(_LARGEST_HEAD_BYTES)
        if len(line) == _LARGEST_HEAD_BYTES:
            raise ValueError("A line of a chunked body is too long.")
        return line

    def read(self, size: int) -> bytes:
        """Reads `size` bytes.

        Raises:
            ValueError: `size` is too large, or the chunk is shorter.
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
    """A request whose target may be an absolute URL, as clients of a proxy send it."""

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


class _ThreadConnection(wsgi.Server.ConnectionClass):  # type: ignore[misc]
    RequestHandlerClass = _Request

    @property
    def last_used(self) -> float:
        """When it was used last, in real time: cheroot's clock may be one that a test has set."""
        return self._last_used

    @last_used.setter
    def last_used(self, _: float) -> None:
        self._last_used = real_time.monotonic()

    def close(self) -> None:
        """Also closes the writer: Python 3.13 warns about output that a client did not read."""
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


class _BodyGateway(wsgi.Gateway_10):
    """Reads a request's body before it calls the app."""

    def get_environ(self) -> WSGIEnvironment:  # type: ignore[override] # cheroot has no types
        """The environ, without headers whose names have an underscore."""
        headers = self.req.inheaders
        underscored = [name for name in headers if header_key(name.decode("latin-1")) is None]
        for name in underscored:
            del headers[name]
        environ: WSGIEnvironment = super().get_environ()  # type: ignore[no-untyped-call]
        if underscored:
            environ[UNDERSCORED] = [name.decode("latin-1") for name in underscored]
        return environ

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
        """Returns the whole body, or enough for the app to see that it is too large.

        Raises:
            TimeoutError: The body does not arrive in time.
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
        self.req.ready = False  # The app's headers are not sent.
        self.req.simple_response(status)


class _ThreadServer(wsgi.Server):
    ConnectionClass = _ThreadConnection
    expiration_interval = 0.05  # Seconds that `stop` may take.
    max_request_header_size = _LARGEST_HEAD_BYTES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.gateway = _BodyGateway
        self._growth = threading.Lock()
        self._growing = False
        self._stopping = False
        self._started = _THREADS
        self._logged_at = -math.inf

    def prepare(self) -> None:
        """See `cheroot.server.HTTPServer.prepare`; a test may have set cheroot's clock."""
        super().prepare()
        manager = vars(self)["_connections"]
        expire = manager._expire
        manager._expire = lambda threshold: expire(real_time.monotonic() - self.timeout)

    def process_conn(self, connection: Any) -> None:
        """Gives a connection to a thread, once its client has sent something."""
        if connection.begun:
            super().process_conn(connection)
        else:
            connection.begun = True
            self.put_conn(connection)

    def stop(self) -> None:
        """Ends the threads. None may be started meanwhile: it would never end."""
        with self._growth:
            self._stopping = True
        while self._growing:
            real_time.sleep(self.expiration_interval)
        super().stop()

    def grow_if_busy(self) -> None:
        """Starts more threads if none is idle, so that slow clients do not delay others."""
        with self._growth:
            if self._growing or not self._must_grow():
                return
            self._growing = True
        threading.Thread(target=self._grow, name="fakeayr-grow", daemon=True).start()

    def _must_grow(self) -> bool:
        is_full = self._stopping or self._started >= _MOST_THREADS
        return not is_full and not self.requests.idle

    def _grow(self) -> None:
        while True:
            with self._growth:
                if not self._must_grow():
                    self._growing = False
                    return
            self.requests.grow(_THREADS)
            self._started += _THREADS

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Logs an error; a lack of open files is logged once a minute."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError) or error.errno not in _OUT_OF_FILES:
            super().error_log(msg, level, traceback)
            return
        if real_time.monotonic() - self._logged_at > _REPEATED_AFTER_SECONDS:
            self._logged_at = real_time.monotonic()
            _log.warning(
                "New clients wait, because no more files can be opened; raise `ulimit -n`."
            )
        real_time.sleep(_OUT_OF_FILES_PAUSE_SECONDS)
