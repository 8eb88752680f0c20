"""Connect Accounts e-mails over SMTP."""

import contextlib
import smtplib
import time
from dataclasses import dataclass
from typing import Final

from fakeayr.delivery.deadlines import cut_off
from fakeayr.domain import emails
from fakeayr.domain.model import Account, Attempt, Outgoing

_WITHIN_SECONDS: Final = 10
_READY: Final = 220
_ACCEPTED: Final = 250
_OUR_NAME: Final = "localhost"
"""What the mail server is told, so that nobody has to look up this machine's name."""


@dataclass(frozen=True)
class MailServer:
    """Where e-mails are handed over."""

    host: str
    port: int


class MailSender:
    """Hands e-mails to a mail server.

    Args:
        server: The mail server.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def __call__(self, _: Account, outgoing: Outgoing, now: float) -> Attempt:
        """Makes one attempt; see `courier.Sender`."""
        connection = smtplib.SMTP(timeout=_WITHIN_SECONDS, local_hostname=_OUR_NAME)
        try:
            message = emails.message(outgoing)
            deadline = time.monotonic() + _WITHIN_SECONDS
            with contextlib.closing(connection), cut_off(connection, deadline):
                code, greeting = connection.connect(self._server.host, self._server.port)
                if code != _READY:
                    raise smtplib.SMTPConnectError(code, greeting)
                refused = connection.send_message(message)
                with contextlib.suppress(OSError):
                    connection.quit()
        except (OSError, ValueError) as failure:  # SMTPException is an OSError.
            return Attempt(time=now, error=f"The mail server did not take it: {failure}")
        if refused:
            return Attempt(time=now, error=f"The mail server refused {', '.join(refused)}.")
        return Attempt(time=now, status=_ACCEPTED)
