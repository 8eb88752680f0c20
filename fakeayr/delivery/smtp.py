"""Connect Accounts e-mails over SMTP."""

import contextlib
import io
import smtplib
import socket
import time
from dataclasses import dataclass
from typing import IO, Final

from fakeayr.delivery.addresses import connect
from fakeayr.delivery.deadlines import cut_off
from fakeayr.domain.accounts import Account
from fakeayr.domain.notifications import emails
from fakeayr.domain.notifications.outbox import Attempt, Outgoing

_WITHIN_SECONDS: Final = 10
_LONGEST_TALK_BYTES: Final = 256 * 1024
_LONGEST_REASON: Final = 200
_READY: Final = 220
_ACCEPTED: Final = 250
_OUR_NAME: Final = "localhost"
"""What the mail server is told, so that nobody has to look up this machine's name."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mails are handed over."""

    host: str
    port: int


class _Connection(smtplib.SMTP):
    """A connection on which a mail server cannot talk without end."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        super().__init__(local_hostname=_OUR_NAME, timeout=_WITHIN_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, self._deadline)

    def getreply(self) -> tuple[int, bytes]:
        """See `smtplib.SMTP.getreply`."""
        if self.file is None and self.sock is not None:
            self.file = _Patience(self.sock.makefile("rb"))
        return super().getreply()


class _Patience(io.BufferedIOBase):
    """What a mail server says, up to a limit."""

    def __init__(self, said: IO[bytes]) -> None:
        self._said = said
        self._left = _LONGEST_TALK_BYTES

    def readline(self, size: int | None = -1, /) -> bytes:
        """A line."""
        line = self._said.readline(-1 if size is None else size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("it talks without end")
        return line

    def close(self) -> None:
        """Closes what it reads from."""
        self._said.close()
        super().close()


class MailSender:
    """Hands e-mails to a mail server.

    Args:
        server: The mail server.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def __call__(self, _: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        deadline = time.monotonic() + _WITHIN_SECONDS
        connection = _Connection(deadline)
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
            return Attempt(time=now, error=f"The mail server did not take it: {reason}")
        if refused:
            return Attempt(time=now, error=f"The mail server refused {', '.join(refused)}.")
        return Attempt(time=now, status=_ACCEPTED)
