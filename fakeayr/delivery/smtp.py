"""Connect Accounts e-mails over SMTP."""

import smtplib
from dataclasses import dataclass
from typing import Final

from fakeayr.domain import emails
from fakeayr.domain.model import Account, Attempt, Outgoing

_WITHIN_SECONDS: Final = 10


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
        try:
            message = emails.message(outgoing)
            with smtplib.SMTP(
                self._server.host, self._server.port, timeout=_WITHIN_SECONDS
            ) as connection:
                connection.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            return Attempt(time=now, error=f"The mail server did not take it: {failure}")
        return Attempt(time=now, status=250)
