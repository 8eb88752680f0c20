"""Delivers Connect Accounts e-mails over SMTP."""

import contextlib
import io
import smtplib
import socket
from dataclasses import dataclass
from typing import IO, Final

from fakeayr import real_time
from fakeayr.delivery.addresses import connect
from fakeayr.delivery.deadlines import cut_off
from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications import emails
from fakeayr.domain.notifications.outbox import Attempt, Outgoing

_WITHIN_SECONDS: Final = 10
_MOST_REPLY_BYTES: Final = 256 * 1024
_LONGEST_REASON: Final = 200
_READY: Final = 220
_ACCEPTED: Final = 250
_OUR_NAME: Final = "localhost"
"""The name given to the mail server, so that this machine's name is not looked up."""


@dataclass(frozen=True)
class MailServer:
    """The address of a mail server."""

    host: str
    port: int


class _SmtpConnection(smtplib.SMTP):
    """A connection that limits what the mail server may send."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        super().__init__(local_hostname=_OUR_NAME, timeout=_WITHIN_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, self._deadline)

    def getreply(self) -> tuple[int, bytes]:
        """See `smtplib.SMTP.getreply`."""
        if self.file is None and self.sock is not None:
            self.file = _BoundedReplies(self.sock.makefile("rb"))
        return super().getreply()


class _BoundedReplies(io.BufferedIOBase):
    """The replies of a mail server, up to a limit."""

    def __init__(self, replies: IO[bytes]) -> None:
        self._replies = replies
        self._left = _MOST_REPLY_BYTES

    def readline(self, size: int | None = -1, /) -> bytes:
        """Reads a line.

        Raises:
            OSError: The server has sent more than the limit.
        """
        line = self._replies.readline(-1 if size is None else size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("its replies are too long")
        return line

    def close(self) -> None:
        """Closes the source."""
        self._replies.close()
        super().close()


class MailSender:
    """Sends e-mails through a mail server.

    Args:
        server: The mail server.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def __call__(self, _: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        deadline = real_time.monotonic() + _WITHIN_SECONDS
        connection = _SmtpConnection(deadline)
        try:
            message = emails.message(outgoing)
            with contextlib.closing(connection), cut_off(connection, deadline):
                code, greeting = connection.connect(self._server.host, self._server.port)
                if code != _READY:
                    raise smtplib.SMTPConnectError(code, greeting)
                refused = connection.send_message(message)
                with contextlib.suppress(OSError):
                    connection.quit()
        except (OSError, ValueError) as failure:  # SMTPException is an OSError.
            reason = str(failure)[:_LONGEST_REASON]
            return Attempt(time=now, error=f"The mail server did not accept it: {reason}")
        if refused:
            return Attempt(time=now, error=f"The mail server refused {', '.join(refused)}.")
        return Attempt(time=now, status=_ACCEPTED)
